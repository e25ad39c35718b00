"""Delay at junctions by approach: lights shared by the hierarchy of the roads that meet, and right of way.

A *junction* is all signalled nodes that short links join: maps draw one junction of dual carriageways as several
nodes, and its lights are waited for once. Lights give green in proportion to the flows per lane that roads of these
classes usually have (Webster 1958); delay at low flow is the uniform delay of the Highway Capacity Manual,
``C (1 - g)^2 / 2``. Where there are no lights and no roundabout, an approach that crosses or joins a road of a higher
class waits for a gap in it (Siegloch 1973, as in the HCM's two-way stop control); the others do not wait.

Turns are not told apart: left turns cost what the approach costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from exante.quantities.declarations import Inputs

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

#: Links between signalled nodes up to this length lie inside one junction, m.
INSIDE = 50.0
#: Roads whose axes differ by less are one road, degrees.
AXIS = 45.0
#: Part of the cycle in which some approach has green: 90 s less 5 s lost in each of two phases (HCM 2010).
EFFECTIVE = 0.89
#: Least green share of an approach: pedestrians have to cross the other road (16 of 90 s).
LEAST_GREEN = 0.18
#: Cycle of the lights, s, and the time over which a queue builds up, hours (the HCM's period of analysis).
CYCLE, HOUR_PART = 90.0, 0.25
#: Green share at which delay is the parameter `delay_signal`: two like roads.
EQUAL_GREEN = EFFECTIVE / 2.0
#: Usual flow per lane in a busy hour by class, vehicle/hour (judgement; only ratios matter to lights).
LANE_FLOW = {
    "motorway": 1200.0, "trunk": 900.0, "primary": 500.0, "secondary": 400.0, "tertiary": 300.0,
    "unclassified": 120.0, "residential": 120.0, "living_street": 60.0, "busway": 60.0,
}  # fmt: skip
ORDER = tuple(LANE_FLOW)
RANK = {name: k for k, name in enumerate(ORDER)}
FAST = ("motorway", "trunk")
#: Critical gap and follow-up time at a stop line, s: between right and left turns of the HCM 2010, chapter 19.
CRITICAL_GAP, FOLLOW_UP = 6.5, 3.4


@dataclass(frozen=True)
class Approaches:
    """What every link meets at its end.

    Attributes
    ----------
    green : ndarray, shape (links,)
        Green share of the approach; missing where it meets no light, or one of a junction it is already in.
    gives_way : ndarray of int, shape (links,)
        Place in `ORDER` of the road in which it waits for a gap; -1 where in none.
    """

    green: FloatArray
    gives_way: IntArray


@dataclass(frozen=True)
class Roads:
    """Links as junctions see them.

    Attributes
    ----------
    tail, head : ndarray of int, shape (links,)
        Rows of their nodes.
    length : ndarray, shape (links,)
        m.
    rank : ndarray of int, shape (links,)
        Place of the class in `ORDER`.
    start, end : ndarray, shape (links,)
        Bearings at both ends, degrees.
    car : ndarray of bool, shape (links,)
    """

    tail: IntArray
    head: IntArray
    length: FloatArray
    rank: IntArray
    start: FloatArray
    end: FloatArray
    car: BoolArray

    @property
    def fast(self) -> BoolArray:
        """Motorways and trunk roads, which neither meet lights nor give way, whatever a source says of their nodes."""
        return self.rank <= RANK["trunk"]


def read_roads(inputs: Inputs, tail: IntArray, head: IntArray) -> Roads:
    """The city's links."""
    lines = inputs["links.geometry"]
    at = [shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, 1, -2, -1)]
    start, end = (np.degrees(np.arctan2(*(b - a).T)) for a, b in ((at[0], at[1]), (at[2], at[3])))
    uses = inputs["links.allowed_uses"].tolist()
    return Roads(
        tail=tail,
        head=head,
        length=inputs["links.length"],
        rank=np.array([RANK[c] for c in inputs["links.road_class"].tolist()], dtype=np.int64),
        start=start,
        end=end,
        car=np.array(["auto" in (u or "") for u in uses], dtype=bool),
    )


