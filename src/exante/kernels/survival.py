"""Survival of vehicles: what remains of the registrations of each year, and how much old vehicles are driven."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

#: Oldest age that is counted, years.
OLDEST = 45


def surviving(age: FloatArray, scale: float, shape: float) -> FloatArray:
    """Share of a year's registrations still in use at each age: ``exp(-(age / scale)^shape)``, a Weibull law.

    Parameters
    ----------
    age : ndarray
        Years since registration; negative ages, of vehicles not yet registered, survive by none.
    scale : float
        Age that 37 % reach, years.
    shape : float
        Steepness; above one, old vehicles leave faster than young ones.

    Examples
    --------
    >>> surviving(np.array([-1.0, 0.0, 18.0]), 18.0, 3.0).round(3).tolist()
    [0.0, 1.0, 0.368]
    """
    return np.where(age >= 0, np.exp(-((np.maximum(age, 0.0) / scale) ** shape)), 0.0)


def standard_shares(
    starts: FloatArray, year: float, scale: float, shape: float, decline: float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Share and mean age of the vehicles of each standard in a steadily renewed stock.

    Registrations are the same every year; a vehicle has the standard in force in its year.

    Parameters
    ----------
    starts : ndarray, shape (standards,)
        First year of registrations of each standard, rising; the first standard holds all before the second's.
    year : float
        Year of the stock.
    scale, shape : float
        Of `surviving`.
    decline : float
        Rate at which the distance driven in a year falls with age, 1/year; zero counts vehicles, not kilometres.

    Returns
    -------
    share : ndarray, shape (standards,)
        Sums to one.
    age : ndarray, shape (standards,)
        Years; zero for a standard of the future.
    """
    age: FloatArray = np.arange(OLDEST, dtype=np.float64) + 0.5
    alive = surviving(age, scale, shape) * np.exp(-decline * age)
    standard = np.maximum(np.searchsorted(starts, year - age, side="right") - 1, 0)
    share = np.bincount(standard, alive, minlength=len(starts))
    years = np.bincount(standard, alive * age, minlength=len(starts))
    return share / alive.sum(), np.divide(years, share, out=np.zeros(len(starts)), where=share > 0)


def renewed_share(age: FloatArray, years: float, scale: float, shape: float) -> FloatArray:
    """Share of the vehicles of each age that are gone, and replaced, `years` later.

    Examples
    --------
    >>> bool((np.diff(renewed_share(np.array([1.0, 10.0, 20.0]), 5.0, 18.0, 3.0)) > 0).all())
    True
    """
    now = surviving(age, scale, shape)
    gone: FloatArray = 1.0 - surviving(age + years, scale, shape) / np.maximum(now, 1e-12)
    return gone
