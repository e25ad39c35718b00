"""Directed road graph in compressed sparse row form, with zone connectors that carry no through traffic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exante.quantities.errors import NetworkError

IntArray = NDArray[np.int32]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

FAULTS_SHOWN = 10
"""How many faults of one kind an error names before it only counts them."""


class Net(NamedTuple):
    """What compiled kernels see of a graph: links sorted by tail node, so that a node's links are contiguous."""

    tail: IntArray
    head: IntArray
    out_start: IntArray
    no_through: BoolArray


@dataclass(frozen=True, eq=False)
class Graph:
    """A directed graph whose first nodes are the zones.

    Attributes
    ----------
    n_nodes, n_zones, n_links : int
        Sizes. Zones are the nodes ``0 .. n_zones - 1``.
    from_node, to_node : ndarray of int32, shape (links,)
        End nodes of each link, in the caller's link order.
    no_through : ndarray of bool, shape (nodes,)
        Nodes that paths may start or end at but never cross.
    sorted_links : ndarray of int64, shape (links,)
        Caller's link number of each internal (tail-sorted) link.
    net : Net
        The same graph in internal link order, for compiled kernels.

    Notes
    -----
    Parallel links are legal here: a real street network has them. Readers of formats whose links have no name of their
    own (TNTP) refuse them.
    """

    n_nodes: int
    n_zones: int
    from_node: IntArray
    to_node: IntArray
    no_through: BoolArray
    sorted_links: NDArray[np.int64]
    net: Net

    @property
    def n_links(self) -> int:
        """Number of links."""
        return len(self.from_node)

    @classmethod
    def build(
        cls,
        from_node: ArrayLike,
        to_node: ArrayLike,
        n_nodes: int,
        n_zones: int,
        no_through: ArrayLike | None = None,
        *,
        first_through_node: int = 0,
    ) -> Graph:
        """Graph from the end nodes of its links; every fault is collected and reported once.

        Parameters
        ----------
        from_node, to_node : array_like of int, shape (links,)
            Node indices, zero-based; zones come first.
        n_nodes, n_zones : int
            Number of nodes and of zones, ``n_zones <= n_nodes``.
        no_through : array_like of bool, shape (nodes,), optional
            Nodes that no path may cross. Default: the nodes below `first_through_node`.
        first_through_node : int, default 0
            Zero-based form of TNTP's ``FIRST THRU NODE``.

        Returns
        -------
        Graph

        Raises
        ------
        NetworkError
            Where a link leaves the node range, begins where it ends, or the sizes contradict each other.

        Examples
        --------
        >>> graph = Graph.build([0, 2, 2], [2, 1, 0], n_nodes=3, n_zones=2, first_through_node=2)
        >>> graph.n_links, graph.no_through.tolist()
        (3, [True, True, False])
        """
        tail = np.asarray(from_node)
        head = np.asarray(to_node)
        faults = _faults(tail, head, n_nodes, n_zones)
        if faults:
            raise NetworkError(
                "The network cannot be assigned on: " + "; ".join(faults),
                where="graph",
                remedy="Correct the links or the numbers of nodes and zones",
            )
        tail, head = tail.astype(np.int32), head.astype(np.int32)
        if no_through is None:
            barred = np.arange(n_nodes) < first_through_node
        else:
            barred = np.array(no_through, dtype=bool)
            if barred.shape != (n_nodes,):
                raise NetworkError(
                    f"The no-through mask has shape {barred.shape}, the graph has {n_nodes} nodes", where="graph"
                )
        order = np.lexsort((head, tail))
        out_start = np.zeros(n_nodes + 1, np.int32)
        np.cumsum(np.bincount(tail, minlength=n_nodes), out=out_start[1:])
        net = Net(tail[order].copy(), head[order].copy(), out_start, barred)
        return cls(n_nodes, n_zones, tail, head, barred, order, net)

    def to_internal(self, values: FloatArray) -> FloatArray:
        """Values of the last axis (links) put into internal order, contiguous."""
        return np.ascontiguousarray(values[..., self.sorted_links])

    def to_caller(self, values: FloatArray) -> FloatArray:
        """Values of the last axis (links, internal order) put back into the caller's order."""
        out = np.empty_like(values)
        out[..., self.sorted_links] = values
        return out


def list_faults(label: str, items: Sequence[object]) -> str:
    """One phrase naming the first faults of a kind and counting the rest."""
    shown = ", ".join(str(item) for item in items[:FAULTS_SHOWN])
    more = len(items) - FAULTS_SHOWN
    return f"{label}: {shown}" + (f" and {more} more" if more > 0 else "")


def _faults(tail: NDArray, head: NDArray, n_nodes: int, n_zones: int) -> list[str]:
    faults = []
    if tail.ndim != 1 or tail.shape != head.shape:
        return [f"from_node has shape {tail.shape} and to_node {head.shape}; both must be (links,)"]
    if tail.size == 0:
        return ["it has no links"]
    if not (np.issubdtype(tail.dtype, np.integer) and np.issubdtype(head.dtype, np.integer)):
        return ["node indices must be integers"]
    if not 0 < n_zones <= n_nodes:
        faults.append(f"{n_zones} zones do not fit {n_nodes} nodes")
    outside = np.flatnonzero((tail < 0) | (tail >= n_nodes) | (head < 0) | (head >= n_nodes))
    if outside.size:
        pairs = [f"link {a} ({tail[a]} to {head[a]})" for a in outside]
        faults.append(list_faults(f"links outside nodes 0 to {n_nodes - 1}", pairs))
    loops = np.flatnonzero(tail == head)
    if loops.size:
        faults.append(list_faults("links that begin where they end", [f"link {a}" for a in loops]))
    return faults
