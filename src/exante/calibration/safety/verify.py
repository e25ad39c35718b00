"""Rates of crashes by class of road fitted to the register, and a year held out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exante.models.safety import MODEL
from exante.models.safety.run import CLASSES, class_of, exposure_and_speed
from exante.quantities.declarations import Inputs
from exante.quantities.errors import MissingLayerError
from exante.simulation.state import CityState

FloatArray = NDArray[np.float64]

HELD_OUT = 2022
COVID = (2020, 2021)
"""Years whose traffic was not usual: told, and left out of the fit."""


def inputs_of(state: CityState) -> Inputs:
    """What the model of safety reads in this state."""
    own = {n.split(".", 1)[1]: v for n, v in state.parameters.items() if n.startswith("safety.")}
    return Inputs({n: state.read(n) for n in MODEL.reads}, own)


def fit_rates(state: CityState) -> dict[str, Any]:
    """Rates by class from the usual years before the held-out one, and how well they tell that one.

    Places are zone and class together. Exposure and speed are those of the model in this state, as in a forecast. The
    yardsticks are the same place's own mean of the fitted years and the city's mean per place.

    Raises
    ------
    MissingLayerError
        If the city has no register of crashes by zone, class and year, or lacks the held-out year.
    """
    if "crashes" not in state.city.tables:
        raise MissingLayerError(
            f"city '{state.city.name}' has no crashes by zone, class and year",
            where="table crashes",
            remedy="Compare its total with a published one: statistic crashes_year",
        )
    year = state.read("crashes.year")
    years = sorted({int(y) for y in year} - {HELD_OUT, *COVID})
    if HELD_OUT not in year or not years:
        raise MissingLayerError(f"the crashes lack {HELD_OUT}", where="crashes.year", remedy="Add that year")
    zone_row = {name: i for i, name in enumerate(state.read("zones.zone_id").tolist())}
    n = len(CLASSES)
    place = _places(state.read("crashes.zone_id"), class_of(state.read("crashes.road_class")), zone_row)
    observed = {
        y: np.bincount(place[year == y], state.read("crashes.crashes")[year == y], minlength=n * len(zone_row)).astype(
            np.float64
        )
        for y in sorted({int(y) for y in year})
    }
    exposure, relative, road = exposure_and_speed(inputs_of(state))
    power = state.parameters["safety.exponent_crashes"]
    weighed = exposure * relative**power
    held = np.array([z is not None for z in state.read("links.zone_id").tolist()])
    of_link = _places(state.read("links.zone_id")[held], road[held], zone_row)
    model = np.bincount(of_link, weighed[held], minlength=n * len(zone_row)).astype(np.float64)
    fitted: FloatArray = np.mean([observed[y] for y in years], axis=0)
    kind = np.arange(n * len(zone_row)) % n
    total, seen = np.bincount(kind, model, minlength=n), np.bincount(kind, fitted, minlength=n)
    rate = np.divide(seen, total, out=np.zeros(n), where=total > 0)
    told = (rate[kind] * model).astype(np.float64)
    zone_told, zone_fitted, zone_truth = (v.reshape(-1, n).sum(axis=1) for v in (told, fitted, observed[HELD_OUT]))
    level = _level_error()
    return {
        "years_fitted": years,
        "years": {str(y): float(v.sum()) for y, v in observed.items()},
        "rates": {c: float(r) for c, r in zip(CLASSES, rate, strict=True) if r > 0},
        "classes": _classes(told, fitted, observed[HELD_OUT], kind),
        "held_out": _score(told, fitted, observed[HELD_OUT], kind, len(years), level),
        "zones": _score(zone_told, zone_fitted, zone_truth, np.zeros(len(zone_row), dtype=np.int64), len(years), level),
    }


def _level_error() -> float:
    """Standard deviation of the logarithm of a year's number of crashes, as the model has it."""
    level = next(p for p in MODEL.parameters if p.name == "safety.level").distribution
    low, high = (float(np.asarray(level.quantile(q))) for q in (0.05, 0.95))
    return float(np.log(high / low) / (2.0 * 1.645))


def _places(zones: np.ndarray, road: NDArray[np.int64], zone_row: dict[str, int]) -> NDArray[np.int64]:
    return np.array([zone_row[z] for z in zones.tolist()], dtype=np.int64) * len(CLASSES) + road


def _classes(told: FloatArray, fitted: FloatArray, truth: FloatArray, kind: NDArray[np.int64]) -> dict[str, Any]:
    return {
        name: {
            "modelled": float(told[kind == k].sum()),
            "fitted_years": float(fitted[kind == k].sum()),
            "held_out": float(truth[kind == k].sum()),
        }
        for k, name in enumerate(CLASSES)
        if fitted[kind == k].sum() > 0
    }


def overdispersion(told: FloatArray, seen: FloatArray, years: int) -> float:
    """Variance of places' own factors around the model, by moments: ``seen = told (1 +- k) +- sqrt(told / years)``.

    Parameters
    ----------
    told, seen : ndarray, shape (places,)
        Modelled, and mean of the years that were fitted.
    years : int

    Returns
    -------
    float
        ``k^2``, the overdispersion of the negative binomial of road safety (Hauer 1997).

    Examples
    --------
    >>> overdispersion(np.array([100.0, 100.0]), np.array([150.0, 50.0]), 4)
    0.2475
    """
    extra = float(((seen - told) ** 2 - told / years).sum())
    return max(extra / max(float((told**2).sum()), 1e-300), 0.0)


def empirical_bayes(told: FloatArray, seen: FloatArray, years: int, factor: float) -> FloatArray:
    """Crashes a year expected at places by the model and their own past together (Hauer 1997).

    Examples
    --------
    >>> empirical_bayes(np.array([10.0]), np.array([20.0]), 4, 0.25).round(2).tolist()
    [19.09]
    """
    weight = 1.0 / (1.0 + factor * told * years)
    expected: FloatArray = weight * told + (1.0 - weight) * seen
    return expected


def _score(
    told: FloatArray, own: FloatArray, truth: FloatArray, kind: NDArray[np.int64], years: int, level: float
) -> dict[str, float]:
    """Errors in the held-out year: of the model, of each place's own past, of both, of the mean of its class."""
    used = told + own > 0
    m, past, t, group = told[used], own[used], truth[used], kind[used]
    mean = np.bincount(group, past) / np.maximum(np.bincount(group), 1)
    variance = float(((t - t.mean()) ** 2).sum())
    factor = overdispersion(m, past, years)
    both = empirical_bayes(m, past, years, factor)

    def r2(x: FloatArray) -> float:
        return 1.0 - float(((t - x) ** 2).sum()) / variance

    error = 1.645 * np.sqrt(m + (factor + level**2) * m**2)
    width = 1.645 * float(np.hypot(np.sqrt(m.sum()), level * m.sum()))
    return {
        "places": float(len(t)),
        "total_modelled": float(m.sum()),
        "total_p05": float(m.sum()) - width,
        "total_p95": float(m.sum()) + width,
        "total_held_out": float(t.sum()),
        "overdispersion": factor,
        "r2_model": r2(m),
        "r2_model_right_total": r2(m * t.sum() / m.sum()),
        "r2_own_past": r2(past),
        "r2_both": r2(both),
        "r2_class_mean": r2(mean[group]),
        "correlation": float(np.corrcoef(m, t)[0, 1]),
        "covered_by_90": float((np.abs(t - m) <= error).mean()),
    }
