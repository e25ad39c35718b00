"""Street centre lines without topology (one line a segment, no nodes) to a graph of nodes and segments.

Format: any table of lines in a projected reference system with an official code each, such as the street
segments (`tramer`) of Barcelona. Such maps are drawn for display: most ends coincide to the millimetre, some miss
each other by a few metres, some streets end on the middle of another, and tunnels or bridges are left out.

What is done, in this order, and told in the notes: ends closer than `SNAP` become one node; an end that is still
alone and lies within `REACH` of another segment's middle is taken there and the segment is split (never where a
line merely crosses another: without an end there, it may be a bridge); parts that stay apart from the largest
one are bridged by one straight link where a node of each lies within `BRIDGE`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd
import shapely
import shapely.ops
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from exante.quantities.errors import SourceError

SNAP = 3.0  # m; half the width of the narrowest carriageway, and below the shortest segment (4.2 m)
REACH = 12.0  # m; from the middle of a wide street (24 m) to its kerb, where a side street may have been ended
BRIDGE = 120.0  # m; the longest gap that a covered stretch or a level crossing is believed to leave
SMALLEST_BRIDGED = 500.0  # m of streets; lesser fragments (courts, car parks) are left alone


@dataclass
class Graph:
    """Undirected street graph.

    Parameters
    ----------
    nodes : DataFrame
        `node_id, geometry`; the identifier is the position in metres, for the source has no nodes.
    segments : DataFrame
        `segment_id` (the source's code, with `.1`, `.2` where split), `code` (the source's), `a`, `b` (rows of
        `nodes` at the ends), `length`, `geometry` from `a` to `b`, and whatever columns the source had.
    notes : list of str
        What was joined, split, bridged and left apart.
    """

    nodes: pd.DataFrame
    segments: pd.DataFrame
    notes: list[str] = field(default_factory=list)


def build_graph(frame: pd.DataFrame) -> Graph:
    """Graph of the lines of a table with `code` and `geometry`.

    Raises
    ------
    SourceError
        If a code stands twice, or a geometry is no single line.
    """
    codes = frame["code"].astype(str)
    if codes.duplicated().any():
        raise SourceError(f"segment {codes[codes.duplicated()].iloc[0]} stands more than once", remedy="Dissolve it")
    merged = shapely.line_merge(frame["geometry"].to_numpy())
    broken = np.flatnonzero(shapely.get_type_id(merged) != 1)
    if broken.size:
        raise SourceError(
            f"{broken.size} segments are not one line each, {codes.iloc[broken[0]]} among them",
            remedy="Give each part a code of its own",
        )
    segments = frame.assign(code=codes, geometry=merged).sort_values("code").reset_index(drop=True)
    notes: list[str] = []
    lone = _lone_ends(segments["geometry"].to_numpy())
    segments = _split_at_ends(segments, lone, notes)
    return _join(segments, notes)


def _ends(lines: np.ndarray) -> np.ndarray:
    """Both ends of every line: starts first, shape (2 * lines, 2)."""
    return np.vstack([shapely.get_coordinates(shapely.get_point(lines, i)) for i in (0, -1)])


def _clusters(ends: np.ndarray) -> np.ndarray:
    """Cluster of every end, those within `SNAP` of each other together."""
    pairs = cKDTree(ends).query_pairs(SNAP, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(ends), len(ends)))
    return np.asarray(connected_components(graph, directed=False)[1])


def _lone_ends(lines: np.ndarray) -> np.ndarray:
    """Ends that meet no other end, as positions in `_ends`."""
    cluster = _clusters(_ends(lines))
    return np.flatnonzero(np.bincount(cluster)[cluster] == 1)


def _split_at_ends(segments: pd.DataFrame, lone: np.ndarray, notes: list[str]) -> pd.DataFrame:
    """Split segments where a lone end of another lies on them, and take that end there."""
    lines = segments["geometry"].to_numpy().copy()
    count, ends = len(lines), _ends(lines)
    points = shapely.points(ends[lone])
    which, other = shapely.STRtree(lines).query(points, predicate="dwithin", distance=REACH)
    far = lone[which] % count != other
    which, other = which[far], other[far]
    distance = shapely.distance(points[which], lines[other])
    order = np.lexsort((other, distance, which))
    which, other = which[order], other[order]
    nearest = np.unique(which, return_index=True)[1]
    cuts: dict[int, list[float]] = {}
    for end, target in zip(lone[which[nearest]], other[nearest], strict=True):
        line = lines[target]
        along = line.project(shapely.Point(ends[end]))
        inside = SNAP < along < line.length - SNAP
        place = line.interpolate(along) if inside else shapely.Point(line.coords[0 if along <= SNAP else -1])
        if inside:
            cuts.setdefault(int(target), []).append(along)
        xy = shapely.get_coordinates(lines[end % count])
        xy[0 if end < count else -1] = (place.x, place.y)
        lines[end % count] = shapely.LineString(xy)
    before, codes = segments["geometry"].to_numpy(), segments["code"].to_numpy()
    rows, ids = [], []
    for i, line in enumerate(lines):
        parts = _cut(before[i], line, sorted(cuts[i])) if i in cuts else [line]
        for number, part in enumerate(parts, start=1):
            rows.append((i, part))
            ids.append(codes[i] + (f".{number}" if len(parts) > 1 else ""))
    result = segments.iloc[[i for i, _ in rows]].reset_index(drop=True)
    result["geometry"] = [part for _, part in rows]
    result["segment_id"] = ids
    notes.append(
        f"topology: {len(lone)} ends meet no other; {len(nearest)} of them lie within {REACH:g} m of another segment "
        f"and are taken to it, {len(cuts)} segments are split there; the others are dead ends"
    )
    return result


def _cut(before: shapely.LineString, line: shapely.LineString, places: list[float]) -> list[shapely.LineString]:
    """`line` cut at distances that were measured along the same line before its ends were moved."""
    if not places:
        return [line]
    points = [before.interpolate(p) for p in places]
    at = sorted(line.project(p) for p in points)
    bounds = [0.0, *[a for a in at if SNAP < a < line.length - SNAP], line.length]
    found = [shapely.ops.substring(line, a, b) for a, b in pairwise(bounds) if b - a > SNAP]
    return found or [line]


def _join(segments: pd.DataFrame, notes: list[str]) -> Graph:
    """Nodes from the clusters of ends, and the segments between them."""
    lines = segments["geometry"].to_numpy()
    ends, count = _ends(lines), len(lines)
    cluster = _clusters(ends)
    members = np.bincount(cluster)
    xy = np.column_stack([np.bincount(cluster, weights=ends[:, axis]) / members for axis in (0, 1)])
    names = np.array([f"{x:.0f}-{y:.0f}" for x, y in xy], dtype=object)
    twice = pd.Series(names).groupby(names).cumcount().to_numpy()
    names = np.array([f"{n}-{k}" if k else n for n, k in zip(names, twice, strict=True)], dtype=object)
    a, b = cluster[:count], cluster[count:]
    table = segments.assign(a=a, b=b)
    loops = (a == b) & (shapely.length(lines) <= 2 * SNAP)
    if loops.any():
        notes.append(f"topology: {int(loops.sum())} segments shorter than {2 * SNAP:g} m vanish in a node")
        table = table[~loops].reset_index(drop=True)
    table["geometry"] = [
        _moved(line, xy[i], xy[j]) for line, i, j in zip(table["geometry"], table["a"], table["b"], strict=True)
    ]
    table["length"] = shapely.length(table["geometry"].to_numpy())
    nodes = pd.DataFrame({"node_id": names, "geometry": shapely.points(xy)})
    return Graph(nodes, table, notes)


def _moved(line: shapely.LineString, start: np.ndarray, end: np.ndarray) -> shapely.LineString:
    xy = shapely.get_coordinates(line)
    xy[0], xy[-1] = start, end
    return shapely.LineString(xy)


def parts(graph: Graph) -> np.ndarray:
    """Connected part of every node, the largest (by length of streets) being 0, shape (nodes,)."""
    a, b = graph.segments["a"].to_numpy(), graph.segments["b"].to_numpy()
    size = len(graph.nodes)
    label = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(size, size)), directed=False)[1]
    weight = np.bincount(label[a], weights=graph.segments["length"], minlength=label.max() + 1)
    order = np.argsort(-weight, kind="stable")
    rank = np.empty(len(order), dtype=int)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[label])


def bridge(graph: Graph) -> None:
    """Join parts of some size to the largest by a straight segment over a short gap, in place."""
    nodes, segments = graph.nodes, graph.segments
    xy = shapely.get_coordinates(nodes["geometry"].to_numpy())
    added: list[dict[str, object]] = []
    while True:
        part = parts(Graph(nodes, segments))
        size = np.bincount(part[segments["a"]], weights=segments["length"], minlength=part.max() + 1)
        best = (BRIDGE, -1, -1)
        main = np.flatnonzero(part == 0)
        tree = cKDTree(xy[main])
        for other in np.flatnonzero(size >= SMALLEST_BRIDGED)[1:]:
            mine = np.flatnonzero(part == other)
            distance, near = tree.query(xy[mine])
            k = int(np.argmin(distance))
            best = min(best, (float(distance[k]), int(mine[k]), int(main[near[k]])))
        if best[1] < 0:
            break
        gap, i, j = best
        line = shapely.LineString([xy[i], xy[j]])
        added.append(
            {"code": f"bridge-{nodes['node_id'][i]}", "segment_id": f"bridge-{nodes['node_id'][i]}", "a": i, "b": j,
             "length": gap, "geometry": line}
        )  # fmt: skip
        segments = pd.concat([graph.segments, pd.DataFrame(added)], ignore_index=True)
    graph.segments = segments
    part = parts(graph)
    apart = part[segments["a"]] > 0
    km = segments["length"].to_numpy() / 1000.0
    graph.notes.append(
        f"topology: {len(nodes)} nodes, {len(segments)} segments, {km.sum():.0f} km; {len(added)} gaps bridged by "
        f"straight links ({sum(float(str(r['length'])) for r in added):.0f} m); "
        f"{100 * (1 - km[apart].sum() / km.sum()):.1f} % "
        f"of the length is in one part, {int(apart.sum())} segments ({km[apart].sum():.1f} km) are apart"
    )
