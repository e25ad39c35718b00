"""How far a zone's share of the city's jobs, places of study or services can be off: nobody counted them by zone."""

from __future__ import annotations

import numpy as np

#: Largest standard deviation of a log share (a factor of 3.3): where both proxies are tiny their ratio says little.
WIDEST = 1.2
#: Shares below this part of the mean are taken as this, so that an empty zone has a ratio.
SMALLEST = 1e-3


def coefficient_of_variation(log_spread: np.ndarray | float) -> np.ndarray:
    """Coefficient of variation of a lognormal number, ``sqrt(exp(sigma^2) - 1)``.

    Examples
    --------
    >>> round(float(coefficient_of_variation(0.69)), 2)
    0.78
    """
    return np.asarray(np.sqrt(np.expm1(np.square(np.minimum(log_spread, WIDEST)))))


def of_two_proxies(one: np.ndarray, other: np.ndarray, agreed: float) -> np.ndarray:
    """Coefficient of variation of zone shares that are a mean of two proxies.

    ``sigma^2 = agreed^2 + (ln(one / other) / 2)^2``: half the gap is the standard deviation of two values about their
    mean; `agreed` is what both may miss together.

    Parameters
    ----------
    one, other : ndarray, shape (zones,)
        Proxies in any unit.
    agreed : float
        Standard deviation of the log where both agree.
    """
    first, second = (np.maximum(p / p.mean(), SMALLEST) for p in (one, other))
    return coefficient_of_variation(np.sqrt(agreed**2 + (0.5 * np.log(first / second)) ** 2))
