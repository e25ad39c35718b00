"""Paired ensembles: the same draw of the same parameters on the baseline and on the policy's city."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from threadpoolctl import threadpool_limits

from exante.city.city import City
from exante.city.modes import apply_modes
from exante.quantities.declarations import Indicator
from exante.quantities.distributions import Distribution
from exante.simulation.draws import Draws
from exante.simulation.state import CityState, ModelRun, Simulator

#: Draws in which the baseline is solved again from the policy's state, to measure numerical noise.
NOISE_DRAWS = 2

Progress = Callable[[int, int, str], None]
Fields = Callable[[CityState], Mapping[str, np.ndarray]]


class PolicyLike(Protocol):
    """A policy that can be resolved for a draw and applied to a city."""

    def uncertain(self) -> Mapping[str, Distribution]:
        """The policy's own distributions by path."""

    def at(self, uniforms: Mapping[str, float] | None) -> PolicyLike:
        """The policy with every distribution at its quantile; None gives medians."""

    def apply(self, city: City) -> City:
        """The city with the policy in force."""


@dataclass(frozen=True)
class Ensemble:
    """Outcomes of all draws, in order of draw.

    Parameters
    ----------
    indicators : ndarray, shape (indicator, scenario, draw)
        In the order given; scenario 0 is the baseline, 1 the policy.
    fields : dict of str to ndarray, shape (scenario, draw, ...)
        Arrays by domain for maps, float32.
    noise : ndarray, shape (indicator,)
        Numerical noise floor: largest change seen when the same baseline is solved again from elsewhere.
    diagnostics : dict of str to ndarray, shape (scenario, draw)
        Diagnostics of the models.
    policy_uniforms : list of dict
        Uniforms of the policy's own distributions in each draw.
    """

    indicators: np.ndarray
    fields: dict[str, np.ndarray]
    noise: np.ndarray
    diagnostics: dict[str, np.ndarray]
    policy_uniforms: list[dict[str, float]]


@dataclass(frozen=True)
class _Pair:
    values: np.ndarray
    fields: tuple[Mapping[str, np.ndarray], Mapping[str, np.ndarray]]
    diagnostics: tuple[dict[str, float], dict[str, float]]
    noise: np.ndarray | None


def run_ensemble(
    simulator: Simulator,
    city: City,
    policy: PolicyLike,
    draws: Draws,
    indicators: Sequence[Indicator],
    fields: Fields,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    background: PolicyLike | None = None,
    noise_draws: int = NOISE_DRAWS,
) -> Ensemble:
    """Run baseline and policy in every draw.

    The central baseline (all parameters at their medians) is solved first; every draw's baseline starts
    from it and every policy from the same draw's baseline, so that results do not depend on the order
    or number of workers.

    Parameters
    ----------
    simulator : Simulator
        Wired models and their cache.
    city : City
        The baseline.
    policy : PolicyLike
        What is forecast.
    draws : Draws
        Parameters' draws.
    indicators : sequence of Indicator
        Outcomes.
    fields : callable
        Arrays of a state that are kept for maps.
    workers : int, optional
        Threads; by default the processors at hand.
    progress : callable, optional
        Called as `progress(done, total, what)`.
    background : PolicyLike, optional
        What changes with and without the policy (a scenario of the horizon), applied to the city of every draw first.
    noise_draws : int
        Draws in which the noise is measured; with none it is told as zero.
    """
    with threadpool_limits(1, user_api="blas"):  # draws are the threads; a BLAS of its own adds waiting
        tell = progress or _silent
        return _run(simulator, city, policy, draws, indicators, fields, workers, tell, background, noise_draws)


def _run(
    simulator: Simulator,
    city: City,
    policy: PolicyLike,
    draws: Draws,
    indicators: Sequence[Indicator],
    fields: Fields,
    workers: int | None,
    tell: Progress,
    background: PolicyLike | None,
    noise_draws: int,
) -> Ensemble:
    total = draws.number + 1
    tell(0, total, "baseline at the parameters' medians")
    medians = draws.medians()
    behind = draws.policy_uniforms(background.uncertain()) if background else None

    def at(known: Mapping[str, float], uniforms: Mapping[str, float] | None) -> City:
        """The baseline's city: the modes of a draw, and what changes anyway."""
        drawn = apply_modes(city, known)
        return background.at(uniforms).apply(drawn) if background else drawn

    central = simulator.run(at(medians, None), medians)
    uniforms = draws.policy_uniforms(policy.uncertain())
    policy.at(uniforms[0]).apply(at(medians, None))  # a policy that does not fit fails before the long work

    def one(draw: int) -> _Pair:
        parameters = draws.values(draw)
        drawn = at(parameters, behind[draw] if behind else None)
        base = simulator.run(drawn, parameters, central)
        after = simulator.run(policy.at(uniforms[draw]).apply(drawn), parameters, base)
        values = np.array([[state.value(i) for state in (base, after)] for i in indicators])
        noise = None
        if draw < noise_draws:
            again = _solved_again(simulator, drawn, parameters, base, after)
            noise = np.abs(np.array([again.value(i) for i in indicators]) - values[:, 0])
        before = fields(base)
        # what a policy adds stands at the end of its table, and has nothing to be compared with
        then = {name: field[: len(before[name])] for name, field in fields(after).items()}
        return _Pair(values, (before, then), (base.diagnostics(), after.diagnostics()), noise)

    tell(1, total, "draws")
    workers = workers or _processors()
    pairs: list[_Pair] = []
    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        futures = [pool.submit(one, k) for k in range(draws.number)]
        waiting = set(futures)
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_EXCEPTION, timeout=0.2)
            for future in finished:
                future.result()
            tell(1 + draws.number - len(waiting), total, "draws")
        pairs = [f.result() for f in futures]
    finally:
        pool.shutdown(cancel_futures=True)  # after an error or Ctrl-C: only the draws under way are finished
    simulator.cache.trim()
    noises = [pair.noise for pair in pairs if pair.noise is not None]
    return Ensemble(
        indicators=np.stack([pair.values for pair in pairs], axis=-1),
        fields={
            name: np.stack([np.stack([p.fields[s][name] for p in pairs]) for s in (0, 1)]).astype(np.float32)
            for name in pairs[0].fields[0]
        },
        noise=np.max(noises, axis=0) if noises else np.zeros(len(indicators)),
        diagnostics={
            name: np.array([[p.diagnostics[s].get(name, np.nan) for p in pairs] for s in (0, 1)])
            for name in pairs[0].diagnostics[0]
        },
        policy_uniforms=uniforms,
    )


def _solved_again(
    simulator: Simulator, city: City, parameters: Mapping[str, float], base: CityState, after: CityState
) -> CityState:
    """The baseline solved from the policy's state; models that the policy did not touch keep theirs."""
    moved = {
        name: run if run.content == base.runs[name].content else _restarted(run) for name, run in after.runs.items()
    }
    if all(run.content == base.runs[name].content for name, run in after.runs.items()):
        moved = {name: _restarted(run) for name, run in base.runs.items()}
    return simulator.run(city, parameters, CityState(city, moved, parameters))


def _restarted(run: ModelRun) -> ModelRun:
    """The same run under a content key that no city has: a start, never a result to reuse."""
    return replace(run, content="restart")


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _silent(_done: int, _total: int, _what: str) -> None:
    pass
