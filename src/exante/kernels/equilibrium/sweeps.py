"""One sweep over all bushes: the compiled loop of the equilibrium, and the exact measure of its gap."""

from __future__ import annotations

import numpy as np
from numba import njit

from exante.kernels.equilibrium.bushes import Bushes, Workspace, add_flows, label, load, store_shares
from exante.kernels.equilibrium.growth import adopt, exact_excess, exact_labels, grow, uses_closed
from exante.kernels.equilibrium.shifts import shift_bush
from exante.kernels.graph import FloatArray, IntArray, Net
from exante.kernels.link_cost import CostTable, fill_times
from exante.kernels.paths import NONE, shortest_tree


@njit(cache=True, nogil=True)
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
    bushes.merges[b] = 0


@njit(cache=True, nogil=True)
def plant_and_load(
    net: Net,
    table: CostTable,
    bushes: Bushes,
    todo: IntArray,
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
        if (k + 1) % batch == 0 or k + 1 == todo.size:
            fill_times(table, flow, time, slope)


@njit(cache=True, nogil=True)
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
    active: FloatArray,
    threshold: float,
    repeats: int,
    growing: bool,
    excess: FloatArray,
) -> int:
    """Improve every active bush in turn; gives the number of bushes that had no room to grow."""
    full = 0
    for b in range(classes.size):
        if not active[b]:
            continue
        own = fixed[classes[b]]
        load(net, bushes, b, demand[b], work)
        excess[b] = label(net, bushes, b, time, own, work)
        if growing and exact_labels(net, bushes, b, time, own, work) > 0:
            excess[b] = exact_excess(net, bushes, b, time, own, work)
            if not grow(net, bushes, b, work):
                full += 1
            load(net, bushes, b, demand[b], work)
            label(net, bushes, b, time, own, work)
        if bushes.merges[b] == 0:
            continue
        for k in range(repeats):
            if k > 0:
                label(net, bushes, b, time, own, work)
            if shift_bush(net, table, bushes, b, own, flow, time, slope, work, threshold) == 0:
                break
        store_shares(bushes, b, work)
    return full


@njit(cache=True, nogil=True)
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
    class_flow: FloatArray,
) -> None:
    """Exact excess cost of the bushes `first` to `last`, and their link flows added to `class_flow`."""
    for b in range(first, last):
        own = fixed[classes[b]]
        load(net, bushes, b, demand[b], work)
        excess[b] = label(net, bushes, b, time, own, work)
        if exact_labels(net, bushes, b, time, own, work) > 0:
            excess[b] = exact_excess(net, bushes, b, time, own, work)
        add_flows(bushes, b, work, class_flow[classes[b]])




@njit(cache=True, nogil=True)
def renew(
    net: Net,
    bushes: Bushes,
    known: IntArray,
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
        if bushes.reached[b] < bushes.order.shape[1]:
            load(net, bushes, b, demand[b], work)
            label(net, bushes, b, time, own, work)
            exact_labels(net, bushes, b, time, own, work)
            adopt(net, bushes, b, work)
        load(net, bushes, b, demand[b], work)
        add_flows(bushes, b, work, flow)


@njit(cache=True, nogil=True)
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
