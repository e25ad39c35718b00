"""Demand and supply brought to agree: traffic makes costs, costs make traffic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.kernels.equilibrium import Equilibrium, UserClass, WarmState, user_equilibrium
from exante.kernels.link_cost import LinkCost
from exante.kernels.skims import skim
from exante.models.mobility.drivers import Drivers
from exante.models.mobility.network import Network
from exante.models.mobility.response import Answer, Response
from exante.models.mobility.warm import Warm
from exante.quantities.errors import ConvergenceError

FloatArray = NDArray[np.float64]

#: Demand gap at which the loop stops: sum of |demand at these costs - traffic assigned| over all traffic.
DEMAND_GAP = 3e-5
#: Relative gap of the equilibrium, (TSTT - SPTT) / TSTT. Coarser ones make rounds cheaper and their costs so
#: noisy that there are more of them.
EQUILIBRIUM_GAP = 1e-6
#: Relative gap of the equilibrium in the first round, whose demand is far off.
FIRST_GAP = 1e-4
MAX_ROUNDS = 50
#: Sweeps of an equilibrium that starts from routes, before it starts again without them, and without routes.
WARM_ITERATIONS = 30
COLD_ITERATIONS = 500
#: Earlier rounds that the acceleration (Anderson 1965) combines.
MEMORY = 4
#: A round whose gap grows by more than this forgets the earlier ones.
SETBACK = 2.0


@dataclass(frozen=True)
class Solution:
    """Traffic and demand that agree.

    Attributes
    ----------
    load : ndarray, shape (periods, classes, centroids, centroids)
        Traffic assigned, pce/hour.
    answer : Answer
        Demand at its costs.
    equilibria : tuple of Equilibrium
        By period.
    demand_gap : float
    rounds : int
    """

    load: FloatArray
    answer: Answer
    equilibria: tuple[Equilibrium, ...]
    demand_gap: float
    rounds: int

    @property
    def equilibrium_gap(self) -> float:
        """Largest relative gap of the periods' equilibria."""
        return max(e.relative_gap for e in self.equilibria)


class Supply:
    """Costs of driving at given traffic.

    Parameters
    ----------
    network : Network
    drivers : Drivers
    p : dict
        Drawn parameters.
    """

    def __init__(self, network: Network, drivers: Drivers, p: dict[str, float]) -> None:
        self.network = network
        self.drivers = drivers
        # Everybody in the car shares its costs.
        seconds = 3600.0 / (p["value_of_time"] * p["car_occupancy"])
        running = network.length / 1000.0 * p["car_cost"] * seconds
        bans, charge = drivers.bans, drivers.tolls.amount * seconds
        walking = running + bans.discomfort
        #: Running cost, charge and discomfort of each class, s, infinite on links barred to it, shape (classes, links).
        self.fixed = np.stack(
            [
                (np.where(bans.closed, np.inf, walking) if barred else np.where(bans.on_foot, np.inf, running))
                + (charge if pays else 0.0)
                for pays, barred in drivers.classes
            ]
        )
        #: Whether anybody travels in a class in a period, shape (periods, classes).
        self.used = np.asarray(drivers.travels.any(axis=0))
        self.used[:, drivers.through] |= bool(drivers.through)
        self.link_cost = LinkCost.bpr(network.free_time, network.capacity, network.alpha, 4.0)

    def costs(self, time: FloatArray, period: int) -> FloatArray:
        """Generalised cost between all centroids by class, minutes, shape (classes, n, n).

        A class in which nobody travels in the period gets the cost of the first.
        """
        cost = [skim(self.network.graph, time + self.fixed[0])[0]]
        for fixed, used in zip(self.fixed[1:], self.used[period, 1:], strict=True):
            cost.append(skim(self.network.graph, time + fixed)[0] if used else cost[0])
        return np.stack(cost) / 60.0

    def equilibrium(self, load: FloatArray, gap: float, warm: WarmState | None) -> Equilibrium:
        """User equilibrium of one period's traffic."""
        users = [
            UserClass(
                matrix,
                fixed_cost=fixed,
                banned=np.isinf(fixed),
                name=f"{'with' if pays else 'without'} charge, {'barred' if barred else 'not barred'}",
            )
            for matrix, fixed, (pays, barred) in zip(load, self.fixed, self.drivers.classes, strict=True)
        ]
        graph = self.network.graph
        if warm is not None:
            try:
                return user_equilibrium(
                    graph, self.link_cost, users, relative_gap=gap, max_iterations=WARM_ITERATIONS, warm=warm
                )
            except ConvergenceError:
                pass  # routes of another equilibrium can block the better ones: begin with none
        return user_equilibrium(graph, self.link_cost, users, relative_gap=gap, max_iterations=COLD_ITERATIONS)


