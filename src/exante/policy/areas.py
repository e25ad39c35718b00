"""Named areas of a city: limited-traffic zones, the centre, districts, zones; found by identifier or name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import numpy as np
import shapely

from exante.city import City
from exante.policy.document import OFFERED, any_of, nearest
from exante.quantities.errors import MissingLayerError, PolicyError


def folded(name: str) -> str:
    """The name without case, accents and separators, for comparison: `Città_30` and `citta-30` are the same."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or name
    return "-".join("".join(c if c.isalnum() else " " for c in plain.casefold()).split())


def area_polygon(city: City, names: str | Iterable[str]) -> shapely.Geometry:
    """Polygon of the areas called `names`, joined, in the reference system of the city.

    Looked up in this order: identifier, name and kind of a named area; district; identifier and name of
    a zone. Several areas of one kind are joined.

    Raises
    ------
    PolicyError
        Naming all of which the city has no area; close names are offered.
    MissingLayerError
        If nothing is called so and the city has no table of named areas at all.
    """
    wanted = (names,) if isinstance(names, str) else tuple(names)
    parts = [_one_area(city, name) for name in wanted]
    lost = [name for name, part in zip(wanted, parts, strict=True) if part is None]
    if not lost:
        return shapely.union_all(parts)
    columns = (("areas", ("kind", "name")), ("zones", ("district", "name")))
    tables = [(table, column) for table, looked in columns if table in city.tables for column in looked]
    known = [v for table, c in tables for v in sorted({v for v in city.tables[table][c] if v is not None})]
    remedy = nearest(lost, known, noun="At hand", most=OFFERED)
    if "areas" not in city.tables:
        raise MissingLayerError(
            f"no district or zone of {city.title} is called {any_of(lost)}, and the city has no layer 'areas'",
            where=f"city {city.name}",
            remedy=f"Add the table 'areas' with {'that area' if len(lost) == 1 else 'these areas'}, or give a polygon. "
            + remedy,
        )
    raise PolicyError(f"{city.title} has no area {any_of(lost)}", remedy=remedy)


def _one_area(city: City, name: str) -> shapely.Geometry | None:
    for table, columns in (("areas", ("area_id", "name", "kind")), ("zones", ("district", "name", "zone_id"))):
        if table not in city.tables:
            continue
        for column in columns:
            hit = np.array([v is not None and folded(v) == folded(name) for v in city.tables[table][column]], bool)
            if hit.any():
                return shapely.union_all(city.tables[table]["geometry"][hit])
    return None


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
    lost = []
    for name in names:
        for key in looked:
            hit = np.array([folded(v) == folded(name) for v in zones[key]], dtype=bool)
            if hit.any():
                chosen |= hit
                break
        else:
            lost.append(name)
    if lost:
        # identifiers are offered only where zones have no names to offer
        told = zones[looked[-1]].tolist()
        known = told if any(told) else zones[looked[0]].tolist()
        raise PolicyError(
            f"{city.title} has no {column} {any_of(lost)}",
            remedy=nearest(lost, [v for v in known if v], noun="At hand", most=OFFERED),
        )
    return chosen
