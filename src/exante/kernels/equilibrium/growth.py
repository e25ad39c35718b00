"""How a bush changes: better links come in, unused ones go, and the topological order follows."""

from __future__ import annotations

import numpy as np

from exante.kernels.compiled import inner
from exante.kernels.equilibrium.bushes import FIRST_MERGE, Bushes, Workspace
from exante.kernels.graph import FloatArray, Net
from exante.kernels.paths import NONE, repair_labels

IMPROVEMENT = 1e-14
"""Relative gain in cost below which another path is the same path: a few roundings."""


@inner
def exact_labels(
    net: Net,
    bushes: Bushes,
    b: int,
    time: FloatArray,
    fixed: FloatArray,
    work: Workspace,
    tolerance: float,
) -> int:
    """Least costs over the whole network in ``work.exact`` from the bush's labels; gives how many nodes improved.

    ``work.better`` holds the last link of the better path of each improved node, else `NONE`.
    """
    order = bushes.order[b]
    reached = bushes.reached[b]
    work.exact[:] = np.inf
    if reached < order.size:
        work.place[:] = NONE
        for k in range(reached):
            work.place[order[k]] = k
    for k in range(reached):
        work.exact[order[k]] = work.least[order[k]]
    work.better[:] = NONE
    return repair_labels(net, time, fixed, order[0], work.exact, work.better, work.heap, tolerance)


@inner
def exact_excess(net: Net, bushes: Bushes, b: int, time: FloatArray, fixed: FloatArray, work: Workspace) -> float:
    """Excess cost of the loaded bush over the least costs in ``work.exact``: sum of flow times reduced cost."""
    order, approach = bushes.order[b], bushes.approach[b]
    start, link = bushes.merge_start[b], bushes.slot_link[b]
    total = 0.0
    for k in range(1, bushes.used[b]):
        j = order[k]
        x = work.node_flow[j]
        if x <= 0.0:
            continue
        a = approach[j]
        if a >= 0:
            total += x * (work.exact[net.tail[a]] + time[a] + fixed[a] - work.exact[j])
        else:
            g = FIRST_MERGE - a
            for s in range(start[g], start[g + 1]):
                a = link[s]
                total += work.slot_flow[s] * (work.exact[net.tail[a]] + time[a] + fixed[a] - work.exact[j])
    return total


@inner
def worth_growing(bushes: Bushes, b: int, work: Workspace, threshold: float) -> bool:
    """Whether a node with flow has a path that is cheaper by more than `threshold` (relative)."""
    order = bushes.order[b]
    for k in range(1, bushes.used[b]):
        j = order[k]
        much = work.least[j] - work.exact[j] > threshold * work.exact[j]
        if much and work.better[j] != NONE and work.node_flow[j] > 0.0:
            return True
    return False


@inner
def graft(net: Net, bushes: Bushes, b: int, work: Workspace) -> None:
    """Renew the tree of the nodes without flow where the topological order allows it."""
    order, approach = bushes.order[b], bushes.approach[b]
    for k in range(1, bushes.reached[b]):
        j = order[k]
        a = work.better[j]
        if a != NONE and work.node_flow[j] <= 0.0 and approach[j] >= 0 and work.place[net.tail[a]] < k:
            approach[j] = a


