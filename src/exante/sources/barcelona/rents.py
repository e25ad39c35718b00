"""Mean rents of new contracts by barri and quarter (Barcelona) to the table `rents`.

Format: `Any, Trimestre, Nom_Districte, Nom_Barri, Eur, Clau, Eur_m2`. Traps: `Clau` is number of the barri, year and
quarter written together (120141 is barri 1, 2014, first quarter); one barri is spelt in another way than on the map
("el Poble Sec"), so that name and number are compared; only 67 of 73 barris have enough contracts; 2022 ends with the
third quarter and 2023 with the second; `m2` is `Eur` over `Eur_m2`, not measured; a mean of new contracts is not the
rent that residents pay.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exante.quantities.errors import SourceError
from exante.sources.columns import read_text, to_numbers
from exante.sources.income import plain
from exante.sources.report import Report

READER = "exante.sources.barcelona.rents"
EXPECTED = ("Any", "Trimestre", "Nom_Barri", "Eur", "Clau", "Eur_m2")


def read_rents(path: Path, barris: dict[str, str], report: Report) -> pd.DataFrame:
    """`area_id, year, quarter, rent, rent_per_area`.

    Parameters
    ----------
    path : Path
        Rents.
    barris : dict
        Name of every barri to its `area_id` (`barri-01`).
    report : Report
        Grows by what was read and left out.

    Raises
    ------
    SourceError
        If a column is absent, a number cannot be read, a barri is unknown, or one stands twice in a quarter.
    """
    frame = read_text(path, EXPECTED, READER)
    known = {plain(name): area for name, area in barris.items()}
    area = frame["Nom_Barri"].map(lambda name: known.get(plain(name)))
    lost = sorted(set(frame["Nom_Barri"][area.isna()]))
    if lost:
        raise SourceError(
            f"no barri is called {', '.join(lost)}", where=path.name, remedy="Take rents and barris of one city"
        )
    key = area.str.removeprefix("barri-").str.lstrip("0") + frame["Any"] + frame["Trimestre"]
    if (key != frame["Clau"]).any():
        row = int((key != frame["Clau"]).to_numpy().argmax())
        raise SourceError(
            f"the key {frame['Clau'].iloc[row]} contradicts barri, year and quarter ({key.iloc[row]})",
            where=f"{path.name}, line {row + 2}",
            remedy="Correct the row",
        )
    table = pd.DataFrame(
        {
            "area_id": area,
            "year": to_numbers(frame["Any"], path.name, low=1950, high=2200),
            "quarter": to_numbers(frame["Trimestre"], path.name, low=1, high=4),
            "rent": to_numbers(frame["Eur"], path.name, low=1, high=20000),
            "rent_per_area": to_numbers(frame["Eur_m2"], path.name, low=0.1, high=200),
        }
    )
    if table.duplicated(["area_id", "year", "quarter"]).any():
        raise SourceError("a barri stands twice in a quarter", where=path.name, remedy="Keep one of the rows")
    blank = table[["rent", "rent_per_area"]].isna().all(axis=1)
    without = sorted(set(barris.values()) - set(area))
    quarters = table.groupby("year")["quarter"].nunique()
    report.account("rents", "rows", len(table), [("gap", int(blank.sum()), "blank")])
    report.tell(
        f"{path.name}: {len(table)} rows, {area.nunique()} of {len(barris)} barris; {int(blank.sum())} blank left out; "
        f"no rent for {', '.join(without) or 'none'}; years of fewer than four quarters: "
        + (", ".join(f"{y:.0f}" for y in quarters[quarters < 4].index) or "none")
    )
    return table[~blank].sort_values(["area_id", "year", "quarter"]).reset_index(drop=True)