def solve(response: Response, supply: Supply, warm: Warm | None) -> Solution:
    """Iterate traffic and demand to `DEMAND_GAP`, with Anderson acceleration.

    Raises
    ------
    ConvergenceError
        If the gap is not reached in `MAX_ROUNDS`.
    """
    periods = len(response.timing.weight)
    network = supply.network
    factors = warm.factors if warm else None
    routes: list[WarmState | None] = [None] * periods
    if warm is not None:
        load, routes = _as_classes(warm, supply.drivers)
    else:
        free = np.stack([supply.costs(network.free_time, h) for h in range(periods)])
        first = response.answer(free)
        load, factors = first.load, tuple(c.column_factor for c in first.chosen)
    gap = FIRST_GAP
    mixer = _Anderson(MEMORY)
    demand_gap = np.inf
    for rounds in range(1, MAX_ROUNDS + 1):
        equilibria = tuple(supply.equilibrium(load[h], gap, routes[h]) for h in range(periods))
        routes = [e.state for e in equilibria]
        drive = np.stack([supply.costs(e.travel_time, h) for h, e in enumerate(equilibria)])
        answer = response.answer(drive, factors)
        factors = tuple(c.column_factor for c in answer.chosen)
        before = demand_gap
        demand_gap = float(np.abs(answer.load - load).sum() / max(load.sum(), 1e-300))
        solved = max(e.relative_gap for e in equilibria)
        if demand_gap <= DEMAND_GAP and solved <= EQUILIBRIUM_GAP:
            return Solution(load, answer, equilibria, demand_gap, rounds)
        if demand_gap > DEMAND_GAP:
            if demand_gap > SETBACK * before:
                mixer.forget()
            load = mixer.next(load, answer.load)
        gap = EQUILIBRIUM_GAP
    raise ConvergenceError(
        f"demand and traffic differ by {demand_gap:.1e} after {MAX_ROUNDS} rounds, not {DEMAND_GAP:.0e}",
        where="model mobility",
        remedy="Look for zones whose streets cannot carry their traffic, or raise capacities",
    )


def _as_classes(warm: Warm, drivers: Drivers) -> tuple[FloatArray, list[WarmState | None]]:
    """Traffic and routes of a related run in the classes of this one: payers appear or vanish with the charge."""
    before, now = warm.codes.tolist(), drivers.codes.tolist()
    if before == now:
        return warm.load.copy(), list(warm.routes)
    periods, _, n, _ = warm.load.shape
    known = {code: warm.load[:, k] for k, code in enumerate(before)}
    load = np.zeros((periods, len(now), n, n))
    total = warm.load.sum(axis=1)
    barred = sum((known[c] for c in (2, 3) if c in known), np.zeros((periods, n, n)))
    if 2 in now and not (2 in before or 3 in before):
        part = drivers.bans.hours[:, None, None] * drivers.bans.barred[:, None]
        barred = part * total
    elif 2 not in now:
        barred = np.zeros_like(total)
    for group, whole in ((0, total - barred), (2, barred)):
        if group not in now:
            continue
        free = now.index(group)
        if group + 1 in now:
            part = np.zeros((periods, 1, 1)) + drivers.tolls.paying * drivers.tolls.charged[:, None, None]
            load[:, now.index(group + 1)] = part * whole
            load[:, free] = (1.0 - part) * whole
        else:
            load[:, free] = whole
    place = np.array([now.index(code) if code in now else -1 for code in before], dtype=np.int32)
    return load, [None if r is None else WarmState(r.bushes, place[r.classes], r.origins) for r in warm.routes]


class _Anderson:
    """Anderson acceleration of a fixed point, kept non-negative."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self.inputs: list[FloatArray] = []
        self.residuals: list[FloatArray] = []

    def forget(self) -> None:
        self.inputs.clear()
        self.residuals.clear()

    def next(self, x: FloatArray, image: FloatArray) -> FloatArray:
        """Next point from `x` and its image, by least squares over the points kept."""
        flat, residual = x.ravel(), (image - x).ravel()
        self.inputs.append(flat)
        self.residuals.append(residual)
        if len(self.inputs) > self.memory + 1:
            del self.inputs[0], self.residuals[0]
        if len(self.inputs) == 1:
            return image.copy()
        steps = np.stack([residual - r for r in self.residuals[:-1]], axis=1)
        moves = np.stack([flat - i for i in self.inputs[:-1]], axis=1)
        # einsum and not BLAS, whose threads would change the order of sums with their number.
        gram = np.einsum("ij,ik->jk", steps, steps)
        weight = np.linalg.lstsq(gram, np.einsum("ij,i->j", steps, residual), rcond=1e-12)[0]
        point = flat + residual - np.einsum("ij,j->i", moves + steps, weight)
        return np.maximum(point, 0.0).reshape(x.shape)
