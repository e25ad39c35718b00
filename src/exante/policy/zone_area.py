"""Zones that an area of a policy document holds."""

from __future__ import annotations

import numpy as np
import shapely

from exante.city import City
from exante.policy.where import Around
from exante.quantities.errors import PolicyError


def zones_in(where: Around | None, city: City) -> np.ndarray:
    """Zones whose middle lies in the area, as str; all without one.

    Raises
    ------
    PolicyError
        If the area holds the middle of no zone.
    """
    zones = city.table("zones")
    if where is None:
        return zones["zone_id"].astype(str)
    middles, area = shapely.point_on_surface(zones["geometry"]), where.area(city)
    inside = shapely.contains_xy(area, shapely.get_x(middles), shapely.get_y(middles))
    if not inside.any():
        raise PolicyError(
            f"{where.in_words()} holds the middle of no zone of {city.title}",
            remedy="Buildings are kept by zone: choose a larger area, or name zones",
        )
    return zones["zone_id"][inside].astype(str)


def require_table(city: City, name: str) -> None:
    """Check that the city has a table.

    Raises
    ------
    PolicyError
        If it does not.
    """
    if name not in city.tables:
        raise PolicyError(
            f"{city.title} has no table {name}",
            remedy="Build the city again from a mirror that holds the building typology",
        )