@inner
def hang(net: Net, bushes: Bushes, b: int, work: Workspace) -> None:
    """Put all nodes without flow on their least-cost paths of `exact_labels` at once, and drop slots without flow.

    `grow` judges links by the costs of the bush. A better path over streets that hang in the bush the other way round
    would come in one node a sweep. Links with flow leave only nodes with flow, so that any tree of the other nodes
    keeps the bush acyclic once slots without flow are gone; where one of these was the least, it becomes the
    ``work.better`` of its node.
    """
    order, approach = bushes.order[b], bushes.approach[b]
    merge_node, start = bushes.merge_node[b], bushes.merge_start[b]
    link, share = bushes.slot_link[b], bushes.slot_share[b]
    better, place, slot_flow = work.better, work.place, work.slot_flow
    in_order = True
    merges = 0
    slots = 0
    for k in range(1, bushes.reached[b]):
        j = order[k]
        a = better[j]
        old = approach[j]
        if work.node_flow[j] <= 0.0:
            if a == NONE and old < 0:
                a = link[work.least_link[j]]
            if a != NONE:
                approach[j] = a
                in_order = in_order and place[net.tail[a]] < k
                better[j] = NONE
            continue
        if old >= 0:
            continue
        # Merges and slots come in the order of nodes: what is kept moves forward in place.
        g = FIRST_MERGE - old
        first = slots
        last = start[g + 1]
        low = work.least_link[j]
        if a == NONE and slot_flow[low] <= 0.0:
            better[j] = link[low]
        for s in range(start[g], last):
            if slot_flow[s] > 0.0:
                link[slots] = link[s]
                share[slots] = share[s]
                slot_flow[slots] = slot_flow[s]
                slots += 1
        if slots - first == 1:
            approach[j] = link[first]
            slots = first
            continue
        merge_node[merges] = j
        start[merges] = first
        approach[j] = FIRST_MERGE - merges
        merges += 1
    start[merges] = slots
    bushes.merges[b] = merges
    if not in_order:
        sort_bush(net, bushes, b, work)


@inner
def grow(net: Net, bushes: Bushes, b: int, work: Workspace) -> bool:
    """Take the better links found by `exact_labels` into the bush, drop its unused slots.

    A link may come in where the greatest cost of its tail is below that of its head: every kept link satisfies the
    same (with the old order breaking ties), so that the bush stays acyclic.

    Returns
    -------
    bool
        False where the bush has no room: nothing is changed then.
    """
    order, approach = bushes.order[b], bushes.approach[b]
    merge_node, start = bushes.merge_node[b], bushes.merge_start[b]
    link = bushes.slot_link[b]
    most, place, better = work.most, work.place, work.better
    reached = bushes.reached[b]
    merges = 0
    slots = 0
    in_order = True
    # First pass: the new merges, in scratch. The queue doubles as the list of (first slot) per merge.
    for k in range(1, reached):
        j = order[k]
        old = approach[j]
        a = better[j]
        if a != NONE:
            i = net.tail[a]
            if most[i] < most[j] or (most[i] == most[j] and place[i] < k):
                in_order = in_order and place[i] < k
            else:
                better[j] = NONE
                a = NONE
        if old >= 0:
            if a == old:
                better[j] = NONE
            if better[j] == NONE or work.node_flow[j] <= 0.0:
                continue
            first = slots
            work.new_slot[slots] = old
            work.new_flow[slots] = work.node_flow[j]
            slots += 1
        else:
            g = FIRST_MERGE - old
            first = slots
            for s in range(start[g], start[g + 1]):
                if link[s] == a:
                    better[j] = NONE
                if work.slot_flow[s] > 0.0 or link[s] == a or (a == NONE and s == work.least_link[j]):
                    work.new_slot[slots] = link[s]
                    work.new_flow[slots] = work.slot_flow[s]
                    slots += 1
        if better[j] != NONE:
            work.new_slot[slots] = a
            work.new_flow[slots] = 0.0
            slots += 1
        work.queue[merges] = first
        merges += 1
    work.queue[merges] = slots
    if merges > merge_node.size or slots > link.size:
        return False
    merges, slots = _write(bushes, b, work)
    if not in_order:
        sort_bush(net, bushes, b, work)
    return True


@inner
def _write(bushes: Bushes, b: int, work: Workspace) -> tuple[int, int]:
    """Second pass of `grow`: put the merges of the scratch space into the bush."""
    order, approach = bushes.order[b], bushes.approach[b]
    merge_node, start = bushes.merge_node[b], bushes.merge_start[b]
    link, share = bushes.slot_link[b], bushes.slot_share[b]
    found = 0
    merges = 0
    slots = 0
    for k in range(1, bushes.reached[b]):
        j = order[k]
        a = work.better[j]
        if approach[j] >= 0:
            if a == NONE:
                continue
            if work.node_flow[j] <= 0.0:
                approach[j] = a
                continue
        first, last = work.queue[found], work.queue[found + 1]
        found += 1
        if last - first == 1:
            approach[j] = work.new_slot[first]
            continue
        total = 0.0
        for s in range(first, last):
            total += work.new_flow[s]
        merge_node[merges] = j
        start[merges] = slots
        approach[j] = FIRST_MERGE - merges
        for s in range(first, last):
            link[slots] = work.new_slot[s]
            share[slots] = work.new_flow[s] / total
            slots += 1
        merges += 1
    start[merges] = slots
    bushes.merges[b] = merges
    return merges, slots


