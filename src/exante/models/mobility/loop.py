"""Demand and supply brought to agree: traffic makes costs, costs make traffic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.kernels.equilibrium import Equilibrium, Steps, UserClass, WarmState
from exante.kernels.link_cost import LinkCost
from exante.models.mobility.drivers import Drivers
from exante.models.mobility.network import Network
from exante.models.mobility.response import Answer, Response
from exante.models.mobility.warm import Warm
from exante.quantities.errors import ConvergenceError

FloatArray = NDArray[np.float64]

#: Demand gap at which the loop stops: sum of |demand at these costs - traffic assigned| over all traffic.
DEMAND_GAP = 3e-5
#: Relative gap of the equilibria at the end, (TSTT - SPTT) / TSTT.
EQUILIBRIUM_GAP = 1e-6
MAX_ROUNDS = 200
#: Sweeps of an equilibrium that starts from routes, before it starts again without them.
WARM_SWEEPS = 30
#: Earlier rounds that the acceleration (Anderson 1965) combines.
MEMORY = 4
#: A period whose gap is at most this share of the largest rests for a round: its costs hardly depend on its demand.
QUIET = 0.01
#: A period starts from the routes of the one before where it has at least this share of its traffic.
ALIKE = 0.7
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
        By period, of the classes that travel in it (`Supply.present`).
    routes : tuple of WarmState
        By period, with classes numbered by `Drivers.codes`.
    demand_gap : float
    rounds : int
    """

    load: FloatArray
    answer: Answer
    equilibria: tuple[Equilibrium, ...]
    routes: tuple[WarmState, ...]
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
        #: Running cost, charge and discomfort of each class, s, infinite on links barred to it, shape (classes, links).
        self.fixed = np.stack(
            [
                bans.discomfort * barred
                + np.where(bans.closed if barred else bans.on_foot, np.inf, money * (running + charge * pays))
                for (pays, barred), money in zip(drivers.classes, drivers.money, strict=True)
            ]
        )
        used = np.asarray(drivers.travels.any(axis=0))
        if drivers.through:
            used[:, drivers.through] |= bans.hours > 0
        used[:, 0] = True
        #: Classes that travel in each period.
        self.present = tuple(np.flatnonzero(row) for row in used)
        self.link_cost = LinkCost.bpr(network.free_time, network.capacity, network.alpha, 4.0)

    def start(self, load: FloatArray, period: int, warm: WarmState | None) -> Steps:
        """The equilibrium of one period's traffic in the making.

        Parameters
        ----------
        load : ndarray, shape (classes, n, n)
            pce/hour.
        period : int
        warm : WarmState, optional
            Routes with classes numbered by `Drivers.codes`.
        """
        users = [
            UserClass(
                load[c],
                fixed_cost=self.fixed[c],
                banned=np.isinf(self.fixed[c]),
                name=_class_name(self.drivers, int(c)),
            )
            for c in self.present[period]
        ]
        if warm is not None:
            place = {int(self.drivers.codes[c]): k for k, c in enumerate(self.present[period])}
            local = np.array([place.get(int(code), -1) for code in warm.classes], dtype=np.int32)
            warm = WarmState(warm.bushes, local, warm.origins)
        return Steps(self.network.graph, self.link_cost, users, warm)

    def routes(self, steps: Steps, period: int) -> WarmState:
        """Its routes, with classes numbered by `Drivers.codes`."""
        state = steps.state()
        codes = self.drivers.codes[self.present[period]]
        return WarmState(state.bushes, codes[state.classes].astype(np.int32), state.origins)

    def costs(self, steps: Steps, period: int) -> FloatArray:
        """Generalised cost between all centroids by class, minutes, shape (classes, n, n).

        A class in which nobody travels in the period gets the cost of the first.
        """
        least = steps.least_cost() / 60.0
        cost = np.repeat(least[:1], len(self.fixed), axis=0)
        cost[self.present[period]] = least
        return cost

    def free_costs(self, period: int) -> FloatArray:
        """The same on empty streets."""
        nobody = np.zeros((len(self.fixed), *(2 * [self.network.graph.n_zones])))
        return self.costs(self.start(nobody, period, None), period)


def _class_name(drivers: Drivers, c: int) -> str:
    pays, barred = drivers.classes[c]
    return f"{'with' if pays else 'without'} charge, {'barred' if barred else 'not barred'}"


