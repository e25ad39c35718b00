"""A city fitted to its counts, and how far the fit holds on streets it has not seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exante.calibration.counted import Counted, collect, own_counts
from exante.calibration.edge import join_gates
from exante.calibration.free import choose_free, prior_scores, to_values
from exante.calibration.modes import declare_modes, list_modes
from exante.calibration.observe import Profile, by_period, estimate_profile, hourly_flows
from exante.calibration.runs import Progress, Traffic, Twin
from exante.calibration.scores import Score, by_site, naive_by_class, score
from exante.calibration.smoother import Observations, assimilate, observe, shrinkage
from exante.city.city import City
from exante.quantities.declarations import Model
from exante.quantities.errors import UserError
from exante.quantities.parameters import Parameter
from exante.simulation.cache import OutputCache

FloatArray = NDArray[np.float64]

#: Share of resamplings in which the hold-out must improve, and their number.
SURE, RESAMPLINGS = 0.8, 2000


@dataclass(frozen=True)
class Fit:
    """What a calibration gives.

    Attributes
    ----------
    city : City
        The city with its modes declared; its posterior is added by `with_posterior`.
    free : tuple of Parameter
        What was fitted.
    members : ndarray, shape (members, parameters)
        Posterior values.
    scores : ndarray, shape (members, parameters)
        The same in normal scores of the prior.
    counted : Counted
    before, after : Score
        All sites, the city as built at the parameters' medians and at the posterior's mean.
    held_before, held_after, held_naive, held_class : Score
        Every site predicted by a fit without its street; a naive guess is the mean of the other streets' sites,
        a better one that of their road class.
    folds : list of dict
        Streets held out together, and the scores on them.
    chance : float
        Share of resamplings of whole streets in which held-out squared errors fall.
    representativeness : float
        What the model cannot represent at a site, as a share of the mean flow.
    edge : list of dict
        Stations at the city's gates, vehicle/hour counted and modelled before and after; they are fitted and scored
        nowhere.
    classes : list of dict
        Scores of held-out streets by road class, as `held_before`, `held_after` and `held_class`.
    """

    city: City
    free: tuple[Parameter, ...]
    members: FloatArray
    scores: FloatArray
    counted: Counted
    before: Score
    after: Score
    held_before: Score
    held_after: Score
    held_naive: Score
    held_class: Score
    folds: list[dict[str, Any]]
    representativeness: float
    iterations: int
    runs: int
    before_day: dt.date | None
    chance: float
    sites: list[dict[str, Any]] = field(default_factory=list)
    edge: list[dict[str, Any]] = field(default_factory=list)
    classes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def improved(self) -> bool:
        """Whether streets that were held out are closer to the counts than before and than a naive guess.

        By R² between sites, with no fewer hours of GEH below 5, and in `SURE` of the resamplings of streets, so that
        one lucky street does not make a level.
        """
        was, held = self.held_before, self.held_after
        return held.r2 > max(was.r2, self.held_naive.r2, 0.0) and held.geh_day >= was.geh_day and self.chance >= SURE

    @property
    def level(self) -> int:
        """2 where the hold-out improves, else 1."""
        return 2 if self.improved else 1

    def parameters(self) -> list[dict[str, Any]]:
        """Prior, posterior and shrinkage of every parameter."""
        narrowed = shrinkage(self.scores)
        rows = []
        for k, p in enumerate(self.free):
            prior = p.distribution.quantile(np.array([0.05, 0.5, 0.95]))
            told = np.quantile(self.members[:, k], [0.05, 0.5, 0.95])
            rows.append(
                {
                    "name": p.name,
                    "unit": p.unit,
                    "prior": [float(f"{x:.4g}") for x in prior],
                    "posterior": [float(f"{x:.4g}") for x in told],
                    "shrinkage": round(float(narrowed[k]), 3),
                }
            )
        return rows


@dataclass(frozen=True)
class _Flows:
    """Flows of the counted links: members x regimes x periods x links, and the periods' weights."""

    weight: FloatArray
    flow: FloatArray

    def hourly(self, counted: Counted, profile: Profile) -> FloatArray:
        return hourly_flows(self.flow, self.weight, counted, profile)

    def take(self, members: slice) -> _Flows:
        return _Flows(self.weight[members], self.flow[members])


