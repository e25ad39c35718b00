"""User equilibrium of several classes (Wardrop 1952, Beckmann et al. 1956) by Algorithm B with second-order shifts."""

from __future__ import annotations

import time as clock
from collections.abc import Sequence

import numpy as np

from exante.kernels.equilibrium.bushes import (
    Bushes,
    Workspace,
    copy_bushes,
    make_bushes,
    make_workspace,
    widen,
)
from exante.kernels.equilibrium.interior import joint_step, make_joint
from exante.kernels.equilibrium.pairs import give_back, make_pairs
from exante.kernels.equilibrium.problem import Problem, UserClass, pack
from exante.kernels.equilibrium.proportion import (
    ENOUGH,
    PASSES,
    ROUNDS,
    Seen,
    admit,
    distinct,
    exchange,
    gather,
    record_cycles,
    settle,
)
from exante.kernels.equilibrium.result import Equilibrium, WarmState, check_flows
from exante.kernels.equilibrium.rounds import equalise
from exante.kernels.equilibrium.swaps import swap_classes
from exante.kernels.equilibrium.sweeps import (
    fill_least_costs,
    find_unreached,
    measure,
    plant_and_load,
    renew,
    sweep,
)
from exante.kernels.graph import FloatArray, Graph, LongArray, list_faults
from exante.kernels.link_cost import LinkCost, fill_times
from exante.quantities.errors import ConvergenceError, NetworkError

PLANTING_BATCHES = 16
"""Times are renewed this often while the first trees are loaded: later origins see the traffic of earlier ones."""

PAIR_ROUNDS = 30
"""Most rounds over the recorded pairs after each sweep."""

PAIR_ENOUGH = 0.005
"""Rounds end once one gains less than this share of the first."""

PAIR_THRESHOLD = 0.1
"""Pairs are left alone below this share of the threshold of the sweep."""

MANY_BUSHES = 256
"""Above this many trees, times are renewed after every one: measured, it saves one sweep in five."""

SHIFT_THRESHOLD = 0.1
"""A merge is left alone while its relative cost difference is below this share of the relative gap."""

SLOW_SWEEPS = 3
SLOW = 0.1
"""Pairs are moved jointly (see :mod:`.interior`) where the gap has not fallen to this share over so many sweeps."""

JOINT_AFTER = 3
"""Rounds before a joint step: they empty slots that are plainly too dear."""

LEAST_GAP = 1e-17
"""Gaps met below this are roundings."""

FLOW_DRIFT = 1e-12
"""Relative rounding of link flows over many shifts that leaves a measured gap exact."""


def user_equilibrium(
    graph: Graph,
    link_cost: LinkCost,
    classes: Sequence[UserClass],
    *,
    relative_gap: float = 1e-6,
    max_iterations: int = 1000,
    warm: WarmState | None = None,
    drop_unreachable: bool = False,
    require_convergence: bool = True,
    proportional: bool = False,
) -> Equilibrium:
    """User equilibrium: no traveller of any class has a cheaper path.

    Parameters
    ----------
    graph : Graph
    link_cost : LinkCost
        Time of each link at its total flow in pce, in the caller's link order.
    classes : sequence of UserClass
        They share the congestion.
    relative_gap : float
        Stop at (TSTT - SPTT) / TSTT not above this.
    max_iterations : int
        Most sweeps over all bushes that may change the bushes.
    warm : WarmState, optional
        ``state`` of an equilibrium on the same graph; only read. Demand, costs, bans and origins may differ.
    drop_unreachable : bool
        Leave out demand between unconnected zones (reported in ``unreachable``) where it would be an error.
    require_convergence : bool
        Raise where the gap is not reached; otherwise give what there is.
    proportional : bool
        Make class and route flows the most likely ones (see :mod:`.proportion`); total flows stay as they are.

    Returns
    -------
    Equilibrium

    Raises
    ------
    NetworkError
        For bad input, or demand between zones that no path connects.
    ConvergenceError
        Where the gap is not reached, or the flows fail the feasibility check.

    Notes
    -----
    Dial, R. B. (2006), A path-based user-equilibrium traffic assignment algorithm that obviates path storage and
    enumeration, Transportation Research Part B 40, 917-936.

    Examples
    --------
    Two parallel routes of 10 + x/100 and 15 + x/200 minutes share 1,000 vehicles as 667 and 333:

    >>> import numpy as np
    >>> graph = Graph.build([0, 0, 2], [1, 2, 1], n_nodes=3, n_zones=2)
    >>> cost = LinkCost.bpr([10.0, 15.0, 0.0], [1000.0, 3000.0, 1.0], [1.0, 1.0, 0.0], [1.0, 1.0, 0.0])
    >>> answer = user_equilibrium(graph, cost, [UserClass([[0.0, 1000.0], [0.0, 0.0]])], relative_gap=1e-12)
    >>> answer.flow.round(6)
    array([666.666667, 333.333333, 333.333333])
    """
    begin = clock.thread_time()
    problem = pack(graph, link_cost, classes)
    solver = _Solver(graph, problem)
    dropped = solver.start(warm, drop_unreachable)
    gap, iterations = solver.run(relative_gap, max_iterations)
    if gap > relative_gap and require_convergence:
        raise ConvergenceError(
            f"The relative gap is {gap:.2e} after {iterations} iterations, not {relative_gap:.2e}",
            where="equilibrium",
            remedy="Allow more iterations or a wider gap",
        )
    if proportional:
        gap = solver.balance()
    return solver.result(link_cost, dropped, gap, iterations, begin)


