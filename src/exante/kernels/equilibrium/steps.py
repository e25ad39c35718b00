"""An equilibrium taken sweep by sweep, whose demand may answer to costs between sweeps."""

from __future__ import annotations

import time as clock
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from exante.kernels.equilibrium.problem import UserClass
from exante.kernels.equilibrium.problem import pack as pack_problem
from exante.kernels.equilibrium.result import Equilibrium, WarmState
from exante.kernels.equilibrium.select import _load_all
from exante.kernels.equilibrium.user import LEAST_GAP, SHIFT_THRESHOLD, _Solver
from exante.kernels.graph import FloatArray, Graph
from exante.kernels.link_cost import LinkCost, fill_times
from exante.quantities.errors import NetworkError


class Steps:
    """A user equilibrium of several classes in the making.

    `user_equilibrium` brings the traffic of a fixed demand to a gap. Where demand answers to costs, most of that work
    is done for a demand that is about to change. Here each sweep over the bushes gives least costs as a by-product, the
    demand may be set anew after it, and only the end is measured exactly.

    Parameters
    ----------
    graph : Graph
    link_cost : LinkCost
    classes : sequence of UserClass
    warm : WarmState, optional
        As of `user_equilibrium`.

    Attributes
    ----------
    gap : float
        Relative gap as last met; before the sweep's own improvements where it was a sweep.
    exact : bool
        Whether `gap` and `least_cost` belong to the present flows and demand.

    Raises
    ------
    NetworkError
        For bad input, or demand between zones that no path connects.
    """

    def __init__(
        self, graph: Graph, link_cost: LinkCost, classes: Sequence[UserClass], warm: WarmState | None = None
    ) -> None:
        self._begin = clock.thread_time()
        self._graph, self._link_cost = graph, link_cost
        problem = pack_problem(graph, link_cost, classes)
        self._solver = _Solver(graph, problem)
        self._dropped = self._solver.start(warm, False)
        self._unused = np.ones((len(problem.pce), graph.n_zones), bool)
        self._unused[problem.classes, problem.origins] = False
        self.sweeps = 0
        self._before = 1.0
        self.gap = self._solver.measure()
        self.exact = True

    @property
    def expected_gap(self) -> float:
        """The gap, or what it should be by now if the last sweep has progressed as the one before."""
        return self.gap if self.exact else self.gap * min(1.0, self.gap / max(self._before, LEAST_GAP))

    def least_cost(self) -> FloatArray:
        """Least generalised cost as last met, shape (classes, zones, zones): exact where `exact`."""
        return self._solver._least_costs()

    def covers(self, demands: Sequence[ArrayLike]) -> bool:
        """Whether `set_demand` can take a demand: no class travels from an origin from which it had no traffic."""
        full = np.stack([np.array(d, float) for d in demands])
        full[:, np.arange(self._graph.n_zones), np.arange(self._graph.n_zones)] = 0.0
        return not full.sum(axis=2)[self._unused].any()

    def set_demand(self, demands: Sequence[ArrayLike]) -> None:
        """Another demand on the same routes, vehicles per hour, one matrix a class.

        Raises
        ------
        NetworkError
            If it has demand from an origin from which a class had none: that needs routes.
        """
        solver = self._solver
        p = solver.problem
        full = np.stack([np.array(d, float) * pce for d, pce in zip(demands, p.pce, strict=True)])
        full[:, np.arange(self._graph.n_zones), np.arange(self._graph.n_zones)] = 0.0
        if not self.covers(demands):
            raise NetworkError("a class travels from an origin from which it had no traffic", where="set_demand")
        p.demand[:] = full[p.classes, p.origins]
        solver.class_flow[:] = 0.0
        _load_all(self._graph.net, solver.bushes, p.classes, p.origins, full, solver.class_flow, solver.work)
        solver.flow[:] = solver.class_flow.sum(axis=0)
        fill_times(p.table, solver.flow, solver.time, solver.slope)
        # Gaps met at another demand say nothing about progress at this one.
        solver.met.clear()
        self.exact = False

    def sweep(self) -> float:
        """One sweep over the bushes; gives the relative gap as met on the way."""
        self._before = self.gap
        self.gap = max(self._solver.sweep(SHIFT_THRESHOLD * self.gap), LEAST_GAP)
        self.sweeps += 1
        self.exact = False
        return self.gap

    def measure(self) -> float:
        """Exact relative gap and least costs."""
        self.gap = self._solver.measure()
        self.exact = True
        return self.gap

    def state(self) -> WarmState:
        """The routes as they are, shared with what follows."""
        p = self._solver.problem
        return WarmState(self._solver.bushes, p.classes, p.origins)

    def result(self) -> Equilibrium:
        """Everything at the present flows, measured and checked."""
        if not self.exact:
            self.measure()
        return self._solver.result(self._link_cost, self._dropped, self.gap, self.sweeps, self._begin)
