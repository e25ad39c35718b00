"""Iterative ensemble smoothing: parameters moved towards what was counted, as far as the counts are informative.

ES-MDA (Emerick and Reynolds 2013) in normal scores, with two changes for few parameters and many members: sensitivities
are regressions over the ensemble, and the spread is updated by its square root instead of by perturbed observations.
The stochastic update of the library `iterative_ensemble_smoother` was tried first: with 48 members its sampling noise
*widened* parameters that two hundred noisy counts tell little about (shrinkage down to -0.28).

Flows are compared as they are, not as logarithms or roots: a fit of roots agrees with the median street and loses a
tenth of the traffic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.calibration.counted import Counted
from exante.quantities.errors import UserError

FloatArray = NDArray[np.float64]

#: Error of a loop's mean, as a share of the flow (detector), and spread between days of one kind.
DETECTOR, DAY_TO_DAY = 0.05, 0.10
#: Correlation of what the model cannot represent: the same site at another hour or regime, and another site of the
#: same street (judgement; sixty loops on twenty streets are not sixty independent observations).
SAME_SITE, SAME_STREET = 0.9, 0.4
#: Least error of representativeness, as a share of the mean flow.
LEAST_ERROR = 0.05
#: Error of a day's mean over all sites, and of that over all stations at the edge, as a share: traffic that the model
#: puts on the wrong street is on another one, so that the total is known better than independent errors of streets
#: would let it be (judgement). One for the day: errors of its periods are one error of the level.
TOTAL_ERROR = 0.05
#: Error of a gate's modelled traffic where its station is joined by position, as a share of the count: a junction lies
#: between them (judgement). The gate's share of all traffic over the edge is set from the count; its level is not.
EDGE_ERROR = 0.15


@dataclass(frozen=True)
class Observations:
    """What is assimilated: mean flows of periods at each site, then the day's mean over sites inside, and over those at
    the edge, vehicle/hour.

    Attributes
    ----------
    value : ndarray, shape (observations,)
    covariance : ndarray, shape (observations, observations)
        Measurement and representativeness together.
    representativeness : float
        Standard deviation of what the model cannot represent, as a share of the mean flow.
    used : ndarray of bool, shape (rows, periods)
        Where something was counted.
    inside : ndarray of bool, shape (rows,)
        Sites on streets of the city; the others count at its edge.
    hours : ndarray, shape (periods,)
        Weights of the periods in a day's mean.
    """

    value: FloatArray
    covariance: FloatArray
    representativeness: float
    used: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    hours: FloatArray

    def read(self, period_flow: FloatArray) -> FloatArray:
        """The observations' place in flows of rows and periods, shape (..., observations)."""
        return _read(period_flow, self.used, self.inside, self.hours)


def _read(flow: FloatArray, used: NDArray[np.bool_], inside: NDArray[np.bool_], hours: FloatArray) -> FloatArray:
    parts = [flow[..., used]]
    for group in (inside, ~inside):
        at = used & group[:, None]
        if at.any():
            weight = np.broadcast_to(hours, used.shape)[at]
            parts.append((flow[..., at] @ weight / weight.sum())[..., None])
    return np.concatenate(parts, axis=-1)


def observe(
    counted: Counted,
    period_flow: FloatArray,
    predicted: FloatArray,
    edge: NDArray[np.bool_] | None = None,
    hours: FloatArray | None = None,
) -> Observations:
    """Observations with their error.

    The error of representativeness is what remains of the mean squared innovation when the first ensemble's own
    spread and the measurement error are taken out (Desroziers et al. 2005), from these counts only; it is a share
    of the period's mean flow, the same for all periods.

    Parameters
    ----------
    counted : Counted
        Rows of the counts.
    period_flow : ndarray, shape (rows, periods)
        Mean counted flow by period, missing where not counted.
    predicted : ndarray, shape (members, rows, periods)
        The first ensemble's, vehicle/hour.
    edge : ndarray of bool, shape (rows,), optional
        Rows that count at the city's edge, with an error of their own (`EDGE_ERROR`).
    hours : ndarray, shape (periods,), optional
        Hours of the day in each period; the same by default.
    """
    hours = np.ones(period_flow.shape[1]) if hours is None else hours
    used = np.isfinite(period_flow)
    inside = np.ones(len(used), dtype=bool) if edge is None else ~edge
    row, period = np.nonzero(used)
    value, seen = period_flow[used], predicted[:, used]
    within = inside[row]
    scale = np.nanmean(period_flow[inside], axis=0)[period] if (used & inside[:, None]).any() else value
    measured = value**2 * (DETECTOR**2 + DAY_TO_DAY**2 / counted.days[row])
    left = ((value - seen.mean(axis=0)) ** 2 - seen.var(axis=0, ddof=1) - measured) / np.maximum(scale, 1e-9) ** 2
    error = float(np.sqrt(max(left[within].mean() if within.any() else 0.0, LEAST_ERROR**2)))
    same_site = counted.site[row][:, None] == counted.site[row]
    same_street = counted.street[row][:, None] == counted.street[row]
    correlation = np.where(same_site, SAME_SITE, np.where(same_street, SAME_STREET, 0.0))
    np.fill_diagonal(correlation, 1.0)
    spread = np.where(within, error * scale, EDGE_ERROR * value)
    everything = _read(period_flow, used, inside, hours)
    total = everything[len(value) :]
    covariance = np.diag(np.concatenate([measured, (TOTAL_ERROR * total) ** 2]))
    covariance[: len(value), : len(value)] += correlation * np.outer(spread, spread)
    return Observations(everything, covariance, error, used, inside, hours)