def compile_kernels() -> None:
    """Compile or load the kernels on a three-link network, so that a first assignment is not timed with it."""
    graph = Graph.build([0, 0, 2], [1, 2, 1], n_nodes=3, n_zones=2)
    cost = LinkCost.bpr([10.0, 15.0, 0.0], [1000.0, 3000.0, 1.0], 1.0, 1.0)
    user = UserClass([[0.0, 1000.0], [0.0, 0.0]])
    answer = user_equilibrium(graph, cost, [user], relative_gap=1e-9)
    user_equilibrium(graph, cost, [user], relative_gap=1e-9, warm=answer.state)


class _Solver:
    """The arrays of one assignment while it runs."""

    def __init__(self, graph: Graph, problem: Problem) -> None:
        self.graph = graph
        self.problem = problem
        n_bushes, links = len(problem.origins), graph.n_links
        self.bushes: Bushes = make_bushes(0, graph.n_nodes, 1)
        self.work: Workspace = make_workspace(graph.n_nodes, links)
        self.flow, self.time, self.slope = np.zeros(links), np.zeros(links), np.zeros(links)
        self.class_flow = np.zeros((len(problem.pce), links))
        self.excess = np.zeros(n_bushes)
        self.least = np.zeros((n_bushes, graph.n_zones))
        self.pairs = make_pairs(n_bushes, 32 * graph.n_nodes, 256 * graph.n_nodes)
        self.full = np.zeros(2, np.int32)
        self.met: list[float] = []
        self.compiling = 0.0
        fill_times(problem.table, self.flow, self.time, self.slope)

    def start(self, warm: WarmState | None, drop_unreachable: bool) -> LongArray:
        """First bushes and their flows; gives the demand that was dropped."""
        problem, graph = self.problem, self.graph
        n_bushes = len(problem.origins)
        if warm is None:
            self.bushes = make_bushes(n_bushes, graph.n_nodes, 64 + graph.n_nodes // 8)
            todo = np.arange(n_bushes)
        else:
            self.bushes, known = _transplant(warm, problem, graph)
            todo = self._renew(known)
        self._plant(todo)
        lost = find_unreached(self.bushes, problem.demand)
        dropped = np.stack([problem.classes[lost[:, 0]], problem.origins[lost[:, 0]], lost[:, 1]], axis=1)
        if len(lost):
            if not drop_unreachable:
                pairs = [f"{o} to {d}" for _, o, d in dropped]
                raise NetworkError(
                    list_faults(f"No path connects {len(pairs)} zone pairs that have demand", pairs),
                    where="graph",
                    remedy="Connect these zones, lift bans, or drop the demand (drop_unreachable, --drop-unreachable)",
                )
            problem.demand[lost[:, 0], lost[:, 1]] = 0.0
            self.measure()
        return dropped

    def _renew(self, known: LongArray) -> LongArray:
        """Make warm bushes fit the present network; gives the bushes that must be planted."""
        p = self.problem
        ok = np.zeros(len(p.origins), bool)
        ok[known] = True
        renew(self.graph.net, self.bushes, known, p.classes, p.demand, p.fixed, self.flow, self.time, self.work, ok)
        fill_times(p.table, self.flow, self.time, self.slope)
        return np.flatnonzero(~ok)

    def _plant(self, todo: LongArray) -> None:
        p = self.problem
        plant_and_load(
            self.graph.net,
            p.table,
            self.bushes,
            todo,
            p.origins,
            p.classes,
            p.demand,
            p.fixed,
            self.flow,
            self.time,
            self.slope,
            self.work,
            max(1, len(todo) // PLANTING_BATCHES) if len(todo) <= MANY_BUSHES else 1,
        )

    def sweep(self, threshold: float) -> float:
        """One sweep over the bushes; gives the relative gap as met on the way."""
        p = self.problem
        self.full[:] = 0
        sweep(
            self.graph.net,
            p.table,
            self.bushes,
            p.classes,
            p.demand,
            p.fixed,
            self.flow,
            self.time,
            self.slope,
            self.work,
            self.pairs,
            threshold,
            self.excess,
            self.least,
            self.full,
        )
        met = float(self.excess.sum() / self._total())
        joint = len(self.met) >= SLOW_SWEEPS and met > SLOW * self.met[-SLOW_SWEEPS]
        self.met.append(met)
        if len(p.pce) > 1:
            swap_classes(self.pairs, p.fixed)
        self._equalise(PAIR_THRESHOLD * threshold, joint)
        give_back(self.bushes, self.pairs)
        if self.full[0]:
            self.bushes = widen(self.bushes, 2 * self.bushes.merge_node.shape[1])
        if self.full[1]:
            self.pairs = make_pairs(len(p.origins), 2 * len(self.pairs.owner), 2 * len(self.pairs.link))
        return met

    def _equalise(self, threshold: float, joint: bool) -> None:
        """Rounds over the pairs; with `joint` all of them also move together once."""
        p = self.problem
        links = (self.flow, self.time, self.slope)
        rounds = JOINT_AFTER if joint else PAIR_ROUNDS
        done, begun = equalise(p.table, self.pairs, p.fixed, *links, threshold, rounds, PAIR_ENOUGH, -1.0)
        if not joint or done:
            return
        if not getattr(joint_step, "signatures", True):
            self._compile_joint()
        filled = self.pairs.filled
        joint_step(p.table, self.pairs, p.fixed, *links, make_joint(filled[0], len(self.flow), filled[2]))
        equalise(p.table, self.pairs, p.fixed, *links, threshold, PAIR_ROUNDS - JOINT_AFTER, PAIR_ENOUGH, begun)

    def _compile_joint(self) -> None:
        """Compile or load the joint step, which few assignments need, on no pairs at all; its time is not theirs."""
        p = self.problem
        begin = clock.thread_time()
        none = make_pairs(1, 1, 1)
        joint_step(p.table, none, p.fixed, self.flow, self.time, self.slope, make_joint(0, len(self.flow), 0))
        self.compiling += clock.thread_time() - begin

    def _total(self) -> float:
        """Total generalised cost of all travellers, with the class flows of the last measurement."""
        return max(float(self.flow @ self.time), np.finfo(float).tiny) + self._fixed_total()

    def _fixed_total(self) -> float:
        fixed = self.problem.fixed
        return float((np.where(self.class_flow > 0, fixed, 0.0) * self.class_flow).sum())

    def measure(self) -> float:
        """Exact relative gap at the present routes; link flows are summed afresh from the bushes."""
        p = self.problem
        while True:
            self.class_flow[:] = 0.0
            measure(
                self.graph.net,
                self.bushes,
                0,
                len(p.origins),
                p.classes,
                p.demand,
                p.fixed,
                self.time,
                self.work,
                self.excess,
                self.least,
                self.class_flow,
            )
            before = self.flow.copy()
            self.flow[:] = self.class_flow.sum(axis=0)
            drift = np.abs(self.flow - before).max()
            fill_times(p.table, self.flow, self.time, self.slope)
            if drift <= FLOW_DRIFT * self.flow.max():
                return self.excess.sum() / self._total()

    def _least_costs(self) -> FloatArray:
        """Least costs of all classes: those of the last measurement, and a tree each for origins without demand."""
        p, graph = self.problem, self.graph
        least = np.empty((len(p.pce), graph.n_zones, graph.n_zones))
        rest = np.ones(least.shape[:2], bool)
        rest[p.classes, p.origins] = False
        least[p.classes, p.origins] = self.least
        fill_least_costs(graph.net, np.argwhere(rest), self.time, p.fixed, self.work, least)
        return least

    def run(self, target: float, max_iterations: int) -> tuple[float, int]:
        """Sweep until the exact gap is not above `target`."""
        gap = self.measure()
        met = 1.0
        for iteration in range(max_iterations):
            if gap <= target:
                return gap, iteration
            before, met = met, max(self.sweep(SHIFT_THRESHOLD * met), LEAST_GAP)
            # A sweep meets the gap that the one before has left: expect the same progress once more.
            gap = self.measure() if met * min(1.0, met / before) <= target else met
        return self.measure(), max_iterations

    def balance(self) -> float:
        """Make class and route flows proportional; gives the gap, which that leaves as it is."""
        p, net, n = self.problem, self.graph.net, len(self.problem.origins)
        seen: Seen = {}
        for _ in range(PASSES):
            before = len(seen)
            while not record_cycles(net, self.bushes, p.classes, p.demand, p.fixed, self.time, self.pairs, self.work):
                self.pairs = make_pairs(n, 2 * len(self.pairs.owner), 2 * len(self.pairs.link))
            pairs = distinct(net, self.pairs, p.fixed, seen)
            if not seen:
                break
            admit(net, self.bushes, p.classes, p.demand, p.fixed, self.time, pairs, self.work)
            flow, into = np.zeros((n, len(pairs.links))), np.zeros((n, len(pairs.nodes)))
            member = np.zeros((len(pairs.middle), n), bool)
            gather(net, self.bushes, p.classes, p.demand, pairs, self.work, flow, into, member)
            rounds = exchange(pairs, member, flow, into, ROUNDS, ENOUGH * float(flow.max()))
            settle(net, self.bushes, p.demand, pairs.links, flow, self.work)
            if rounds == 1 and len(seen) == before:
                break
        return self.measure()

    def result(self, link_cost: LinkCost, dropped: LongArray, gap: float, iterations: int, begin: float) -> Equilibrium:
        """Everything in the caller's link order, checked."""
        p, graph = self.problem, self.graph
        fixed = graph.to_caller(p.fixed)
        pce_flow = graph.to_caller(self.class_flow)
        banned = np.isinf(fixed)
        demand = np.zeros((len(p.pce), graph.n_zones, graph.n_zones))
        demand[p.classes, p.origins] = p.demand
        check_flows(graph, pce_flow, demand, banned)
        flow = graph.to_caller(self.flow)
        travel_time = graph.to_caller(self.time)
        trips = p.demand.sum()
        excess = gap * self._total()
        fixed_part = float((np.where(banned, 0.0, fixed) * pce_flow).sum())
        return Equilibrium(
            flow=flow,
            class_flow=pce_flow / p.pce[:, None],
            travel_time=travel_time,
            generalised_cost=travel_time + fixed,
            objective=float(link_cost.integral(flow).sum()) + fixed_part,
            relative_gap=gap,
            average_excess_cost=excess / trips if trips > 0 else 0.0,
            iterations=iterations,
            cpu_seconds=clock.thread_time() - begin - self.compiling,
            least_cost=self._least_costs(),
            unreachable=dropped,
            state=WarmState(self.bushes, p.classes, p.origins),
        )


def _transplant(warm: WarmState, problem: Problem, graph: Graph) -> tuple[Bushes, LongArray]:
    """Copies of the warm bushes in the order of the new problem, and which of the new bushes have one."""
    if warm.bushes.approach.shape[1] != graph.n_nodes:
        raise NetworkError(
            f"The warm start is for {warm.bushes.approach.shape[1]} nodes, the graph has {graph.n_nodes}",
            where="warm start",
            remedy="Start from an equilibrium on the same graph, or without one",
        )
    same = np.array_equal(warm.classes, problem.classes) and np.array_equal(warm.origins, problem.origins)
    if same:
        return copy_bushes(warm.bushes), np.arange(len(problem.origins))
    place = {pair: k for k, pair in enumerate(zip(warm.classes.tolist(), warm.origins.tolist(), strict=True))}
    source = np.array(
        [place.get(pair, -1) for pair in zip(problem.classes.tolist(), problem.origins.tolist(), strict=True)],
        dtype=np.int64,
    )
    fresh = make_bushes(len(source), graph.n_nodes, warm.bushes.merge_node.shape[1])
    known = np.flatnonzero(source >= 0)
    for name in Bushes._fields:
        getattr(fresh, name)[known] = getattr(warm.bushes, name)[source[known]]
    return fresh, known
