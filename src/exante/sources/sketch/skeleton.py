"""Main roads of a sketched town as a graph: corners where they cross, interchanges with the fast roads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.ops import substring

from exante.sources.sketch.plan import Plan, Road, bearing_point

#: Corners closer than this are one (m).
SAME_CORNER = 70.0

#: A road that ends this little beyond a crossing ends at the crossing (m).
STUB = 160.0

#: Distance from an interchange to the ends of its ramps on the crossing road (m).
RAMP_REACH = 190.0

#: Limit on ramps (km/h).
RAMP_LIMIT = 50.0

#: Sideways bend of a ramp relative to its reach.
RAMP_BEND = 0.35


@dataclass
class Graph:
    """Corners and streets while they are drawn; each street is drawn once for both directions."""

    points: list[tuple[float, float]] = field(default_factory=list)
    fast: list[bool] = field(default_factory=list)
    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    line: list[LineString] = field(default_factory=list)
    road_class: list[str] = field(default_factory=list)
    lanes: list[int] = field(default_factory=list)
    limit: list[float | None] = field(default_factory=list)
    name: list[str | None] = field(default_factory=list)
    ramp: list[bool] = field(default_factory=list)
    gates: list[tuple[str, int, bool, float]] = field(default_factory=list)
    _drawn: set[tuple[int, int]] = field(default_factory=set)

    def corner(self, x: float, y: float, *, fast: bool, same: float = SAME_CORNER) -> int:
        """Number of the corner at a place: an old one if one is near, else a new one."""
        for i, (px, py) in enumerate(self.points):
            if self.fast[i] == fast and np.hypot(px - x, py - y) < same:
                return i
        self.points.append((round(float(x), 2), round(float(y), 2)))
        self.fast.append(fast)
        return len(self.points) - 1

    def street(
        self,
        ends: tuple[int, int],
        road_class: str,
        lanes: int,
        name: str | None,
        bends: Sequence[tuple[float, float]] = (),
        *,
        limit: float | None = None,
        ramp: bool = False,
    ) -> None:
        """Draw a street between two corners, through `bends`; without `limit` it has its class's.

        Where two roads run between the same corners, the first stays.
        """
        tail, head = ends
        if (tail, head) in self._drawn:
            return
        self._drawn |= {(tail, head), (head, tail)}
        middle = [(round(float(x), 2), round(float(y), 2)) for x, y in bends]
        self.tail.append(tail)
        self.head.append(head)
        self.line.append(LineString([self.points[tail], *middle, self.points[head]]))
        self.road_class.append(road_class)
        self.lanes.append(lanes)
        self.name.append(name)
        self.limit.append(limit)
        self.ramp.append(ramp)


def draw_skeleton(plan: Plan) -> Graph:
    """The plan's main roads, cut at their crossings and at the usual spacing of corners."""
    graph = Graph()
    ordinary = [road for road in plan.roads if not road.separated]
    separated = [road for road in plan.roads if road.separated]
    crossed = {road.name: _interchanges(road, ordinary) for road in separated}
    forced: dict[str, list[float]] = {}
    for crossings in crossed.values():
        for road, point in crossings:
            at = road.line.project(point)
            forced.setdefault(road.name, []).extend((at - RAMP_REACH, at + RAMP_REACH))
    chains = {}
    for road in ordinary:
        chains[road.name] = _draw_ordinary(plan, graph, road, ordinary, forced.get(road.name, []))
    _draw_separated(plan, graph, separated, crossed, chains)
    return graph


def _interchanges(road: Road, others: list[Road]) -> list[tuple[Road, Point]]:
    found = []
    for other in others:
        if other.road_class in road.interchanges:
            found += [(other, point) for point in _crossings(road, other)]
    return sorted(found, key=lambda pair: road.line.project(pair[1]))


def _crossings(road: Road, other: Road) -> list[Point]:
    parts = shapely.get_parts(road.line.intersection(other.line))
    return [part.centroid for part in parts if not part.is_empty]


def _draw_ordinary(plan: Plan, graph: Graph, road: Road, others: list[Road], forced: list[float]) -> list[int]:
    """Corners of one road in order, its streets drawn."""
    length = road.line.length
    stops = [float(m) for m in forced if STUB / 2 < m < length - STUB / 2]
    for other in others:
        if other is not road:
            stops += [float(road.line.project(point)) for point in _crossings(road, other)]
    closed = road.line.is_closed
    if not closed:
        first, last = min(stops, default=0.0), max(stops, default=length)
        stops += [0.0] * (road.gates[0] or first > STUB) + [length] * (road.gates[1] or last < length - STUB)
    stops = _thin(sorted(stops))
    if closed:
        stops = [*stops, stops[0] + length]
    marks = [stops[0]]
    for low, high in pairwise(stops):
        middle = road.line.interpolate(((low + high) / 2) % length)
        wanted = float(plan.spacing(np.array([[middle.x, middle.y]]))[0])
        marks += list(np.linspace(low, high, max(1, round((high - low) / wanted)) + 1)[1:])
    corners = []
    for mark in marks:
        point = road.line.interpolate(mark % length if closed else mark)
        corners.append(graph.corner(point.x, point.y, fast=False))
    for (low, high), (tail, head) in zip(pairwise(marks), pairwise(corners), strict=True):
        if tail != head:
            bends = _bends(road.line, low, high)
            graph.street((tail, head), road.road_class, road.lanes, road.name, bends, limit=road.speed_limit)
    for at_gate, corner in zip(road.gates, (corners[0], corners[-1]), strict=True):
        if at_gate:
            graph.gates.append((road.name, corner, False, float(road.lanes)))
    return corners


