"""Shortest paths: a tree from scratch, and the repair of labels that are nearly right.

Costs of a link are always ``time + fixed``: the shared, congested part and the class's own part, kept apart so that
one traveller class costs one array and not a copy of the network. An infinite fixed cost closes the link.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exante.kernels.compiled import inner
from exante.kernels.graph import FloatArray, IntArray, Net

NONE = -1
"""No link: the origin, or a node out of reach."""


class Heap(NamedTuple):
    """Working space of Dijkstra's algorithm: a 4-ary heap of nodes, and each node's place in it."""

    node: IntArray
    place: IntArray


def make_heap(n_nodes: int) -> Heap:
    """Empty working space for graphs of `n_nodes` nodes."""
    return Heap(np.empty(n_nodes, np.int32), np.full(n_nodes, NONE, np.int32))


@inner
def sift_up(heap: Heap, place: int, label: FloatArray) -> None:
    """Move the node at `place` towards the root while its label is below its parent's."""
    node = heap.node[place]
    key = label[node]
    while place > 0:
        parent = (place - 1) >> 2
        above = heap.node[parent]
        if label[above] <= key:
            break
        heap.node[place] = above
        heap.place[above] = place
        place = parent
    heap.node[place] = node
    heap.place[node] = place


@inner
def pop(heap: Heap, size: int, label: FloatArray) -> int:
    """Take the root out of a heap of `size` nodes (its place becomes `NONE`)."""
    root = heap.node[0]
    heap.place[root] = NONE
    last = size - 1
    if last == 0:
        return root
    node = heap.node[last]
    key = label[node]
    place = 0
    while True:
        child = 4 * place + 1
        if child >= last:
            break
        best = child
        best_label = label[heap.node[child]]
        for other in range(child + 1, min(child + 4, last)):
            if label[heap.node[other]] < best_label:
                best = other
                best_label = label[heap.node[other]]
        if best_label >= key:
            break
        moved = heap.node[best]
        heap.node[place] = moved
        heap.place[moved] = place
        place = best
    heap.node[place] = node
    heap.place[node] = place
    return root


@inner
def shortest_tree(
    net: Net,
    time: FloatArray,
    fixed: FloatArray,
    origin: int,
    label: FloatArray,
    approach: IntArray,
    order: IntArray,
    heap: Heap,
) -> int:
    """Least-cost tree from one origin by Dijkstra's algorithm.

    Parameters
    ----------
    net : Net
    time, fixed : ndarray, shape (links,)
        The two parts of the link cost, internal link order, non-negative.
    origin : int
    label, approach, order : ndarray, shape (nodes,)
        Filled: least cost, last link of the least-cost path, and the nodes in the order in which they were settled.

    Returns
    -------
    int
        Number of nodes reached, the filled length of `order`.
    """
    label[:] = np.inf
    approach[:] = NONE
    label[origin] = 0.0
    heap.node[0] = origin
    heap.place[origin] = 0
    size = 1
    reached = 0
    while size > 0:
        i = pop(heap, size, label)
        size -= 1
        order[reached] = i
        reached += 1
        if net.no_through[i] and i != origin:
            continue
        here = label[i]
        for a in range(net.out_start[i], net.out_start[i + 1]):
            j = net.head[a]
            there = here + time[a] + fixed[a]
            if there < label[j]:
                label[j] = there
                approach[j] = a
                if heap.place[j] == NONE:
                    heap.node[size] = j
                    heap.place[j] = size
                    size += 1
                sift_up(heap, heap.place[j], label)
    return reached


@inner
def repair_labels(
    net: Net,
    time: FloatArray,
    fixed: FloatArray,
    origin: int,
    label: FloatArray,
    better: IntArray,
    heap: Heap,
    tolerance: float,
) -> int:
    """Turn upper bounds of the least costs into the least costs.

    Every link is tested once, in the order in which it is stored; nodes that improve after their turn are settled
    again by Dijkstra's algorithm. With labels of a recent tree this is several times cheaper than a new tree, and as
    exact.

    Parameters
    ----------
    label : ndarray, shape (nodes,)
        Costs of existing paths (upper bounds), infinite where none is known; changed in place into least costs.
    better : ndarray of int32, shape (nodes,)
        Must hold `NONE`; filled with the last link of the better path of each node that improved.
    tolerance : float
        Relative improvement below which a label is left as it is.

    Returns
    -------
    int
        Number of nodes whose label improved.
    """
    improved = 0
    size = 0
    shrink = 1.0 + tolerance
    nodes = label.size
    turn = 0
    while turn < nodes or size > 0:
        if turn < nodes:
            i = turn
        else:
            i = pop(heap, size, label)
            size -= 1
        here = label[i]
        if here < np.inf and (not net.no_through[i] or i == origin):
            for a in range(net.out_start[i], net.out_start[i + 1]):
                there = here + time[a] + fixed[a]
                j = net.head[a]
                if there * shrink < label[j]:
                    label[j] = there
                    if better[j] == NONE:
                        improved += 1
                    better[j] = a
                    if j < turn:
                        if heap.place[j] == NONE:
                            heap.node[size] = j
                            heap.place[j] = size
                            size += 1
                        sift_up(heap, heap.place[j], label)
        turn += 1
    return improved
