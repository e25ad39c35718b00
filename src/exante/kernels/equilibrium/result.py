"""What an assignment gives, and the check that every result has to pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exante.kernels.equilibrium.bushes import Bushes
from exante.kernels.graph import FloatArray, Graph, IntArray, LongArray, list_faults
from exante.quantities.errors import ConvergenceError

BALANCE_TOLERANCE = 1e-9
"""Largest imbalance at a node, relative to the flow through it (a few thousand roundings)."""


@dataclass(frozen=True, eq=False)
class WarmState:
    """The routes of an equilibrium, from which another one on the same graph can start. Never changed.

    Attributes
    ----------
    bushes : Bushes
    classes, origins : ndarray of int32, shape (bushes,)
    """

    bushes: Bushes
    classes: IntArray
    origins: IntArray


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """An equilibrium of one or several classes.

    Attributes
    ----------
    flow : ndarray, shape (links,)
        pce per hour, all classes.
    class_flow : ndarray, shape (classes, links)
        Vehicles per hour of each class.
    travel_time : ndarray, shape (links,)
        Time at `flow`, in the unit of the link costs.
    generalised_cost : ndarray, shape (classes, links)
        Time plus the class's fixed cost; infinite where the class is banned.
    objective : float
        Beckmann's objective: sum of the integrals of time, plus fixed cost times pce flow.
    relative_gap : float
        (TSTT - SPTT) / TSTT in generalised cost, with exact least costs at the final flows.
    average_excess_cost : float
        (TSTT - SPTT) / total pce demand.
    iterations : int
    cpu_seconds : float
    least_cost : ndarray, shape (classes, zones, zones)
        Exact least generalised cost of each class between all zones at `flow`, for origins without demand as well; zero
        on the diagonal, infinite where no path exists. Of a system optimum it is marginal, as `generalised_cost`.
    unreachable : ndarray of int, shape (pairs, 3)
        Class, origin and destination of demand that was dropped on request.
    state : WarmState
    """

    flow: FloatArray
    class_flow: FloatArray
    travel_time: FloatArray
    generalised_cost: FloatArray
    objective: float
    relative_gap: float
    average_excess_cost: float
    iterations: int
    cpu_seconds: float
    least_cost: FloatArray
    unreachable: LongArray
    state: WarmState


def check_flows(graph: Graph, class_flow: FloatArray, demand: FloatArray, banned: FloatArray) -> None:
    """Check that flows are feasible: not negative, off banned links, in balance at every node, none through zones.

    Parameters
    ----------
    graph : Graph
    class_flow : ndarray, shape (classes, links)
    demand : ndarray, shape (classes, zones, zones)
        In the unit of `class_flow`, diagonal zero.
    banned : ndarray of bool, shape (classes, links)

    Raises
    ------
    ConvergenceError
        Naming every class and node or link at fault.
    """
    faults: list[str] = []
    for c, flow in enumerate(class_flow):
        wrong = np.flatnonzero((flow < 0) | ~np.isfinite(flow) | (banned[c] & (flow != 0)))
        if wrong.size:
            faults.append(list_faults(f"class {c}: negative, missing or banned flow on links", wrong.tolist()))
        produced = np.zeros(graph.n_nodes)
        attracted = np.zeros(graph.n_nodes)
        produced[: graph.n_zones] = demand[c].sum(axis=1)
        attracted[: graph.n_zones] = demand[c].sum(axis=0)
        leaving = np.bincount(graph.from_node, flow, graph.n_nodes)
        entering = np.bincount(graph.to_node, flow, graph.n_nodes)
        scale = BALANCE_TOLERANCE * np.maximum(1.0, np.maximum(leaving + attracted, entering + produced))
        wrong = np.flatnonzero(np.abs(leaving + attracted - entering - produced) > scale)
        if wrong.size:
            faults.append(list_faults(f"class {c}: trips appear or vanish at nodes", wrong.tolist()))
        wrong = np.flatnonzero(graph.no_through & (np.abs(leaving - produced) > scale))
        if wrong.size:
            faults.append(list_faults(f"class {c}: through traffic at nodes", wrong.tolist()))
    if faults:
        raise ConvergenceError(
            "The flows are not feasible: " + "; ".join(faults),
            where="equilibrium",
            remedy="This is a fault of the program, not of the input: please report it with the network",
        )
