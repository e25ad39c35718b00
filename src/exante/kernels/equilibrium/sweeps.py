"""One sweep over all bushes: the compiled loop of the equilibrium, and the exact measure of its gap."""

from __future__ import annotations

import numpy as np

from exante.kernels.compiled import entry, inner
from exante.kernels.equilibrium.bushes import Bushes, Workspace, add_flows, label, load, store_shares
from exante.kernels.equilibrium.growth import (
    IMPROVEMENT,
    adopt,
    exact_excess,
    exact_labels,
    graft,
    grow,
    hang,
    sort_bush,
    uses_closed,
    worth_growing,
)
from exante.kernels.equilibrium.pairs import Pairs, record
from exante.kernels.equilibrium.shifts import shift_bush
from exante.kernels.graph import FloatArray, IntArray, LongArray, Net
from exante.kernels.link_cost import CostTable, fill_times
from exante.kernels.paths import NONE, shortest_tree

LABEL_TOLERANCE = 0.1
"""While sweeping, labels that are right within this share of the shift threshold are good enough."""


@inner
def plant(
    net: Net,
    bushes: Bushes,
    b: int,
    origin: int,
    time: FloatArray,
    fixed: FloatArray,
    work: Workspace,
) -> None:
    """Replace bush `b` by the least-cost tree at the given times."""
    bushes.reached[b] = shortest_tree(
        net, time, fixed, origin, work.least, bushes.approach[b], bushes.order[b], work.heap
    )
    bushes.used[b] = bushes.reached[b]
    bushes.merges[b] = 0


@entry
def plant_and_load(
    net: Net,
    table: CostTable,
    bushes: Bushes,
    todo: LongArray,
    origins: IntArray,
    classes: IntArray,
    demand: FloatArray,
    fixed: FloatArray,
    flow: FloatArray,
    time: FloatArray,
    slope: FloatArray,
    work: Workspace,
    batch: int,
) -> None:
    """Plant the bushes `todo` and load them one after the other, renewing the times after every `batch` bushes."""
    for k in range(todo.size):
        b = todo[k]
        plant(net, bushes, b, origins[b], time, fixed[classes[b]], work)
        load(net, bushes, b, demand[b], work)
        add_flows(bushes, b, work, flow)
        sort_bush(net, bushes, b, work)
        if (k + 1) % batch == 0 or k + 1 == todo.size:
            fill_times(table, flow, time, slope)


@entry
def sweep(
    net: Net,
    table: CostTable,
    bushes: Bushes,
    classes: IntArray,
    demand: FloatArray,
    fixed: FloatArray,
    flow: FloatArray,
    time: FloatArray,
    slope: FloatArray,
    work: Workspace,
    pairs: Pairs,
    threshold: float,
    excess: FloatArray,
    least: FloatArray,
    full: IntArray,
) -> None:
    """Improve every bush in turn and record its pairs; `full` counts bushes and pools that had no room.

    `least` takes the least costs that each bush met before it was improved.
    """
    pairs.filled[:] = 0
    tolerance = max(IMPROVEMENT, LABEL_TOLERANCE * threshold)
    for b in range(classes.size):
        pairs.slot_cell[b] = NONE
        own = fixed[classes[b]]
        load(net, bushes, b, demand[b], work)
        excess[b] = label(net, bushes, b, time, own, work, bushes.reached[b])
        if exact_labels(net, bushes, b, time, own, work, tolerance) > 0:
            excess[b] = exact_excess(net, bushes, b, time, own, work)
            if worth_growing(bushes, b, work, threshold):
                hang(net, bushes, b, work)
                label(net, bushes, b, time, own, work, bushes.reached[b])
                if not grow(net, bushes, b, work):
                    full[0] += 1
                load(net, bushes, b, demand[b], work)
                label(net, bushes, b, time, own, work, bushes.used[b])
            else:
                graft(net, bushes, b, work)
        for z in range(least.shape[1]):
            least[b, z] = work.exact[z]
        if bushes.merges[b] == 0:
            continue
        shift_bush(net, table, bushes, b, own, flow, time, slope, work, threshold)
        store_shares(bushes, b, work)
        if not record(net, bushes, b, classes[b], work, pairs):
            full[1] += 1


