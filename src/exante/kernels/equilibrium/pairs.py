"""Pairs of alternative segments, kept apart from the bushes so that they can be equalised many times at little cost.

Near equilibrium almost all work is between a few thousand pairs of segments (Bar-Gera 2010 calls them PAS) that
overlap on congested links. A pair is a list of links and, for each, the *cell* that holds the bush's flow on it.
Going over the pairs costs a few microseconds per hundred links; going over the bushes costs all their nodes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exante.kernels.compiled import entry, inner
from exante.kernels.equilibrium.bushes import NEGLIGIBLE_SHARE, Bushes, Workspace
from exante.kernels.graph import BoolArray, FloatArray, IntArray, LongArray, Net
from exante.kernels.paths import NONE


class Pairs(NamedTuple):
    """A pool of pairs.

    Attributes
    ----------
    first, middle : ndarray of int64, shape (capacity,)
        Entries ``first[p]`` to ``middle[p]`` are the dearer segment of pair ``p``, those up to ``first[p + 1]`` the
        cheaper one, when the pair was recorded.
    owner : ndarray of int32, shape (capacity,)
        Class of the pair's bush.
    link, cell : ndarray of int32, shape (entries,)
        Link of each entry, and the cell with the bush's flow on it.
    flow : ndarray, shape (cells,)
    slot_cell : ndarray of int32, shape (bushes,)
        Cell of the first slot of each bush; `NONE` where the bush has no pairs.
    filled : ndarray of int64, shape (3,)
        Pairs, entries and cells in use.
    """

    first: LongArray
    middle: LongArray
    owner: IntArray
    link: IntArray
    cell: IntArray
    flow: FloatArray
    slot: BoolArray
    slot_cell: IntArray
    filled: np.ndarray


def make_pairs(n_bushes: int, pairs: int, entries: int) -> Pairs:
    """An empty pool."""
    return Pairs(
        np.zeros(pairs + 1, np.int64),
        np.zeros(pairs, np.int64),
        np.zeros(pairs, np.int32),
        np.zeros(entries, np.int32),
        np.zeros(entries, np.int32),
        np.zeros(entries),
        np.zeros(entries, bool),
        np.full(n_bushes, NONE, np.int32),
        np.zeros(3, np.int64),
    )


@inner
def record(net: Net, bushes: Bushes, b: int, owner: int, work: Workspace, pairs: Pairs) -> bool:
    """Add the pairs of the labelled bush in the workspace; False where the pool is full (nothing is added then)."""
    merge_node, start, link = bushes.merge_node[b], bushes.merge_start[b], bushes.slot_link[b]
    cell_of = work.queue
    cell_of[:] = NONE
    pair, entries, cells = pairs.filled[0], pairs.filled[1], pairs.filled[2]
    slots = start[bushes.merges[b]]
    base = cells
    if base + slots + bushes.used[b] > pairs.flow.size:
        return False
    for s in range(slots):
        pairs.flow[base + s] = work.slot_flow[s]
        pairs.slot[base + s] = True
    cells += slots
    for g in range(bushes.merges[b]):
        most = start[g]
        for s in range(start[g] + 1, start[g + 1]):
            if work.slot_flow[s] > work.slot_flow[most]:
                most = s
        work.most_link[merge_node[g]] = most
    for g in range(bushes.merges[b]):
        j = merge_node[g]
        if work.node_flow[j] <= 0.0:
            continue
        cheap = work.most_link[j]
        for dear in range(start[g], start[g + 1]):
            if dear == cheap or (work.slot_flow[dear] <= 0.0 and dear != work.least_link[j]):
                continue
            if pair >= pairs.middle.size or entries + 2 * bushes.used[b] > pairs.link.size:
                return False
            pairs.owner[pair] = owner
            pairs.first[pair] = entries
            apart = _parting(net, bushes, b, work, dear, cheap)
            for side in range(2):
                slot = dear if side == 0 else cheap
                while True:
                    a = link[slot]
                    pairs.link[entries] = a
                    pairs.cell[entries] = base + slot
                    entries += 1
                    i = net.tail[a]
                    while i != apart and bushes.approach[b, i] >= 0:
                        a = bushes.approach[b, i]
                        if cell_of[i] == NONE:
                            cell_of[i] = cells
                            pairs.flow[cells] = work.node_flow[i]
                            pairs.slot[cells] = False
                            cells += 1
                        pairs.link[entries] = a
                        pairs.cell[entries] = cell_of[i]
                        entries += 1
                        i = net.tail[a]
                    if i == apart:
                        break
                    slot = work.most_link[i]
                if side == 0:
                    pairs.middle[pair] = entries
            pair += 1
            pairs.first[pair] = entries
    pairs.filled[0], pairs.filled[1], pairs.filled[2] = pair, entries, cells
    pairs.slot_cell[b] = base
    return True


@inner
def _parting(net: Net, bushes: Bushes, b: int, work: Workspace, dear: int, cheap: int) -> int:
    """Node where the dearest path to slot `dear` and the cheapest path to slot `cheap` part."""
    link, approach, place = bushes.slot_link[b], bushes.approach[b], work.place
    i = net.tail[link[dear]]
    j = net.tail[link[cheap]]
    while i != j:
        if place[i] > place[j]:
            a = approach[i]
            i = net.tail[a if a >= 0 else link[work.most_link[i]]]
        else:
            a = approach[j]
            j = net.tail[a if a >= 0 else link[work.most_link[j]]]
    return i


@entry
def give_back(bushes: Bushes, pairs: Pairs) -> None:
    """Write the slot flows of the pool back into the shares of the bushes."""
    for b in range(pairs.slot_cell.size):
        base = pairs.slot_cell[b]
        if base == NONE:
            continue
        start, share = bushes.merge_start[b], bushes.slot_share[b]
        for g in range(bushes.merges[b]):
            total = 0.0
            for s in range(start[g], start[g + 1]):
                total += pairs.flow[base + s]
            if total > 0.0:
                for s in range(start[g], start[g + 1]):
                    part = pairs.flow[base + s] / total
                    share[s] = part if part > NEGLIGIBLE_SHARE else 0.0
