"""Traffic of many members under the rules of every regime that was counted."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from exante.city.city import City
from exante.city.modes import apply_modes
from exante.models import list_models
from exante.quantities.declarations import Model
from exante.simulation import CityState, Draws, Simulator, wire
from exante.simulation.cache import OutputCache

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

RESULTS = ("period_weight", "link_flow")


@dataclass(frozen=True)
class Traffic:
    """Flows of one member under one regime.

    Attributes
    ----------
    weight : ndarray, shape (periods,)
        Hours of a working day that each period stands for.
    flow : ndarray, shape (periods, links)
        vehicle/hour.
    """

    weight: FloatArray
    flow: FloatArray


def traffic_models(models: Iterable[Model] | None = None) -> list[Model]:
    """The models that traffic needs: those that write it, and those these read from."""
    known = list(models if models is not None else list_models())
    writer = {name: m for m in known for name in m.writes}
    needed: dict[str, Model] = {}
    waiting = [writer[name] for name in RESULTS]
    while waiting:
        model = waiting.pop()
        if model.name not in needed:
            needed[model.name] = model
            waiting += [writer[name] for name in model.reads if name in writer]
    return [needed[name] for name in sorted(needed)]


class Twin:
    """A city that can be run at any value of its parameters under any regime of its history.

    Parameters
    ----------
    city : City
        On its own date, with its modes declared.
    regimes : sequence of datetime.date
        A day of each regime; days before the city's own mean the city as it is.
    cache : OutputCache, optional
        None keeps nothing.
    models : sequence of Model, optional
        All known models by default; only those that traffic needs are run.
    """

    def __init__(
        self,
        city: City,
        regimes: Sequence[dt.date],
        cache: OutputCache | None = None,
        models: Iterable[Model] | None = None,
    ) -> None:
        self.city, self.regimes = city, tuple(regimes)
        wiring = wire(traffic_models(models))
        self.simulator = Simulator(wiring, cache)
        self.parameters = tuple(p for m in wiring.models for p in m.parameters)
        self.medians = Draws(self.parameters, 1).medians()
        self._central: CityState | None = None

    def central(self) -> CityState:
        """State of the city at the parameters' medians, solved once: every run starts from it."""
        if self._central is None:
            self._central = self.simulator.run(self.city, self.medians)
        return self._central

    def run(self, values: Mapping[str, float]) -> tuple[Traffic, ...]:
        """Traffic under every regime, the parameters not named at their medians."""
        parameters = self.medians | {n: v for n, v in values.items() if n in self.medians}
        base = apply_modes(self.city, values)
        state, found = self.central(), []
        for day in self.regimes:
            state = self.simulator.run(base.at(max(day, base.as_of)), parameters, state)
            found.append(Traffic(np.array(state.results["period_weight"]), np.array(state.results["link_flow"])))
        return tuple(found)

    def run_all(
        self,
        names: Sequence[str],
        members: FloatArray,
        read: Callable[[tuple[Traffic, ...]], FloatArray],
        *,
        workers: int | None = None,
        progress: Progress | None = None,
        what: str = "members",
    ) -> FloatArray:
        """What `read` takes from every member's traffic, shape (members, …), in order of member.

        Parameters
        ----------
        names : sequence of str
            Names of the parameters.
        members : ndarray, shape (members, parameters)
            Their values.
        read : callable
            Observation of a member's traffic.
        workers : int, optional
            Threads; results do not depend on it.
        progress : callable, optional
            Called as `progress(done, total, what)`.
        """
        tell = progress or (lambda _done, _total, _what: None)
        done = 0
        tell(0, len(members), what)
        with threadpool_limits(1, user_api="blas"):
            self.central()

            def one(row: FloatArray) -> FloatArray:
                nonlocal done
                seen = read(self.run(dict(zip(names, row.tolist(), strict=True))))
                done += 1
                tell(done, len(members), what)
                return seen

            pool = ThreadPoolExecutor(workers or _processors())
            try:
                return np.stack(list(pool.map(one, members)))
            finally:  # stopped: what is queued is not begun, only runs under way end
                pool.shutdown(wait=True, cancel_futures=True)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