@entry
def measure(
    net: Net,
    bushes: Bushes,
    first: int,
    last: int,
    classes: IntArray,
    demand: FloatArray,
    fixed: FloatArray,
    time: FloatArray,
    work: Workspace,
    excess: FloatArray,
    least: FloatArray,
    class_flow: FloatArray,
) -> None:
    """Exact excess and least costs of the bushes `first` to `last`, and their link flows added to `class_flow`."""
    for b in range(first, last):
        own = fixed[classes[b]]
        load(net, bushes, b, demand[b], work)
        excess[b] = label(net, bushes, b, time, own, work, bushes.reached[b])
        if exact_labels(net, bushes, b, time, own, work, IMPROVEMENT) > 0:
            excess[b] = exact_excess(net, bushes, b, time, own, work)
        for z in range(least.shape[1]):
            least[b, z] = work.exact[z]
        add_flows(bushes, b, work, class_flow[classes[b]])


@entry
def fill_least_costs(
    net: Net, pairs: LongArray, time: FloatArray, fixed: FloatArray, work: Workspace, least: FloatArray
) -> None:
    """Least costs from every pair (class, origin), by a tree each."""
    for k in range(pairs.shape[0]):
        c, origin = pairs[k, 0], pairs[k, 1]
        shortest_tree(net, time, fixed[c], origin, work.exact, work.better, work.queue, work.heap)
        for z in range(least.shape[2]):
            least[c, origin, z] = work.exact[z]


@inner
def opened(net: Net, bushes: Bushes, b: int, fixed: FloatArray, work: Workspace) -> bool:
    """Whether a link leads on from bush `b` to a node that it does not reach."""
    order, reached, place = bushes.order[b], bushes.reached[b], work.place
    if reached == order.size:
        return False
    place[:] = NONE
    for k in range(reached):
        place[order[k]] = k
    for a in range(net.head.size):
        i = net.tail[a]
        passable = place[i] == 0 or (place[i] != NONE and not net.no_through[i])
        if passable and place[net.head[a]] == NONE and not np.isinf(fixed[a]):
            return True
    return False


@inner
def serves(bushes: Bushes, b: int, demand: FloatArray) -> bool:
    """Whether all zones with demand are among the used nodes of bush `b`, so that its order can stay."""
    wanted = 0
    for z in range(demand.size):
        wanted += demand[z] > 0.0
    for k in range(bushes.used[b]):
        j = bushes.order[b, k]
        if j < demand.size and demand[j] > 0.0:
            wanted -= 1
    return wanted == 0


@entry
def renew(
    net: Net,
    bushes: Bushes,
    known: LongArray,
    classes: IntArray,
    demand: FloatArray,
    fixed: FloatArray,
    flow: FloatArray,
    time: FloatArray,
    work: Workspace,
    fits: FloatArray,
) -> None:
    """Load warm bushes on a changed network: bushes over closed links no longer fit, opened nodes come in."""
    for k in range(known.size):
        b = known[k]
        own = fixed[classes[b]]
        if uses_closed(bushes, b, own):
            fits[b] = False
            continue
        whole = not opened(net, bushes, b, own, work)
        if whole and serves(bushes, b, demand[b]):
            load(net, bushes, b, demand[b], work)
            add_flows(bushes, b, work, flow)
            continue
        bushes.used[b] = bushes.reached[b]
        load(net, bushes, b, demand[b], work)
        if not whole:
            label(net, bushes, b, time, own, work, bushes.reached[b])
            exact_labels(net, bushes, b, time, own, work, IMPROVEMENT)
            adopt(bushes, b, work)
            sort_bush(net, bushes, b, work)
            bushes.used[b] = bushes.reached[b]
            load(net, bushes, b, demand[b], work)
        add_flows(bushes, b, work, flow)
        sort_bush(net, bushes, b, work)


@entry
def find_unreached(bushes: Bushes, demand: FloatArray) -> np.ndarray:
    """Pairs (bush, zone) that have demand and no path."""
    count = 0
    for filling in range(2):
        if filling:
            pairs = np.zeros((count, 2), np.int64)
        count = 0
        for b in range(demand.shape[0]):
            root = bushes.order[b, 0]
            for z in range(demand.shape[1]):
                if demand[b, z] > 0.0 and bushes.approach[b, z] == NONE and z != root:
                    if filling:
                        pairs[count, 0] = b
                        pairs[count, 1] = z
                    count += 1
    return pairs
