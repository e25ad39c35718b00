"""The city's lines as the kernel takes them: calls, times, and the wait in every modelled period."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from exante.kernels.transit import Lines
from exante.quantities.day import HOURLY, STANDS_FOR
from exante.quantities.declarations import Inputs
from exante.quantities.errors import NetworkError

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

#: Headway up to which passengers come without a look at the timetable, minutes, and the share of the half headway
#: beyond it that still counts as wait. Assumed; surveys put the limit at 10 to 15 minutes.
BY_CHANCE, BEYOND = 12.0, 0.5
#: Length of streets over the straight line between two stops, where the line's streets are not known. Assumed.
DETOUR = 1.2
#: Kinds of vehicle that run in street traffic.
IN_STREET = ("bus",)


def wait_of(headway: FloatArray) -> FloatArray:
    """Mean wait for a line, minutes: half the headway, rising half as fast beyond `BY_CHANCE`.

    Examples
    --------
    >>> wait_of(np.array([6.0, 20.0, np.inf])).tolist()
    [3.0, 8.0, inf]
    """
    short = np.minimum(headway, BY_CHANCE)
    return 0.5 * short + 0.5 * BEYOND * (headway - short)


def hours_covered(start: float, end: float) -> FloatArray:
    """Share of every hour of the day between two hours, across midnight where the end is not after the start.

    Examples
    --------
    >>> hours_covered(22.5, 1.0)[[0, 1, 22, 23]].tolist()
    [1.0, 0.0, 0.5, 1.0]
    """
    if end <= start:
        return np.minimum(hours_covered(start, 24.0) + (hours_covered(0.0, end) if end > 0 else 0.0), 1.0)
    hour = np.arange(24.0)
    return np.clip(np.minimum(hour + 1.0, end) - np.maximum(hour, start), 0.0, 1.0)


def by_period(hourly: FloatArray) -> FloatArray:
    """Mean of an hourly quantity in every modelled period, hours weighed by the traffic they carry.

    Parameters
    ----------
    hourly : ndarray, shape (..., 24)

    Returns
    -------
    ndarray, shape (..., periods)
    """
    return np.stack([(hourly[..., h] * HOURLY[h]).sum(axis=-1) / HOURLY[h].sum() for h in STANDS_FOR], axis=-1)


def factor_of(inputs: Inputs, rows: NDArray[np.bool_]) -> FloatArray:
    """Product of the rules of frequency in these rows, by hour of day, shape (24,)."""
    factor = np.ones(24)
    for k in np.flatnonzero(rows):
        part = hours_covered(inputs["transit_frequencies.start_hour"][k], inputs["transit_frequencies.end_hour"][k])
        factor *= 1.0 + part * (inputs["transit_frequencies.factor"][k] - 1.0)
    return factor


def departures(inputs: Inputs, names: list[tuple[str, int]]) -> FloatArray:
    """Departures an hour of every line under the rules in force, by hour of day, shape (lines, 24)."""
    place = {name: k for k, name in enumerate(names)}
    often = np.zeros((len(names), 24))
    columns = (inputs[f"headways.{c}"].tolist() for c in ("route_id", "direction", "start_hour", "end_hour", "headway"))
    for route, direction, start, end, headway in zip(*columns, strict=True):
        k = place.get((route, direction), -1)
        if k >= 0:
            often[k] += hours_covered(start, end) * 3600.0 / headway
    ruled = inputs["transit_frequencies.route_id"]
    for route in set(ruled.tolist()) - {None}:
        factor = factor_of(inputs, ruled == route)
        for direction in (0, 1):
            if (route, direction) in place:
                often[place[route, direction]] *= factor
    return often


def list_lines(inputs: Inputs) -> tuple[list[tuple[str, int]], LongArray, LongArray]:
    """Lines of the city in order.

    Returns
    -------
    names : list of (str, int)
        Route and direction of every line of two calls or more.
    first : ndarray of int, shape (lines + 1,)
    call : ndarray of int, shape (calls,)
        Rows in the table of calls.
    """
    route, direction = inputs["route_stops.route_id"].astype(str), inputs["route_stops.direction"]
    order = np.lexsort((inputs["route_stops.sequence"], direction, route))
    new = np.ones(len(order), bool)
    new[1:] = (route[order][1:] != route[order][:-1]) | (direction[order][1:] != direction[order][:-1])
    starts = np.append(np.flatnonzero(new), len(order))
    names, first, calls = [], [0], []
    for a, b in pairwise(starts.tolist()):
        if b - a >= 2:
            names.append((str(route[order[a]]), int(direction[order[a]])))
            calls.append(order[a:b])
            first.append(first[-1] + b - a)
    return names, np.array(first), np.concatenate(calls) if calls else np.zeros(0, np.int64)


def build_lines(inputs: Inputs) -> list[Lines]:
    """The city's lines in every period.

    Raises
    ------
    NetworkError
        If a call names a stop that is not in the city, or a run goes back in time.
    """
    names, first, call = list_lines(inputs)
    row = {stop: k for k, stop in enumerate(inputs["stops.stop_id"].tolist())}
    stop = np.array([row.get(s, -1) for s in inputs["route_stops.stop_id"][call].tolist()], dtype=np.int64)
    if (stop < 0).any():
        lost = inputs["route_stops.stop_id"][call[int(np.flatnonzero(stop < 0)[0])]]
        raise NetworkError(f"stop '{lost}' of a line is not in the city", where="table route_stops")
    at = inputs["route_stops.time"][call] / 60.0
    last = first[1:] - 1
    time = np.append(np.diff(at), 0.0) if len(at) else at
    time[last] = 0.0
    if (time < 0).any():
        k = int(np.searchsorted(first, int(np.flatnonzero(time < 0)[0]), side="right")) - 1
        raise NetworkError(
            f"the line {names[k][0]} calls at a stop before the one that comes first",
            where="table route_stops",
            remedy="Give times that rise with the sequence",
        )
    street, lane = _streets(inputs, names, first, call, stop)
    often = by_period(departures(inputs, names))
    with np.errstate(divide="ignore"):
        wait = wait_of(np.divide(60.0, often))
    return [
        Lines(first, stop, time, street - lane[:, h], lane[:, h], np.ascontiguousarray(wait[:, h]))
        for h in range(len(STANDS_FOR))
    ]


def _streets(
    inputs: Inputs, names: list[tuple[str, int]], first: LongArray, call: LongArray, stop: LongArray
) -> tuple[FloatArray, FloatArray]:
    """Kilometres to the next call in streets, shape (calls,), and in bus lanes by period, shape (calls, periods)."""
    mode = dict(zip(inputs["routes.route_id"].tolist(), inputs["routes.mode"].tolist(), strict=True))
    in_street = np.repeat([mode.get(route) in IN_STREET for route, _ in names], np.diff(first)).astype(bool)
    lane = np.zeros((len(call), len(STANDS_FOR)))
    if not in_street.any():
        return np.zeros(len(call)), lane
    xy = shapely.get_coordinates(inputs["stops.geometry"])[stop]
    straight = np.append(np.hypot(*np.diff(xy, axis=0).T), 0.0)
    straight[first[1:] - 1] = 0.0
    street = np.where(in_street, DETOUR * straight / 1000.0, 0.0)
    keys = (inputs[f"route_stops.{c}"][call].tolist() for c in ("route_id", "direction", "sequence"))
    place = {key: k for k, key in enumerate(zip(*keys, strict=True))}
    parts = (inputs[f"route_links.{c}"].tolist() for c in ("route_id", "direction", "sequence"))
    at = np.array([place.get(key, -1) for key in zip(*parts, strict=True)], dtype=np.int64)
    good = at >= 0
    at, km = at[good], inputs["route_links.length"][good] / 1000.0
    if at.size:
        known = np.bincount(at, km, len(call))
        street = np.where(in_street & (known > 0), known, street)
        free = lanes_by_period(inputs, inputs["route_links.link_id"][good])
        for h in range(lane.shape[1]):
            lane[:, h] = np.minimum(np.bincount(at, km * free[:, h], len(call)), street)
    lane[~in_street] = 0.0
    return street, lane


def lanes_by_period(inputs: Inputs, links: np.ndarray) -> FloatArray:
    """Share of every period in which links have a bus lane, shape (links, periods)."""
    kept: dict[str, FloatArray] = {}
    columns = (inputs[f"bus_lanes.{c}"].tolist() for c in ("link_id", "start_hour", "end_hour"))
    for link, start, end in zip(*columns, strict=True):
        kept[link] = np.maximum(kept.get(link, np.zeros(24)), hours_covered(start, end))
    none = np.zeros(len(STANDS_FOR))
    shares = {link: by_period(hours) for link, hours in kept.items()}
    return np.array([shares.get(link, none) for link in links.tolist()]).reshape(len(links), len(STANDS_FOR))