def find_approaches(roads: Roads, control: np.ndarray) -> Approaches:
    """Green shares and right of way of all links.

    Parameters
    ----------
    roads : Roads
    control : ndarray of str, shape (nodes,)
        `ctrl_type` of every node.
    """
    signal = control == "signal"
    inner = signal[roads.tail] & signal[roads.head] & (roads.length <= INSIDE)
    nodes = len(control)
    joined = coo_array((np.ones(int(inner.sum())), (roads.tail[inner], roads.head[inner])), shape=(nodes, nodes))
    junction = connected_components(joined, directed=False)[1]
    meets = roads.car & signal[roads.head] & ~roads.fast & (junction[roads.tail] != junction[roads.head])
    green = np.full(len(roads.head), np.nan)
    order = np.flatnonzero(meets)
    order = order[np.argsort(junction[roads.head[order]], kind="stable")]
    flow = np.array(list(LANE_FLOW.values()))[roads.rank]
    for group in np.split(order, np.flatnonzero(np.diff(junction[roads.head[order]])) + 1):
        if len(group):
            green[group] = green_shares(flow[group], roads.end[group])
    return Approaches(green, _gives_way(roads, np.isin(control, ("none", "yield", "stop"))))


def green_shares(flow: FloatArray, bearing: FloatArray) -> FloatArray:
    """Green share of the approaches of one junction, shape (approaches,).

    Approaches along the axis of the busiest share one phase, all others a second one. Where there are no others, the
    second is that of pedestrians.

    Parameters
    ----------
    flow : ndarray, shape (approaches,)
        Usual flow per lane, vehicle/hour.
    bearing : ndarray, shape (approaches,)
        Direction of arrival, degrees.

    Examples
    --------
    A main road that meets a side street:

    >>> green_shares(np.array([500.0, 500.0, 300.0]), np.array([0.0, 180.0, 90.0])).round(2).tolist()
    [0.56, 0.56, 0.33]
    """
    main = _turn(bearing, bearing[int(np.argmax(flow))]) < AXIS
    first = float(flow.max())
    second = float(flow[~main].max()) if not main.all() else 0.0
    share = min(max(EFFECTIVE * first / (first + second), LEAST_GREEN), EFFECTIVE - LEAST_GREEN)
    return np.where(main, share, EFFECTIVE - share)


def _gives_way(roads: Roads, uncontrolled: BoolArray) -> IntArray:
    """Rank of the most important road across an approach where that is above its own; -1 where none is.

    Slip roads, which join along the road, wait for nobody; nobody waits for motorways, which are joined by ramps.
    """
    car = np.flatnonzero(roads.car)
    at = np.concatenate([roads.head[car], roads.tail[car]])
    axis = np.concatenate([roads.end[car], roads.start[car]])
    rank = np.concatenate([roads.rank[car], roads.rank[car]])
    order = np.argsort(at, kind="stable")
    first = np.searchsorted(at[order], np.arange(len(uncontrolled) + 1))
    waits = car[uncontrolled[roads.head[car]] & ~roads.fast[car]]
    node = roads.head[waits]
    count = first[node + 1] - first[node]
    link = np.repeat(waits, count)
    begin = first[node] - (np.cumsum(count) - count)
    other = order[np.arange(len(link)) + np.repeat(begin, count)]
    across = (_turn(axis[other], roads.end[link]) >= AXIS) & (rank[other] < roads.rank[link])
    across &= rank[other] > RANK["trunk"]
    result = np.full(len(roads.head), len(ORDER))
    np.minimum.at(result, link[across], rank[other[across]])
    return np.where(result == len(ORDER), -1, result)


def _turn(a: FloatArray, b: FloatArray | float) -> FloatArray:
    """Angle between two axes, degrees, 0 to 90."""
    return np.asarray(np.abs((a - b + 90.0) % 180.0 - 90.0))