def _thin(stops: list[float]) -> list[float]:
    found: list[float] = []
    for stop in stops:
        if not found or stop - found[-1] > SAME_CORNER:
            found.append(stop)
    return found


def _bends(line: LineString, low: float, high: float) -> list[tuple[float, float]]:
    """Inner vertices of a piece of a line; pieces of a closed line may pass its seam."""
    if high <= line.length:
        return list(substring(line, low, high).coords)[1:-1]
    if low >= line.length:
        return list(substring(line, low - line.length, high - line.length).coords)[1:-1]
    return [
        *list(substring(line, low, line.length).coords)[1:],
        *list(substring(line, 0, high - line.length).coords)[1:-1],
    ]


def _draw_separated(
    plan: Plan,
    graph: Graph,
    roads: list[Road],
    crossed: dict[str, list[tuple[Road, Point]]],
    chains: dict[str, list[int]],
) -> None:
    """Motorways and trunk roads on their own level, and the ramps that join them to the rest."""
    lines = {road.name: road.line for road in roads}
    stops = {road.name: [road.line.project(point) for _, point in crossed[road.name]] for road in roads}
    for road in roads:
        for other, bearing in road.junctions:
            here = bearing_point(plan, road.line, bearing)
            stops[road.name].append(road.line.project(here))
            stops[other].append(lines[other].project(here))
        if road.start_on:
            stops[road.start_on].append(lines[road.start_on].project(Point(road.line.coords[0])))
    for road in roads:
        tips = [0.0] * (road.gates[0] or bool(road.start_on)) + [road.line.length] * road.gates[1]
        marks = _thin(sorted([*stops[road.name], *tips]))
        corners = []
        for mark in marks:
            point = road.line.interpolate(mark)
            corners.append(graph.corner(point.x, point.y, fast=True))
        if road.start_on:
            start = Point(road.line.coords[0])
            on = lines[road.start_on]
            place = on.interpolate(on.project(start))
            corners[0] = graph.corner(place.x, place.y, fast=True, same=2 * SAME_CORNER)
        for i in range(len(marks) - 1):
            bends = _bends(road.line, marks[i], marks[i + 1])
            ends = (corners[i], corners[i + 1])
            graph.street(ends, road.road_class, road.lanes, road.name, bends, limit=road.speed_limit)
        for at_gate, corner in zip(road.gates, (corners[0], corners[-1]), strict=True):
            if at_gate:
                graph.gates.append((road.name, corner, road.road_class == "motorway", 2.0 * road.lanes))
    for road in roads:
        for crossing, point in crossed[road.name]:
            top = graph.corner(point.x, point.y, fast=True)
            _draw_ramps(graph, top, crossing, point, chains[crossing.name])
        for other_name, bearing in road.junctions:
            here = bearing_point(plan, road.line, bearing)
            there = lines[other_name].interpolate(lines[other_name].project(here))
            tail = graph.corner(here.x, here.y, fast=True)
            head = graph.corner(there.x, there.y, fast=True)
            if tail != head:
                name = f"Ramp {road.name} - {other_name}"
                graph.street((tail, head), road.road_class, 2, name, limit=RAMP_LIMIT, ramp=True)


def _draw_ramps(graph: Graph, top: int, road: Road, point: Point, chain: list[int]) -> None:
    """Ramps from an interchange to the crossing road, on its inner and its outer side."""
    at = road.line.project(point)
    for mark in (at - RAMP_REACH, at + RAMP_REACH):
        goal = road.line.interpolate(min(max(mark, 0.0), road.line.length))
        foot = min(chain, key=lambda i: np.hypot(graph.points[i][0] - goal.x, graph.points[i][1] - goal.y))
        if foot == top:
            continue
        (x0, y0), (x1, y1) = graph.points[top], graph.points[foot]
        side = RAMP_BEND if mark < at else -RAMP_BEND
        bend = ((x0 + x1) / 2 + side * (y1 - y0), (y0 + y1) / 2 - side * (x1 - x0))
        graph.street((top, foot), "trunk", 1, f"Ramp {road.name}", [bend], limit=RAMP_LIMIT, ramp=True)
