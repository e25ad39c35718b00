"""Packages of policies on common draws, and those that no other beats.

Few packages are all computed; many are searched by NSGA-II (Deb et al. 2002; library pymoo), whose every package is
computed once. The front is computed again with more draws, and a package that fails then is told.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from math import prod
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exante.city.city import City
from exante.policy import Policy
from exante.policy.outlays import by_payer
from exante.policy.scenario import Scenario, read_scenario
from exante.quantities.errors import PolicyError, UserError
from exante.simulation.cache import OutputCache
from exante.study.forecast import forecast
from exante.study.result import Forecast
from exante.study.search.goal import Goal
from exante.study.summary import INTERVAL

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int, str], None]
#: Packages of one generation.
GENERATION = 12


@dataclass(frozen=True)
class Portfolio:
    """A package and what it does.

    Attributes
    ----------
    taken : tuple of int
        For each choice 0 (none) or the number of the alternative.
    titles : tuple of str
    outlay : tuple of (float, float)
        Of city and state: capital (EUR) and yearly (EUR/year).
    objectives : ndarray, shape (objectives, draws)
        Change of each, in its unit, in the worst scenario.
    faults : tuple of str
        Constraints that it does not keep, or contradictions between its policies.
    """

    taken: tuple[int, ...]
    titles: tuple[str, ...]
    outlay: tuple[float, float]
    objectives: FloatArray
    faults: tuple[str, ...] = ()

    def document(self, names: Sequence[str]) -> dict[str, Any]:
        """As a JSON object."""
        spreads = {}
        for k, name in enumerate(names):
            if self.objectives.shape[1]:
                low, middle, high = (float(q) for q in np.quantile(self.objectives[k], INTERVAL))
                mean = float(self.objectives[k].mean())
                spreads[name] = {"mean": mean, "p05": low, "p50": middle, "p95": high}
        return {
            "policies": list(self.titles),
            "capital": self.outlay[0],
            "yearly": self.outlay[1],
            "objectives": spreads,
            "faults": list(self.faults),
        }


@dataclass(frozen=True)
class Found:
    """What a search gave.

    Attributes
    ----------
    goal : Goal
    city : City
    front : tuple of Portfolio
        Not beaten by any other, computed with `check_draws`.
    tried : tuple of Portfolio
        All that were computed, with `draws`.
    size : int
        Number of packages that exist.
    """

    goal: Goal
    city: City
    front: tuple[Portfolio, ...]
    tried: tuple[Portfolio, ...] = field(default=())
    size: int = 0

    def document(self) -> dict[str, Any]:
        """As a JSON object."""
        names = [o.indicator for o in self.goal.objectives]
        return {
            "goal": self.goal.title,
            "city": self.city.title,
            "objectives": names,
            "packages": self.size,
            "computed": len(self.tried),
            "draws": self.goal.draws,
            "check_draws": self.goal.check_draws,
            "front": [p.document(names) for p in self.front],
            "tried": [p.document(names) for p in self.tried],
        }


class Judge:
    """Computes packages, each once, on common draws.

    Parameters
    ----------
    city : City
    goal : Goal
    choices : sequence of sequences of Policy
    draws, seed : int
    cache : OutputCache
        Keeps the baseline's draws from one package to the next.
    workers : int, optional
    """

    def __init__(
        self,
        city: City,
        goal: Goal,
        choices: Sequence[Sequence[Policy]],
        draws: int,
        seed: int,
        cache: OutputCache,
        workers: int | None,
    ) -> None:
        self.city, self.goal, self.choices = city, goal, choices
        self.draws, self.seed, self.cache, self.workers = draws, seed, cache, workers
        self.known: dict[tuple[int, ...], Portfolio] = {}
        self.paths: list[Scenario | None] = [read_scenario(name) for name in goal.scenarios] or [None]

    def package(self, taken: Sequence[int]) -> list[Policy]:
        """The policies of a package."""
        return [options[k - 1] for options, k in zip(self.choices, taken, strict=True) if k]

    def outlay(self, policies: Sequence[Policy]) -> tuple[float, float]:
        """Capital and yearly sum of city and state at the medians."""
        sums = [by_payer(policy.at(None).outlays(self.city)) for policy in policies]
        public = [s[payer] for s in sums for payer in ("city", "state")]
        return sum(c for c, _ in public), sum(y for _, y in public)

    def affordable(self, outlay: tuple[float, float]) -> list[str]:
        """Budgets that an outlay exceeds."""
        told = []
        limits = ((self.goal.budget.capital, outlay[0], "capital"), (self.goal.budget.yearly, outlay[1], "a year"))
        for limit, spent, name in limits:
            if limit is not None and spent > limit * (1 + 1e-9):
                told.append(f"costs {spent:,.0f} EUR {name}, the budget is {limit:,.0f}")
        return told

    def judge(self, taken: tuple[int, ...]) -> Portfolio:
        """The package, computed unless it is too dear or contradicts itself."""
        if taken not in self.known:
            self.known[taken] = self._computed(taken)
        return self.known[taken]

    def _computed(self, taken: tuple[int, ...]) -> Portfolio:
        policies = self.package(taken)
        titles = tuple(policy.title for policy in policies)
        outlay = self.outlay(policies)
        empty = np.empty((len(self.goal.objectives), 0))
        faults = self.affordable(outlay)
        if faults:
            return Portfolio(taken, titles, outlay, empty, tuple(faults))
        if not policies:
            still = np.zeros((len(self.goal.objectives), self.draws))
            return Portfolio(taken, titles, outlay, still, tuple(self._out_of_bounds(lambda _: still[0])))
        try:
            runs = [self._run(reduce(add, policies), path) for path in self.paths]
        except PolicyError as error:
            return Portfolio(taken, titles, outlay, empty, (error.what,))
        changes = np.stack([[_change(run, o.indicator) for o in self.goal.objectives] for run in runs])
        signs = np.array([o.sign for o in self.goal.objectives])
        worst = (signs[:, None] * changes.mean(axis=2).T).argmax(axis=1)
        values = np.stack([changes[w, k] for k, w in enumerate(worst)])
        told = dict.fromkeys(fault for run in runs for fault in self._broken(run))
        return Portfolio(taken, titles, outlay, values, tuple(told))

    def _run(self, policy: Policy, path: Any) -> Forecast:
        return forecast(
            self.city,
            policy,
            draws=self.draws,
            seed=self.seed,
            workers=self.workers,
            cache=self.cache,
            horizon=self.goal.horizon,
            scenario=path,
        )

    def _out_of_bounds(self, change_of: Callable[[str], FloatArray]) -> Iterator[str]:
        for bound in self.goal.constraints:
            change = change_of(bound.indicator)
            low = -np.inf if bound.at_least is None else bound.at_least
            high = np.inf if bound.at_most is None else bound.at_most
            held = float(((change >= low) & (change <= high)).mean())
            if held < bound.sure:
                yield f"{bound.indicator} is in its bounds in {100 * held:.0f} % of the draws"

    def _broken(self, run: Forecast) -> Iterator[str]:
        yield from self._out_of_bounds(lambda name: _change(run, name))
        if self.goal.no_district_worse:
            surplus = run.zones["zone_surplus"]
            change = (surplus.sel(scenario="policy") - surplus.sel(scenario="baseline")).mean("draw").values
            district = self.city.column("zones.district").astype(str)
            for name in np.unique(district):
                if change[district == name].sum() < 0:
                    yield f"{name} loses"


def search(
    city: City,
    goal: Goal,
    choices: Sequence[Sequence[Policy]],
    *,
    seed: int = 2024,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Found:
    """The packages that no other beats.

    Parameters
    ----------
    city : City
    goal : Goal
    choices : sequence of sequences of Policy
        As `read_goal` gives.
    seed : int
    workers : int, optional
    progress : callable, optional
        Called as `progress(done, total, what)`; `what` names the best so far.

    Raises
    ------
    UserError
        If no package keeps budget and constraints, or the library pymoo is not installed and there are too many
        packages to compute them all.
    """
    tell = progress or _silent
    sizes = [len(options) + 1 for options in choices]
    size = prod(sizes)
    most = min(size, goal.evaluations)
    with tempfile.TemporaryDirectory(prefix="exante-search-") as folder:
        cache = OutputCache(Path(folder))
        judge = Judge(city, goal, choices, goal.draws, seed, cache, workers)

        def tried() -> list[Portfolio]:
            return list(judge.known.values())

        def seen(taken: tuple[int, ...]) -> Portfolio:
            found = judge.judge(taken)
            best = len(pareto(goal, tried()))
            tell(len(judge.known), most, f"{best} packages that no other beats")
            return found

        if size <= goal.evaluations:
            for taken in product(*[range(n) for n in sizes]):
                seen(taken)
        else:
            _evolve(goal, sizes, seen, judge, seed)
        candidates = pareto(goal, tried())
        if not candidates:
            reasons = dict.fromkeys(f for p in tried() for f in p.faults)
            raise UserError(
                f"no package keeps budget and constraints: {'; '.join(list(reasons)[:4])}",
                where="goal",
                remedy="Raise the budget, or loosen the constraints",
            )
        final = Judge(city, goal, choices, goal.check_draws, seed, cache, workers)
        checked = []
        for k, portfolio in enumerate(candidates):
            tell(most, most, f"checking {k + 1} of {len(candidates)} with {goal.check_draws} draws")
            checked.append(final.judge(portfolio.taken))
    return Found(goal, city, tuple(_ordered(goal, checked)), tuple(tried()), size)


def _silent(_done: int, _total: int, _what: str) -> None:
    pass


def _evolve(
    goal: Goal, sizes: Sequence[int], seen: Callable[[tuple[int, ...]], Portfolio], judge: Judge, seed: int
) -> None:
    """NSGA-II until so many packages were computed, or nothing new comes for five generations."""
    try:
        from pymoo.algorithms.moo.nsga2 import NSGA2
        from pymoo.core.problem import Problem
        from pymoo.operators.crossover.sbx import SBX
        from pymoo.operators.mutation.pm import PM
        from pymoo.operators.repair.rounding import RoundingRepair
        from pymoo.operators.sampling.rnd import IntegerRandomSampling
    except ImportError:
        raise UserError(
            f"{prod(sizes)} packages are too many to compute all of them, and the library pymoo is not installed",
            where="goal",
            remedy="pip install 'exante[search]', or raise evaluations, or offer fewer choices",
        ) from None
    signs = np.array([o.sign for o in goal.objectives])
    problem = Problem(n_var=len(sizes), n_obj=len(signs), n_ieq_constr=1, xl=0, xu=np.array(sizes) - 1, vtype=int)
    repair = RoundingRepair()
    algorithm = NSGA2(
        pop_size=GENERATION,
        sampling=IntegerRandomSampling(),
        crossover=SBX(prob=0.9, eta=3.0, vtype=float, repair=repair),
        mutation=PM(prob=0.9, eta=3.0, vtype=float, repair=repair),
        eliminate_duplicates=True,
    )
    algorithm.setup(problem, termination=("n_gen", 10_000), seed=seed, verbose=False)
    seen((0,) * len(sizes))
    for k, options in enumerate(sizes):  # every policy by itself: the reader wants to see it
        for taken in range(1, options):
            if len(judge.known) < goal.evaluations:
                seen(tuple(taken if j == k else 0 for j in range(len(sizes))))
    still = 0
    while len(judge.known) < goal.evaluations and still < 5:
        before = len(judge.known)
        asked = algorithm.ask()
        results = []
        for individual in asked:
            genes = tuple(int(v) for v in np.round(individual.X))
            if genes in judge.known or len(judge.known) < goal.evaluations:
                results.append(seen(genes))
            else:
                results.append(Portfolio(genes, (), (0.0, 0.0), np.empty((len(signs), 0)), ("not computed",)))
        values = np.array([_scores(p, signs) for p in results])
        asked.set("F", values)
        asked.set("G", np.array([[float(len(p.faults))] for p in results]))
        for individual in asked:
            individual.evaluated.update({"F", "G"})
        algorithm.tell(infills=asked)
        still = still + 1 if len(judge.known) == before else 0


def _scores(portfolio: Portfolio, signs: FloatArray) -> FloatArray:
    """Mean objectives, smaller is better; large where nothing was computed."""
    if not portfolio.objectives.shape[1]:
        return np.full(len(signs), 1e30)
    scores: FloatArray = signs * portfolio.objectives.mean(axis=1)
    return scores


def pareto(goal: Goal, portfolios: Sequence[Portfolio]) -> list[Portfolio]:
    """The feasible packages that no feasible one beats on the means; of equal ones the cheaper."""
    signs = np.array([o.sign for o in goal.objectives])
    sound = [p for p in portfolios if not p.faults and p.objectives.shape[1]]
    if not sound:
        return []
    scores = np.array([[*_scores(p, signs), *p.outlay] for p in sound])
    kept = []
    for k in range(len(sound)):
        no_worse = (scores <= scores[k]).all(axis=1)
        better = no_worse & (scores < scores[k]).any(axis=1)
        twin = no_worse & ~better & (np.arange(len(sound)) < k)
        if not better.any() and not twin.any():
            kept.append(sound[k])
    return _ordered(goal, kept)


def _ordered(goal: Goal, portfolios: Sequence[Portfolio]) -> list[Portfolio]:
    """Best on the first objective first; what fails a check last."""
    sign = goal.objectives[0].sign
    return sorted(
        portfolios,
        key=lambda p: (bool(p.faults), sign * float(p.objectives[0].mean()) if p.objectives.shape[1] else 0.0),
    )


def _change(run: Forecast, indicator: str) -> FloatArray:
    if indicator not in run.indicators:
        raise UserError(
            f"{run.city.title} has no '{indicator}': a layer that it needs is missing",
            where="goal",
            remedy=f"Choose among {', '.join(map(str, run.indicators.data_vars))}",
        )
    values = run.indicators[indicator]
    return np.asarray(values.sel(scenario="policy").values - values.sel(scenario="baseline").values, dtype=float)
