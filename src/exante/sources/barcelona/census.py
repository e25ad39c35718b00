"""Residents, ages and income of Barcelona by census section, to statistical areas (AEB).

Formats. Polygons: GeoJSON of CartoBCN; every section carries the codes of its AEB, barri and district, so that no
overlay is needed. Register: CSV `SECCIO_CENSAL` (district and section, five digits), `HOMES`, `DONES` and four age
groups. Income: CSV `Codi_Districte, Seccio_Censal, Import_Euros` (mean net income per household).

Traps. A section number is unique in its district only; AEB polygons have no name; the register is of the whole
number of residents on its day, some 9,000 more than the official figure of the year's first day; the sum of
the age groups can differ from men and women by a few.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from exante.quantities.errors import SourceError
from exante.sources.quality import Finding, account
from exante.sources.zones import read_vector, read_zones

REGISTER = ("SECCIO_CENSAL", "HOMES", "DONES", "EDAT_0_A_14", "EDAT_15_A_24", "EDAT_25_A_64", "EDAT_65_A_MES")
INCOME = ("Codi_Districte", "Seccio_Censal", "Import_Euros")
AGES = {"EDAT_0_A_14": "under_15", "EDAT_15_A_24": "age_15_24", "EDAT_25_A_64": "age_25_64", "EDAT_65_A_MES": "over_64"}
#: Share of an age group that studies, and that works (judgement; the city's totals are published figures).
STUDY = {"under_15": 0.8, "age_15_24": 0.65, "age_25_64": 0.02, "over_64": 0.0}
WORK = {"under_15": 0.0, "age_15_24": 0.28, "age_25_64": 0.77, "over_64": 0.03}


def read_areas(aeb: Path, barris: Path, districts: Path, crs: str) -> gpd.GeoDataFrame:
    """Zones (AEB) named after their barri, with district and barri (`group`).

    Raises
    ------
    SourceError
        If a code of the zones is not among the barris or districts.
    """
    fields = {"zone_id": "AEB", "name": "AEB", "district": "DISTRICTE", "group": "BARRI"}
    zones = read_zones(aeb, fields, crs)
    barri = {row.BARRI: str(row.NOM).strip() for row in read_vector(barris).itertuples()}
    district = {row.DISTRICTE: str(row.NOM).strip() for row in read_vector(districts).itertuples()}
    lost = sorted(set(zones["group"]) - set(barri)) + sorted(set(zones["district"]) - set(district))
    if lost:
        raise SourceError(
            f"{len(lost)} codes of the zones have no name, {lost[0]} among them",
            where=aeb.name,
            remedy="Take zones, barris and districts of one date",
        )
    zones["group"] = zones["group"].map(barri)
    zones["district"] = zones["district"].map(district)
    zones["name"] = zones["group"] + " " + zones["zone_id"].astype(str)
    return zones


def read_barris(path: Path, crs: str) -> gpd.GeoDataFrame:
    """The barris as named areas."""
    shapes = read_vector(path).to_crs(crs).sort_values("BARRI").reset_index(drop=True)
    return gpd.GeoDataFrame(
        {"area_id": "barri-" + shapes["BARRI"].astype(str), "name": shapes["NOM"].str.strip(), "kind": "named"},
        geometry=shapes.geometry.make_valid().to_numpy(),
        crs=crs,
    )


def read_register(
    register: Path, income: Path, sections: Path, notes: list[str], findings: list[Finding] | None = None
) -> pd.DataFrame:
    """Census sections with `zone_id, residents`, the four ages, and `income` (EUR a year per household).

    Raises
    ------
    SourceError
        If a column is absent.
    """
    shapes = read_vector(sections)
    codes = pd.DataFrame({"code": shapes["DISTRICTE"] + shapes["SEC_CENS"], "zone_id": shapes["AEB"].astype(str)})
    people = pd.read_csv(register, dtype={"SECCIO_CENSAL": str}, encoding="utf-8-sig")
    money = pd.read_csv(income, encoding="utf-8-sig")
    for frame, wanted, path in ((people, REGISTER, register), (money, INCOME, income)):
        absent = [c for c in wanted if c not in frame]
        if absent:
            raise SourceError(
                f"the table lacks {', '.join(absent)}: expected {', '.join(wanted)}; found {', '.join(frame.columns)}",
                where=path.name,
                remedy="The portal changed its columns: correct the reader",
            )
    people = people.rename(columns=AGES).assign(residents=people["HOMES"] + people["DONES"])
    ages = list(AGES.values())
    odd = int((people[ages].sum(axis=1) != people["residents"]).sum())
    money["code"] = money["Codi_Districte"].map("{:02d}".format) + money["Seccio_Censal"].map("{:03d}".format)
    money["income"] = pd.to_numeric(money["Import_Euros"], errors="coerce")
    table = codes.merge(
        people[["SECCIO_CENSAL", "residents", *ages]], left_on="code", right_on="SECCIO_CENSAL", how="outer"
    )
    table = table.merge(money[["code", "income"]], on="code", how="left")
    unmatched = table["zone_id"].isna() | table["residents"].isna()
    notes.append(
        f"register: {table['residents'].sum():,.0f} residents in {len(people)} sections; {int(unmatched.sum())} "
        f"sections without a polygon or a row; ages differ from men and women in {odd}; income for "
        f"{int(table['income'].notna().sum())} sections"
    )
    if findings is not None:
        here, lost = set(codes["code"]), "without a polygon"
        why = [("unmatched", int((~people["SECCIO_CENSAL"].isin(here)).sum()), lost)]
        findings += account("zones", "register", "sections", len(people), because=why)
        blank = money["income"].isna()
        why = [
            ("gap", int(blank.sum()), "no amount"),
            ("unmatched", int((~blank & ~money["code"].isin(here)).sum()), lost),
        ]
        findings += account("zones", "income", "sections", len(money), because=why)
    return table[~unmatched].drop(columns="SECCIO_CENSAL").reset_index(drop=True)


def by_zone(register: pd.DataFrame, zones: gpd.GeoDataFrame, totals: Mapping[str, float]) -> pd.DataFrame:
    """Residents, households, employed, students and income by zone, in the order of `zones`.

    Parameters
    ----------
    register : DataFrame
        As `read_register` gives it.
    zones : GeoDataFrame
        With `zone_id`.
    totals : mapping of str to float
        `households`, `employed`, `students` of the city.
    """
    ages = list(AGES.values())
    summed = register.groupby("zone_id")[["residents", *ages]].sum().reindex(zones["zone_id"]).fillna(0.0)
    known = register.dropna(subset=["income"])
    weighted = (known["income"] * known["residents"]).groupby(known["zone_id"]).sum()
    weight = known["residents"].groupby(known["zone_id"]).sum()
    residents = summed["residents"].to_numpy(dtype=float)

    def spread(weights: np.ndarray, total: float) -> np.ndarray:
        return np.asarray(weights * (total / weights.sum()))

    return pd.DataFrame(
        {
            "population": residents,
            "households": spread(residents, totals["households"]),
            "employed": spread(sum(WORK[a] * summed[a].to_numpy() for a in ages), totals["employed"]),
            "students": spread(sum(STUDY[a] * summed[a].to_numpy() for a in ages), totals["students"]),
            "income": (weighted / weight).reindex(zones["zone_id"]).to_numpy(dtype=float),
        }
    )