def assimilate(
    scores: FloatArray,
    first: FloatArray,
    observations: Observations,
    predict: Callable[[FloatArray, int], FloatArray],
    *,
    iterations: int,
) -> FloatArray:
    """Posterior ensemble of normal scores, shape (members, parameters).

    Parameters
    ----------
    scores : ndarray, shape (members, parameters)
        First ensemble.
    first : ndarray, shape (members, observations)
        What the first ensemble predicts, in the observations' unit.
    observations : Observations
    predict : callable
        `predict(scores, step)`: predictions of a moved ensemble; not called in a single step.
    iterations : int
        Steps of equal weight, each with `iterations` times the error's variance.

    Raises
    ------
    UserError
        If nothing was observed.
    """
    if not len(observations.value):
        raise UserError(
            "nothing was counted that a fit could use", where="calibration", remedy="Add midweek counts on its streets"
        )
    moved, seen = scores, first
    for step in range(iterations):
        if step:
            seen = predict(moved, step)
        moved = update(moved, seen, observations.value, iterations * observations.covariance)
    return moved


def update(scores: FloatArray, seen: FloatArray, value: FloatArray, covariance: FloatArray) -> FloatArray:
    """One Kalman step of an ensemble with regressed sensitivities.

    ``m' = m + K (y - mean(Y))`` and ``C' = C - K G C`` with ``K = C G' (G C G' + R)^-1``, ``G`` the regression of
    `seen` on `scores` and ``C`` their covariance; members keep their places: ``A' = A C^-1/2 C'^1/2``.

    Parameters
    ----------
    scores : ndarray, shape (members, parameters)
    seen : ndarray, shape (members, observations)
    value : ndarray, shape (observations,)
    covariance : ndarray, shape (observations, observations)

    Returns
    -------
    ndarray, shape (members, parameters)

    Examples
    --------
    One parameter of variance one, seen with an error of variance one: half way, and half the variance is left.

    >>> z = np.array([[-1.0], [1.0]]) * np.sqrt(0.5)
    >>> after = update(z, z, np.array([2.0]), np.eye(1))
    >>> [round(float(x), 3) for x in (after.mean(), after.var(ddof=1))]
    [1.0, 0.5]
    """
    mean, centre = scores.mean(axis=0), seen.mean(axis=0)
    parts = scores - mean
    sensitivity = np.linalg.lstsq(parts, seen - centre, rcond=None)[0].T
    spread = parts.T @ parts / (len(scores) - 1)
    crossed = spread @ sensitivity.T
    gain = np.linalg.solve(sensitivity @ crossed + covariance, crossed.T).T
    after = spread - gain @ crossed.T
    turned = parts @ _root(spread, -0.5) @ _root(after, 0.5)
    return np.asarray(mean + gain @ (value - centre) + turned)


def _root(matrix: FloatArray, power: float) -> FloatArray:
    """Symmetric power of a covariance."""
    size, axes = np.linalg.eigh((matrix + matrix.T) / 2)
    return np.asarray((axes * np.maximum(size, 1e-12) ** power) @ axes.T)


def shrinkage(scores: FloatArray) -> FloatArray:
    """How far the counts narrowed each parameter: 1 - posterior over prior standard deviation, in normal scores.

    Zero says that the counts told nothing.
    """
    return np.asarray(1.0 - scores.std(axis=0, ddof=1))
