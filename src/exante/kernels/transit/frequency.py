"""All-to-all skims of lines known by their headways: optimal strategies, zone to zone, with their components.

Passengers who do not know the minute of departure board whatever comes first among the lines that are worth it: the
optimal strategy of Spiess and Florian (1989). Their label setting treats one link at a time; here labels are improved
by rounds of whole lines (as RAPTOR does, Delling et al. 2015) from each destination back, one round a boarding, which
needs no heap and ends with the same labels.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exante.kernels.compiled import entry, inner
from exante.quantities.errors import NetworkError

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

#: Boardings of the longest way that is looked for.
MOST_BOARDINGS = 6
#: Components that a strategy carries: ride (minutes), street and lane (km), wait, walk (minutes), boardings.
COMPONENTS = ("ride", "street", "lane", "wait", "walk", "boardings")
RIDE, STREET, LANE, WAIT, WALK, BOARDINGS = range(6)
#: Lines at one stop that a strategy weighs; further ones, by cost, are not looked at.
MOST_LINES = 64


class Lines(NamedTuple):
    """Runs of lines, one after the other; a line runs in one direction.

    Attributes
    ----------
    first : ndarray of int, shape (lines + 1,)
        First call of each line among the calls.
    stop : ndarray of int, shape (calls,)
        Stop called at.
    time : ndarray, shape (calls,)
        Minutes to the next call; of the last call unused.
    street, lane : ndarray, shape (calls,)
        Kilometres to the next call in mixed traffic, and kept free for buses.
    wait : ndarray, shape (lines,)
        Mean wait for the line alone, minutes; infinite where it does not run.
    """

    first: LongArray
    stop: LongArray
    time: FloatArray
    street: FloatArray
    lane: FloatArray
    wait: FloatArray


class Zones(NamedTuple):
    """Walks between zones and stops, and between stops, minutes.

    Attributes
    ----------
    first, stop, walk : ndarray
        Stops of each zone: those of zone z are `stop[first[z]:first[z + 1]]`; the same both ways.
    foot_first, foot_stop, foot_walk : ndarray
        Stops that can be walked to from each stop, in the same form and the same both ways.
    """

    first: LongArray
    stop: LongArray
    walk: FloatArray
    foot_first: LongArray
    foot_stop: LongArray
    foot_walk: FloatArray


class Weights(NamedTuple):
    """What a minute is worth in the choice of a way, in minutes of riding; `transfer` is minutes a transfer."""

    walk: float = 2.0
    wait: float = 2.0
    transfer: float = 15.0


def line_skims(lines: Lines, zones: Zones, weights: Weights) -> FloatArray:
    """Components of the optimal strategy between all zones.

    At a stop, lines are taken in the order of what remains after boarding, as long as each is less than the expected
    cost of the lines before it: ``u = (w/2 + sum_l f_l u_l) / sum_l f_l`` with ``f_l = 1/(2 wait_l)`` and the weight of
    waiting `w` (regular headways seen at random). At least one line is boarded; who would rather walk all the way is
    no passenger.

    Parameters
    ----------
    lines : Lines
    zones : Zones
    weights : Weights

    Returns
    -------
    ndarray, shape (6, zones, zones)
        In the order of `COMPONENTS`, origin in rows; boardings are zero, and all else too, where no way exists.

    Raises
    ------
    NetworkError
        If a stop is out of range, or a time, wait or walk is negative or missing.

    Examples
    --------
    Two zones at the ends of a line that waits 5 minutes and rides 10, with walks of 2 and 3 minutes:

    >>> one = np.array([0, 1, 1])
    >>> ride, none = np.array([10.0, 0.0]), np.zeros(2)
    >>> lines = Lines(np.array([0, 2]), np.array([0, 1]), ride, none, none, np.array([5.0]))
    >>> walk, first = np.array([2.0, 3.0]), np.array([0, 1, 2])
    >>> zones = Zones(first, np.array([0, 1]), walk, np.array([0, 0, 0]), one[:0], np.zeros(0))
    >>> skims = line_skims(lines, zones, Weights())
    >>> skims[:, 0, 1].tolist(), skims[:, 1, 0].tolist()
    ([10.0, 0.0, 0.0, 5.0, 5.0, 1.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    """
    _check(lines, zones)
    n = len(zones.first) - 1
    stops = len(zones.foot_first) - 1
    out = np.zeros((len(COMPONENTS), n, n))
    if not n or not stops or not len(lines.wait):
        return out
    ends = np.zeros(len(lines.stop), bool)
    ends[lines.first[1:] - 1] = True
    serves = np.repeat(np.arange(len(lines.wait)), np.diff(lines.first))
    call = np.flatnonzero(~ends & np.isfinite(lines.wait)[serves])
    call = call[np.argsort(lines.stop[call], kind="stable")]
    at = np.searchsorted(lines.stop[call], np.arange(stops + 1))
    boards = (at.astype(np.int64), call.astype(np.int64), (0.5 / lines.wait[serves[call]]))
    _skims(lines, zones, weights, boards, out)
    return out


def _check(lines: Lines, zones: Zones) -> None:
    stops = len(zones.foot_first) - 1
    faults = []
    for name, array in (("lines.stop", lines.stop), ("zones.stop", zones.stop), ("zones.foot_stop", zones.foot_stop)):
        if len(array) and (array.min() < 0 or array.max() >= stops):
            faults.append(f"{name} names stops outside 0 to {stops - 1}")
    minutes = (lines.time, lines.street, lines.lane, lines.wait, zones.walk, zones.foot_walk)
    for name, value in zip(("time", "street", "lane", "wait", "walk", "foot_walk"), minutes, strict=True):
        if not (value >= 0).all():
            faults.append(f"{name} is negative or missing at {int(np.flatnonzero(~(value >= 0))[0])}")
    if (lines.wait == 0).any():
        faults.append("a line without any wait")
    if faults:
        raise NetworkError("; ".join(faults), where="line_skims", remedy="Check route_stops, headways and stops")


@entry
def _skims(
    lines: Lines,
    zones: Zones,
    weights: Weights,
    boards: tuple[LongArray, LongArray, FloatArray],
    out: FloatArray,
) -> None:
    stops, calls, n = zones.foot_first.size - 1, lines.stop.size, out.shape[1]
    aboard, aboard_parts = np.empty(calls), np.empty((calls, 6))
    here, here_parts = np.empty(stops), np.empty((stops, 6))  # just alighted: walk off, or board again
    board, board_parts = np.empty(stops), np.empty((stops, 6))
    new_stop, new_line = np.empty(stops, np.bool_), np.empty(stops, np.bool_)
    for d in range(n):
        here[:] = np.inf
        board[:] = np.inf
        aboard[:] = np.inf
        new_stop[:] = False
        for k in range(zones.first[d], zones.first[d + 1]):
            s = zones.stop[k]
            if weights.walk * zones.walk[k] < here[s]:
                here[s] = weights.walk * zones.walk[k]
                here_parts[s, :] = 0.0
                here_parts[s, WALK] = zones.walk[k]
                new_stop[s] = True
        for _ in range(MOST_BOARDINGS):
            new_line[:] = False
            if not _ride(lines, here, here_parts, new_stop, aboard, aboard_parts, new_line):
                break
            new_stop[:] = False
            for s in range(stops):
                if new_line[s]:
                    _strategy(s, boards, weights, aboard, aboard_parts, board, board_parts)
                    total = board[s] + weights.transfer
                    if total < here[s] - 1e-9:
                        here[s] = total
                        here_parts[s, :] = board_parts[s, :]
                        new_stop[s] = True
            for s in range(stops):
                if not new_line[s]:
                    continue
                for k in range(zones.foot_first[s], zones.foot_first[s + 1]):
                    j = zones.foot_stop[k]
                    total = board[s] + weights.transfer + weights.walk * zones.foot_walk[k]
                    if total < here[j] - 1e-9:
                        here[j] = total
                        here_parts[j, :] = board_parts[s, :]
                        here_parts[j, WALK] += zones.foot_walk[k]
                        new_stop[j] = True
        for o in range(n):
            least = np.inf
            for k in range(zones.first[o], zones.first[o + 1]):
                total = weights.walk * zones.walk[k] + board[zones.stop[k]]
                if total < least:
                    least = total
                    for c in range(6):
                        out[c, o, d] = board_parts[zones.stop[k], c]
                    out[WALK, o, d] += zones.walk[k]


@inner
def _ride(
    lines: Lines,
    here: FloatArray,
    here_parts: FloatArray,
    new_stop: NDArray[np.bool_],
    aboard: FloatArray,
    aboard_parts: FloatArray,
    new_line: NDArray[np.bool_],
) -> bool:
    """What remains on board of every call, from the last call of a line to its first; tells the stops that gained."""
    any_new = False
    for line in range(lines.wait.size):
        if lines.wait[line] == np.inf:
            continue
        best = -1  # stop where to alight, -1: none that is new
        ride = street = lane = 0.0
        for i in range(lines.first[line + 1] - 2, lines.first[line] - 1, -1):
            s = lines.stop[i + 1]
            if new_stop[s] and (best < 0 or here[s] < here[best] + ride):
                best = s
                ride = street = lane = 0.0
            if best < 0:
                continue
            ride += lines.time[i]
            street += lines.street[i]
            lane += lines.lane[i]
            if here[best] + ride < aboard[i] - 1e-9:
                aboard[i] = here[best] + ride
                aboard_parts[i, :] = here_parts[best, :]
                aboard_parts[i, RIDE] += ride
                aboard_parts[i, STREET] += street
                aboard_parts[i, LANE] += lane
                new_line[lines.stop[i]] = True
                any_new = True
    return any_new


@inner
def _strategy(
    s: int,
    boards: tuple[LongArray, LongArray, FloatArray],
    weights: Weights,
    aboard: FloatArray,
    aboard_parts: FloatArray,
    board: FloatArray,
    board_parts: FloatArray,
) -> None:
    """Expected cost of boarding at a stop: lines merged while each is better than waiting for those before."""
    first, call, often = boards
    cost, rate = np.inf, 0.0
    part = board_parts[s]
    low = -np.inf
    low_at = -1
    for _ in range(MOST_LINES):
        least, at = np.inf, -1
        for k in range(first[s], first[s + 1]):
            w = aboard[call[k]]
            if (w > low or (w == low and k > low_at)) and w < least:
                least, at = w, k
        if at < 0 or least >= cost:
            break
        low, low_at = least, at
        f = often[at]
        whole = rate + f
        if rate == 0.0:
            part[:] = aboard_parts[call[at], :]
            cost = weights.wait * 0.5 / f + least
        else:
            for c in range(6):
                part[c] = (part[c] * rate + aboard_parts[call[at], c] * f) / whole
            cost = (cost * rate + least * f) / whole
        rate = whole
    part[WAIT] += 0.5 / rate
    part[BOARDINGS] += 1.0
    board[s] = cost
