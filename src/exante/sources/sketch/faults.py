"""What is wrong with a plan, all of it at once, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exante.quantities import vocabulary
from exante.quantities.errors import SourceError

#: Keys without which nothing can be drawn.
KEYS = {
    "[city]": ("title", "crs", "as_of"),
    "[sketch]": (
        "note", "seed", "centre", "zones", "edge", "density_scale", "jobs", "school_places", "spacing",
        "built_up_density", "road_class", "road",
    ),
    "[[district]]": ("name", "population", "year", "area", "income", "source"),
    "[[sketch.road]]": ("name", "road_class", "path"),
}  # fmt: skip

#: Classes that other roads cross on another level.
SEPARATED = ("motorway", "trunk")


def require_drawable(document: Mapping[str, Any], figures: Mapping[str, float]) -> None:
    """Raise if no sketch can be drawn from a city's document.

    Raises
    ------
    SourceError
        With every fault.
    """
    faults = [*_absent(document)] or [*_district_faults(document), *_road_faults(document), *_other(document, figures)]
    if faults:
        raise SourceError(
            "; ".join(faults), where="the city's document", remedy="Mend these entries; bologna.toml is an example"
        )


def _absent(document: Mapping[str, Any]) -> Iterator[str]:
    for place, keys in KEYS.items():
        name = place.strip("[]")
        if place == "[[sketch.road]]":
            entries = document.get("sketch", {}).get("road", [])
        elif place == "[[district]]":
            entries = document.get(name, [])
        else:
            entries = [document.get(name, {})]
        if not entries:
            yield f"there is no {place}"
        for number, entry in enumerate(entries, start=1):
            lacking = [key for key in keys if key not in entry]
            if lacking:
                which = f" {entry.get('name', number)}" if place.startswith("[[") else ""
                yield f"{place}{which} lacks {', '.join(lacking)}"


def _district_faults(document: Mapping[str, Any]) -> Iterator[str]:
    names = [entry["name"] for entry in document["district"]]
    yield from (f"district {name} stands more than once" for name in sorted({n for n in names if names.count(n) > 1}))
    for entry in document["district"]:
        for key in ("population", "area", "income"):
            if not _positive(entry[key]):
                yield f"district {entry['name']}: {key} {entry[key]!r} is not a number above zero"
        if "sectors_from" not in document["sketch"] and not {"bearing", "distance"} <= set(entry):
            yield f"district {entry['name']} lacks bearing and distance, and [sketch] has no sectors_from"


def _road_faults(document: Mapping[str, Any]) -> Iterator[str]:
    settings = document["sketch"]
    roads = {road["name"]: road for road in settings["road"]}
    known = vocabulary.get("links.road_class").one_of
    if len(roads) < len(settings["road"]):
        yield "two roads have the same name"
    rings = [name for name, road in roads.items() if road.get("centre")]
    if len(rings) != 1 or not roads[rings[0]].get("closed"):
        yield "not one closed road is marked centre"
    for name, road in roads.items():
        kind = road["road_class"]
        if kind not in known or kind not in settings["road_class"]:
            yield f"road {name}: class {kind!r} is not in [sketch.road_class] or not one of {', '.join(known)}"
        if not _curve(road["path"], closed=bool(road.get("closed"))):
            yield f"road {name}: its path is not a list of [bearing, km], three at least where closed, two otherwise"
        partners = [pair[0] for pair in road.get("junctions", ())]
        partners += [road["start_on"]] if "start_on" in road else []
        for partner in partners:
            if partner not in roads or roads[partner]["road_class"] not in SEPARATED or kind not in SEPARATED:
                yield f"road {name} cannot be joined to {partner!r}: both have to be motorways or trunk roads"


def _other(document: Mapping[str, Any], figures: Mapping[str, float]) -> Iterator[str]:
    settings = document["sketch"]
    if not _curve(settings["edge"], closed=True):
        yield "edge is not a list of three or more [bearing, km]"
    reach = [row[0] for row in settings["spacing"]]
    if reach != sorted(reach) or not all(_positive(row[1]) for row in settings["spacing"]):
        yield "spacing is not a list of [km, km above zero] in rising order"
    if settings["zones"] < 2 * len(document["district"]):
        yield f"{settings['zones']} zones are fewer than two a district"
    for _, name in settings.get("parking", ()):
        if name not in figures:
            yield f"parking names the figure '{name}', which is not among [[statistic]]"
    absent = {"residential", "tertiary", "unclassified", "living_street"} - set(settings["road_class"])
    if absent:
        yield f"[sketch.road_class] lacks {', '.join(sorted(absent))}"


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _curve(points: object, *, closed: bool) -> bool:
    if not isinstance(points, list) or len(points) < (3 if closed else 2):
        return False
    return all(
        isinstance(point, list)
        and len(point) == 2
        and all(isinstance(x, int | float) for x in point)
        and (point[1] > 0 if closed else point[1] >= 0)
        for point in points
    )
