"""Daily weather of Meteocat's stations in Barcelona to `weather_days`: two files of different form.

Formats. To 2019: one row a day, a column a variable, days `DD/MM/YYYY`. From 2020: one row a day, station and
variable (`ACRÒNIM`), days `YYYY-MM-DD`. Traps:

- the second file is two files one after the other: **the row of column names stands in it again**;
- pressure and rain are called `HPA`, `PPT24H` in one, `PM`, `PPT` in the other; radiation `RS24H` and `RS24h`;
- rain is a sum of 24 h, radiation MJ/m2 a day; wind is at 10 m;
- stations stand at 7 m (X2) and at 411 m (D5, Fabra observatory): they are never averaged together.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from exante.quantities.errors import SourceError
from exante.sources.columns import read_text, to_numbers
from exante.sources.report import Report

READER = "exante.sources.barcelona.daily_weather"
#: Our column: names in both files, lowest and highest that can be.
FIELDS = {
    "temperature_mean": (("TM",), -40.0, 50.0),
    "temperature_max": (("TX",), -40.0, 55.0),
    "temperature_min": (("TN",), -40.0, 50.0),
    "relative_humidity": (("HRM",), 0.0, 100.0),
    "precipitation": (("PPT24H", "PPT"), 0.0, 500.0),
    "pressure": (("HPA", "PM"), 850.0, 1100.0),
    "radiation": (("RS24H", "RS24h"), 0.0, 45.0),
    "wind_speed": (("VVM10",), 0.0, 60.0),
}
WIDE = ("CODI_ESTACIO", "DATA_LECTURA", "TM", "TX", "TN", "HRM", "PPT24H", "HPA", "RS24H", "VVM10")
LONG = ("DATA_LECTURA", "CODI_ESTACIO", "ACRÒNIM", "VALOR")


def read_wide(path: Path, report: Report) -> pd.DataFrame:
    """Days of the file with a column a variable.

    Raises
    ------
    SourceError
        If a column is absent, or a day or value cannot be read.
    """
    frame = read_text(path, WIDE, READER)
    table = pd.DataFrame({"station_id": frame["CODI_ESTACIO"], "date": _days(frame["DATA_LECTURA"], "%d/%m/%Y", path)})
    for column, (names, low, high) in FIELDS.items():
        name = next(n for n in names if n in frame)
        table[column] = to_numbers(frame[name], path.name, low=low, high=high)
    return _finish(table, len(frame), 0, path, report)


def read_long(path: Path, report: Report) -> pd.DataFrame:
    """Days of the file with a row a variable; repeated rows of column names are passed over and told.

    Raises
    ------
    SourceError
        If a column is absent, or a day or value cannot be read.
    """
    frame = read_text(path, LONG, READER)
    again = frame["DATA_LECTURA"] == "DATA_LECTURA"
    rows = frame[~again]
    ours = {name: column for column, (names, _, _) in FIELDS.items() for name in names}
    used = rows[rows["ACRÒNIM"].isin(list(ours))].reset_index()
    values = np.full(len(used), np.nan)
    for column, (names, low, high) in FIELDS.items():
        mine = used["ACRÒNIM"].isin(names).to_numpy()
        texts = used["VALOR"].where(mine, "")
        texts.index = used["index"]
        values[mine] = to_numbers(texts.rename(column), path.name, low=low, high=high)[mine]
    long = pd.DataFrame(
        {
            "station_id": used["CODI_ESTACIO"],
            "date": _days(used["DATA_LECTURA"], "%Y-%m-%d", path),
            "variable": used["ACRÒNIM"].map(ours),
            "value": values,
        }
    )
    table = long.pivot_table(index=["station_id", "date"], columns="variable", values="value", aggfunc="first")
    table = table.reindex(columns=list(FIELDS)).reset_index()
    table.columns.name = None
    told = [("left_out", len(rows) - len(used), "variables that are not used"), ("left_out", int(again.sum()), "names")]
    report.account("weather_days", "rows", len(frame), told)
    other = sorted(set(rows["ACRÒNIM"]) - set(ours))
    report.tell(f"{path.name}: {len(rows) - len(used)} rows of other variables are not used: {', '.join(other)}")
    return _finish(table, len(frame), int(again.sum()), path, report)


def _days(texts: pd.Series, form: str, path: Path) -> pd.Series:
    days = pd.to_datetime(texts, format=form, errors="coerce")
    bad = np.flatnonzero(days.isna())
    if bad.size:
        raise SourceError(
            f"'{texts.iloc[bad[0]]}' is no day", where=f"{path.name}, row {bad[0] + 1}", remedy=f"Use {form}"
        )
    return days.dt.strftime("%Y-%m-%d")


def _finish(table: pd.DataFrame, rows: int, again: int, path: Path, report: Report) -> pd.DataFrame:
    double = table.duplicated(["station_id", "date"])
    why = [("duplicate", int(double.sum()), "the day stands twice")]
    report.account("weather_days", "station-days", len(table), why)
    table = table[~double].sort_values(["station_id", "date"]).reset_index(drop=True)
    span = table.groupby("station_id")["date"].agg(["min", "max", "size"])
    gaps = table[list(FIELDS)].isna().sum()
    told = [f"{s} {r['min']} to {r['max']}, {r['size']} days" for s, r in span.iterrows()]
    missing = ", ".join(f"{c} {n}" for c, n in gaps.items() if n) or "none"
    report.tell(
        f"{path.name}: {rows} rows, {len(table)} station-days ({'; '.join(told)}); left out: {int(double.sum())} days "
        f"repeated, {again} rows of column names; station-days without: {missing}"
    )
    return table
