"""Distance to the nearest of several places from every node: one search from all places at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exante.kernels.access.network import AccessNetwork
from exante.kernels.compiled import entry
from exante.kernels.graph import BoolArray, FloatArray, IntArray
from exante.kernels.paths import NONE, Heap, make_heap, pop, sift_up
from exante.quantities.errors import NetworkError

WordArray = NDArray[np.uint32]


def distance_to_nearest(network: AccessNetwork, places: ArrayLike) -> FloatArray:
    """Distance from every node to the nearest place, however far.

    Dijkstra's algorithm on the links turned round, with every place as a source: the cost of one tree, where `nearest`
    needs all neighbourhoods.

    Parameters
    ----------
    network : AccessNetwork
    places : array_like of bool, shape (nodes,)

    Returns
    -------
    ndarray, shape (nodes,)
        Infinite where no place can be reached.

    Examples
    --------
    >>> network = AccessNetwork.build([0, 1], [1, 2], [100.0, 50.0], 3, directed=True)
    >>> distance_to_nearest(network, [False, True, False]).tolist()
    [100.0, 0.0, inf]
    """
    held = np.asarray(places)
    if held.shape != (network.n_nodes,) or held.dtype != bool:
        raise NetworkError(
            f"Places must be true or false for each of {network.n_nodes} nodes, not {held.dtype} {held.shape}",
            where="access",
        )
    label = np.full(network.n_nodes, np.inf)
    _grow(
        network.back_start, network.back_head, network.back_cost, held[network.order], label, make_heap(network.n_nodes)
    )
    return label[network.rank] * network.unit


@entry
def _grow(
    out_start: WordArray, head: WordArray, cost: IntArray, places: BoolArray, label: FloatArray, heap: Heap
) -> None:
    size = 0
    for i in range(places.size):
        if places[i]:
            label[i] = 0.0
            heap.node[size] = i
            heap.place[i] = size
            size += 1
    while size > 0:
        i = pop(heap, size, label)
        size -= 1
        for a in range(out_start[i], out_start[i + 1]):
            j = head[a]
            there = label[i] + cost[a]
            if there < label[j]:
                label[j] = there
                if heap.place[j] == NONE:
                    heap.node[size] = j
                    heap.place[j] = size
                    size += 1
                sift_up(heap, heap.place[j], label)
