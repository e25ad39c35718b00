"""What drives a result: the uncertain parameters that an outcome can depend on and that its change follows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata
from scipy.stats import t as student

from exante.evidence.report.digest import Outcome
from exante.indicators import list_indicators
from exante.models import list_models

#: Probability that chance alone makes any of the parameters stand out as a driver of an outcome.
CHANCE = 0.05
#: Draws below which no driver is told: rank correlations of fewer name accidents.
LEAST_DRAWS = 64


@dataclass(frozen=True)
class Driver:
    """An uncertain parameter and how the change of an outcome follows it."""

    parameter: str
    outcome: str
    correlation: float


def list_upstream(outcome: str) -> set[str] | None:
    """Names of the models that an outcome depends on, directly or through others; None if nobody declares it.

    Examples
    --------
    >>> sorted(list_upstream("mean_speed")), sorted(list_upstream("co2_traffic"))
    (['mobility'], ['emissions', 'fleet', 'mobility'])
    """
    reads = next((i.reads for i in list_indicators() if i.name == outcome), None)
    if reads is None:
        return None
    # Not wired: a forecast leaves out optional models that read what no model writes.
    models = {model.name: model for model in list_models()}
    writer = {name: model.name for model in models.values() for name in model.writes}
    found = {writer[name] for name in reads if name in writer}
    waiting = set(found)
    while waiting:
        waiting = {writer[name] for reader in waiting for name in models[reader].reads if name in writer} - found
        found |= waiting
    return found


def can_drive(parameter: str, outcome: str) -> bool:
    """Whether an outcome can depend on a parameter: one of the policy's own, or of a model upstream of the outcome."""
    upstream = list_upstream(outcome)
    model = parameter.split(".", 1)[0]
    return upstream is None or model in upstream or model not in {m.name for m in list_models()}


def list_drivers(forecast: Any, outcomes: list[Outcome], most: int = 3) -> list[Driver]:
    """Parameters whose rank correlation with the change stands out of chance, the strongest first by outcome.

    Only parameters that the outcome can depend on are looked at; with fewer than 64 draws none is told.
    """
    values = forecast.parameters.transpose("draw", "parameter")
    names = [str(n) for n in values["parameter"].values.tolist()]
    drivers = []
    for outcome in outcomes:
        able = [k for k, name in enumerate(names) if can_drive(name, outcome.name)]
        if not outcome.distinguishable or len(outcome.draws) < LEAST_DRAWS or not able:
            continue
        ranks = np.apply_along_axis(rankdata, 0, np.asarray(values.values, dtype=np.float64)[:, able])
        least = least_correlation(len(outcome.draws), len(able))
        found = zip(able, _correlations(ranks, rankdata(outcome.draws)), strict=True)
        strong = sorted(
            ((abs(rho), names[k], rho) for k, rho in found if abs(rho) >= least), key=lambda f: (-f[0], f[1])
        )
        drivers += [Driver(name, outcome.name, float(rho)) for _, name, rho in strong[:most]]
    return drivers


def least_correlation(draws: int, parameters: int) -> float:
    """Rank correlation that the largest of so many unrelated parameters exceeds with the probability `CHANCE`.

    Student's t of a rank correlation, with Bonferroni's share of `CHANCE` for each parameter.

    Examples
    --------
    >>> round(least_correlation(64, 1), 2), round(least_correlation(64, 60), 2), round(least_correlation(16, 60), 2)
    (0.25, 0.41, 0.75)
    """
    t = float(student.ppf(1 - CHANCE / (2 * parameters), draws - 2))
    return t / math.sqrt(draws - 2 + t * t)


def _correlations(ranks: np.ndarray, other: np.ndarray) -> np.ndarray:
    a, b = ranks - ranks.mean(axis=0), other - other.mean()
    scale = np.sqrt((a**2).sum(axis=0) * (b**2).sum())
    return np.divide(a.T @ b, scale, out=np.zeros(ranks.shape[1]), where=scale > 0)
