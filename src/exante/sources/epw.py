"""EnergyPlus weather files (EPW): a year of hourly weather at one place."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from exante.quantities.errors import SourceError

HOURS = 8760
HEADER_LINES = 8

#: Name, position among the 35 fields, code of a missing value, lowest and highest possible value (EnergyPlus, Auxiliary
#: Programs, EPW data dictionary).
FIELDS: tuple[tuple[str, int, float, float, float], ...] = (
    ("dry_bulb", 6, 99.9, -70.0, 70.0),
    ("dew_point", 7, 99.9, -70.0, 70.0),
    ("relative_humidity", 8, 999.0, 0.0, 110.0),
    ("pressure", 9, 999999.0, 31000.0, 120000.0),
    ("infrared_horizontal", 12, 9999.0, 0.0, 1000.0),
    ("global_horizontal", 13, 9999.0, 0.0, 1500.0),
    ("direct_normal", 14, 9999.0, 0.0, 1500.0),
    ("diffuse_horizontal", 15, 9999.0, 0.0, 1500.0),
    ("wind_direction", 20, 999.0, 0.0, 360.0),
    ("wind_speed", 21, 999.0, 0.0, 40.0),
    ("opaque_sky_cover", 23, 99.0, 0.0, 10.0),
)
NEEDED = ("dry_bulb", "direct_normal", "diffuse_horizontal")


@dataclass(frozen=True)
class Weather:
    """Hourly weather of a year at one place.

    Parameters
    ----------
    place : str
    latitude, longitude : float
        Degrees north and east.
    time_zone : float
        Hours ahead of UTC; hours of the file are local standard time.
    altitude : float
        m.
    hourly : pandas.DataFrame
        8,760 rows, row i the hour that ends at i + 1 o'clock: `dry_bulb`, `dew_point` (degC), `relative_humidity` (%),
        `pressure` (Pa), `infrared_horizontal`, `global_horizontal`, `direct_normal`, `diffuse_horizontal` (Wh/m2 in
        the hour), `wind_direction` (degrees), `wind_speed` (m/s), `opaque_sky_cover`
        (tenths). A value the file marks as missing is nan.
    """

    place: str
    latitude: float
    longitude: float
    time_zone: float
    altitude: float
    hourly: pd.DataFrame


def read_epw(path: Path) -> Weather:
    """Read an EPW file of 8,760 hours.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Weather

    Raises
    ------
    SourceError
        For a file that is no EPW file, is not one year of hours, or has impossible or missing values where a year of
        heat
        balance needs them (air temperature, direct and diffuse radiation).
    """
    where = str(path)
    try:
        lines = path.read_text(encoding="latin-1").splitlines()
    except OSError as error:
        raise SourceError(
            f"The weather file cannot be read ({error.strerror})", where=where, remedy="Name an EPW file"
        ) from error
    rows = list(csv.reader(lines[HEADER_LINES:]))
    rows = [row for row in rows if row]
    head = next(csv.reader(lines[:1]), [])
    if len(head) < 10 or head[0].strip().upper() != "LOCATION":
        raise SourceError(
            "The file does not begin with LOCATION and its ten fields", where=f"{where}:1", remedy="Name an EPW file"
        )
    try:
        latitude, longitude, zone, altitude = (float(x) for x in head[6:10])
    except ValueError:
        raise SourceError(
            "Latitude, longitude, time zone or altitude is no number",
            where=f"{where}:1",
            remedy="Mend the line LOCATION",
        ) from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and -12 <= zone <= 14 and -500 <= altitude <= 6000):
        raise SourceError(
            "Latitude, longitude, time zone or altitude is impossible",
            where=f"{where}:1",
            remedy="Mend the line LOCATION",
        )
    rows = _without_leap_day(rows)
    if len(rows) != HOURS:
        raise SourceError(
            f"The file holds {len(rows)} hours, not {HOURS}", where=where, remedy="Name a file of one year"
        )
    short = next((i for i, row in enumerate(rows) if len(row) < 24), None)
    if short is not None:
        raise SourceError(
            f"Hour {short + 1} has {len(rows[short])} fields, not 35", where=where, remedy="Mend the file"
        )
    return Weather(head[1].strip().title(), latitude, longitude, zone, altitude, _table(rows, where))


def _without_leap_day(rows: list[list[str]]) -> list[list[str]]:
    if len(rows) != HOURS + 24:
        return rows
    return [row for row in rows if not (row[1].strip() == "2" and row[2].strip() == "29")]


def _table(rows: list[list[str]], where: str) -> pd.DataFrame:
    table, faults = {}, []
    for name, position, missing, low, high in FIELDS:
        values = pd.to_numeric(pd.Series([row[position] for row in rows]), errors="coerce").to_numpy(float)
        given = np.isfinite(values) & (values < missing)
        if (given & ((values < low) | (values > high))).any():
            i = int(np.flatnonzero(given & ((values < low) | (values > high)))[0])
            faults.append(f"{name} is {values[i]:g} in hour {i + 1}, outside {low:g} to {high:g}")
        if name in NEEDED and not given.all():
            faults.append(
                f"{name} is missing in {int((~given).sum())} hours, first in hour {int(np.argmin(given)) + 1}"
            )
        table[name] = np.where(given, values, np.nan)
    if faults:
        raise SourceError("; ".join(faults), where=where, remedy="Mend the file or name another")
    return pd.DataFrame(table)
