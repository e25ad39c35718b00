"""Carbon intensity of a country's electricity in the hours of a year.

Hours come from generation by technology (ENTSO-E) with medians of IPCC AR5 for the life cycle. Traps: hours are UTC and
a few are missing; imports are not counted, while published means of years count them, so hours give the shape and the
document the level.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exante.quantities.errors import SourceError

COLUMNS = ("utc", "zone", "ci_lifecycle_g_per_kwh", "ci_direct_g_per_kwh", "renewable_pct")
HOURS = 8760
#: Hours of a year that may be missing and are filled from the hour before.
MOST_MISSING = 100


@dataclass(frozen=True)
class GridHours:
    """Hours of one year.

    Parameters
    ----------
    direct, lifecycle : ndarray, shape (8760,)
        Intensity over the mean of the year.
    mean_direct, mean_lifecycle : float
        g/kWh.
    renewable : float
        Percent.
    filled : int
        Hours that were missing.
    """

    direct: NDArray[np.float64]
    lifecycle: NDArray[np.float64]
    mean_direct: float
    mean_lifecycle: float
    renewable: float
    filled: int


def read_hours(path: Path, zone: str, year: int, time_zone: int) -> GridHours:
    """Hours of `year` in local standard time, 29 February left out.

    Raises
    ------
    SourceError
        If a column, the zone or the year is absent, or too many hours are missing.
    """
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise SourceError(f"the file cannot be read ({error})", where=path.name, remedy="Fetch it again") from error
    lost = [column for column in COLUMNS if column not in table]
    if lost:
        raise SourceError(f"the columns {', '.join(lost)} are absent", where=path.name, remedy="Fetch the file again")
    table = table[table["zone"] == zone]
    when = pd.to_datetime(table["utc"], utc=True) + pd.Timedelta(hours=time_zone)
    table = table.assign(when=when.dt.tz_localize(None)).drop_duplicates("when").set_index("when")
    hours = pd.date_range(f"{year}-01-01", f"{year}-12-31 23:00", freq="h")
    hours = hours[~((hours.month == 2) & (hours.day == 29))]
    year_table = table.reindex(hours)[list(COLUMNS[2:])]
    missing = int(year_table.isna().any(axis=1).sum())
    if missing > MOST_MISSING:
        raise SourceError(
            f"{missing} hours of {year} of zone {zone} are missing", where=path.name, remedy="Choose another year"
        )
    filled = year_table.ffill().bfill()
    lifecycle, direct = (filled[c].to_numpy(float) for c in COLUMNS[2:4])
    renewable = float(filled[COLUMNS[4]].mean())
    return GridHours(
        direct / direct.mean(), lifecycle / lifecycle.mean(), float(direct.mean()), float(lifecycle.mean()), renewable,
        missing,
    )  # fmt: skip
