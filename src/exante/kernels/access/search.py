"""Bounded shortest paths from many sources: a bucket queue that serves sixteen neighbouring sources at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.kernels.access.lanes import LANES, relax
from exante.kernels.compiled import entry, inner
from exante.kernels.graph import IntArray, LongArray

WordArray = NDArray[np.uint32]

NONE = -1
FIRST_GUESS = 64
"""Nodes within reach of a source for which space is made at first."""


@entry
def search(
    out_start: WordArray,
    head: WordArray,
    cost: IntArray,
    sources: WordArray,
    limit: int,
    width: int,
) -> tuple[LongArray, WordArray, IntArray]:
    """Nodes within `limit` of every source.

    Sources are taken sixteen at a time. A node holds one label a source; it is queued by the least label that fell
    and scanned for all sources together, again if one falls later (label-correcting: neighbouring sources need 1.5 to
    2 scans a node). Costs are integers, so labels are exact.

    Parameters
    ----------
    out_start, head, cost : ndarray, shapes (nodes + 1,), (links,), (links,)
        Links sorted by tail. A link begins and ends at different nodes.
    sources : ndarray of uint32, shape (S,)
        Without repetition; neighbours should follow each other.
    limit : int
        Greatest distance, below `MOST`.
    width : int
        Width of a bucket.

    Returns
    -------
    start : ndarray of int64, shape (S + 1,)
    node, distance : ndarray, shape (pairs,)
        Those of source *s* are at ``start[s]:start[s + 1]``, the source among them, in the order of discovery.
    """
    nodes = out_start.size - 1
    first = np.full(limit // width + 1, NONE, np.int32)
    after = np.empty(nodes, np.int32)
    before = np.empty(nodes, np.int32)
    bucket = np.full(nodes, NONE, np.int32)
    beyond = np.int32(limit + 1)
    label = np.full(nodes * LANES, beyond, np.int32)
    met = np.zeros(nodes, np.bool_)
    touched = np.empty(nodes, np.uint32)
    start = np.zeros(sources.size + 1, np.int64)
    node = np.empty(FIRST_GUESS * sources.size + nodes, np.uint32)
    distance = np.empty(node.size, np.int32)
    filled = 0
    for begin in range(0, sources.size, LANES):
        together = min(LANES, sources.size - begin)
        count = 0
        for lane in range(together):
            i = sources[begin + lane]
            label[i * np.uint64(LANES) + np.uint64(lane)] = 0
            met[i] = True
            touched[count] = i
            count += 1
            enqueue(int(i), 0, first, after, before, bucket)
        last = 0
        b = 0
        while b <= last:
            i = first[b]
            if i == NONE:
                b += 1
                continue
            dequeue(i, first, after, before, bucket)
            tail = np.uint64(i)
            for a in range(out_start[tail], out_start[tail + np.uint64(1)]):
                j = head[a]
                least = relax(label, tail, np.uint64(j), cost[a])
                if least <= limit:
                    if not met[j]:
                        met[j] = True
                        touched[count] = j
                        count += 1
                    goal = least // width
                    queued = bucket[j]
                    if queued == NONE or goal < queued:
                        if queued != NONE:
                            dequeue(int(j), first, after, before, bucket)
                        enqueue(int(j), goal, first, after, before, bucket)
                        last = max(last, goal)
        if filled + together * count > node.size:
            needed = filled + together * count
            size = max(needed, int(1.1 * needed / (begin + together) * sources.size)) + nodes
            node = _larger(node, filled, size)
            distance = _larger(distance, filled, size)
        for lane in range(together):
            for k in range(count):
                j = touched[k]
                away = label[j * np.uint64(LANES) + np.uint64(lane)]
                node[filled] = j
                distance[filled] = away
                filled += away <= limit
            start[begin + lane + 1] = filled
        for k in range(count):
            j = touched[k]
            met[j] = False
            at = np.uint64(j) * np.uint64(LANES)
            for lane in range(LANES):
                label[at + np.uint64(lane)] = beyond
    return start, node[:filled], distance[:filled]


@inner
def enqueue(i: int, b: int, first: IntArray, after: IntArray, before: IntArray, bucket: IntArray) -> None:
    """Put node `i` in front of bucket `b`."""
    bucket[i] = b
    before[i] = NONE
    after[i] = first[b]
    if first[b] != NONE:
        before[first[b]] = i
    first[b] = i


@inner
def dequeue(i: int, first: IntArray, after: IntArray, before: IntArray, bucket: IntArray) -> None:
    """Take node `i` out of its bucket."""
    if before[i] == NONE:
        first[bucket[i]] = after[i]
    else:
        after[before[i]] = after[i]
    if after[i] != NONE:
        before[after[i]] = before[i]
    bucket[i] = NONE


@inner
def _larger(array: NDArray, filled: int, size: int) -> NDArray:
    grown = np.empty(size, array.dtype)
    grown[:filled] = array[:filled]
    return grown
