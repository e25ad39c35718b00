"""Local streets of a sketched town: corners as dense as people, joined to an irregular mesh."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import Delaunay
from shapely.geometry import LineString

from exante.sources.sketch.plan import Plan
from exante.sources.sketch.skeleton import Graph

#: Places tried for local corners; enough that no gap is left.
TRIALS = 12_000

#: A local corner keeps this share of the spacing from a main corner, and this distance (m) from fast roads.
NEAR_MAIN = 0.62
BESIDE_FAST = 90.0

#: A local street is no longer than this many spacings.
LONGEST = 2.1

#: A street is drawn unless some corner is nearer to both of its ends than this share of its length: 1 gives the
#: relative neighbourhood graph (three streets a corner, many dead ends), 0.71 triangles everywhere.
DETOUR = 0.86

#: Share of local streets that become collectors, by how many shortest paths use them.
TERTIARY = 0.24
UNCLASSIFIED = 0.12

#: Speeds for those shortest paths (km/h): a main road attracts its traffic.
PATH_SPEED = {"primary": 40.0, "secondary": 35.0, "residential": 25.0}

#: One-way streets: their share of residential streets, and how far from the middle they reach (km).
ONE_WAY = 0.45
ONE_WAY_REACH = 2.4


def draw_local_streets(plan: Plan, graph: Graph) -> None:
    """Add local corners and streets to the graph, with their classes."""
    rng = np.random.default_rng([plan.settings["seed"], 1])
    main = len(graph.points)
    for x, y in _corners(plan, graph, rng):
        graph.points.append((x, y))
        graph.fast.append(False)
    for tail, head in _mesh(plan, graph, main):
        graph.street((tail, head), "residential", 1, None)
    _drop_islands(graph)
    _promote(plan, graph)


def one_way(plan: Plan, graph: Graph) -> np.ndarray:
    """Streets that lose their second direction, bool of shape (streets,); the town stays connected."""
    rng = np.random.default_rng([plan.settings["seed"], 2])
    tail, head = np.array(graph.tail), np.array(graph.head)
    middle = np.array([line.interpolate(0.5, normalized=True).coords[0] for line in graph.line])
    able = np.flatnonzero(
        np.isin(graph.road_class, ("residential", "living_street"))
        & (plan.distance(middle) < plan.settings.get("one_way_reach", ONE_WAY_REACH))
    )
    chosen = rng.permutation(able)[: round(len(able) * ONE_WAY)]
    single = np.zeros(len(tail), dtype=bool)
    for street in chosen:
        single[street] = True
        ends = (np.concatenate([tail, head[~single]]), np.concatenate([head, tail[~single]]))
        count, _ = connected_components(
            csr_array((np.ones(len(ends[0])), ends), shape=(len(graph.points),) * 2), connection="strong"
        )
        if count > 1:
            single[street] = False
    return single


def _corners(plan: Plan, graph: Graph, rng: np.random.Generator) -> np.ndarray:
    """Corners by dart throwing with a distance that grows outwards (Poisson disc), shape (corners, 2)."""
    left, bottom, right, top = plan.edge.bounds
    darts = np.round(rng.uniform((left, bottom), (right, top), size=(TRIALS * 4, 2)), 2)
    dart_spacing = plan.spacing(darts)
    chance = np.minimum(1.0, (dart_spacing.min() / dart_spacing) ** 2 * 4)
    kept = shapely.contains_xy(plan.edge, darts[:, 0], darts[:, 1]) & (rng.uniform(size=len(darts)) < chance)
    darts, dart_spacing = darts[kept], dart_spacing[kept]
    fast = [line for line, kind in zip(graph.line, graph.road_class, strict=True) if kind in ("motorway", "trunk")]
    if fast:
        away = shapely.distance(shapely.points(darts), shapely.union_all(fast)) > BESIDE_FAST
        darts, dart_spacing = darts[away], dart_spacing[away]
    ordinary = np.array([p for p, is_fast in zip(graph.points, graph.fast, strict=True) if not is_fast])
    placed = np.empty((len(ordinary) + len(darts), 2))
    reach = np.empty(len(placed))
    placed[: len(ordinary)], reach[: len(ordinary)] = ordinary, NEAR_MAIN
    reach[len(ordinary) :] = 1.0
    count = len(ordinary)
    for dart, spacing in zip(darts, dart_spacing, strict=True):
        gap = np.hypot(*(placed[:count] - dart).T)
        if (gap >= spacing * reach[:count]).all():
            placed[count] = dart
            count += 1
    return placed[len(ordinary) : count]


def _mesh(plan: Plan, graph: Graph, main: int) -> list[tuple[int, int]]:
    """Pairs of corners that see each other and that no main road parts (see `DETOUR`)."""
    usable = np.flatnonzero(~np.array(graph.fast))
    xy = np.array(graph.points)[usable]
    triangles = Delaunay(xy).simplices
    pairs = np.unique(np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])), axis=0)
    middle = (xy[pairs[:, 0]] + xy[pairs[:, 1]]) / 2
    half = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T) / 2
    keep = np.array([_sees(xy, a, b) for a, b in pairs]) & (2 * half < LONGEST * plan.spacing(middle))
    ends = usable[pairs[keep]]
    ends = ends[~((ends[:, 0] < main) & (ends[:, 1] < main) & (plan.distance(middle[keep]) > 1.5))]
    drawn = {frozenset(pair) for pair in zip(graph.tail, graph.head, strict=True)}
    lines = np.array([LineString([graph.points[a], graph.points[b]]) for a, b in ends], dtype=object)
    hits = shapely.STRtree(np.array(graph.line, dtype=object)).query(lines, predicate="crosses")[0]
    free = np.ones(len(lines), dtype=bool)
    free[np.unique(hits)] = False
    return [(int(a), int(b)) for (a, b), ok in zip(ends, free, strict=True) if ok and frozenset((a, b)) not in drawn]


def _sees(xy: np.ndarray, a: int, b: int) -> bool:
    length = float(np.hypot(*(xy[a] - xy[b])))
    further = np.maximum(np.hypot(*(xy - xy[a]).T), np.hypot(*(xy - xy[b]).T))
    further[[a, b]] = np.inf
    return bool(further.min() >= DETOUR * length)


def _drop_islands(graph: Graph) -> None:
    """Keep the connected part of the graph, and number its corners anew from south-west to north-east."""
    count = len(graph.points)
    links = csr_array((np.ones(len(graph.tail)), (graph.tail, graph.head)), shape=(count, count))
    _, part = connected_components(links, directed=False)
    inside = part == np.bincount(part).argmax()
    kept = [i for i in range(len(graph.tail)) if inside[graph.tail[i]]]
    order = sorted(np.flatnonzero(inside).tolist(), key=lambda i: (graph.points[i][1], graph.points[i][0]))
    number = {old: new for new, old in enumerate(order)}
    graph.points = [graph.points[i] for i in order]
    graph.fast = [graph.fast[i] for i in order]
    graph.tail = [number[graph.tail[i]] for i in kept]
    graph.head = [number[graph.head[i]] for i in kept]
    for key in ("line", "road_class", "lanes", "limit", "name", "ramp"):
        values = getattr(graph, key)
        setattr(graph, key, [values[i] for i in kept])
    graph.gates = [(n, number[c], m, w) for n, c, m, w in graph.gates if c in number]


def _promote(plan: Plan, graph: Graph) -> None:
    """Make collectors of the local streets that most shortest paths use, shared space of the very middle."""
    use = _betweenness(graph)
    local = np.flatnonzero(np.array(graph.road_class) == "residential")
    ranked = local[np.argsort(-use[local], kind="stable")]
    ends = (round(TERTIARY * len(local)), round((TERTIARY + UNCLASSIFIED) * len(local)))
    for street in ranked[: ends[0]]:
        graph.road_class[street] = "tertiary"
    for street in ranked[ends[0] : ends[1]]:
        graph.road_class[street] = "unclassified"
    within = plan.settings.get("living_streets_within", 0.0)
    for street in ranked[ends[1] :]:
        middle = np.array(graph.line[street].interpolate(0.5, normalized=True).coords)
        if plan.distance(middle)[0] < within:
            graph.road_class[street] = "living_street"


def _betweenness(graph: Graph) -> np.ndarray:
    """Shortest paths over each street between all corners, shape (streets,)."""
    count = len(graph.points)
    tail, head = np.array(graph.tail), np.array(graph.head)
    ordinary = ~np.isin(graph.road_class, ("motorway", "trunk"))
    speed = np.array([PATH_SPEED.get(kind, 1.0) for kind in graph.road_class])
    time = np.array([line.length for line in graph.line]) / speed
    street = {}
    for i in np.flatnonzero(ordinary):
        street[(tail[i], head[i])] = street[(head[i], tail[i])] = int(i)
    rows = np.concatenate([tail[ordinary], head[ordinary]])
    columns = np.concatenate([head[ordinary], tail[ordinary]])
    weights = np.concatenate([time[ordinary]] * 2)
    network = csr_array((weights, (rows, columns)), shape=(count, count))
    distance, before = dijkstra(network, return_predecessors=True)
    use = np.zeros(len(tail))
    for source in range(count):
        load = np.ones(count)
        reached = np.isfinite(distance[source])
        for node in np.argsort(-np.where(reached, distance[source], -1.0), kind="stable").tolist():
            parent = int(before[source, node])
            if parent >= 0:
                load[parent] += load[node]
                use[street[(parent, node)]] += load[node]
    return use
