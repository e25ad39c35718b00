"""Bicing, Barcelona's shared bicycles, in the first week of September 2023: stations and a day's profile.

Formats (JSON made from the operator's GBFS feed): `stations_info` places, `stats` events a station, `flow` bicycles
brought and taken in every minute, `timeframe`. Traps:

- **`…_per_day` are not per day**: they equal the totals of the whole week;
- the totals count every change of a station's stock, vans and repairs too, and add up to some 263,000 a day, five times
  the 56,000 that `flow` adds up to: of the stations only each one's *share* is used;
- `flow` is a single day (5 September), smoothed over minutes, some of which stand twice; a minute that is missing is
  not zero;
- 11 stations without statistics, new or closed: their share is missing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from exante.quantities.errors import SourceError
from exante.sources.columns import require
from exante.sources.report import Report

READER = "exante.sources.barcelona.bicing"
STATIONS = ("station_id", "name", "lon", "lat")
STATISTICS = ("station_id", "use_in", "use_out", "capacity")
FLOW = ("time", "in_bikes", "out_bikes")


def read_stations(path: Path, statistics: Path, crs: str, report: Report) -> pd.DataFrame:
    """`station_id, name, capacity, share_taken, share_brought, geometry`.

    Raises
    ------
    SourceError
        If a key is absent, a station stands twice, or a number cannot be read.
    """
    places, counted = _table(path, STATIONS), _table(statistics, STATISTICS)
    for frame, file in ((places, path), (counted, statistics)):
        if frame["station_id"].duplicated().any():
            raise SourceError(
                f"station {frame['station_id'][frame['station_id'].duplicated()].iloc[0]} stands twice",
                where=file.name,
                remedy="Keep one of them",
            )
    columns = ["station_id", "use_in", "use_out", "capacity"]
    table = places.merge(counted[columns], on="station_id", how="left", validate="one_to_one")
    numbers = table[["lon", "lat", "use_in", "use_out", "capacity"]].apply(pd.to_numeric, errors="coerce")
    if numbers[["lon", "lat"]].isna().any(axis=None):
        raise SourceError("a station has no place", where=path.name, remedy="Give lon and lat of every station")
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(numbers["lon"], numbers["lat"])
    lost = len(set(counted["station_id"]) - set(places["station_id"]))
    report.account("bike_stations", "stations", len(places))
    why = [("unmatched", lost, "no place")]
    report.account("bike_stations", "stations with statistics", len(counted), why)
    report.tell(
        f"{path.name}: {len(places)} stations, {int(numbers['use_out'].isna().sum())} without statistics (share "
        f"missing); {lost} stations of the statistics have no place and are left out"
    )
    return pd.DataFrame(
        {
            "station_id": table["station_id"].astype(str),
            "name": table["name"].str.strip(),
            "capacity": numbers["capacity"],
            "share_taken": numbers["use_out"] / numbers["use_out"].sum(),
            "share_brought": numbers["use_in"] / numbers["use_in"].sum(),
            "geometry": shapely.points(x, y),
        }
    )


def read_hours(path: Path, report: Report) -> pd.DataFrame:
    """`date, hour, taken, brought`, bicycles an hour: mean of the hour's minutes, times 60.

    Raises
    ------
    SourceError
        If a key is absent, or a time or number cannot be read.
    """
    frame = _table(path, FLOW)
    time = pd.to_datetime(frame["time"], format="%Y-%m-%d %H:%M", errors="coerce")
    values = frame[["out_bikes", "in_bikes"]].apply(pd.to_numeric, errors="coerce")
    if time.isna().any() or (values < 0).any(axis=None) or values.isna().any(axis=None):
        raise SourceError(
            "a minute has no time or no number", where=path.name, remedy="Minutes are YYYY-MM-DD HH:MM, never negative"
        )
    minutes = values.groupby(time).mean()
    hours = minutes.groupby([minutes.index.strftime("%Y-%m-%d"), minutes.index.hour])
    mean = hours.mean() * 60.0
    why = [("duplicate", len(frame) - len(minutes), "the minute stands twice; the mean is taken")]
    report.account("bike_hours", "minutes", len(frame), why)
    report.tell(
        f"{path.name}: {len(frame)} minutes, {len(frame) - len(minutes)} of them stand twice (their mean is taken), "
        f"{24 * 60 * minutes.index.normalize().nunique() - len(minutes)} are missing; fewest minutes in an hour "
        f"{int(hours.size().min())}; {mean['out_bikes'].sum():,.0f} bicycles taken"
    )
    return pd.DataFrame(
        {
            "date": mean.index.get_level_values(0),
            "hour": mean.index.get_level_values(1).astype(int),
            "taken": mean["out_bikes"].to_numpy(),
            "brought": mean["in_bikes"].to_numpy(),
        }
    )


def _table(path: Path, expected: tuple[str, ...]) -> pd.DataFrame:
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise SourceError(f"the file is no JSON ({error})", where=path.name, remedy="Fetch it again") from error
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise SourceError("the file is no list of objects", where=path.name, remedy="Fetch it again")
    frame = pd.DataFrame(content)
    require(frame.columns, expected, path.name, READER)
    return frame.replace({"": np.nan})
