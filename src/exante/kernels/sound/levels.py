"""Levels of the day, and how many people they annoy or wake."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

PENALTY = (0.0, 5.0, 10.0)
"""Added to the levels of day, evening and night, dB (Directive 2002/49/EC, Annex I)."""

LEAST = 40.0
"""Level (dB) below which the studies behind the curves have no data: nobody is counted."""

ANNOYED = (78.9270, -3.1162, 0.0342)
"""Highly annoyed by road noise, percent: constant, Lden, Lden squared (Directive (EU) 2020/367, formula 4)."""

SLEEPLESS = (19.4312, -0.9336, 0.0126)
"""Highly sleep-disturbed by road noise, percent: constant, Lnight, Lnight squared (the same, formula 7)."""


def mean_day_energy(energy: ArrayLike, hours: ArrayLike) -> FloatArray:
    """Energy of the day-evening-night level (Directive 2002/49/EC, Annex I).

    ``sum_p hours_p / 24 10^(penalty_p / 10) energy_p``

    Parameters
    ----------
    energy : array_like, shape (..., 3)
        Mean energy of the hours of day, evening and night.
    hours : array_like, shape (3,)
        Hours of each; they sum to 24.

    Examples
    --------
    A steady 50 dB through day, evening and night is 56.4 dB:

    >>> round(float(10 * np.log10(mean_day_energy([1e5, 1e5, 1e5], [12, 4, 8]))), 2)
    56.4
    """
    weight = np.asarray(hours, dtype=np.float64) / 24.0 * 10.0 ** (np.array(PENALTY) / 10.0)
    total: FloatArray = np.asarray(energy, dtype=np.float64) @ weight
    return total


def annoyed_share(lden: ArrayLike) -> FloatArray:
    """Share of people who are highly annoyed by road noise of this Lden (dB).

    Below its lowest point (45.6 dB) the curve is held there; below 40 dB it is zero.

    Examples
    --------
    >>> np.round(annoyed_share([30.0, 55.0, 65.0]), 4).tolist()
    [0.0, 0.1099, 0.2087]
    """
    return _share(lden, ANNOYED)


def sleepless_share(lnight: ArrayLike) -> FloatArray:
    """Share of people whose sleep road noise of this Lnight (dB) disturbs highly.

    Below 40 dB it is zero.

    Examples
    --------
    >>> np.round(sleepless_share([30.0, 50.0, 60.0]), 4).tolist()
    [0.0, 0.0425, 0.0878]
    """
    return _share(lnight, SLEEPLESS)


def _share(level: ArrayLike, curve: tuple[float, float, float]) -> FloatArray:
    given = np.asarray(level, dtype=np.float64)
    held = np.maximum(given, -curve[1] / (2.0 * curve[2]))
    percent = curve[0] + curve[1] * held + curve[2] * held**2
    share: FloatArray = np.where(given >= LEAST, np.clip(percent / 100.0, 0.0, 1.0), 0.0)
    return share
