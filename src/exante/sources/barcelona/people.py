"""What is known of the people of Barcelona: the register by census section, and the profile of the barris.

Formats. Register: as `census`. Profile: a sheet `Data`, a row a barri, with residents by age (`Hab_25_39_Age` ...)
and dwellings by registered persons (`Dom_01_Pers` to `Dom_09_nn_Pers`). Gini: CSV by section, %.

Traps. A code of a section is two digits of district and three of section, without leading zeros in some files; the
barri's persons in dwellings are a little less than its residents (institutions), so they are scaled to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from exante.quantities.errors import INSTALL_SOURCES, SourceError
from exante.sources.barcelona.census import AGES
from exante.sources.columns import require
from exante.sources.people import bands
from exante.sources.people.cube import Known, Origin
from exante.sources.zones import read_vector

READER = "exante.sources.barcelona.people"
#: Columns of the profile: dwellings by registered persons.
DWELLINGS = (*(f"Dom_{k:02d}_Pers" for k in range(1, 9)), "Dom_09_nn_Pers")
LARGEST = 10.0  # persons in a dwelling of nine and more (judgement; 0.5 % of dwellings)
PROFILE = ("Codi_Barri", "Hab_25_39_Age", "Hab_40_64_Age", *DWELLINGS)
REGISTER = ("SECCIO_CENSAL", "HOMES", "DONES", *AGES)
MONEY = {"income": "Import_Euros", "gini": "Index_Gini"}


def read_profile(path: Path) -> pd.DataFrame:
    """Barris with `barri` (two digits), `young` (share of 25 to 39 among 25 to 64) and `persons_1 ... persons_5`.

    Raises
    ------
    SourceError
        If the sheet or a column is absent, or python-calamine is not installed.
    """
    try:
        frame = pd.read_excel(path, sheet_name="Data", engine="calamine")
    except ImportError as error:
        raise SourceError("reading .xlsx needs python-calamine", where=path.name, remedy=INSTALL_SOURCES) from error
    except Exception as error:
        raise SourceError(
            f"the profile of the barris cannot be read ({type(error).__name__})",
            where=path.name,
            remedy="Fetch it again",
        ) from error
    require(frame.columns, PROFILE, path.name, READER)
    counts = frame[list(DWELLINGS)].to_numpy(dtype=float) * np.array([*range(1, 9), LARGEST])
    result = pd.DataFrame({"barri": [f"{int(code):02d}" for code in frame["Codi_Barri"]]})
    adults = frame["Hab_25_39_Age"] + frame["Hab_40_64_Age"]
    result["young"] = (frame["Hab_25_39_Age"] / adults).to_numpy(dtype=float)
    for k in range(4):
        result[f"persons_{k + 1}"] = counts[:, k]
    result["persons_5"] = counts[:, 4:].sum(axis=1)
    return result


def read_sections(paths: Mapping[str, Path], notes: list[str]) -> pd.DataFrame:
    """Sections with `zone_id, barri`, women, men, the four ages scaled to them, income and Gini.

    Raises
    ------
    SourceError
        If a column is absent.
    """
    shapes = read_vector(paths["census_sections"])
    table = pd.DataFrame(
        {
            "code": shapes["DISTRICTE"] + shapes["SEC_CENS"],
            "zone_id": shapes["AEB"].astype(str),
            "barri": shapes["BARRI"].astype(str).str.zfill(2),
        }
    )
    people = pd.read_csv(paths["register"], dtype={"SECCIO_CENSAL": str}, encoding="utf-8-sig")
    require(people.columns, REGISTER, paths["register"].name, READER)
    people = people.rename(columns={**AGES, "SECCIO_CENSAL": "code", "DONES": "women", "HOMES": "men"})
    people["code"] = people["code"].str.zfill(5)
    table = table.merge(people[["code", "women", "men", *AGES.values()]], on="code", how="inner")
    for name, column in MONEY.items():
        frame = pd.read_csv(paths[name], encoding="utf-8-sig")
        require(frame.columns, ("Codi_Districte", "Seccio_Censal", column), paths[name].name, READER)
        frame["code"] = frame["Codi_Districte"].map("{:02d}".format) + frame["Seccio_Censal"].map("{:03d}".format)
        frame[name] = pd.to_numeric(frame[column], errors="coerce")
        table = table.merge(frame[["code", name]], on="code", how="left")
    residents = (table["women"] + table["men"]).to_numpy(dtype=float)
    ages = table[list(AGES.values())].to_numpy(dtype=float)
    summed = ages.sum(axis=1)
    table[list(AGES.values())] = (
        ages * np.divide(residents, summed, out=np.ones_like(summed), where=summed > 0)[:, None]
    )
    table["residents"] = residents
    notes.append(
        f"people: {residents.sum():,.0f} residents in {len(table)} sections, ages scaled to them in "
        f"{int((summed != residents).sum())}; Gini {np.nanmin(table['gini']):.1f} to {np.nanmax(table['gini']):.1f}"
    )
    return table


def know(paths: Mapping[str, Path], zone_id: np.ndarray, area: np.ndarray, car_share: float, notes: list[str]) -> Known:
    """What is known of the people of the zones.

    Parameters
    ----------
    paths : mapping of str to Path
        `register`, `income`, `gini`, `census_sections`, `barri_profile`.
    zone_id : ndarray of str, shape (zones,)
    area : ndarray, shape (zones,)
        m2.
    car_share : float
        Share of adults with a car they can use.
    """
    sections, profile = read_sections(paths, notes), read_profile(paths["barri_profile"])
    lost = sorted(set(sections["barri"]) - set(profile["barri"]))
    if lost:
        raise SourceError(
            f"the profile of the barris lacks {', '.join(lost)}",
            where=paths["barri_profile"].name,
            remedy="Take all 73 barris",
        )
    sections = sections.merge(profile[["barri", "young"]], on="barri", how="left")
    sections["age_25_39"] = sections["age_25_64"] * sections["young"]
    sections["age_40_64"] = sections["age_25_64"] - sections["age_25_39"]
    columns = ["under_15", "age_15_24", "age_25_39", "age_40_64", "over_64"]
    summed = sections.groupby("zone_id")[[*columns, "women", "men"]].sum().reindex(zone_id).fillna(0.0)
    by_zone = sections.groupby("zone_id")["barri"].first().reindex(zone_id)
    row = {barri: k for k, barri in enumerate(profile["barri"])}
    place = {zone: k for k, zone in enumerate(zone_id)}
    inside = sections["zone_id"].isin(place).to_numpy()
    told = sections[inside]
    found = bands.fifths(
        told["income"].to_numpy(dtype=float),
        bands.spread_of_gini(told["gini"].to_numpy(dtype=float) / 100.0),
        told["residents"].to_numpy(dtype=float),
        told["zone_id"].map(place).to_numpy(dtype=np.int64),
        len(zone_id),
    )
    ages = summed[columns].to_numpy(dtype=float)
    return Known(
        zone_id=zone_id,
        ages=ages,
        sexes=summed[["women", "men"]].to_numpy(dtype=float),
        groups=by_zone.map(row).fillna(0).to_numpy(dtype=np.int64),
        sizes=profile[[f"persons_{k}" for k in range(1, 6)]].to_numpy(dtype=float),
        bands=found,
        density=ages.sum(axis=1) / area,
        car_share=car_share,
        origins=ORIGINS,
    )


ORIGINS = (
    Origin(("zone",), "observed", "zone", "Register by census section, December 2020"),
    Origin(
        ("zone", "age"), "derived", "zone",
        "Register by census section (0-14, 15-24, 25-64, 65 and more); 25-64 split at 40 as in the barri's profile",
    ),
    Origin(("zone", "sex"), "observed", "zone", "Register by census section, December 2020"),
    Origin(
        ("zone", "household_size"), "derived", "larger area",
        "Dwellings by registered persons of the barri (profile), spread to its zones by their ages",
    ),
    Origin(
        ("zone", "income_band"), "derived", "zone",
        "Mean net income per household and Gini 2020 by census section, lognormal within each",
    ),
    Origin(("car",), "derived", "city", "Registered cars a resident, one adult a car"),
    Origin(("zone", "car"), "assumed", "city", "Odds by age, sex, income, household size and density (parameters)"),
)  # fmt: skip
