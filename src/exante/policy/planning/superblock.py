"""A superblock: filters that leave every junction of an area reachable by car and no way through it.

The streets inside are divided into *cells*, one for each junction where they meet the streets that stay open to all:
a junction inside belongs to the nearest of them. Where a street joins two cells stands a filter, which buses, bicycles
and people pass and cars do not. In a cell one can come in and leave by its own entrance and by no other, so nobody
drives through. One-way streets on the only way in or out of a junction are opened to both directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from exante.city import City
from exante.quantities.errors import PolicyError

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Plan:
    """A superblock on one network.

    Attributes
    ----------
    inside : ndarray of bool, shape (links,)
        Links of the superblock: slow, without through traffic.
    filters : ndarray of bool, shape (links,)
        Links among them that cars may not pass.
    opened : ndarray of int, shape (opened,)
        Rows of one-way links that become two-way.
    entrances : int
        Junctions by which cars enter and leave.
    junctions : int
        Junctions inside.
    lost : tuple of str
        Junctions that no car could reach today either.
    """

    inside: BoolArray
    filters: BoolArray
    opened: IntArray
    entrances: int
    junctions: int
    lost: tuple[str, ...]


def propose(
    city: City, area: shapely.Geometry, main: BoolArray, margin: float, kept_open: BoolArray | None = None
) -> Plan:
    """Filters for an area; made once for one network, whatever the draw of compliance.

    Parameters
    ----------
    city : City
    area : shapely.Geometry
        In the reference system of the city.
    main : ndarray of bool, shape (links,)
        Links that stay open to through traffic wherever they lie.
    margin : float
        Links both of whose ends are nearer than this to the edge of the area form its perimeter, m.
    kept_open : ndarray of bool, shape (links,), optional
        Links on which no filter may stand; two cells joined by one become one.

    Returns
    -------
    Plan

    Raises
    ------
    PolicyError
        If the area holds no street that is not a main road, or its streets meet no other.
    """
    return _propose(_Problem(city, area, main, margin, kept_open))


class _Problem:
    """What a plan depends on, compared by content."""

    def __init__(
        self, city: City, area: shapely.Geometry, main: BoolArray, margin: float, kept_open: BoolArray | None
    ) -> None:
        self.city, self.area, self.main, self.margin, self.kept_open = city, area, main, margin, kept_open
        links, nodes = city.table("links"), city.table("nodes")
        used = ("link_id", "from_node_id", "to_node_id", "length", "allowed_uses", "geometry")
        self.key = (
            *(links.sha256(c) for c in used),
            nodes.sha256("geometry"),
            area.wkb,
            main.tobytes(),
            b"" if kept_open is None else kept_open.tobytes(),
            margin,
        )

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Problem) and self.key == other.key


@lru_cache(maxsize=64)
def _propose(problem: _Problem) -> Plan:
    city, area, main, margin = problem.city, problem.area, problem.main, problem.margin
    kept_open = problem.kept_open
    links = city.table("links")
    row = {node: i for i, node in enumerate(city.column("nodes.node_id").tolist())}
    tail = np.array([row[n] for n in links["from_node_id"].tolist()])
    head = np.array([row[n] for n in links["to_node_id"].tolist()])
    car = np.array(["auto" in (uses or "").split(",") for uses in links["allowed_uses"]], dtype=bool)
    inside = car & ~main & _within(city, links["geometry"], area, tail, head, margin)
    if not inside.any():
        raise PolicyError(
            f"the area holds no street of {city.title} that could be part of a superblock",
            remedy="Choose a larger area, or fewer classes under `through`",
        )
    at_inside, at_other = np.zeros(len(row), dtype=bool), np.zeros(len(row), dtype=bool)
    for ends in (tail, head):
        at_inside[ends[inside]] = True
        at_other[ends[car & ~inside]] = True
    entrance = np.flatnonzero(at_inside & at_other)
    if not entrance.size:
        raise PolicyError(
            f"the streets of the area meet no other street of {city.title}",
            remedy="Choose an area with streets around it that stay open",
        )
    cell, along = _cells(tail[inside], head[inside], links["length"][inside], len(row), entrance)
    if kept_open is not None:
        cell = _joined(cell, tail, head, inside & kept_open)
    crossing = inside & (cell[tail] != cell[head])
    junctions = np.flatnonzero(at_inside & ~at_other)
    opened, lost = _open_ways(tail, head, inside & ~crossing, entrance, junctions, along)
    names = city.column("nodes.node_id")
    return Plan(inside, crossing, opened, len(entrance), len(junctions), tuple(names[lost].tolist()))


def _within(
    city: City, lines: np.ndarray, area: shapely.Geometry, tail: IntArray, head: IntArray, margin: float
) -> BoolArray:
    """Links with their middle inside that do not run along the edge."""
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    shapely.prepare(area)
    inside = shapely.contains_xy(area, shapely.get_x(middles), shapely.get_y(middles))
    edge = shapely.boundary(area)
    near = np.zeros(city.table("nodes").rows, dtype=bool)
    at = np.unique(np.concatenate([tail[inside], head[inside]]))
    near[at] = shapely.distance(city.column("nodes.geometry")[at], edge) < margin
    outside = np.zeros(len(near), dtype=bool)
    outside[at] = ~shapely.intersects(area, city.column("nodes.geometry")[at])
    beside = near | outside
    along_edge = shapely.distance(middles, edge) < margin
    return np.asarray(inside & ~(beside[tail] & beside[head] & along_edge))


def _cells(
    tail: IntArray, head: IntArray, length: np.ndarray, nodes: int, entrance: IntArray
) -> tuple[IntArray, np.ndarray]:
    """Nearest entrance of every node along the streets inside, either direction; and the distance to it, m.

    Nodes that are not inside have a cell of their own each.
    """
    order = np.lexsort((length, np.maximum(tail, head), np.minimum(tail, head)))
    low, high = np.minimum(tail, head)[order], np.maximum(tail, head)[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])  # the shortest of parallel streets
    graph = csr_array((length[order][first], (low[first], high[first])), shape=(nodes, nodes))
    distance, _, source = dijkstra(graph, directed=False, indices=entrance, min_only=True, return_predecessors=True)
    cell = np.where(source >= 0, source, np.arange(nodes))
    cell[entrance] = entrance
    return cell.astype(np.int64), distance


def _joined(cell: IntArray, tail: IntArray, head: IntArray, links: BoolArray) -> IntArray:
    """Cells with those joined that a link without a filter joins."""
    parent = np.arange(len(cell))

    def root(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    for a, b in zip(cell[tail[links]].tolist(), cell[head[links]].tolist(), strict=True):
        one, other = sorted((root(a), root(b)))
        parent[other] = one
    return np.array([root(k) for k in cell.tolist()], dtype=np.int64)


def _open_ways(
    tail: IntArray,
    head: IntArray,
    ways: BoolArray,
    entrance: IntArray,
    junctions: IntArray,
    along: np.ndarray,
) -> tuple[IntArray, IntArray]:
    """One-way links to open so that every junction can be reached and left; and junctions beyond help.

    Nearest junctions first: the street that joins one to its entrance comes from a nearer junction, which is reached
    and left already, so opening it suffices.
    """
    nodes = len(along)
    row = np.flatnonzero(ways)
    leaving: dict[int, list[int]] = {}
    entering: dict[int, list[int]] = {}
    for k in row.tolist():
        leaving.setdefault(int(tail[k]), []).append(k)
        entering.setdefault(int(head[k]), []).append(k)
    opened: set[int] = set()
    lost = []
    reached = [_reached(tail, head, row, opened, entrance, nodes, forward) for forward in (True, False)]
    for target in junctions[np.argsort(along[junctions], kind="stable")].tolist():
        if not np.isfinite(along[target]):
            lost.append(target)
            continue
        for k, forward in enumerate((True, False)):
            if reached[k][target]:
                continue
            # the street from the side of the entrance, which is reached already, against its direction
            other = head if forward else tail
            against = [a for a in (leaving if forward else entering)[target] if reached[k][other[a]]]
            opened.add(min(against, key=lambda a: (along[other[a]], a)))
            reached = [_reached(tail, head, row, opened, entrance, nodes, way) for way in (True, False)]
    return np.array(sorted(opened), dtype=np.int64), np.array(lost, dtype=np.int64)


def _reached(
    tail: IntArray, head: IntArray, row: IntArray, opened: set[int], entrance: IntArray, nodes: int, forward: bool
) -> BoolArray:
    """Nodes that cars reach from the entrances (or from which they reach one) within the cells."""
    extra = np.array(sorted(opened), dtype=np.int64)
    start = np.concatenate([tail[row], head[extra]])
    end = np.concatenate([head[row], tail[extra]])
    if not forward:
        start, end = end, start
    graph = csr_array((np.ones(len(start)), (start, end)), shape=(nodes, nodes))
    distance = dijkstra(graph, indices=entrance, min_only=True, unweighted=True)
    return np.asarray(np.isfinite(distance))
