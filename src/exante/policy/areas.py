"""Named areas of a city: limited-traffic zones, the centre, districts, zones; found by identifier or name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import numpy as np
import shapely

from exante.city import City
from exante.policy.document import nearest
from exante.quantities.errors import MissingLayerError, PolicyError


def folded(name: str) -> str:
    """The name without case, accents and separators, for comparison: `Città_30` and `citta-30` are the same."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or name
    return "-".join("".join(c if c.isalnum() else " " for c in plain.casefold()).split())


def area_polygon(city: City, name: str) -> shapely.Geometry:
    """Polygon of the area called `name`, in the reference system of the city.

    Looked up in this order: identifier, name and kind of a named area; district; identifier and name of
    a zone. Several areas of one kind are joined.

    Raises
    ------
    PolicyError
        If the city has no such area; close names are offered.
    MissingLayerError
        If nothing is called so and the city has no table of named areas at all.
    """
    wanted = folded(name)
    known: list[str] = []
    for table, columns in (("areas", ("kind", "name", "area_id")), ("zones", ("district", "name", "zone_id"))):
        if table not in city.tables:
            continue
        order = columns if table == "zones" else columns[::-1]
        for column in order:
            values = city.tables[table][column]
            hit = np.array([v is not None and folded(v) == wanted for v in values], dtype=bool)
            if hit.any():
                return shapely.union_all(city.tables[table]["geometry"][hit])
        for column in columns:
            known += sorted({v for v in city.tables[table][column] if v is not None})
    if "areas" not in city.tables:
        raise MissingLayerError(
            f"no district or zone of {city.title} is called '{name}', and the city has no layer 'areas'",
            where=f"city {city.name}",
            remedy="Add the table 'areas' with that area, or give a polygon. " + nearest(name, known, noun="At hand"),
        )
    raise PolicyError(f"{city.title} has no area '{name}'", remedy=nearest(name, known, noun="At hand"))


def zones_polygon(city: City, names: Iterable[str], column: str) -> shapely.Geometry:
    """Polygon of the zones with these identifiers or names, or of these districts."""
    return shapely.union_all(city.table("zones")["geometry"][_zone_rows(city, names, column)])


def zone_ids(city: City, names: Iterable[str], column: str) -> set[str]:
    """Identifiers of the zones with these identifiers or names (`column` "zone"), or of these districts."""
    return set(city.table("zones")["zone_id"][_zone_rows(city, names, column)])


def _zone_rows(city: City, names: Iterable[str], column: str) -> np.ndarray:
    zones = city.table("zones")
    looked = ("zone_id", "name") if column == "zone" else ("district",)
    chosen = np.zeros(zones.rows, dtype=bool)
    for name in names:
        for key in looked:
            hit = np.array([folded(v) == folded(name) for v in zones[key]], dtype=bool)
            if hit.any():
                chosen |= hit
                break
        else:
            known = [v for key in reversed(looked) for v in dict.fromkeys(zones[key].tolist())]
            remedy = nearest(name, known, noun="At hand")
            raise PolicyError(f"{city.title} has no {column} '{name}'", remedy=remedy)
    return chosen