def calibrate(
    city: City,
    *,
    folds: int = 5,
    members: int = 48,
    iterations: int = 3,
    before: dt.date | None = None,
    seed: int = 2024,
    workers: int | None = None,
    cache: OutputCache | None = None,
    models: Sequence[Model] | None = None,
    names: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Fit the city's free parameters to its counts, and hold streets out.

    Parameters
    ----------
    city : City
        With counts; the rules of each count's own day are those of its history.
    folds : int
        Groups of streets that are held out in turn; each is fitted by one step from the first ensemble, which
        all share, and checked by a run at its mean.
    members, iterations : int
        Size of the ensemble, steps of the smoother.
    before : datetime.date, optional
        Only counts from before this day, for forecasts in retrospect.
    seed, workers, cache, models, progress
        As of a forecast.
    names : sequence of str, optional
        Models' parameters to fit; those of `free.OF_MODELS` by default.

    Raises
    ------
    MissingLayerError
        If the city has no counts.
    UserError
        If there are fewer streets than folds, or less than one iteration.
    """
    sites, counts, stations = join_gates(city, *own_counts(city))
    everything = collect(city, sites, counts, before=before)
    edge = np.isin(everything.site.astype(str), sorted(stations))
    counted = everything.take(~edge)  # what is scored and held out; stations at the edge set the gates' shares
    groups = fold_streets(counted, folds)
    if iterations < 1:
        raise UserError(f"{iterations} iterations", where="--iterations", remedy="Ask for 1 or more; 3 is usual")
    declared = declare_modes(city)
    twin = Twin(declared, everything.regimes, cache, models)
    modes = list_modes(declared)
    free = choose_free(twin.parameters, modes) if names is None else choose_free(twin.parameters, modes, names)
    first = prior_scores(members, len(free), seed)
    planned = 1 + members * iterations + 1 + folds
    work = _Work(twin, free, everything, workers, progress, planned)
    built = np.array([[0.0 if p.name in modes else twin.medians[p.name] for p in free]])
    flows = work.run(np.vstack([built, to_values(first, free)]), "first ensemble")
    as_built, prior = flows.take(slice(0, 1)), flows.take(slice(1, None))

    def predict(scores: FloatArray, step: int) -> FloatArray:
        seen = work.run(to_values(scores, free), f"step {step + 1} of {iterations}")
        return observations.read(_by_period(seen, everything, profile))

    profile = estimate_profile(counted, flows.flow.shape[2])
    observations, start = _observed(everything, edge, prior, profile)
    posterior = assimilate(first, start, observations, predict, iterations=iterations)
    means = []
    for rows in groups:
        left = edge.copy()
        left[~edge] = ~rows
        means.append(fold_mean(first, prior, everything.take(left), edge[left]))
    checked = work.run(to_values(np.vstack([posterior.mean(axis=0), *means]), free), "posterior and folds")
    held = [np.full_like(counted.flow, np.nan) for _ in range(3)]
    for k, rows in enumerate(groups):
        train = counted.take(~rows)
        own = estimate_profile(train, flows.flow.shape[2])
        held[0][rows] = as_built.hourly(counted, own)[0][rows]
        held[1][rows] = checked.take(slice(k + 1, k + 2)).hourly(counted, own)[0][rows]
        held[2][rows] = np.nanmean(by_site(train, train.flow)[1], axis=0)
    ids, observed = by_site(counted, counted.flow)
    after = by_site(counted, checked.take(slice(0, 1)).hourly(counted, profile)[0])[1]
    sets = [by_site(counted, h)[1] for h in held]
    by_class = _by_class(declared, counted, ids, observed)
    gates = [_gate_rows(everything, edge, part, profile) for part in (as_built, checked.take(slice(0, 1)))]
    return Fit(
        city=declared,
        free=tuple(free),
        members=to_values(posterior, free),
        scores=posterior,
        counted=counted,
        before=score(by_site(counted, as_built.hourly(counted, profile)[0])[1], observed),
        after=score(after, observed),
        held_before=score(sets[0], observed),
        held_after=score(sets[1], observed),
        held_naive=score(sets[2], observed),
        held_class=score(by_class, observed),
        folds=[_fold(counted, rows, ids, sets, observed) for rows in groups],
        representativeness=observations.representativeness,
        iterations=iterations,
        runs=work.runs,
        before_day=before,
        chance=chance_better(counted, ids, observed, sets[0], sets[1]),
        sites=_site_rows(counted, ids, observed, sets, after),
        classes=_class_rows(_road_class(declared, counted, ids), observed, sets[0], sets[1], by_class),
        edge=[{**was, "fitted": now["modelled"]} for was, now in zip(*gates, strict=True)],
    )


class _Work:
    """Runs of the twin, read at the counted links, and counted."""

    def __init__(
        self,
        twin: Twin,
        free: Sequence[Parameter],
        counted: Counted,
        workers: int | None,
        progress: Progress | None,
        planned: int,
    ) -> None:
        self.twin, self.workers, self.progress, self.runs = twin, workers, progress, 0
        self.planned, self.done = planned, 0
        self.names = [p.name for p in free]
        self.rows = twin.city.table("links").positions(np.array(counted.links, dtype=object))

    def run(self, values: FloatArray, what: str) -> _Flows:
        def read(traffic: tuple[Traffic, ...]) -> FloatArray:
            return np.stack([np.column_stack([t.weight, t.flow[:, self.rows]]) for t in traffic])

        def tell(done: int, _total: int, label: str) -> None:  # of the whole fit, so that the time left is its own
            if self.progress is not None:
                self.progress(self.done + done, self.planned, label)

        found = self.twin.run_all(self.names, values, read, workers=self.workers, progress=tell, what=what)
        self.done += len(values)
        self.runs += len(values) * len(self.twin.regimes)
        return _Flows(found[..., 0], found[..., 1:])


def fold_mean(first: FloatArray, prior: _Flows, train: Counted, edge: NDArray[np.bool_] | None = None) -> FloatArray:
    """Mean scores of a fit to the training rows alone, by one step from the first ensemble, shape (parameters,)."""
    at_edge = np.zeros(len(train.site), dtype=bool) if edge is None else edge
    profile = estimate_profile(train.take(~at_edge), prior.flow.shape[2])
    observations, start = _observed(train, at_edge, prior, profile)

    def never(_scores: FloatArray, _step: int) -> FloatArray:
        raise AssertionError("one step runs nothing")

    fitted = assimilate(first, start, observations, never, iterations=1)
    return np.asarray(fitted.mean(axis=0))


def _observed(
    counted: Counted, edge: NDArray[np.bool_], prior: _Flows, profile: Profile
) -> tuple[Observations, FloatArray]:
    """Observations of these rows, and what the first ensemble predicts of them."""
    predicted = _by_period(prior, counted, profile)
    observations = observe(
        counted,
        by_period(counted.flow, profile),
        predicted,
        edge,
        np.array([len(h) for h in profile.hours], dtype=float),
    )
    return observations, observations.read(predicted)


def _by_period(flows: _Flows, counted: Counted, profile: Profile) -> FloatArray:
    return by_period(_where_counted(flows.hourly(counted, profile), counted), profile)


def _where_counted(hourly: FloatArray, counted: Counted) -> FloatArray:
    """Modelled hours where the site counted, missing elsewhere: both means are over the same hours."""
    return np.where(np.isfinite(counted.flow), hourly, np.nan)


def fold_streets(counted: Counted, folds: int) -> list[NDArray[np.bool_]]:
    """Rows held out together: whole streets, dealt out so that folds have about as many rows each.

    Raises
    ------
    UserError
        If there are fewer streets than folds.
    """
    streets, rows = np.unique(counted.street.astype(str), return_counts=True)
    if not 2 <= folds <= len(streets):
        raise UserError(
            f"{folds} folds of {len(streets)} counted streets",
            where="--folds",
            remedy="Whole streets are held out: ask for at least 2 folds and at most one for each street",
        )
    load, of = np.zeros(folds, dtype=int), {}
    for k in np.lexsort((streets, -rows)):
        of[streets[k]] = int(load.argmin())
        load[of[streets[k]]] += rows[k]
    fold = np.array([of[str(s)] for s in counted.street])
    return [fold == k for k in range(folds)]


def _by_class(city: City, counted: Counted, ids: list[str], observed: FloatArray) -> FloatArray:
    first = [int(np.flatnonzero(counted.site == site)[0]) for site in ids]
    return naive_by_class(observed, counted.street[first], _road_class(city, counted, ids))


def _road_class(city: City, counted: Counted, ids: list[str]) -> np.ndarray:
    links = city.table("links")
    first = [int(np.flatnonzero(counted.site == site)[0]) for site in ids]
    named = np.array([counted.links[counted.link[k]] for k in first], dtype=object)
    return np.asarray(links["road_class"][links.positions(named)])


def _class_rows(
    road_class: np.ndarray, observed: FloatArray, before: FloatArray, after: FloatArray, guess: FloatArray
) -> list[dict[str, Any]]:
    """Scores of the sites of each road class."""
    rows = []
    for name in sorted(set(road_class.tolist())):
        at = road_class == name
        told = {"before": before, "after": after, "road_class": guess}
        rows.append({"class": name, **{key: score(x[at], observed[at]).document() for key, x in told.items()}})
    return rows


def chance_better(
    counted: Counted, ids: list[str], observed: FloatArray, before: FloatArray, after: FloatArray
) -> float:
    """Share of resamplings of whole streets in which squared errors of the sites' means fall."""
    street = dict(zip(counted.site.tolist(), counted.street.tolist(), strict=True))
    mean = [np.nanmean(x, axis=1) for x in (observed, before, after)]
    less = (mean[1] - mean[0]) ** 2 - (mean[2] - mean[0]) ** 2
    _, of = np.unique([street[i] for i in ids], return_inverse=True)
    by_street = np.bincount(of, less)
    random = np.random.default_rng(0)
    drawn = random.integers(0, len(by_street), (RESAMPLINGS, len(by_street)))
    return float((by_street[drawn].sum(axis=1) > 0).mean())


def _fold(
    counted: Counted, rows: NDArray[np.bool_], ids: list[str], sets: list[FloatArray], observed: FloatArray
) -> dict[str, Any]:
    at = np.isin(np.array(ids, dtype=object), counted.site[rows])
    told = {
        name: score(s[at], observed[at]).document() for name, s in zip(("before", "after", "naive"), sets, strict=True)
    }
    return {"streets": sorted(set(counted.street[rows].tolist())), **told}


def _gate_rows(everything: Counted, edge: NDArray[np.bool_], flows: _Flows, profile: Profile) -> list[dict[str, Any]]:
    if not edge.any():
        return []
    counted = everything.take(edge)
    ids, observed = by_site(counted, counted.flow)
    modelled = by_site(counted, flows.hourly(counted, profile)[0])[1]
    return [
        {
            "id": site,
            "observed": float(np.nanmean(observed[k]).round(1)),
            "modelled": float(np.nanmean(modelled[k]).round(1)),
        }
        for k, site in enumerate(ids)
    ]


def _site_rows(
    counted: Counted, ids: list[str], observed: FloatArray, sets: list[FloatArray], after: FloatArray
) -> list[dict[str, Any]]:
    first = {site: k for k, site in reversed(list(enumerate(counted.site.tolist())))}
    return [
        {
            "id": site,
            "street": counted.street[first[site]],
            "link": counted.links[counted.link[first[site]]],
            "observed": float(np.nanmean(observed[k]).round(1)),
            "before": float(np.nanmean(sets[0][k]).round(1)),
            "held_out": float(np.nanmean(sets[1][k]).round(1)),
            "fitted": float(np.nanmean(after[k]).round(1)),
        }
        for k, site in enumerate(ids)
    ]
