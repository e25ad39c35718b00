"""Connection scan and a time-expanded graph solved by scipy's Dijkstra, on one morning of a real feed: CPU seconds.

Usage: ``python benchmarks/transit/compare.py [--feed FILE] [--starts 20] [--rounds 3]``.
Both answer the same question: the earliest arrival at every stop, 60 s to change, departures from 08:00 to 09:30. The
graph is built once and its building is told apart; times must agree or nothing is printed but the difference.
Real data come from EXANTE_DATA (default ../shared/data).
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from exante.kernels.transit import Timetable, earliest_arrivals
from exante.sources.gtfs import read_gtfs, typical_day

FROM, TO, CHANGE = 8 * 3600.0, 9.5 * 3600.0, 60.0
TINY = 1e-3  # s: scipy needs edges longer than nothing


def read_hops(path: Path) -> tuple[list[np.ndarray], int]:
    """Departure, arrival, tail, head and run of all hops of the morning; number of stops."""
    feed = read_gtfs(path, "feed", "EPSG:25831")
    services = feed.services.loc[feed.services["date"] == typical_day(feed), "service_id"]
    trips = feed.trips.loc[feed.trips["service_id"].isin(services), "trip_id"]
    calls = feed.stop_times[feed.stop_times["trip_id"].isin(trips)]
    same = (calls["trip_id"].to_numpy()[1:] == calls["trip_id"].to_numpy()[:-1]).nonzero()[0]
    stops, number = np.unique(calls["stop_id"], return_inverse=True)
    _, run = np.unique(calls["trip_id"], return_inverse=True)
    leave, come = calls["departure"].to_numpy(), calls["arrival"].to_numpy()
    hops = [leave[same], come[same + 1], number[same], number[same + 1], run[same]]
    kept = (hops[0] >= FROM) & (hops[0] <= TO)
    order = np.argsort(hops[0][kept], kind="stable")
    return [column[kept][order] for column in hops], len(stops)


def expanded(hops: list[np.ndarray], stops: int) -> tuple[csr_matrix, list[np.ndarray]]:
    """Graph of departures (0 to n) and rides (n to 2 n), edges in seconds; departures of every stop in order."""
    leave, come, tail, head, run = hops
    n = len(leave)
    at = [np.flatnonzero(tail == s) for s in range(stops)]
    edges = [np.column_stack([np.arange(n), n + np.arange(n), come - leave])]
    for mine in at:
        edges.append(np.column_stack([mine[:-1], mine[1:], np.diff(leave[mine])]))
    for s in range(stops):
        into = np.flatnonzero(head == s)
        place = np.searchsorted(leave[at[s]], come[into] + CHANGE)
        good = place < len(at[s])
        next_one = at[s][place[good]]
        edges.append(np.column_stack([n + into[good], next_one, leave[next_one] - come[into[good]]]))
    order = np.lexsort((np.arange(n), run))
    pair = order[:-1][run[order][1:] == run[order][:-1]], order[1:][run[order][1:] == run[order][:-1]]
    edges.append(np.column_stack([n + pair[0], n + pair[1], come[pair[1]] - come[pair[0]]]))
    all_edges = np.concatenate(edges)
    ends = all_edges[:, :2].astype(int)
    return csr_matrix((all_edges[:, 2] + TINY, (ends[:, 0], ends[:, 1])), (2 * n, 2 * n)), at


def by_graph(graph: csr_matrix, at: list[np.ndarray], hops: list[np.ndarray], stops: int, start: int) -> np.ndarray:
    """Earliest arrivals from one stop at 08:00."""
    found = np.full(stops, np.inf)
    found[start] = FROM
    if len(at[start]):
        reached = np.isfinite(dijkstra(graph, indices=int(at[start][0]))[len(hops[0]) :])
        np.minimum.at(found, hops[3][reached], hops[1][reached])
    return found


def best(rounds: int, work) -> tuple[float, object]:
    """Least CPU seconds of a few rounds, and the result."""
    spent, result = [], None
    for _ in range(rounds):
        began = time.process_time()
        result = work()
        spent.append(time.process_time() - began)
    return min(spent), result


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--feed", default="barcelona/transit/fgc_gtfs.zip")
    words.add_argument("--starts", type=int, default=20)
    words.add_argument("--rounds", type=int, default=3)
    given = words.parse_args()
    data = Path(os.environ.get("EXANTE_DATA", Path(__file__).parents[3] / "shared" / "data"))
    hops, stops = read_hops(data / given.feed)
    starts = np.random.default_rng(1).choice(stops, min(given.starts, stops), replace=False)
    table = Timetable.build(*hops, stops, change=CHANGE)
    begin = np.full((len(starts), stops), np.inf)
    begin[np.arange(len(starts)), starts] = FROM
    earliest_arrivals(table, begin[:1], TO - FROM)  # compiled
    built, (graph, at) = best(1, lambda: expanded(hops, stops))
    slow, theirs = best(given.rounds, lambda: np.stack([by_graph(graph, at, hops, stops, s) for s in starts]))
    fast, ours = best(given.rounds, lambda: [earliest_arrivals(table, begin, TO - FROM) for _ in range(20)][-1])
    fast /= 20
    print(f"{given.feed}: {len(hops[0]):,} hops, {stops} stops, {len(starts)} starts")
    if not np.array_equal(ours, theirs):
        print(f"times differ at {int((ours != theirs).sum())} of {ours.size} places")
        return
    print(f"time-expanded graph: built in {built:.3f} s, {1e3 * slow / len(starts):.2f} ms a start")
    print(f"connection scan: {1e3 * fast / len(starts):.3f} ms a start; ratio {slow / fast:.0f}")


if __name__ == "__main__":
    main()