@inner
def sort_bush(net: Net, bushes: Bushes, b: int, work: Workspace) -> None:
    """Topological order of an acyclic bush by depth-first search along its approaches, and merges in that order."""
    order, approach = bushes.order[b], bushes.approach[b]
    start, link = bushes.merge_start[b], bushes.slot_link[b]
    place, stack = work.place, work.queue
    reached = bushes.reached[b]
    old = work.heap.node
    for k in range(reached):
        old[k] = order[k]
        place[order[k]] = NONE
    place[order[0]] = 0
    placed = 1
    # Nodes with flow first, then the rest: two rounds over the old order.
    for turn in range(1, 2 * reached):
        if turn == reached:
            bushes.used[b] = placed
        k = turn if turn < reached else turn - reached
        if place[old[k]] != NONE or (turn < reached and work.node_flow[old[k]] <= 0.0):
            continue
        stack[0] = old[k]
        depth = 1
        while depth > 0:
            j = stack[depth - 1]
            a = approach[j]
            waiting = NONE
            if a >= 0:
                if place[net.tail[a]] == NONE:
                    waiting = net.tail[a]
            else:
                g = FIRST_MERGE - a
                for s in range(start[g], start[g + 1]):
                    if place[net.tail[link[s]]] == NONE:
                        waiting = net.tail[link[s]]
                        break
            if waiting == NONE:
                place[j] = placed
                order[placed] = j
                placed += 1
                depth -= 1
            else:
                stack[depth] = waiting
                depth += 1
    _sort_merges(bushes, b, work)


@inner
def _sort_merges(bushes: Bushes, b: int, work: Workspace) -> None:
    order, approach = bushes.order[b], bushes.approach[b]
    merge_node, start = bushes.merge_node[b], bushes.merge_start[b]
    link, share = bushes.slot_link[b], bushes.slot_share[b]
    merges = 0
    slots = 0
    for k in range(1, bushes.reached[b]):
        j = order[k]
        a = approach[j]
        if a >= 0:
            continue
        g = FIRST_MERGE - a
        merge_node[merges] = j
        work.queue[merges] = slots
        for s in range(start[g], start[g + 1]):
            work.new_slot[slots] = link[s]
            work.new_flow[slots] = share[s]
            slots += 1
        approach[j] = FIRST_MERGE - merges
        merges += 1
    for g in range(merges):
        start[g] = work.queue[g]
    start[merges] = slots
    for s in range(slots):
        link[s] = work.new_slot[s]
        share[s] = work.new_flow[s]


@inner
def uses_closed(bushes: Bushes, b: int, fixed: FloatArray) -> bool:
    """Whether bush `b` holds a link of infinite fixed cost."""
    order, approach = bushes.order[b], bushes.approach[b]
    for k in range(1, bushes.reached[b]):
        a = approach[order[k]]
        if a >= 0 and np.isinf(fixed[a]):
            return True
    closed = 0
    for s in range(bushes.merge_start[b, bushes.merges[b]]):
        closed += np.isinf(fixed[bushes.slot_link[b, s]])
    return closed > 0


@inner
def adopt(bushes: Bushes, b: int, work: Workspace) -> None:
    """Take nodes that only `exact_labels` reached into bush `b`, each with one approach."""
    order, approach = bushes.order[b], bushes.approach[b]
    reached = bushes.reached[b]
    for j in range(order.size):
        if work.place[j] == NONE and work.better[j] != NONE:
            approach[j] = work.better[j]
            order[reached] = j
            reached += 1
    bushes.reached[b] = reached
