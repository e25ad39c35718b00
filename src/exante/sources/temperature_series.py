"""Long series of air temperature, by month or by summer, to the table `temperature_series`.

Three files, three forms: Barcelona's months since 1780 (`Any, Mes, Desc_Mes, Temperatura`), Bologna's summers since
1961 (`summer_mean_daily_tmax`) and since 2013 (`summer_mean_air_temperature`). Traps: the two of Bologna are **not the
same variable** (mean of the daily maxima of one grid cell; daily mean over the municipality), so that they are kept as
two series; a summer counts with its number of days, and one that has not 92 of them is left out and told.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exante.quantities.errors import SourceError
from exante.sources.columns import read_text, to_numbers
from exante.sources.report import Report

READER = "exante.sources.temperature_series"
MONTHS = ("Any", "Mes", "Temperatura")
SUMMERS = {
    "summer_mean_daily_tmax": "summer mean of daily maximum",
    "summer_mean_air_temperature": "summer mean",
}
SUMMER_DAYS = 92  # June to August


def read_months(path: Path, series: str, report: Report) -> pd.DataFrame:
    """Monthly means as `series, period, variable, temperature`; `period` is `YYYY-MM`.

    Raises
    ------
    SourceError
        If a column is absent, a number cannot be read, or a month stands twice.
    """
    frame = read_text(path, MONTHS, READER)
    year, month = (
        to_numbers(frame["Any"], path.name, low=1600, high=2200),
        to_numbers(frame["Mes"], path.name, low=1, high=12),
    )
    table = pd.DataFrame(
        {
            "series": series,
            "period": [f"{int(y):04d}-{int(m):02d}" for y, m in zip(year, month, strict=True)],
            "variable": "monthly mean",
            "temperature": to_numbers(frame["Temperatura"], path.name, low=-60, high=60),
        }
    )
    return _finish(table, path, report)


def read_summers(path: Path, report: Report) -> pd.DataFrame:
    """Means of whole summers as `series, period, variable, temperature`; `period` is the year.

    Raises
    ------
    SourceError
        If a column is absent or a number cannot be read.
    """
    frame = read_text(path, ("year", "days", "source"), READER)
    column = next((c for c in SUMMERS if c in frame), None)
    if column is None:
        raise SourceError(
            f"the table has no temperature: expected one of {', '.join(SUMMERS)}; found {', '.join(frame.columns)}",
            where=path.name,
            remedy=f"The publisher changed its columns: adapt {READER}",
        )
    whole = to_numbers(frame["days"], path.name, low=0, high=SUMMER_DAYS) == SUMMER_DAYS
    year = to_numbers(frame["year"], path.name, low=1600, high=2200)
    table = pd.DataFrame(
        {
            "series": frame["source"],
            "period": [f"{int(y):04d}" for y in year],
            "variable": SUMMERS[column],
            "temperature": to_numbers(frame[column], path.name, low=-60, high=60),
        }
    )
    if not whole.all():
        report.tell(f"{path.name}: {int((~whole).sum())} summers of fewer than {SUMMER_DAYS} days are left out")
    why = [("left_out", int((~whole).sum()), f"fewer than {SUMMER_DAYS} days")]
    report.account("temperature_series", "summers", len(table), why)
    return _finish(table[whole], path, report)


def _finish(table: pd.DataFrame, path: Path, report: Report) -> pd.DataFrame:
    double = table["period"][table["period"].duplicated()]
    if len(double):
        raise SourceError(f"{double.iloc[0]} stands twice", where=path.name, remedy="Keep one of the rows")
    blank = table["temperature"].isna()
    report.account("temperature_series", "values", len(table), [("gap", int(blank.sum()), "blank")])
    table = table[~blank].sort_values("period").reset_index(drop=True)
    report.tell(
        f"{path.name}: {len(table)} values of {table['variable'].iloc[0]}, {table['period'].iloc[0]} to "
        f"{table['period'].iloc[-1]}; {int(blank.sum())} blank left out"
        if len(table)
        else f"{path.name}: no value"
    )
    return table
