"""The network on which access is measured: integer costs, nodes numbered so that neighbours lie together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exante.kernels.access.lanes import LANES, MOST
from exante.kernels.compiled import entry
from exante.kernels.graph import IntArray, LongArray, list_faults
from exante.quantities.errors import NetworkError

WordArray = NDArray[np.uint32]

MILLIMETRE = 1e-3
"""Default unit of cost: a millimetre where costs are metres, a millisecond where they are seconds."""


@dataclass(frozen=True, eq=False)
class AccessNetwork:
    """Streets as access sees them.

    Attributes
    ----------
    unit : float
        Costs are kept as whole multiples of it.
    out_start, head, cost : ndarray, shapes (nodes + 1,), (links,), (links,)
        Links sorted by tail, in the network's own numbering of nodes.
    back_start, back_head, back_cost : ndarray
        The same links turned round.
    rank, order : ndarray of int64, shape (nodes,)
        Own number of each of the caller's nodes, and the caller's of each own.
    """

    unit: float
    out_start: WordArray
    head: WordArray
    cost: IntArray
    back_start: WordArray
    back_head: WordArray
    back_cost: IntArray
    rank: LongArray
    order: LongArray

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.rank)

    @classmethod
    def build(
        cls,
        from_node: ArrayLike,
        to_node: ArrayLike,
        cost: ArrayLike,
        n_nodes: int,
        *,
        directed: bool,
        unit: float = MILLIMETRE,
    ) -> AccessNetwork:
        """Network from the end nodes and costs of its links; every fault is collected and reported once.

        Parameters
        ----------
        from_node, to_node : array_like of int, shape (links,)
            Node indices, zero-based. Links that begin where they end are left out: no shortest path uses them.
        cost : array_like, shape (links,)
            Length or time of each link, >= 0; infinite on closed links. Rounded to `unit`.
        n_nodes : int
            Number of nodes; nodes without links are legal.
        directed : bool
            False where every link may be used both ways (on foot).
        unit : float, default 0.001
            Distances are exact multiples of it.

        Raises
        ------
        NetworkError
            For links outside the node range, negative or missing costs, arrays of different length.

        Examples
        --------
        >>> network = AccessNetwork.build([0, 1], [1, 2], [100.0, 50.0], 3, directed=False)
        >>> network.n_nodes, len(network.head)
        (3, 4)
        """
        tail, head, metres = np.asarray(from_node), np.asarray(to_node), np.asarray(cost, float)
        faults = _faults(tail, head, metres, n_nodes, unit)
        if faults:
            raise NetworkError(
                "Access cannot be measured on the network: " + "; ".join(faults),
                where="access network",
                remedy="Correct the links or the number of nodes",
            )
        units = np.rint(metres / unit)
        open_ = (units < MOST) & (tail != head)
        tail, head, whole = tail[open_], head[open_], units[open_].astype(np.int32)
        both = np.concatenate([tail, head]), np.concatenate([head, tail])
        twice = np.concatenate([whole, whole])
        order = _cluster_order(*_by_tail(both[0].astype(np.int64), both[1].astype(np.int64), twice, n_nodes)[:2])
        rank = np.empty(n_nodes, np.int64)
        rank[order] = np.arange(n_nodes)
        if directed:
            forth = _by_tail(rank[tail], rank[head], whole, n_nodes)
            back = _by_tail(rank[head], rank[tail], whole, n_nodes)
        else:
            forth = back = _by_tail(rank[both[0]], rank[both[1]], twice, n_nodes)
        return cls(unit, *forth, *back, rank, order)

    def in_units(self, radius: float) -> int:
        """A distance as a whole number of units.

        Raises
        ------
        NetworkError
            If it is negative, or too long for the unit.
        """
        units = np.rint(radius / self.unit)
        if not 0 <= units < MOST:
            raise NetworkError(
                f"A radius of {radius:g} cannot be searched: it must lie between 0 and {MOST * self.unit:g}",
                where="access",
                remedy="Ask for a shorter radius or build the network with a coarser unit",
            )
        return int(units)

    def values_by_rank(self, values: ArrayLike, what: str) -> NDArray[np.float64]:
        """Values of the caller's nodes (last axis) in the network's own numbering.

        Raises
        ------
        NetworkError
            If there is not one finite value a node.
        """
        array = np.asarray(values, float)
        if array.ndim not in (1, 2) or array.shape[-1] != self.n_nodes:
            raise NetworkError(f"{what} has shape {array.shape}, the network has {self.n_nodes} nodes", where="access")
        if not np.isfinite(array).all():
            bad = np.unique(np.argwhere(~np.isfinite(array))[:, -1])
            raise NetworkError(list_faults(f"{what} is missing or infinite at nodes", bad.tolist()), where="access")
        return np.ascontiguousarray(array.take(self.order, axis=-1))


def _faults(tail: NDArray, head: NDArray, cost: NDArray, n_nodes: int, unit: float) -> list[str]:
    if tail.ndim != 1 or tail.shape != head.shape or cost.shape != tail.shape:
        return [f"from_node {tail.shape}, to_node {head.shape} and cost {cost.shape} differ in shape"]
    if tail.size and not (np.issubdtype(tail.dtype, np.integer) and np.issubdtype(head.dtype, np.integer)):
        return ["node indices must be integers"]
    faults = []
    if n_nodes < 1:
        faults.append("it has no nodes")
    if not unit > 0:
        faults.append(f"the unit of cost is {unit}")
    outside = np.flatnonzero((tail < 0) | (tail >= n_nodes) | (head < 0) | (head >= n_nodes))
    if outside.size:
        pairs = [f"link {a} ({tail[a]} to {head[a]})" for a in outside]
        faults.append(list_faults(f"links outside nodes 0 to {n_nodes - 1}", pairs))
    bad = np.flatnonzero(~(cost >= 0))
    if bad.size:
        faults.append(list_faults("negative or missing cost on links", bad.tolist()))
    return faults


@entry
def _by_tail(tail: LongArray, head: LongArray, cost: IntArray, n_nodes: int) -> tuple[WordArray, WordArray, IntArray]:
    """Links sorted by tail, in the order given within a tail."""
    start = np.zeros(n_nodes + 1, np.uint32)
    for a in range(tail.size):
        start[tail[a] + 1] += np.uint32(1)
    for i in range(n_nodes):
        start[i + 1] += start[i]
    place = start[:-1].copy()
    sorted_head = np.empty(tail.size, np.uint32)
    sorted_cost = np.empty(tail.size, np.int32)
    for a in range(tail.size):
        at = place[tail[a]]
        sorted_head[at] = head[a]
        sorted_cost[at] = cost[a]
        place[tail[a]] += np.uint32(1)
    return start, sorted_head, sorted_cost


@entry
def _cluster_order(out_start: WordArray, head: WordArray) -> LongArray:
    """Nodes in groups of `LANES` that lie together, each grown breadth first from the edge of earlier groups."""
    nodes = out_start.size - 1
    order = np.empty(nodes, np.int64)
    taken = np.zeros(nodes, np.bool_)
    seen = np.full(nodes, -1, np.int64)
    queue = np.empty(nodes, np.int64)
    edge = np.empty(nodes, np.int64)
    on_edge = np.zeros(nodes, np.bool_)
    edge_first = edge_size = done = untouched = 0
    while done < nodes:
        while edge_first < edge_size and taken[edge[edge_first]]:
            edge_first += 1
        if edge_first < edge_size:
            seed = edge[edge_first]
        else:
            while taken[untouched]:
                untouched += 1
            seed = untouched
        queue[0] = seed
        seen[seed] = seed
        turn, size, grown = 0, 1, 0
        while turn < size:
            i = queue[turn]
            turn += 1
            if grown == LANES:
                if not on_edge[i]:
                    on_edge[i] = True
                    edge[edge_size] = i
                    edge_size += 1
                continue
            order[done] = i
            done += 1
            grown += 1
            taken[i] = True
            for a in range(out_start[i], out_start[i + 1]):
                j = np.int64(head[a])
                if not taken[j] and seen[j] != seed:
                    seen[j] = seed
                    queue[size] = j
                    size += 1
    return order
