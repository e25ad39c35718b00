"""Income and its inequality by census section (Barcelona) to the table `section_income`.

Three measures from three files, one row a section and year: mean net income per household (`Import_Euros`), Gini index
within the section (`Index_Gini`), and mean gross income per person (`average annual income brutto`, semicolons and
Windows line ends). Traps: net per household and gross per person are different things and never mixed; a section number
is unique in its district only; sections without a value are missing, not zero.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exante.quantities.errors import SourceError
from exante.sources.columns import read_text, to_numbers
from exante.sources.report import Report
from exante.sources.zones import read_vector

READER = "exante.sources.barcelona.section_income"
KEYS = ("Codi_Districte", "Seccio_Censal")
#: Our column: column of the file, separator, lowest and highest value.
MEASURES = {
    "net_household_income": ("Import_Euros", ",", 1000.0, 1e6),
    "gini": ("Index_Gini", ",", 0.0, 100.0),
    "gross_personal_income": ("average annual income brutto", ";", 500.0, 1e6),
}


def read_measure(path: Path, measure: str, year: int, report: Report) -> pd.DataFrame:
    """One file as `section_id, year` and the measure; the Gini index from 0 to 1.

    Raises
    ------
    SourceError
        If a column is absent, a value cannot be read, or a section stands twice.
    """
    column, sep, low, high = MEASURES[measure]
    frame = read_text(path, (*KEYS, column), READER, sep)
    section = frame["Codi_Districte"].str.zfill(2) + frame["Seccio_Censal"].str.zfill(3)
    if section.duplicated().any():
        raise SourceError(
            f"section {section[section.duplicated()].iloc[0]} stands twice",
            where=path.name,
            remedy="Keep one of the rows",
        )
    value = to_numbers(frame[column], path.name, low=low, high=high)
    table = pd.DataFrame({"section_id": section, "year": year, measure: value / (100.0 if measure == "gini" else 1.0)})
    blank = int(table[measure].isna().sum())
    report.account("section_income", f"sections with {measure}", len(table), [("gap", blank, "blank")])
    report.tell(f"{path.name}: {len(table)} sections, {blank} without {measure}")
    return table


def join(parts: list[pd.DataFrame], sections: Path, report: Report) -> pd.DataFrame:
    """All measures by section and year with the `zone_id` of each section.

    Raises
    ------
    SourceError
        If the sections lack a field.
    """
    shapes = read_vector(sections)
    absent = [c for c in ("DISTRICTE", "SEC_CENS", "AEB") if c not in shapes]
    if absent:
        raise SourceError(
            f"the sections lack {', '.join(absent)}: expected DISTRICTE, SEC_CENS, AEB; "
            f"found {', '.join(shapes.columns)}",
            where=sections.name,
            remedy=f"The publisher changed its columns: adapt {READER}",
        )
    zone = dict(zip(shapes["DISTRICTE"] + shapes["SEC_CENS"], shapes["AEB"].astype(str), strict=True))
    table = pd.concat(parts, ignore_index=True).groupby(["section_id", "year"], as_index=False).first()
    table = table.reindex(columns=["section_id", "year", *MEASURES])
    table.insert(1, "zone_id", table["section_id"].map(zone))
    lost = sorted(set(table["section_id"][table["zone_id"].isna()]))
    report.tell(
        f"income by section: {len(table)} sections and years; {len(lost)} sections are on no map"
        + (f" ({', '.join(lost[:5])})" if lost else "")
    )
    return table
