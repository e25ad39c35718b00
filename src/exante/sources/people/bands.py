"""Fifths of income by zone, from means and Gini coefficients of small areas (lognormal within each)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from exante.quantities.errors import SourceError

#: Number of bands of equal population.
BANDS = 5


class Bands(NamedTuple):
    """Bands of income and the people in them.

    Attributes
    ----------
    lower, upper, mean : ndarray, shape (bands,)
        EUR per year; the last upper limit is missing (NaN).
    share : ndarray, shape (zones, bands)
        Share of each zone's people by band; NaN where the zone has no income.
    """

    lower: np.ndarray
    upper: np.ndarray
    mean: np.ndarray
    share: np.ndarray


def spread_of_gini(gini: np.ndarray) -> np.ndarray:
    """Standard deviation of log income of a lognormal distribution with this Gini coefficient (0 to 1).

    ``sigma = sqrt(2) * Phi^-1((1 + G) / 2)`` (Aitchison and Brown 1957).

    Examples
    --------
    >>> round(float(spread_of_gini(np.array(0.378))), 3)
    0.697
    """
    return np.asarray(np.sqrt(2.0) * ndtri((1.0 + np.asarray(gini, dtype=float)) / 2.0))


def fifths(mean: np.ndarray, sigma: np.ndarray, weight: np.ndarray, zone: np.ndarray, zones: int) -> Bands:
    """The bands that cut the city's people into equal parts, and each zone's share in them.

    Parameters
    ----------
    mean : ndarray, shape (units,)
        Mean income of small areas, EUR per year.
    sigma : ndarray, shape (units,)
        Standard deviation of log income within each.
    weight : ndarray, shape (units,)
        Persons.
    zone : ndarray of int, shape (units,)
        Row of the zone that a unit lies in.
    zones : int
        Number of zones.

    Raises
    ------
    SourceError
        If no unit has persons and an income, or a mean or spread is not above zero.
    """
    known = np.isfinite(mean) & np.isfinite(sigma) & (weight > 0)
    if not known.any():
        raise SourceError("no area has both residents and an income", where="income")
    mean, sigma, weight, zone = mean[known], sigma[known], weight[known], zone[known]
    if (mean <= 0).any() or (sigma <= 0).any():
        raise SourceError("an income or its spread is not above zero", where="income", remedy="Correct the row")
    middle = np.log(mean) - 0.5 * sigma**2
    share = weight / weight.sum()

    def below(log_income: float) -> float:
        return float(share @ ndtr((log_income - middle) / sigma))

    low, high = float((middle - 9 * sigma).min()), float((middle + 9 * sigma).max())
    cuts = [brentq(lambda x, k=k: below(x) - k / BANDS, low, high, xtol=1e-13) for k in range(1, BANDS)]
    edges = np.array([-np.inf, *cuts, np.inf])
    inside = np.diff(ndtr((edges[None, :] - middle[:, None]) / sigma[:, None]), axis=1)
    # mean within a band: partial expectation of the lognormal
    money = np.diff(ndtr((edges[None, :] - middle[:, None]) / sigma[:, None] - sigma[:, None]), axis=1) * mean[:, None]
    by_zone = np.zeros((zones, BANDS))
    np.add.at(by_zone, zone, weight[:, None] * inside)
    whole = by_zone.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        by_zone = np.where(whole > 0, by_zone / whole, np.nan)
    limits = np.exp(edges)
    limits[-1] = np.nan
    return Bands(limits[:-1], limits[1:], share @ money / (share @ inside), by_zone)
