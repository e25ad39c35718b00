"""Demand and supply brought to agree: traffic makes costs, costs make traffic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.kernels.equilibrium import Equilibrium, UserClass, WarmState, user_equilibrium
from exante.kernels.link_cost import LinkCost
from exante.kernels.skims import skim
from exante.models.mobility.network import Network
from exante.models.mobility.response import Answer, Response
from exante.models.mobility.tolls import Tolls
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
    tolls : Tolls
    p : dict
        Drawn parameters.
    classes : int
        One, or two where somebody pays a charge.
    """

    def __init__(self, network: Network, tolls: Tolls, p: dict[str, float], classes: int) -> None:
        self.network = network
        # Everybody in the car shares its costs.
        seconds = 3600.0 / (p["value_of_time"] * p["car_occupancy"])
        running = network.length / 1000.0 * p["car_cost"] * seconds
        #: Running cost and charge of each class, s, shape (classes, links).
        self.fixed = np.stack([running, running + tolls.amount * seconds][:classes])
        self.link_cost = LinkCost.bpr(network.free_time, network.capacity, network.alpha, 4.0)

    def costs(self, time: FloatArray) -> FloatArray:
        """Generalised cost between all centroids by class, minutes, shape (classes, n, n)."""
        return np.stack([skim(self.network.graph, time + fixed)[0] for fixed in self.fixed]) / 60.0

    def equilibrium(self, load: FloatArray, gap: float, warm: WarmState | None) -> Equilibrium:
        """User equilibrium of one period's traffic."""
        users = [
            UserClass(matrix, fixed_cost=fixed, name=("without charge", "with charge")[c])
            for c, (matrix, fixed) in enumerate(zip(load, self.fixed, strict=True))
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
    routes: list[WarmState | None] = list(warm.routes) if warm else [None] * periods
    if warm is not None:
        load = _as_classes(warm.load, response)
    else:
        free = np.stack([supply.costs(network.free_time)] * periods)
        first = response.answer(free)
        load, factors = first.load, tuple(c.column_factor for c in first.chosen)
    gap = FIRST_GAP
    mixer = _Anderson(MEMORY)
    demand_gap = np.inf
    for rounds in range(1, MAX_ROUNDS + 1):
        equilibria = tuple(supply.equilibrium(load[h], gap, routes[h]) for h in range(periods))
        routes = [e.state for e in equilibria]
        drive = np.stack([supply.costs(e.travel_time) for e in equilibria])
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


def _as_classes(load: FloatArray, response: Response) -> FloatArray:
    """Traffic of a related run in the classes of this one: payers appear or vanish with the charge."""
    if load.shape[1] == response.classes:
        return load.copy()
    total = load.sum(axis=1)
    if response.classes == 1:
        return total[:, None].copy()
    part = (response.tolls.paying * response.tolls.charged)[:, None, None]
    return np.stack([(1.0 - part) * total, part * total], axis=1)


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