def signal_delay(green: FloatArray, equal: float) -> FloatArray:
    """Delay at a light at low flow, s: that of two like roads times ``((1 - g) / (1 - g_equal))^2``.

    Examples
    --------
    >>> signal_delay(np.array([0.445, 0.71]), 14.0).round(1).tolist()
    [14.0, 3.8]
    """
    return equal * ((1.0 - green) / (1.0 - EQUAL_GREEN)) ** 2


def gap_delay(flow: FloatArray) -> FloatArray:
    """Wait at low own flow for a gap in a road of this flow, s.

    ``d = 3600 / c`` with the capacity ``c = q exp(-q t_c / 3600) / (1 - exp(-q t_f / 3600))``.

    Parameters
    ----------
    flow : ndarray
        Flow in both directions of the road, vehicle/hour.

    Examples
    --------
    >>> gap_delay(np.array([240.0, 1000.0])).round(1).tolist()
    [4.7, 13.4]
    """
    hours = flow / 3600.0
    return np.asarray((1.0 - np.exp(-hours * FOLLOW_UP)) * np.exp(hours * CRITICAL_GAP) / hours)


@dataclass(frozen=True)
class Delays:
    """Delay at the end of every link, s, shape (links,).

    Attributes
    ----------
    low : ndarray
        Without congestion.
    rise : ndarray
        By how much it is longer where the flow is the capacity.
    """

    low: FloatArray
    rise: FloatArray


def rise_at_signal(green: FloatArray, capacity: FloatArray) -> FloatArray:
    """Further delay at a light where flow is capacity, s.

    Uniform delay ``C (1 - g)^2 / 2 (1 / (1 - x g) - 1)`` and overflow delay
    ``900 T (x - 1 + sqrt((x - 1)^2 + 4 x / (c T)))`` of the Highway Capacity Manual 2010 at ``x = 1``, a quarter of an
    hour of it.

    Parameters
    ----------
    green : ndarray
        Green share.
    capacity : ndarray
        Of all lanes, vehicle/hour.

    Examples
    --------
    >>> rise_at_signal(np.array([0.5]), np.array([900.0])).round(1).tolist()
    [41.2]
    """
    return np.asarray(CYCLE * (1.0 - green) * green / 2.0 + 900.0 * HOUR_PART * np.sqrt(4.0 / (capacity * HOUR_PART)))


def rise_at_line(capacity: FloatArray) -> FloatArray:
    """Further delay at a stop line or roundabout where flow is capacity, s.

    ``900 T sqrt((3600 / c) / (450 T))``: the HCM's delay of two-way stop control and of roundabouts at ``x = 1``.

    Examples
    --------
    >>> rise_at_line(np.array([500.0])).round(1).tolist()
    [56.9]
    """
    return np.asarray(900.0 * HOUR_PART * np.sqrt(8.0 / (capacity * HOUR_PART)))


def delays(roads: Roads, control: np.ndarray, capacity: FloatArray, p: dict[str, float]) -> Delays:
    """Delay of every link at its end.

    Parameters
    ----------
    roads : Roads
    control : ndarray of str, shape (nodes,)
    capacity : ndarray, shape (links,)
        Of all lanes, vehicle/hour.
    p : dict
        Parameters `delay_signal`, `delay_priority`, `gap_flow`, `delay_full`.
    """
    found = find_approaches(roads, control)
    lit = np.isfinite(found.green)
    result = np.where(np.isfinite(found.green), signal_delay(found.green, p["delay_signal"]), 0.0)
    told = np.isin(control, ("roundabout", "yield", "stop"))[roads.head] & ~roads.fast
    waits = found.gives_way >= 0
    result[told | waits] += p["delay_priority"]
    usual = 2.0 * p["gap_flow"] * np.array(list(LANE_FLOW.values()))
    result[waits] += gap_delay(usual)[found.gives_way[waits]]
    line = np.where(told | waits, rise_at_line(capacity), 0.0)
    rise = np.where(lit, rise_at_signal(np.where(lit, found.green, 0.0), capacity), line)
    return Delays(result, p["delay_full"] * rise)
