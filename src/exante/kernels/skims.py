"""Skims: least-cost matrices between all zones, and any link attribute summed along the least-cost path."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from exante.kernels.compiled import entry
from exante.kernels.graph import FloatArray, Graph, Net, list_faults
from exante.kernels.paths import Heap, make_heap, shortest_tree
from exante.quantities.errors import NetworkError


def skim(graph: Graph, cost: ArrayLike, attributes: ArrayLike | None = None) -> tuple[FloatArray, FloatArray]:
    """Least cost between all zones, and link attributes summed along the least-cost path.

    Parameters
    ----------
    graph : Graph
    cost : array_like, shape (links,)
        Generalised cost, >= 0; infinite on closed links.
    attributes : array_like, shape (K, links), optional
        Time, length, toll or any other attribute that adds along a path.

    Returns
    -------
    cost : ndarray, shape (zones, zones)
        Infinite where no path exists, zero on the diagonal.
    attributes : ndarray, shape (K, zones, zones)
        ``nan`` where no path exists.

    Raises
    ------
    NetworkError
        For negative or missing costs, or arrays of the wrong shape.

    Examples
    --------
    >>> graph = Graph.build([0, 2], [2, 1], n_nodes=3, n_zones=2)
    >>> cost, (length,) = skim(graph, [3.0, 4.0], [[1.0, 1.5]])
    >>> float(cost[0, 1]), float(length[0, 1]), float(cost[1, 0])
    (7.0, 2.5, inf)
    """
    weight = np.asarray(cost, float)
    extra = np.zeros((0, graph.n_links)) if attributes is None else np.atleast_2d(np.asarray(attributes, float))
    if weight.shape != (graph.n_links,) or extra.shape[1:] != (graph.n_links,):
        raise NetworkError(
            f"Skims need a cost and attributes for each of {graph.n_links} links, not {weight.shape}, {extra.shape}",
            where="skim",
        )
    bad = np.flatnonzero(~(weight >= 0))
    if bad.size:
        raise NetworkError(list_faults("Negative or missing cost on links", bad.tolist()), where="skim")
    least = np.full((graph.n_zones, graph.n_zones), np.inf)
    sums = np.full((extra.shape[0], graph.n_zones, graph.n_zones), np.nan)
    _skim(graph.net, graph.to_internal(weight), graph.to_internal(extra), least, sums, make_heap(graph.n_nodes))
    return least, sums


@entry
def _skim(
    net: Net, cost: FloatArray, extra: FloatArray, least: FloatArray, sums: FloatArray, heap: Heap
) -> None:
    nodes = net.no_through.size
    zones = least.shape[0]
    label = np.empty(nodes)
    along = np.empty(nodes)
    approach = np.empty(nodes, np.int32)
    order = np.empty(nodes, np.int32)
    nothing = np.zeros(cost.size)
    for origin in range(zones):
        reached = shortest_tree(net, cost, nothing, origin, label, approach, order, heap)
        for z in range(zones):
            least[origin, z] = label[z]
        for k in range(extra.shape[0]):
            along[origin] = 0.0
            for place in range(1, reached):
                j = order[place]
                a = approach[j]
                along[j] = along[net.tail[a]] + extra[k, a]
            for z in range(zones):
                if label[z] < np.inf:
                    sums[k, origin, z] = along[z]
