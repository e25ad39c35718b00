"""Earliest arrivals on a timetable: the connection scan of Dibbelt et al. (2013), with one walk between rides."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exante.kernels.compiled import entry
from exante.quantities.errors import NetworkError, ParameterError

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]


class Timetable(NamedTuple):
    """All hops of all runs of a day from one call to the next, by departure.

    Attributes
    ----------
    departure, arrival : ndarray, shape (hops,)
        Seconds after midnight, `departure` rising.
    tail, head : ndarray of int, shape (hops,)
        Stops.
    run : ndarray of int, shape (hops,)
        Number of the run; hops of a run are in their order.
    foot_first, foot_stop, foot_time : ndarray
        Walks from each stop: those of stop s are `[foot_first[s]:foot_first[s + 1]]`; seconds.
    change : float
        Seconds between two runs at one stop.
    """

    departure: FloatArray
    arrival: FloatArray
    tail: LongArray
    head: LongArray
    run: LongArray
    foot_first: LongArray
    foot_stop: LongArray
    foot_time: FloatArray
    change: float = 0.0

    @classmethod
    def build(
        cls,
        departure: ArrayLike,
        arrival: ArrayLike,
        tail: ArrayLike,
        head: ArrayLike,
        run: ArrayLike,
        n_stops: int,
        walks: tuple[ArrayLike, ArrayLike, ArrayLike] = ((), (), ()),
        change: float = 0.0,
    ) -> Timetable:
        """A timetable from hops in any order; hops of one run in the order in which they are made.

        Parameters
        ----------
        walks : (from stop, to stop, seconds)

        Raises
        ------
        NetworkError
            If a time is missing, a hop arrives before it departs or departs before the run's hop before it arrives, or
            a stop is out of range.
        """
        leave, come = np.asarray(departure, float), np.asarray(arrival, float)
        a, b, r = (np.asarray(x, np.int64) for x in (tail, head, run))
        foot = [np.asarray(walks[0], np.int64), np.asarray(walks[1], np.int64)]
        seconds = np.asarray(walks[2], float)
        faults = []
        if not (np.isfinite(leave).all() and np.isfinite(come).all()):
            faults.append("a time is missing")
        elif (come < leave).any():
            faults.append(f"hop {int(np.flatnonzero(come < leave)[0])} arrives before it departs")
        for name, values in (("hops", np.concatenate([a, b])), ("walks", np.concatenate(foot))):
            if values.size and (values.min() < 0 or values.max() >= n_stops):
                faults.append(f"{name} name stops outside 0 to {n_stops - 1}")
        if seconds.size and not (seconds >= 0).all():
            faults.append("a walk takes less than no time")
        order = np.argsort(r, kind="stable")
        same = r[order][1:] == r[order][:-1]
        if not faults and (same & (leave[order][1:] < come[order][:-1])).any():
            faults.append("a run departs before it has arrived")
        if faults:
            raise NetworkError("; ".join(faults), where="timetable", remedy="Check stop_times")
        by_time = np.argsort(leave, kind="stable")
        by_stop = np.argsort(foot[0], kind="stable")
        first = np.searchsorted(foot[0][by_stop], np.arange(n_stops + 1)).astype(np.int64)
        _, number = np.unique(r, return_inverse=True)
        return cls(
            leave[by_time],
            come[by_time],
            a[by_time],
            b[by_time],
            number[by_time].astype(np.int64),
            first,
            foot[1][by_stop],
            seconds[by_stop],
            float(change),
        )


def earliest_arrivals(timetable: Timetable, start: ArrayLike, horizon: float = 4 * 3600.0) -> FloatArray:
    """Earliest time at every stop for passengers who are at stops at given times.

    Between two rides there is one walk or none; a walk to the destination may follow the last ride. Walks from the
    start are in `start`.

    Parameters
    ----------
    timetable : Timetable
    start : array_like, shape (passengers, stops)
        Seconds after midnight at which a passenger can board there; infinite elsewhere.
    horizon : float
        Hops that depart more than this many seconds after a passenger's start are not taken.

    Returns
    -------
    ndarray, shape (passengers, stops)
        Seconds after midnight; infinite where nobody arrives.

    Raises
    ------
    ParameterError
        If `start` does not have a column for every stop.

    Examples
    --------
    >>> table = Timetable.build([100.0, 300.0], [200.0, 350.0], [0, 1], [1, 2], [7, 8], 3)
    >>> earliest_arrivals(table, [[90.0, np.inf, np.inf], [110.0, np.inf, np.inf]]).tolist()
    [[90.0, 200.0, 350.0], [110.0, inf, inf]]
    """
    begin = np.atleast_2d(np.asarray(start, float))
    stops = len(timetable.foot_first) - 1
    if begin.shape[1] != stops:
        raise ParameterError(f"starts at {begin.shape[1]} stops for a timetable of {stops}", where="earliest_arrivals")
    out = np.empty_like(begin)
    runs = int(timetable.run.max()) + 1 if len(timetable.run) else 0
    _scan(timetable, begin, float(horizon), runs, out)
    return out


@entry
def _scan(table: Timetable, start: FloatArray, horizon: float, runs: int, out: FloatArray) -> None:
    aboard = np.zeros(runs, np.bool_)
    ready = np.empty(start.shape[1])
    ridden = np.empty(start.shape[1])  # by vehicle: on foot one may not walk on
    hops = table.departure.size
    for p in range(start.shape[0]):
        there = out[p]
        there[:] = start[p]
        ready[:] = start[p]
        ridden[:] = np.inf
        aboard[:] = False
        begin = start[p].min()
        if begin == np.inf:
            continue
        k = np.searchsorted(table.departure, begin)
        while k < hops and table.departure[k] <= begin + horizon:
            now = table.departure[k]
            end = k
            while end < hops and table.departure[end] == now:
                end += 1
            again = True
            while again:  # hops without duration can feed hops of the same moment
                again = False
                for c in range(k, end):
                    if not aboard[table.run[c]]:
                        if ready[table.tail[c]] > now:
                            continue
                        aboard[table.run[c]] = True
                    s, time = table.head[c], table.arrival[c]
                    if ridden[s] <= time:
                        continue
                    ridden[s] = time
                    if time < there[s]:
                        there[s] = time
                    if time + table.change < ready[s]:
                        ready[s] = time + table.change
                        again = again or ready[s] <= now
                    for f in range(table.foot_first[s], table.foot_first[s + 1]):
                        j, then = table.foot_stop[f], time + table.foot_time[f]
                        if then < there[j]:
                            there[j] = then
                        if then < ready[j]:
                            ready[j] = then
                            again = again or then <= now
            k = end


def profile_percentiles(
    timetable: Timetable,
    walk: ArrayLike,
    window: tuple[float, float],
    percents: ArrayLike,
    step: float = 60.0,
    horizon: float = 4 * 3600.0,
) -> FloatArray:
    """Travel times to every stop that a share of the departures in a window does not exceed, seconds.

    Parameters
    ----------
    timetable : Timetable
    walk : array_like, shape (stops,)
        Seconds from the origin to each stop on foot; infinite where too far.
    window : (float, float)
        Seconds after midnight, first and last departure from the origin.
    percents : array_like, shape (percentiles,)
    step : float
        Seconds between departures.
    horizon : float
        As in `earliest_arrivals`.

    Returns
    -------
    ndarray, shape (percentiles, stops)
        Infinite where so few departures arrive.
    """
    leave = np.arange(window[0], window[1] + 1e-9, step)
    arrive = earliest_arrivals(timetable, leave[:, None] + np.asarray(walk, float), horizon)
    times = np.sort(arrive - leave[:, None], axis=0)
    place = np.ceil(np.asarray(percents, float) / 100.0 * len(leave)).astype(int) - 1
    return times[np.clip(place, 0, len(leave) - 1)]
