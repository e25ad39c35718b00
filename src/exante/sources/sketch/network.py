"""Street network of a sketched town as tables: nodes, links, connectors and gates."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import Point

from exante.city import Table
from exante.sources.capacity import capacity
from exante.sources.sketch.plan import Plan
from exante.sources.sketch.skeleton import Graph, draw_skeleton
from exante.sources.sketch.streets import draw_local_streets, one_way

#: Rank of a class where streets meet.
RANK = {"primary": 3, "secondary": 2, "tertiary": 1, "trunk": 2}

#: Volume of buildings of any use for a resident, m3: an assumption, near the ratio of GHS-BUILT-V in both cities.
BUILT_PER_HEAD = 500.0

#: Within this distance of the middle main junctions have signals, beyond it roundabouts (km).
SIGNAL_REACH = 4.6

#: Connectors of a zone, and the share of a zone's radius that separates them.
CONNECTORS = 4
APART = 0.4


def draw_network(plan: Plan, zones: Table, built_up: shapely.Geometry) -> dict[str, Table]:
    """Tables `nodes`, `links`, `connectors` and `gates`; every street can be reached from every other."""
    graph = draw_skeleton(plan)
    draw_local_streets(plan, graph)
    control = _control(plan, graph)
    node_ids = np.array([f"n{i:04d}" for i in range(len(graph.points))], dtype=object)
    nodes = Table("nodes", {"node_id": node_ids, "ctrl_type": control, "geometry": [Point(p) for p in graph.points]})
    links = _links(plan, graph, zones, built_up, node_ids, control)
    return {
        "nodes": nodes,
        "links": links,
        "connectors": _connectors(graph, zones, node_ids),
        "gates": _gates(graph, node_ids),
    }


def _control(plan: Plan, graph: Graph) -> np.ndarray:
    """How each corner is controlled: main streets that cross have signals, roundabouts further out."""
    legs: list[list[int]] = [[] for _ in graph.points]
    for tail, head, kind in zip(graph.tail, graph.head, graph.road_class, strict=True):
        legs[tail].append(RANK.get(kind, 0))
        legs[head].append(RANK.get(kind, 0))
    distance = plan.distance(np.array(graph.points))
    found = []
    for ranks, fast, away in zip(legs, graph.fast, distance, strict=True):
        top = sorted(ranks, reverse=True)
        crossing = not fast and len(top) >= 3 and top[0] >= 2 and top[2] >= 1
        found.append(("signal" if away < SIGNAL_REACH else "roundabout") if crossing else "none")
    return np.array(found, dtype=object)


def _links(
    plan: Plan,
    graph: Graph,
    zones: Table,
    built_up: shapely.Geometry,
    node_ids: np.ndarray,
    control: np.ndarray,
) -> Table:
    single = one_way(plan, graph)
    back = np.flatnonzero(~single)
    street = np.concatenate([np.arange(len(single)), back])
    forward = np.arange(len(street)) < len(single)
    order = np.lexsort((~forward, street))
    street, forward = street[order], forward[order]
    tail, head = np.array(graph.tail)[street], np.array(graph.head)[street]
    start, end = np.where(forward, tail, head), np.where(forward, head, tail)
    kind = np.array(graph.road_class, dtype=object)[street]
    ramp = np.array(graph.ramp)[street]
    lines = np.array(graph.line, dtype=object)[street]
    lines[~forward] = shapely.reverse(lines[~forward])
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    usual = plan.settings["road_class"]
    stated = [graph.limit[i] for i in street]
    limit = np.array([float(usual[k]["speed_limit"]) if s is None else s for k, s in zip(kind, stated, strict=True)])
    fast = np.isin(kind, ("motorway", "trunk"))
    count = len(street)
    holder = _holders(zones, middle)
    return Table(
        "links",
        {
            "link_id": [f"{node_ids[a]}-{node_ids[b]}" for a, b in zip(start, end, strict=True)],
            "from_node_id": node_ids[start],
            "to_node_id": node_ids[end],
            "name": np.array(graph.name, dtype=object)[street],
            "road_class": kind,
            "ramp": ramp,
            "length": np.round(shapely.length(lines), 1),
            "lanes": np.array(graph.lanes)[street],
            "lanes_origin": ["sketched"] * count,
            "capacity": capacity(kind, ramp, np.zeros(count, dtype=bool), control[end]),
            "speed_limit": limit,
            "speed_limit_origin": ["sketched"] * count,
            "effective_speed_limit": limit,
            "built_up": shapely.covers(built_up, middle) & ~fast,
            "built_density": _built_density(zones, holder),
            "allowed_uses": _uses(kind),
            "zone_id": holder,
            "geometry": lines,
        },
    )


def _built_density(zones: Table, holder: np.ndarray) -> np.ndarray:
    """Volume of buildings over area of ground, m, by residents of the zone; missing outside all zones."""
    density = BUILT_PER_HEAD * zones["population"] / zones["area"]
    held = dict(zip(zones["zone_id"].tolist(), density.tolist(), strict=True))
    return np.array([held.get(zone, np.nan) for zone in holder.tolist()])


def _uses(kind: np.ndarray) -> list[str]:
    special = {"motorway": "auto,bus", "trunk": "auto,bus", "living_street": "auto,bike,walk"}
    return [special.get(k, "auto,bus,bike,walk") for k in kind]


def _holders(zones: Table, points: np.ndarray) -> np.ndarray:
    found = np.full(len(points), None, dtype=object)
    at, zone = shapely.STRtree(zones["geometry"]).query(points, predicate="intersects")
    for i, z in sorted(zip(at.tolist(), zone.tolist(), strict=True), reverse=True):
        found[i] = zones["zone_id"][z]
    return found


def _connectors(graph: Graph, zones: Table, node_ids: np.ndarray) -> Table:
    """Up to four corners of each zone, apart from each other, the nearest to its middle first."""
    ordinary = np.flatnonzero(~np.array(graph.fast) & ~_only_gates(graph))
    xy = np.array(graph.points)[ordinary]
    columns: dict[str, list[object]] = {"zone_id": [], "node_id": [], "length": []}
    for zone, shape in zip(zones["zone_id"], zones["geometry"], strict=True):
        middle = np.array(shape.representative_point().coords[0])
        away = np.hypot(*(xy - middle).T)
        inside = np.flatnonzero(shapely.contains_xy(shape, xy[:, 0], xy[:, 1]))
        pool = inside if len(inside) else np.argsort(away, kind="stable")[:1]
        pool = pool[np.argsort(away[pool], kind="stable")]
        gap = APART * np.sqrt(shape.area / np.pi)
        chosen: list[int] = []
        for i in pool.tolist():
            if len(chosen) < CONNECTORS and all(np.hypot(*(xy[i] - xy[j])) > gap for j in chosen):
                chosen.append(i)
        for i in chosen:
            columns["zone_id"].append(zone)
            columns["node_id"].append(node_ids[ordinary[i]])
            columns["length"].append(round(float(away[i]), 1))
    return Table("connectors", columns)


def _only_gates(graph: Graph) -> np.ndarray:
    mask = np.zeros(len(graph.points), dtype=bool)
    mask[[corner for _, corner, _, _ in graph.gates]] = True
    return mask


def _gates(graph: Graph, node_ids: np.ndarray) -> Table:
    """Ends of the main roads; external traffic is shared by lanes, a motorway's counting twice."""
    total = sum(weight for *_, weight in graph.gates)
    corners = [node_ids[corner] for _, corner, _, _ in graph.gates]
    names: dict[str, int] = {}
    for name, *_ in graph.gates:
        names[name] = names.get(name, 0) + 1
    xy = [graph.points[corner] for _, corner, _, _ in graph.gates]
    west = sum(x for x, _ in xy) / len(xy)
    titles = [
        f"{name}, {'west' if x < west else 'east'}" if names[name] > 1 else name
        for (name, *_), (x, _) in zip(graph.gates, xy, strict=True)
    ]
    return Table(
        "gates",
        {
            "gate_id": [f"g{i:02d}" for i in range(1, len(corners) + 1)],
            "name": titles,
            "entry_node_id": corners,
            "exit_node_id": corners,
            "weight": [weight / total for *_, weight in graph.gates],
            "motorway": [motorway for _, _, motorway, _ in graph.gates],
        },
    )
