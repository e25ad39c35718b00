"""Connection scan against a time-expanded graph, on random timetables and on a real one."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from exante.kernels.transit import Timetable, earliest_arrivals, profile_percentiles
from exante.quantities.errors import NetworkError, ParameterError


def arrivals(hops, n_stops, walks, change, start, horizon):
    """The oracle: every departure and every ride is a node, and scipy tells which rides can be reached."""
    leave, come, tail, head, run = (np.asarray(column) for column in hops)
    begin = start.min()
    taken = np.flatnonzero((leave >= begin) & (leave <= begin + horizon))
    n = len(taken)
    source = 2 * n
    at = {s: sorted(k for k in range(n) if tail[taken[k]] == s) for s in range(n_stops)}
    for s in at:
        at[s].sort(key=lambda k: (leave[taken[k]], k))
    times = {s: [leave[taken[k]] for k in at[s]] for s in at}
    edges = []

    def wait(node, stop, moment):
        k = int(np.searchsorted(times[stop], moment, side="left"))
        if k < len(at[stop]):
            edges.append((node, at[stop][k]))

    for stop in range(n_stops):
        edges += list(zip(at[stop][:-1], at[stop][1:], strict=True))
        if np.isfinite(start[stop]):
            wait(source, stop, start[stop])
    last = {}
    for k, h in enumerate(taken):
        edges.append((k, n + k))
        if run[h] in last:
            edges.append((n + last[run[h]], n + k))
        last[run[h]] = k
        wait(n + k, head[h], come[h] + change)
        for a, b, seconds in walks:
            if a == head[h]:
                wait(n + k, b, come[h] + seconds)
    rows = np.array(edges).reshape(-1, 2)
    graph = csr_matrix((np.ones(len(rows)), (rows[:, 0], rows[:, 1])), (2 * n + 1, 2 * n + 1))
    reached = np.isfinite(dijkstra(graph, indices=source, unweighted=True))[n : 2 * n]
    there = np.array(start, float)
    for h in taken[reached]:
        there[head[h]] = min(there[head[h]], come[h])
        for a, b, seconds in walks:
            if a == head[h]:
                there[b] = min(there[b], come[h] + seconds)
    return there


def random_timetable(seed, stops=12, runs=40):
    """Hops of runs that stop at random places, some hops without duration; walks between some stops."""
    rng = np.random.default_rng(seed)
    hops = []
    for run in range(runs):
        now = float(rng.integers(0, 120)) * 60.0
        here = int(rng.integers(stops))
        for _ in range(int(rng.integers(1, 7))):
            there = int(rng.integers(stops))
            ride = float(rng.integers(0, 6)) * 60.0
            hops.append((now, now + ride, here, there, run))
            now += ride + float(rng.integers(0, 2)) * 60.0
            here = there
    pairs = {tuple(int(x) for x in rng.choice(stops, 2, replace=False)) for _ in range(8)}
    walks = [(a, b, float(rng.integers(1, 8)) * 60.0) for a, b in sorted(pairs)]
    return list(zip(*hops, strict=True)), walks


@pytest.mark.parametrize("seed", range(12))
def test_arrivals_are_those_of_the_time_expanded_graph(seed):
    hops, walks = random_timetable(seed)
    change = 60.0 * (seed % 3)
    table = Timetable.build(*hops, 12, tuple(zip(*walks, strict=True)), change)
    rng = np.random.default_rng(100 + seed)
    start = np.where(rng.random((4, 12)) < 0.2, rng.integers(0, 60, (4, 12)) * 60.0, np.inf)
    start[:, 0] = 600.0
    horizon = 3600.0 + 600.0 * seed
    found = earliest_arrivals(table, start, horizon)
    order = np.argsort(hops[0], kind="stable")
    sorted_hops = [np.asarray(column)[order] for column in hops]
    for p in range(4):
        expected = arrivals(sorted_hops, 12, walks, change, start[p], horizon)
        np.testing.assert_array_equal(found[p], expected)
    assert (found < start).any()


def test_of_departures_every_minute_half_wait_less_than_half_the_headway():
    """A run every 10 minutes that rides 5: waits are 0 to 9 minutes."""
    leave = np.arange(0.0, 7200.0, 600.0)
    table = Timetable.build(leave, leave + 300.0, np.zeros(12, int), np.ones(12, int), np.arange(12), 2)
    times = profile_percentiles(table, [0.0, np.inf], (0.0, 3540.0), [10, 50, 100])
    assert (times[:, 1] / 60.0).tolist() == [5.0, 9.0, 14.0]


def test_a_timetable_that_goes_back_in_time_is_refused():
    with pytest.raises(NetworkError, match="a run departs before it has arrived"):
        Timetable.build([0.0, 50.0], [100.0, 120.0], [0, 1], [1, 2], [1, 1], 3)
    with pytest.raises(NetworkError, match="hop 0 arrives before it departs"):
        Timetable.build([10.0], [5.0], [0], [1], [1], 2)
    with pytest.raises(NetworkError, match="hops name stops outside 0 to 1"):
        Timetable.build([10.0], [15.0], [0], [2], [1], 2)


def test_starts_at_other_stops_are_refused():
    table = Timetable.build([10.0], [15.0], [0], [1], [1], 2)
    with pytest.raises(ParameterError, match="starts at 3 stops for a timetable of 2"):
        earliest_arrivals(table, [[0.0, 1.0, 2.0]])


@pytest.mark.real_data
@pytest.mark.parametrize("file", ["fgc_gtfs.zip", "tram_tbs_gtfs.zip"])
def test_arrivals_of_a_real_feed_are_those_of_the_time_expanded_graph(data_dir, file):
    from exante.sources.gtfs import read_gtfs, typical_day

    feed = read_gtfs(data_dir / "barcelona" / "transit" / file, "feed", "EPSG:25831")
    day = typical_day(feed)
    services = set(feed.services.loc[feed.services["date"] == day, "service_id"])
    trips = set(feed.trips.loc[feed.trips["service_id"].isin(services), "trip_id"])
    calls = feed.stop_times[feed.stop_times["trip_id"].isin(trips)]
    same = calls["trip_id"].eq(calls["trip_id"].shift(-1)).to_numpy()[:-1]
    stops, number = np.unique(calls["stop_id"], return_inverse=True)
    _, run = np.unique(calls["trip_id"], return_inverse=True)
    hops = [
        calls["departure"].to_numpy()[:-1][same],
        calls["arrival"].to_numpy()[1:][same],
        number[:-1][same],
        number[1:][same],
        run[:-1][same],
    ]
    slot = (hops[0] >= 8 * 3600.0) & (hops[0] <= 9.5 * 3600.0)
    hops = [column[slot] for column in hops]
    order = np.argsort(hops[0], kind="stable")
    hops = [column[order] for column in hops]
    table = Timetable.build(*hops, len(stops), change=60.0)
    rng = np.random.default_rng(1)
    for stop in rng.choice(len(stops), 6, replace=False):
        start = np.full(len(stops), np.inf)
        start[stop] = 8 * 3600.0
        found = earliest_arrivals(table, start, 5400.0)[0]
        np.testing.assert_array_equal(found, arrivals(hops, len(stops), [], 60.0, start, 5400.0))
