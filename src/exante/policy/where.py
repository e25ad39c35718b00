"""`where`: which links of a city a measure is for; `around`: which area a charge surrounds.

Conditions of one document are joined by AND, the entries of one condition by OR. A link belongs to the area
that holds its middle.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
import shapely
from pydantic import BeforeValidator, model_validator

from exante.city import City
from exante.policy.areas import area_polygon, folded, zone_ids, zones_polygon
from exante.policy.document import OFFERED, Part, any_of, as_names, counted, fault, in_list, nearest
from exante.policy.outline import Polygon
from exante.policy.uncertain import KnownSpeed
from exante.quantities import vocabulary
from exante.quantities.errors import PolicyError

BUILT_UP = "built-up"


def _road_classes(given: object) -> tuple[str, ...]:
    names = as_names(given)
    known = vocabulary.get("links.road_class").one_of
    lost = [name for name in names if name not in known]
    if lost:
        raise fault(f"there is no road class {any_of(lost)}", nearest(lost, known, noun="Road classes"))
    return names


Names = Annotated[tuple[str, ...] | None, BeforeValidator(as_names)]
RoadClasses = Annotated[tuple[str, ...] | None, BeforeValidator(_road_classes)]


class Around(Part):
    """An area: the intersection of its conditions.

    Parameters
    ----------
    within : str or list of str
        Named areas: identifier, name or kind (`centre`, `limited-traffic-zone`, `built-up`), district or zone.
    zone, district : str or list of str
        Zones by identifier or name; districts by name.
    polygon : str or list
        GeoJSON file beside the document, or [longitude, latitude] corners.
    """

    within: Names = None
    zone: Names = None
    district: Names = None
    polygon: Polygon | None = None

    @model_validator(mode="after")
    def _has_condition(self) -> Around:
        if not self.model_fields_set:
            keys = ", ".join(type(self).model_fields)
            raise fault("no condition says where", f"Give at least one of {keys}")
        return self

    def area(self, city: City) -> shapely.Geometry:
        """The area in the reference system of the city.

        Raises
        ------
        PolicyError
            If a name is unknown, a polygon lies outside the city, or the conditions have no area in common.
        """
        parts = []
        if self.within:
            parts.append(area_polygon(city, self.within))
        if self.zone:
            parts.append(zones_polygon(city, self.zone, "zone"))
        if self.district:
            parts.append(zones_polygon(city, self.district, "district"))
        if self.polygon:
            parts.append(self.polygon.on(city))
        common = parts[0] if len(parts) == 1 else shapely.intersection_all(parts)
        if common.area == 0:
            raise PolicyError(
                f"{self.in_words()} is empty on {city.title}", remedy="Remove one of the conditions that say where"
            )
        return common

    def in_words(self) -> str:
        """The area in words."""
        words = []
        if self.within:
            words.append(in_list(_named(name) for name in self.within))
        if self.zone:
            words.append(f"zone{'s' if len(self.zone) > 1 else ''} {in_list(self.zone)}")
        if self.district:
            words.append(f"district{'s' if len(self.district) > 1 else ''} {in_list(self.district)}")
        if self.polygon:
            words.append(self.polygon.label)
        return " within ".join(words)


class Where(Around):
    """A selection of links.

    Parameters
    ----------
    within, zone, district, polygon
        As in `Around`; `within = "built-up"` is the built-up area in the sense of the highway code.
    outside : str or list of str
        Named areas that are left out.
    road_class : str or list of str
        Road classes (OSM highway values); slip roads carry the class of their main road.
    street : str or list of str
        Street names.
    link : str or list of str
        Identifiers of links.
    limit_above : speed
        Only links whose limit today is higher.
    restored : bool
        Only links whose limit was restored to the one in force on the city's date (true), or not (false).
    """

    outside: Names = None
    road_class: RoadClasses = None
    street: Names = None
    link: Names = None
    limit_above: KnownSpeed | None = None
    restored: bool | None = None

    def select(self, city: City) -> np.ndarray:
        """Which links of the city are selected, shape (links,).

        Raises
        ------
        PolicyError
            If a name is unknown, or no link is left; it says which condition left none.
        """
        chosen = np.ones(city.table("links").rows, dtype=bool)
        passed: list[str] = []
        for condition, mask in self._conditions(city):
            before = int(chosen.sum())
            chosen = chosen & mask
            if not chosen.any():
                told = f"{condition} fits none of the {counted(before)} left by {' and '.join(passed)}"
                raise PolicyError(
                    f"`where` selects no link of {city.title}: " + (told if passed else f"{condition} fits none"),
                    remedy=f"Widen or remove {condition.split(' = ')[0]}",
                )
            passed.append(condition)
        return chosen

    def _conditions(self, city: City) -> Iterator[tuple[str, np.ndarray]]:
        links = city.table("links")
        if self.road_class:
            yield (
                f"road_class = {in_list(self.road_class, 'or')}",
                np.isin(links["road_class"].astype(str), self.road_class),
            )
        if self.restored is not None:
            told = f"restored = {str(self.restored).lower()}"
            yield told, (links["speed_limit_origin"] == "restored") == self.restored
        if self.limit_above:
            told = f"limit_above = {self.limit_above.in_words()}"
            yield told, links["speed_limit"] > self.limit_above.value + 1e-6
        if self.street:
            yield f"street = {in_list(self.street, 'or')}", _streets(city, self.street)
        if self.link:
            yield f"link = {in_list(self.link, 'or')}", _links(city, self.link)
        for column in ("zone", "district"):
            names = getattr(self, column)
            if names:
                yield f"{column} = {in_list(names, 'or')}", _in_zones(city, names, column)
        if self.within:
            yield f"within = {in_list(self.within, 'or')}", _inside_named(city, self.within)
        if self.outside:
            yield f"outside = {in_list(self.outside, 'or')}", ~_inside_named(city, self.outside)
        if self.polygon:
            yield f"polygon = {self.polygon.label}", _inside(city, self.polygon.on(city))

    def in_words(self, unnamed: str = "all roads") -> str:
        """The selection in words, to stand after "on"; `unnamed` is what it holds where it names no class."""
        roads = f"{in_list(c.replace('_', ' ') for c in self.road_class)} roads" if self.road_class else unnamed
        words = [in_list(self.street) if self.street and not self.road_class else roads]
        if self.street and self.road_class:
            words.append(f"named {in_list(self.street, 'or')}")
        if self.link:
            words.append(f"with the identifier {in_list(self.link, 'or')}")
        if self.within:
            words.append(f"within {in_list((_named(name) for name in self.within), 'or')}")
        if self.zone:
            words.append(f"in zone {in_list(self.zone, 'or')}")
        if self.district:
            words.append(f"in district {in_list(self.district, 'or')}")
        if self.polygon:
            words.append(f"in {self.polygon.label}")
        if self.outside:
            words.append(f"outside {in_list((_named(name) for name in self.outside), 'or')}")
        if self.limit_above:
            words.append(f"with a limit above {self.limit_above.in_words()}")
        if self.restored is not None:
            words.append(f"whose limit was {'' if self.restored else 'not '}restored to an earlier date")
        return " ".join(words)


#: Kinds of areas as a sentence calls them.
KINDS = {BUILT_UP: "the built-up area", "centre": "the centre", "limited-traffic-zone": "the limited traffic zones"}


def _named(name: str) -> str:
    return KINDS.get(folded(name), name)


def _inside(city: City, area: shapely.Geometry) -> np.ndarray:
    """Which links have their middle inside `area`."""
    middles = shapely.line_interpolate_point(city.column("links.geometry"), 0.5, normalized=True)
    shapely.prepare(area)
    return shapely.contains_xy(area, shapely.get_x(middles), shapely.get_y(middles))


def _inside_named(city: City, names: tuple[str, ...]) -> np.ndarray:
    inside = np.zeros(city.table("links").rows, dtype=bool)
    drawn = [name for name in names if folded(name) != BUILT_UP]
    if len(drawn) < len(names):
        inside |= city.column("links.built_up")
    return inside | _inside(city, area_polygon(city, drawn)) if drawn else inside


def _in_zones(city: City, names: tuple[str, ...], column: str) -> np.ndarray:
    links = city.table("links")
    if "zone_id" not in links:
        return _inside(city, zones_polygon(city, names, column))
    wanted = zone_ids(city, names, column)
    return np.array([zone in wanted for zone in links["zone_id"]], dtype=bool)


def _streets(city: City, wanted: tuple[str, ...]) -> np.ndarray:
    links = city.table("links")
    names: Any = links["name"] if "name" in links else np.full(links.rows, None)
    # a link with two names carries both, as "Via Roma / Via Verdi"
    parts = {name: {folded(part) for part in name.split(" / ")} for name in set(names) if name}
    known = set().union(*parts.values())
    lost = [name for name in wanted if folded(name) not in known]
    if lost:
        listed = sorted({part for n in parts for part in n.split(" / ")})
        raise PolicyError(
            f"{city.title} has no street {any_of(lost)}", remedy=nearest(lost, listed, noun="Streets", most=OFFERED)
        )
    keys = {folded(name) for name in wanted}
    return np.array([name is not None and not keys.isdisjoint(parts[name]) for name in names], dtype=bool)


def _links(city: City, wanted: tuple[str, ...]) -> np.ndarray:
    ids = city.column("links.link_id")
    present = set(ids)
    lost = [name for name in wanted if name not in present]
    if lost:
        raise PolicyError(
            f"{city.title} has no link {any_of(lost)}", remedy=nearest(lost, ids.tolist(), noun="Links", most=OFFERED)
        )
    return np.isin(ids.astype(str), wanted)
