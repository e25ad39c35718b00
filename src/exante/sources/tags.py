"""OpenStreetMap tags to the vocabulary's values, by rules that both street readers share.

Traps: a value may be a list (`['30', '50']` from a simplified graph, `30;50` in the raw data), a word
(`signals`, `walk`, `IT:urban`) or blank; `lanes` of a two-way street counts both directions.
"""

from __future__ import annotations

import ast
import math
import re

#: Road classes, most important first (OSM highway values; see the vocabulary's `links.road_class`).
CLASSES = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "busway",
)  # fmt: skip
MILE = 1.609344  # km in a mile (international yard, 1959)
#: Limits behind words, km/h (Codice della strada, art. 142; OSM wiki, Key:maxspeed).
WORDS = {"IT:urban": 50.0, "IT:rural": 90.0, "IT:trunk": 110.0, "IT:motorway": 130.0, "walk": 5.0}
FORBIDDEN = {"no", "private"}
BUS_ONLY = {"psv", "bus"}


def values(tag: object) -> list[str]:
    """The single values of a tag: `[]` for a blank, several for a list.

    Examples
    --------
    >>> values("['30', '50']"), values("30;50"), values(None)
    (['30', '50'], ['30', '50'], [])
    """
    if isinstance(tag, list | tuple):
        return [str(v).strip() for v in tag]
    if tag is None or tag != tag:
        return []
    text = str(tag).strip()
    if text.startswith("["):
        try:
            return [str(v).strip() for v in ast.literal_eval(text)]
        except (ValueError, SyntaxError):
            return []
    return [part.strip() for part in re.split(r"[;|]", text) if part.strip()]


def road_class(highway: object) -> tuple[str, bool] | None:
    """Road class and whether the road is a ramp; None for what is no street for vehicles.

    A list is a chain of ways merged by simplification: main roads go before ramps, and among equals the
    more important class counts, so that a through road is not cut in two by one short odd piece.
    """
    found = []
    for value in values(highway):
        name = "unclassified" if value == "road" else value
        ramp = name.endswith("_link")
        name = name.removesuffix("_link")
        if name in CLASSES:
            found.append((ramp, CLASSES.index(name)))
    if not found:
        return None
    ramp, rank = min(found)
    return CLASSES[rank], ramp


def speed_limit(maxspeed: object) -> float:
    """Limit in km/h; the lowest of a list; NaN for a blank and for words that name no number (`signals`).

    Examples
    --------
    >>> speed_limit("['50', '30']"), speed_limit("IT:urban"), round(speed_limit("20 mph"), 1)
    (30.0, 50.0, 32.2)
    """
    found = []
    for value in values(maxspeed):
        number = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?", value)
        if number:
            found.append(float(number[1]) * (MILE if number[2] == "mph" else 1.0))
        elif value in WORDS:
            found.append(WORDS[value])
    found = [v for v in found if v >= 5.0]
    return min(found, default=math.nan)


def lanes_one_way(lanes: object, *, oneway: bool) -> float:
    """Through lanes in one direction; NaN where the tag is blank.

    The lowest of a list counts (pockets at junctions are no through lanes). On a two-way street the tag
    counts both directions, so half of it, rounded down, is given to each, and at least one.

    Examples
    --------
    >>> lanes_one_way("['2', '3']", oneway=True), lanes_one_way("3", oneway=False)
    (2.0, 1.0)
    """
    found = [int(float(v)) for v in values(lanes) if re.fullmatch(r"\d+(\.\d+)?", v) and float(v) >= 1]
    if not found:
        return math.nan
    total = min(found)
    return float(min(8, total if oneway else max(1, total // 2)))


def allowed_uses(name: str, access: object, vehicle: object = None) -> str:
    """Uses of a street, comma separated, from its class and access tags.

    `access=no` or `private` and public-service access leave buses only (in a drive graph such streets are
    bus streets, tram works and the like); `destination`, `permit`, `permissive` stay open to cars.
    """
    tags = {*values(access), *values(vehicle)}
    if name == "busway" or tags & (FORBIDDEN | BUS_ONLY):
        return "bus"
    return "auto,bus" if name in ("motorway", "trunk") else "auto,bus,bike,walk"


def control(highway: object) -> str:
    """How the node's junction is controlled, from the node's highway tag (a crossing is no control)."""
    known = {"traffic_signals": "signal", "mini_roundabout": "roundabout", "give_way": "yield", "stop": "stop"}
    return next((known[v] for v in values(highway) if v in known), "none")
