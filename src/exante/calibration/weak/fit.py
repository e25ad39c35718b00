"""A few parameters moved by weak evidence, and what neighbourhoods that were held out say of it.

One step of the smoother from one ensemble. The result is never level 2: nothing here is a count. No parameter is made
narrower than `LEAST_SPREAD` of its prior, whatever the formal update says.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from threadpoolctl import threadpool_limits

from exante.calibration.free import choose_free, prior_scores, to_values
from exante.calibration.modes import declare_modes, list_modes
from exante.calibration.runs import Progress, Twin
from exante.calibration.smoother import shrinkage, update
from exante.calibration.weak.evidence import Evidence, collect, daily_flow
from exante.city.city import City, Layer
from exante.city.modes import apply_modes
from exante.city.table import Table
from exante.quantities.declarations import Model
from exante.quantities.parameters import Parameter
from exante.simulation.cache import OutputCache
from exante.simulation.state import CityState

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: Level and composition of demand, and two patterns of it; nothing of supply, which this evidence cannot tell apart.
OF_MODELS = ("mobility.external_other", "mobility.rate_other", "mobility.through_share")
OF_CITY = ("city.jobs_centre", "city.jobs_east", "city.gates_motorway")
#: Contrasts of neighbours are wrong together: so many count as one (judgement).
ALIKE = 4.0
#: Least error of a contrast, of its logarithm.
LEAST_ERROR = 0.3
#: A parameter's posterior keeps at least this share of the prior's spread, in normal scores (judgement).
LEAST_SPREAD = 0.7

CANNOT = (
    "how much traffic there is: no count of vehicles by hour, and published daily figures of a few avenues alone",
    "capacities, delays and speeds: not fitted",
    "traffic by hour, by vehicle, and on single streets: NO2 classes are a model's output themselves, and crashes rise "
    "with speed, junctions and people on foot as well as with traffic",
    "mode shares: the constants were already set to them, so they are no new information",
)
"""What weak evidence cannot fix."""


@dataclass(frozen=True)
class WeakFit:
    """What a calibration to weak evidence gives.

    Attributes
    ----------
    city : City
        With its modes declared.
    free : tuple of Parameter
    scores, members : ndarray, shape (members, parameters)
        Posterior, in normal scores of the prior and as values.
    evidence : Evidence
    observations : list of dict
        Each with `kind`, `what`, `observed`, `before`, `after`, `error`.
    held_out : dict
        By proxy (`no2`, `crashes`): rank correlation over what was held out `before`, `after` and of the guess by
        `road_class`, and the number of `rows`.
    runs : int
    """

    city: City
    free: tuple[Parameter, ...]
    scores: FloatArray
    members: FloatArray
    evidence: Evidence
    observations: list[dict[str, Any]]
    held_out: dict[str, dict[str, float]]
    runs: int

    level = 1
    """Never 2: nothing was counted."""

    def parameters(self) -> list[dict[str, Any]]:
        """Prior, posterior and shrinkage of every parameter."""
        narrowed = shrinkage(self.scores)
        return [
            {
                "name": p.name,
                "unit": p.unit,
                "prior": [float(f"{x:.4g}") for x in p.distribution.quantile(np.array([0.05, 0.5, 0.95]))],
                "posterior": [float(f"{x:.4g}") for x in np.quantile(self.members[:, k], [0.05, 0.5, 0.95])],
                "shrinkage": round(float(narrowed[k]), 3),
            }
            for k, p in enumerate(self.free)
        ]


def calibrate_weakly(
    city: City,
    *,
    no2_map: Path | None = None,
    members: int = 16,
    seed: int = 2024,
    workers: int | None = None,
    models: Sequence[Model] | None = None,
    progress: Progress | None = None,
) -> WeakFit:
    """Move a city's demand by weak evidence, half of its neighbourhoods held out.

    Parameters
    ----------
    city : City
    no2_map : Path, optional
        Map of published classes of NO2 by street segment.
    members : int
        Runs of the ensemble; one more for each the medians and the posterior's mean.
    seed, workers, models, progress
        As of `fit.calibrate`.

    Raises
    ------
    MissingLayerError
        If there is no evidence.
    ParameterError
        If there are too few members.
    """
    evidence = collect(city, no2_map, seed)
    declared = _few_modes(city)
    free = choose_free(_parameters(declared, models), list_modes(declared), OF_MODELS)
    first = prior_scores(members, len(free), seed)
    twin = Twin(declared, [declared.as_of], OutputCache(None), models)
    work = _Work(twin, free, workers, progress, members + 1)
    with threadpool_limits(1, user_api="blas"):
        base = twin.central()
        seen = np.stack(work.run(to_values(first, free), evidence.read))
        value, error = evidence.values()
        error = _errors(evidence, value, error, seen)
        scores = widen(update(first, seen, value, np.diag(error**2)))
        fitted = work.run(to_values(scores.mean(axis=0, keepdims=True), free), lambda state: state)[0]
    before, after = evidence.read(base), evidence.read(fitted)
    return WeakFit(
        city=declared,
        free=tuple(free),
        scores=scores,
        members=to_values(scores, free),
        evidence=evidence,
        observations=[
            {"kind": kind, "what": what, "observed": float(v), "before": float(b), "after": float(a), "error": float(e)}
            for kind, what, v, b, a, e in zip(
                evidence.kinds(), evidence.labels(), value, before, after, error, strict=True
            )
        ],
        held_out=held_out(evidence, base, fitted),
        runs=work.runs + 1,
    )


class _Work:
    """States of the twin under other parameters, read one after the other."""

    def __init__(
        self, twin: Twin, free: Sequence[Parameter], workers: int | None, progress: Progress | None, planned: int
    ) -> None:
        self.twin, self.names, self.workers = twin, [p.name for p in free], workers
        self.progress, self.planned, self.runs = progress, planned, 0

    def run(self, values: FloatArray, read: Any) -> list[Any]:
        """What `read` takes from the state at each row of `values`."""

        def one(row: FloatArray) -> Any:
            told = dict(zip(self.names, row.tolist(), strict=True))
            known = self.twin.medians
            parameters = known | {n: v for n, v in told.items() if n in known}
            found = read(self.twin.simulator.run(apply_modes(self.twin.city, told), parameters, self.twin.central()))
            self.runs += 1
            if self.progress is not None:
                self.progress(self.runs, self.planned, "weak evidence")
            return found

        with ThreadPoolExecutor(self.workers or 1) as pool:
            return list(pool.map(one, values))


def _few_modes(city: City) -> City:
    """The city with those of its modes that `OF_CITY` names."""
    declared = declare_modes(city)
    rows = declared.table("demand_modes").frame()
    kept = rows[rows["parameter"].isin(OF_CITY)].reset_index(drop=True)
    return replace(declared.with_table(Table.from_frame("demand_modes", kept)), layers=declared.layers)


def _parameters(city: City, models: Sequence[Model] | None) -> tuple[Parameter, ...]:
    return Twin(city, [city.as_of], None, models).parameters


def _errors(evidence: Evidence, value: FloatArray, error: FloatArray, seen: FloatArray) -> FloatArray:
    """Errors, with those of contrasts estimated by kind from what the ensemble's spread does not explain.

    As in `smoother.observe` (Desroziers et al. 2005); `ALIKE` neighbours count as one.
    """
    kinds = np.array(evidence.kinds(), dtype=object)
    found = error.copy()
    for kind in sorted(set(kinds[np.isnan(error)].tolist())):
        at = kinds == kind
        left = (value[at] - seen[:, at].mean(axis=0)) ** 2 - seen[:, at].var(axis=0, ddof=1)
        found[at] = np.sqrt(ALIKE * max(float(left.mean()), LEAST_ERROR**2))
    return found


def widen(scores: FloatArray) -> FloatArray:
    """Members drawn apart where a parameter has less than `LEAST_SPREAD` of its prior's spread, same shape.

    Examples
    --------
    >>> narrow = np.array([[-0.1], [0.1]])
    >>> round(float(widen(narrow).std(ddof=1)), 3)
    0.7
    """
    mean, spread = scores.mean(axis=0), scores.std(axis=0, ddof=1)
    return np.asarray(mean + (scores - mean) * np.maximum(1.0, LEAST_SPREAD / np.maximum(spread, 1e-9)))


def held_out(evidence: Evidence, before: CityState, after: CityState) -> dict[str, dict[str, float]]:
    """Rank correlations with crashes and classes of NO2 where the fit has not looked, beside a guess by road class.

    The guess has seen the neighbourhoods that were fitted to: the mean class of NO2, or crashes per length, of each
    class of road there.
    """
    found: dict[str, dict[str, float]] = {}
    states = {"before": daily_flow(before), "after": daily_flow(after)}
    held_link = _held_links(evidence)
    known, road = evidence.no2 >= 0, evidence.link_class
    inside = evidence.link_zone >= 0
    if (known & held_link).sum() > 2:
        train, test = known & inside & ~held_link, known & held_link
        guess = _mean_by(road, evidence.no2.astype(float), train)[road]
        rows = {**states, "road_class": guess}
        found["no2"] = {name: _rank(x[test], evidence.no2[test]) for name, x in rows.items()}
        found["no2"]["rows"] = int(test.sum())
    if evidence.crashes.size:
        crashes = evidence.crashes
        zone_held = evidence.held[evidence.zone_group]
        length = evidence.city.column("links.length")
        metres = _by_place(evidence, length)
        rate = crashes[~zone_held].sum(axis=0) / np.maximum(metres[~zone_held].sum(axis=0), 1.0)
        used = zone_held[:, None] & (metres > 0)
        rows = {name: _by_place(evidence, flow * length) for name, flow in states.items()}
        rows["road_class"] = rate * metres
        if used.sum() > 2:
            found["crashes"] = {name: _rank(x[used], crashes[used]) for name, x in rows.items()}
            found["crashes"]["rows"] = int(used.sum())
    return found


def _held_links(evidence: Evidence) -> BoolArray:
    zone = evidence.link_zone
    return np.asarray((zone >= 0) & evidence.held[evidence.zone_group[np.maximum(zone, 0)]])


def _mean_by(group: NDArray[np.int64], value: FloatArray, used: BoolArray) -> FloatArray:
    """Mean by group over the rows used; the mean of all where a group has none."""
    size = int(group.max()) + 1
    count = np.bincount(group[used], minlength=size)
    total = np.bincount(group[used], value[used], minlength=size)
    return np.where(count > 0, total / np.maximum(count, 1), value[used].mean() if used.any() else 0.0)


def _by_place(evidence: Evidence, value: FloatArray) -> FloatArray:
    """Sums over links by zone and class of road, shape (zones, classes)."""
    shape = (len(evidence.zone_group), len(evidence.road_classes))
    inside = evidence.link_zone >= 0
    cell = evidence.link_zone[inside] * shape[1] + evidence.link_class[inside]
    sums = np.bincount(cell, value[inside], shape[0] * shape[1])
    return np.asarray(sums, dtype=np.float64).reshape(shape)


def _rank(modelled: FloatArray, observed: np.ndarray) -> float:
    """Spearman's rank correlation; zero where one of them does not vary."""
    if np.ptp(modelled) == 0 or np.ptp(observed) == 0:
        return 0.0
    return float(spearmanr(modelled, observed).statistic)


def with_weak_posterior(fit: WeakFit) -> City:
    """The city with its table `posterior` at level 1, and a note that its evidence is weak."""
    count, names = fit.members.shape[0], [p.name for p in fit.free]
    table = Table(
        "posterior",
        {
            "draw": np.repeat(np.arange(count), len(names)),
            "parameter": np.tile(np.array(names, dtype=object), count),
            "value": fit.members.ravel(),
        },
    )
    crashes = fit.city.layers.get("crashes")
    told = "; ".join(
        f"rank correlation with {name} {r['after']:.2f} held out ({r['before']:.2f} before, {r['road_class']:.2f} by "
        "road class)"
        for name, r in fit.held_out.items()
    )
    note = (
        f"Weak evidence, no counts: {len(fit.observations)} published figures and contrasts of neighbourhoods; "
        f"{told or 'nothing held out'}. It cannot fix {'; '.join(CANNOT)}."
    )
    layer = Layer(fit.level, crashes.sources if crashes else (), note)
    return replace(fit.city.with_table(table), layers={**fit.city.layers, "posterior": layer})
