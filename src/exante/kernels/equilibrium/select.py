"""Whose trips are on a link: select-link and select-zone analysis on the routes of an equilibrium.

Within an origin and class, trips choose among the approaches of a node in the same proportions wherever they go, so
that route flows are products of shares. Both analyses follow from passes along the bushes, without any route.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from exante.kernels.compiled import entry
from exante.kernels.equilibrium.bushes import FIRST_MERGE, Bushes, Workspace, add_flows, load, make_workspace
from exante.kernels.equilibrium.result import WarmState
from exante.kernels.graph import FloatArray, Graph, IntArray, Net
from exante.quantities.errors import NetworkError


def select_link(
    graph: Graph, state: WarmState, demands: Sequence[ArrayLike], links: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Trips that use at least one of some links.

    Parameters
    ----------
    graph : Graph
    state : WarmState
        ``state`` of an equilibrium.
    demands : sequence of array_like, each of shape (zones, zones)
        Demand of each class, as it was assigned.
    links : array_like of bool, shape (links,)
        The selected links.

    Returns
    -------
    trips : ndarray, shape (classes, zones, zones)
        Selected trips by class, origin and destination.
    flow : ndarray, shape (classes, links)
        Their flow on every link.

    Raises
    ------
    NetworkError
        Where the mask or the demand has the wrong shape.
    """
    mask = np.asarray(links, bool)
    if mask.shape != (graph.n_links,):
        raise NetworkError(f"The mask has shape {mask.shape}, the graph has {graph.n_links} links", where="select link")
    demand = _stack(graph, demands)
    trips = np.zeros_like(demand)
    flow = np.zeros((len(demand), graph.n_links))
    work = make_workspace(graph.n_nodes, graph.n_links)
    _select(graph.net, state.bushes, state.classes, state.origins, demand, graph.to_internal(mask), trips, flow, work)
    return trips, graph.to_caller(flow)


def load_routes(graph: Graph, state: WarmState, demands: Sequence[ArrayLike]) -> FloatArray:
    """Link flows of any demand on the routes of an equilibrium, shape (classes, links).

    With the demand of one row or column only this is select-zone analysis: where the trips of a zone drive.
    """
    demand = _stack(graph, demands)
    flow = np.zeros((len(demand), graph.n_links))
    work = make_workspace(graph.n_nodes, graph.n_links)
    _load_all(graph.net, state.bushes, state.classes, state.origins, demand, flow, work)
    return graph.to_caller(flow)


def _stack(graph: Graph, demands: Sequence[ArrayLike]) -> FloatArray:
    demand = np.stack([np.array(one, float) for one in demands])
    if demand.shape[1:] != (graph.n_zones, graph.n_zones):
        raise NetworkError(f"The demand has shape {demand.shape}, the graph has {graph.n_zones} zones", where="select")
    demand[:, np.arange(graph.n_zones), np.arange(graph.n_zones)] = 0.0
    return demand


@entry
def _load_all(
    net: Net,
    bushes: Bushes,
    classes: IntArray,
    origins: IntArray,
    demand: FloatArray,
    flow: FloatArray,
    work: Workspace,
) -> None:
    for b in range(classes.size):
        load(net, bushes, b, demand[classes[b], origins[b]], work)
        add_flows(bushes, b, work, flow[classes[b]])


@entry
def _select(
    net: Net,
    bushes: Bushes,
    classes: IntArray,
    origins: IntArray,
    demand: FloatArray,
    selected: FloatArray,
    trips: FloatArray,
    flow: FloatArray,
    work: Workspace,
) -> None:
    """Forward: share of a node's flow that has used a selected link. Backward: flow that still will."""
    done, still = work.least, work.most
    for b in range(classes.size):
        c, origin = classes[b], origins[b]
        load(net, bushes, b, demand[c, origin], work)
        done[:] = 0.0
        still[:] = 0.0
        order, approach = bushes.order[b], bushes.approach[b]
        start, link, share = bushes.merge_start[b], bushes.slot_link[b], bushes.slot_share[b]
        for k in range(1, bushes.used[b]):
            j = order[k]
            a = approach[j]
            if a >= 0:
                done[j] = 1.0 if selected[a] else done[net.tail[a]]
                continue
            g = FIRST_MERGE - a
            for s in range(start[g], start[g + 1]):
                a = link[s]
                done[j] += share[s] * (1.0 if selected[a] else done[net.tail[a]])
        for z in range(demand.shape[1]):
            trips[c, origin, z] = demand[c, origin, z] * done[z]
        for k in range(bushes.used[b] - 1, 0, -1):
            j = order[k]
            a = approach[j]
            first, last = 0, 1
            if a < 0:
                first, last = start[FIRST_MERGE - a], start[FIRST_MERGE - a + 1]
            for s in range(first, last):
                here = work.node_flow[j]
                if approach[j] < 0:
                    a = link[s]
                    here = work.slot_flow[s]
                i = net.tail[a]
                if selected[a]:
                    flow[c, a] += here
                    still[i] += here * (1.0 - done[i])
                    continue
                fresh = work.node_flow[j] * (1.0 - done[j])
                later = still[j] * here * (1.0 - done[i]) / fresh if fresh > 0.0 else 0.0
                flow[c, a] += here * done[i] + later
                still[i] += later
