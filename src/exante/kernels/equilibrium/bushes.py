"""Bushes: for each origin and class, the acyclic set of links that its trips use, stored as approach shares.

A bush keeps one approach link per node (a tree), and for the few nodes reached in several ways a *merge*: a group of
slots, each an approach link and the share of the node's flow that comes through it. Loading the demand backwards along
the topological order gives all link flows, so flows conserve trips by construction, a bush scales with its demand, and
memory grows with bushes times nodes, not with OD pairs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exante.kernels.compiled import inner
from exante.kernels.graph import FloatArray, IntArray, Net
from exante.kernels.paths import NONE, Heap, make_heap

FIRST_MERGE = -2
"""An approach code below `NONE` names a merge: merge ``g`` is coded ``FIRST_MERGE - g``."""

NEGLIGIBLE_SHARE = 1e-14
"""Shares below this are rounding residues of shifts that emptied a slot."""


VANISHING_FLOW = 1e-200
"""Flows below this are none: their parts could not be told from zero."""


class Bushes(NamedTuple):
    """All bushes of an assignment; the first axis is the bush.

    Attributes
    ----------
    approach : ndarray of int32, shape (bushes, nodes)
        Approach link of each node, `NONE`, or a merge code.
    order : ndarray of int32, shape (bushes, nodes)
        Topological order; the first `reached` entries count. Nodes with flow, and whatever leads to them, come in the
        first `used` entries.
    reached, used, merges : ndarray of int32, shape (bushes,)
        Number of nodes, of nodes that flow depends on, and of merges.
    merge_node, merge_start : ndarray of int32, shape (bushes, capacity)
        Node and first slot of each merge, in topological order.
    slot_link, slot_share : ndarray, shape (bushes, capacity)
        Approach links of the merges and their shares of the node's flow.
    """

    approach: IntArray
    order: IntArray
    reached: IntArray
    used: IntArray
    merges: IntArray
    merge_node: IntArray
    merge_start: IntArray
    slot_link: IntArray
    slot_share: FloatArray


class Workspace(NamedTuple):
    """Scratch arrays of one thread."""

    node_flow: FloatArray
    slot_flow: FloatArray
    least: FloatArray
    most: FloatArray
    exact: FloatArray
    least_link: IntArray
    most_link: IntArray
    better: IntArray
    place: IntArray
    queue: IntArray
    new_slot: IntArray
    new_flow: FloatArray
    segment: IntArray
    heap: Heap


def make_bushes(n_bushes: int, n_nodes: int, merges: int) -> Bushes:
    """Empty bushes with room for `merges` merges each."""
    return Bushes(
        np.full((n_bushes, n_nodes), NONE, np.int32),
        np.zeros((n_bushes, n_nodes), np.int32),
        np.zeros(n_bushes, np.int32),
        np.zeros(n_bushes, np.int32),
        np.zeros(n_bushes, np.int32),
        np.zeros((n_bushes, merges), np.int32),
        np.zeros((n_bushes, merges + 1), np.int32),
        np.zeros((n_bushes, 3 * merges), np.int32),
        np.zeros((n_bushes, 3 * merges)),
    )


def widen(bushes: Bushes, merges: int) -> Bushes:
    """The same bushes with room for more merges."""
    n_bushes = len(bushes.approach)
    wide = make_bushes(n_bushes, 1, merges)._replace(
        approach=bushes.approach,
        order=bushes.order,
        reached=bushes.reached,
        used=bushes.used,
        merges=bushes.merges,
    )
    for name in ("merge_node", "merge_start", "slot_link", "slot_share"):
        old = getattr(bushes, name)
        getattr(wide, name)[:, : old.shape[1]] = old
    return wide


def copy_bushes(bushes: Bushes) -> Bushes:
    """An independent copy."""
    return Bushes._make(array.copy() for array in bushes)


def make_workspace(n_nodes: int, n_links: int) -> Workspace:
    """Scratch arrays for a graph."""
    return Workspace(
        node_flow=np.zeros(n_nodes),
        slot_flow=np.zeros(n_links),
        least=np.zeros(n_nodes),
        most=np.zeros(n_nodes),
        exact=np.zeros(n_nodes),
        least_link=np.full(n_nodes, NONE, np.int32),
        most_link=np.full(n_nodes, NONE, np.int32),
        better=np.full(n_nodes, NONE, np.int32),
        place=np.full(n_nodes, NONE, np.int32),
        queue=np.zeros(n_nodes + 1, np.int32),
        new_slot=np.zeros(n_links, np.int32),
        new_flow=np.zeros(n_links),
        segment=np.zeros(2 * n_nodes, np.int32),
        heap=make_heap(n_nodes),
    )


@inner
def load(net: Net, bushes: Bushes, b: int, demand: FloatArray, work: Workspace) -> None:
    """Node and slot flows of bush `b` for the demand to each zone: one backward pass."""
    order, approach = bushes.order[b], bushes.approach[b]
    start, link, share = bushes.merge_start[b], bushes.slot_link[b], bushes.slot_share[b]
    flow = work.node_flow
    flow[:] = 0.0
    # A loop: numba's array assignment brings three seconds of compiled error messages with it.
    for z in range(demand.size):
        flow[z] = demand[z]
    # Merges behind the used nodes carry nothing: without this they would keep the flows of the bush loaded before.
    for s in range(start[bushes.merges[b]]):
        work.slot_flow[s] = 0.0
    for k in range(bushes.used[b] - 1, 0, -1):
        j = order[k]
        here = flow[j]
        if here < VANISHING_FLOW:
            flow[j] = 0.0
            continue
        a = approach[j]
        if a >= 0:
            flow[net.tail[a]] += here
        else:
            g = FIRST_MERGE - a
            for s in range(start[g], start[g + 1]):
                part = here * share[s]
                work.slot_flow[s] = part
                flow[net.tail[link[s]]] += part


@inner
def store_shares(bushes: Bushes, b: int, work: Workspace) -> None:
    """Write the slot flows of the workspace back as shares."""
    start, share = bushes.merge_start[b], bushes.slot_share[b]
    for g in range(bushes.merges[b]):
        total = 0.0
        for s in range(start[g], start[g + 1]):
            total += work.slot_flow[s]
        if total > 0.0:
            for s in range(start[g], start[g + 1]):
                part = work.slot_flow[s] / total
                share[s] = part if part > NEGLIGIBLE_SHARE else 0.0


@inner
def add_flows(bushes: Bushes, b: int, work: Workspace, total: FloatArray) -> None:
    """Add the link flows of the bush in the workspace to `total`."""
    order, approach = bushes.order[b], bushes.approach[b]
    start, link = bushes.merge_start[b], bushes.slot_link[b]
    for k in range(1, bushes.used[b]):
        j = order[k]
        a = approach[j]
        if a >= 0:
            total[a] += work.node_flow[j]
        else:
            g = FIRST_MERGE - a
            for s in range(start[g], start[g + 1]):
                total[link[s]] += work.slot_flow[s]


@inner
def label(net: Net, bushes: Bushes, b: int, time: FloatArray, fixed: FloatArray, work: Workspace, count: int) -> float:
    """Least and greatest used cost to the first `count` nodes; gives the excess cost over the bush's least costs.

    The greatest cost looks at approaches with flow and at the least one, so that it is a potential for all links that
    the bush keeps: it never falls along them. ``work.most_link`` leads along approaches with flow wherever there are
    any, because a dearest path without flow would hide from `shift_pair` what it could move.
    """
    order, approach = bushes.order[b], bushes.approach[b]
    start, link = bushes.merge_start[b], bushes.slot_link[b]
    least, most = work.least, work.most
    root = order[0]
    least[root] = 0.0
    most[root] = 0.0
    work.least_link[root] = NONE
    work.most_link[root] = NONE
    work.place[root] = 0
    excess = 0.0
    for k in range(1, count):
        j = order[k]
        work.place[j] = k
        a = approach[j]
        if a >= 0:
            i = net.tail[a]
            cost = time[a] + fixed[a]
            least[j] = least[i] + cost
            most[j] = most[i] + cost
            continue
        g = FIRST_MERGE - a
        low = np.inf
        low_slot = start[g]
        for s in range(start[g], start[g + 1]):
            a = link[s]
            cost = least[net.tail[a]] + time[a] + fixed[a]
            if cost < low:
                low = cost
                low_slot = s
        high = -1.0
        high_slot = low_slot
        for s in range(start[g], start[g + 1]):
            x = work.slot_flow[s]
            if x > 0.0:
                a = link[s]
                i = net.tail[a]
                cost = time[a] + fixed[a]
                if most[i] + cost > high:
                    high = most[i] + cost
                    high_slot = s
                excess += x * (least[i] + cost - low)
        a = link[low_slot]
        least[j] = low
        most[j] = max(high, most[net.tail[a]] + time[a] + fixed[a])
        work.least_link[j] = low_slot
        work.most_link[j] = high_slot
    return excess