def solve(response: Response, supply: Supply, warm: Warm | None) -> Solution:
    """Bring traffic and demand to `DEMAND_GAP` and `EQUILIBRIUM_GAP` together.

    Each round is one sweep over the routes of every period, every other round where a period is quiet. Demand answers
    to the costs that the sweep has met, with Anderson acceleration. Once both gaps should be reached they are measured
    exactly.

    Raises
    ------
    ConvergenceError
        If the gaps are not reached in `MAX_ROUNDS`.
    """
    load, factors, steps = _begin(response, supply, warm)
    restarted = [warm is None] * len(steps)
    costs = [supply.costs(s, h) for h, s in enumerate(steps)]
    mixer = _Anderson(MEMORY)
    demand_gap = np.inf
    rested = [False] * len(steps)  # periods whose routes carry the demand of an earlier round
    for rounds in range(1, MAX_ROUNDS + 1):
        answer = response.answer(np.stack(costs), factors)
        factors = tuple(c.column_factor for c in answer.chosen)
        before = demand_gap
        demand_gap = float(np.abs(answer.load - load).sum() / max(load.sum(), 1e-300))
        agreed = demand_gap <= DEMAND_GAP
        if agreed and not any(rested) and all(s.expected_gap <= EQUILIBRIUM_GAP for s in steps):
            if all(s.exact for s in steps):
                equilibria = tuple(s.result() for s in steps)
                routes = tuple(supply.routes(s, h) for h, s in enumerate(steps))
                return Solution(load, answer, equilibria, routes, demand_gap, rounds)
            for h, s in enumerate(steps):
                if not s.exact:
                    s.measure()
                    costs[h] = supply.costs(s, h)
            continue
        if not agreed:
            if demand_gap > SETBACK * before:
                mixer.forget()
            load = mixer.next(load, answer.load)
        most = max(s.gap for s in steps)
        for h, s in enumerate(steps):
            if not agreed and not rested[h] and s.gap <= QUIET * most:
                rested[h] = True
                continue
            if not agreed or rested[h]:
                steps[h] = s = _with_demand(supply, s, h, load[h])
                rested[h] = False
            elif s.expected_gap <= EQUILIBRIUM_GAP:
                continue
            if s.sweeps >= WARM_SWEEPS and not restarted[h]:
                # Routes of another equilibrium can block the better ones: begin with none.
                steps[h] = s = supply.start(load[h], h, None)
                restarted[h] = True
            s.sweep()
            costs[h] = supply.costs(s, h)
    raise ConvergenceError(
        f"demand and traffic differ by {demand_gap:.1e} after {MAX_ROUNDS} rounds, not {DEMAND_GAP:.0e}, or the "
        f"equilibria by {max(s.gap for s in steps):.1e}, not {EQUILIBRIUM_GAP:.0e}",
        where="model mobility",
        remedy="Look for zones whose streets cannot carry their traffic, or raise capacities",
    )


def _begin(
    response: Response, supply: Supply, warm: Warm | None
) -> tuple[FloatArray, tuple[FloatArray, ...] | None, list[Steps]]:
    """First traffic and its routes: those of a related run, or of the empty network."""
    periods = range(len(supply.present))
    if warm is not None:
        load, known = _as_classes(warm, supply.drivers), warm.routes
        return load, warm.factors, [supply.start(load[h], h, known[h]) for h in periods]
    by_classes: dict[bytes, FloatArray] = {}
    for h in periods:
        key = supply.present[h].tobytes()
        if key not in by_classes:
            by_classes[key] = supply.free_costs(h)
    first = response.answer(np.stack([by_classes[supply.present[h].tobytes()] for h in periods]))
    steps: list[Steps] = []
    for h in periods:  # where streets are much emptier, routes of the period before stand in the way of better ones
        alike = h > 0 and first.load[h].sum() >= ALIKE * first.load[h - 1].sum()
        before = supply.routes(steps[-1], h - 1) if alike else None
        steps.append(supply.start(first.load[h], h, before))
    return first.load, tuple(c.column_factor for c in first.chosen), steps


def _with_demand(supply: Supply, steps: Steps, period: int, load: FloatArray) -> Steps:
    """The same routes with another demand; new ones where a class has demand from a new origin."""
    mine = list(load[supply.present[period]])
    if steps.covers(mine):
        steps.set_demand(mine)
        return steps
    return supply.start(load, period, supply.routes(steps, period))


def _as_classes(warm: Warm, drivers: Drivers) -> FloatArray:
    """Traffic of a related run in the classes of this one: payers appear or vanish with the charge."""
    before, now = warm.codes.tolist(), drivers.codes.tolist()
    if before == now:
        return warm.load.copy()
    periods, _, n, _ = warm.load.shape
    known = {code: warm.load[:, k] for k, code in enumerate(before)}
    load = np.zeros((periods, len(now), n, n))
    total = warm.load.sum(axis=1)
    barred = sum((held for code, held in known.items() if code & 2), np.zeros((periods, n, n)))
    if 2 in now and not any(code & 2 for code in before):
        part = drivers.bans.hours[:, None, None] * drivers.bans.barred[:, None]
        barred = part * total
    elif 2 not in now:
        barred = np.zeros_like(total)
    part = np.zeros((periods, 1, 1)) + drivers.tolls.paying * drivers.tolls.charged[:, None, None]
    by_income = drivers.incomes.with_car.mean(axis=0)
    for group, whole in ((0, total - barred), (2, barred)):
        if group not in now:
            continue
        paying = {code: by_income[code >> 2] for code in now if code & 3 == group + 1}
        taken = sum(paying.values())
        for code, share in paying.items():
            load[:, now.index(code)] = share * part * whole
        load[:, now.index(group)] = (1.0 - taken * part) * whole
    return load


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
