"""Stored neighbourhoods: every node within a radius of every source, with its distance."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exante.kernels.access.lanes import LANES
from exante.kernels.access.network import AccessNetwork
from exante.kernels.access.search import search
from exante.kernels.graph import IntArray, LongArray, list_faults
from exante.quantities.errors import NetworkError

WordArray = NDArray[np.uint32]

BUCKETS = 32
"""Buckets between zero and the radius; 16 to 128 took the same time on three cities."""

PART = 64 * LANES
"""Sources of one part of the work, at least; parts are the same whatever the number of threads."""


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """Pairs of source and node within a radius.

    Attributes
    ----------
    network : AccessNetwork
    radius : float
        In the unit of the network's costs as given (m, s).
    start : ndarray of int64, shape (sources + 1,)
        Pairs of row *r* are ``start[r]:start[r + 1]``.
    node : ndarray of uint32, shape (pairs,)
        In the network's own numbering.
    distance : ndarray of int32, shape (pairs,)
        In `network.unit`.
    place : ndarray of int64, shape (sources,)
        Position of each row among the caller's sources: results are given in the caller's order.
    source : ndarray of int64, shape (sources,)
        The caller's nodes, in the caller's order.
    """

    network: AccessNetwork
    radius: float
    start: LongArray
    node: WordArray
    distance: IntArray
    place: LongArray
    source: LongArray

    @property
    def pairs(self) -> int:
        """Number of stored pairs."""
        return len(self.node)

    def distances(self) -> NDArray[np.float64]:
        """Distance of each pair, shape (pairs,), in the unit of the costs as given."""
        return np.multiply(self.distance, self.network.unit, dtype=np.float64)

    def of(self, source: int) -> tuple[LongArray, NDArray[np.float64]]:
        """Nodes (the caller's numbers) within reach of one source and their distances, nearest first.

        Raises
        ------
        NetworkError
            If the node is none of the sources.
        """
        hit = np.flatnonzero(self.source[self.place] == source)
        if not hit.size:
            raise NetworkError(f"Node {source} is none of the {len(self.source)} sources", where="access")
        own = slice(self.start[hit[0]], self.start[hit[0] + 1])
        nodes, away = self.network.order[self.node[own]], self.distance[own]
        near = np.lexsort((nodes, away))
        return nodes[near], np.multiply(away[near], self.network.unit, dtype=np.float64)


def neighbourhoods(
    network: AccessNetwork, radius: float, sources: ArrayLike | None = None, *, threads: int = 1
) -> Neighbourhoods:
    """Every node within `radius` of every source.

    Parameters
    ----------
    network : AccessNetwork
    radius : float
        Greatest distance or time, in the unit of the network's costs.
    sources : array_like of int, optional
        Nodes to start from, without repetition; all nodes by default.
    threads : int, default 1
        Same bytes for any number.

    Raises
    ------
    NetworkError
        For sources outside the network or given twice, or a radius that cannot be searched.

    Examples
    --------
    >>> network = AccessNetwork.build([0, 1], [1, 2], [100.0, 50.0], 3, directed=False)
    >>> near = neighbourhoods(network, 120.0)
    >>> near.of(0)
    (array([0, 1]), array([  0., 100.]))
    """
    limit = network.in_units(radius)
    told, place, own = _sources(network, sources)
    parts = _parts(network, len(own))

    def run(part: slice) -> tuple[LongArray, WordArray, IntArray]:
        return search(network.out_start, network.head, network.cost, own[part], limit, limit // BUCKETS + 1)

    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(run, parts))
    else:
        found = [run(part) for part in parts]
    if len(found) == 1:
        start, node, distance = found[0]
    else:  # parts share freed memory: the whole is touched once, and new pages cost more than the search
        ends = np.cumsum([0, *(len(node) for _, node, _ in found)])
        start = np.concatenate([[0], *(s[1:] + shift for (s, _, _), shift in zip(found, ends, strict=False))])
        node = np.concatenate([node for _, node, _ in found])
        distance = np.concatenate([away for _, _, away in found])
    return Neighbourhoods(network, radius, start, node, distance, place, told)


def in_parts(network: AccessNetwork, radius: float, sources: ArrayLike | None = None) -> Iterator[Neighbourhoods]:
    """The same neighbourhoods a part of the sources at a time: quicker where they are used once, and small.

    Parameters
    ----------
    network, radius, sources
        As for `neighbourhoods`.

    Yields
    ------
    Neighbourhoods
        Of `source` a part of the sources.
    """
    told, place, own = _sources(network, sources)
    for part in _parts(network, len(own)):
        yield neighbourhoods(network, radius, told[place[part]])


def _sources(network: AccessNetwork, sources: ArrayLike | None) -> tuple[LongArray, LongArray, WordArray]:
    """Sources as told, the place of each row among them, and the network's number of each row."""
    if sources is None:
        return np.arange(network.n_nodes), network.order, np.arange(network.n_nodes, dtype=np.uint32)
    told = np.asarray(sources)
    if told.ndim != 1 or (told.size and not np.issubdtype(told.dtype, np.integer)):
        raise NetworkError("Sources must be a list of node indices", where="access")
    faults = []
    outside = np.flatnonzero((told < 0) | (told >= network.n_nodes))
    if outside.size:
        faults.append(list_faults(f"outside nodes 0 to {network.n_nodes - 1}", told[outside].tolist()))
    once, counts = np.unique(told, return_counts=True)
    if (counts > 1).any():
        faults.append(list_faults("given twice", once[counts > 1].tolist()))
    if faults:
        raise NetworkError(
            "Sources " + "; ".join(faults), where="access", remedy="Give each node of the network once at most"
        )
    told = told.astype(np.int64)
    place = np.argsort(network.rank[told])
    return told, place, network.rank[told[place]].astype(np.uint32)


def _parts(network: AccessNetwork, rows: int) -> list[slice]:
    size = max(PART, network.n_nodes // (16 * LANES) * LANES)
    return [slice(begin, begin + size) for begin in range(0, rows, size)]
