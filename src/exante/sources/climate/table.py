"""The city's table `weather` from a document alone, or from days of a station."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from exante.city import Table
from exante.sources.climate.days import Days, days_from_normals
from exante.sources.climate.heat_island import heat_island
from exante.sources.climate.hours import hours_of
from exante.sources.climate.normals import read_normals

SYNTHETIC = (
    "Hours drawn from monthly normals: means of months are the normals', days and hours are plausible, not observed."
)


def weather_table(document: Mapping[str, Any], days: Days | None = None) -> Table:
    """Hourly weather at the place of `[climate]`; without days they are drawn from its normals.

    Raises
    ------
    SourceError
        If the normals are faulty.
    """
    normals = read_normals(document)
    days = days or days_from_normals(normals)
    hours = hours_of(days, normals.latitude, normals.longitude, normals.altitude, normals.time_zone)
    return complete(hours, document, normals.place, (
        normals.latitude, normals.longitude, normals.altitude, normals.time_zone,
    ))  # fmt: skip


def complete(
    hours: pd.DataFrame, document: Mapping[str, Any], place: str, position: tuple[float, float, float, float]
) -> Table:
    """Table `weather` from hourly columns: with place, position (degrees, degrees, m, hours) and heat island."""
    table = hours.reset_index(drop=True).copy()
    table.insert(0, "hour", np.arange(len(table)))
    table.insert(0, "place", place)
    for name, value in zip(("latitude", "longitude", "altitude", "time_zone"), position, strict=True):
        table[name] = float(value)
    table["heat_island"] = heat_island(document, table["dry_bulb"].to_numpy(float)).round(4)
    return Table.from_frame("weather", table)
