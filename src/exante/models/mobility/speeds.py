"""A speed limit is not a speed: cruise speed by road class and limit; delay at junctions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.models.mobility.junctions import Delays, delays, read_roads
from exante.quantities.declarations import Inputs

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Road classes that share a cruise speed and its slope.
GROUPS = {
    "motorway": "motorway",
    "trunk": "motorway",
    "primary": "arterial",
    "secondary": "arterial",
    "tertiary": "collector",
    "unclassified": "local",
    "residential": "local",
    "living_street": "local",
    "busway": "local",
}

#: Limit at which the cruise speeds of streets are stated, km/h.
STATED_AT = 50.0

#: Limit around which the motorway's slope turns, km/h: the limit of Italian ring motorways.
MOTORWAY_AT = 90.0

#: No cruise speed falls below this, km/h.
LEAST_SPEED = 5.0


def cruise_speed(limit: FloatArray, road_class: np.ndarray, p: dict[str, float]) -> FloatArray:
    """Speed away from junctions without congestion, km/h.

    ``v = v50 + slope (limit - 50)`` on streets, ``v = 90 r + slope (limit - 90)`` on motorways and trunk roads,
    between 5 km/h and the limit plus a tenth (drivers exceed low limits, compliance with the sign is already
    in the effective limit).

    Parameters
    ----------
    limit : ndarray, shape (links,)
        Limit that drivers answer to, km/h.
    road_class : ndarray of str, shape (links,)
    p : dict
        Parameters `cruise_*` and `slope_*`.

    Returns
    -------
    ndarray, shape (links,)

    Examples
    --------
    >>> p = {f"slope_{g}": 0.5 for g in ("local", "collector", "arterial", "motorway")}
    >>> p |= {"cruise_local": 30.0, "cruise_collector": 40.0, "cruise_arterial": 46.0, "cruise_motorway": 1.0}
    >>> cruise_speed(np.array([50.0, 30.0]), np.array(["residential", "residential"]), p).tolist()
    [30.0, 20.0]
    """
    group = np.array([GROUPS[c] for c in road_class.tolist()])
    speed = np.empty(len(limit))
    for name in ("local", "collector", "arterial"):
        at = group == name
        speed[at] = p[f"cruise_{name}"] + p[f"slope_{name}"] * (limit[at] - STATED_AT)
    at = group == "motorway"
    speed[at] = MOTORWAY_AT * p["cruise_motorway"] + p["slope_motorway"] * (limit[at] - MOTORWAY_AT)
    return np.maximum(np.minimum(speed, 1.1 * limit), LEAST_SPEED)


def speeds_of(inputs: Inputs) -> FloatArray:
    """Cruise speed of every link of the city, km/h, shape (links,)."""
    return cruise_speed(inputs["links.effective_speed_limit"], inputs["links.road_class"], inputs.parameters)


def delays_of(inputs: Inputs, tail: IntArray, head: IntArray) -> Delays:
    """Delay at the end of every link of the city.

    Parameters
    ----------
    tail, head : ndarray of int, shape (links,)
        Rows of the nodes where each link starts and ends.
    """
    room = inputs["links.capacity"] * inputs["links.lanes"]
    return delays(read_roads(inputs, tail, head), inputs["nodes.ctrl_type"].astype(str), room, inputs.parameters)
