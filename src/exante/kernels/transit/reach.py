"""Travel times of lines with headways as passengers meet them: percentiles over the minute of departure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.quantities.errors import ParameterError

FloatArray = NDArray[np.float64]


def time_percentile(
    walk: FloatArray, wait: FloatArray, ride: FloatArray, boardings: FloatArray, percent: float
) -> FloatArray:
    """Door-to-door time that a share of departures does not exceed, minutes.

    Waits are uniform between zero and twice their mean and independent of each other: one wait is taken as it is, the
    sum of two or more as normal with the variance ``w^2 / (3 n)`` of `n` equal waits that sum to the mean `w`, cut to
    what is possible.

    Parameters
    ----------
    walk, wait, ride : ndarray
        Mean minutes, of one shape.
    boardings : ndarray
        Mean boardings; times are infinite where there is none.
    percent : float
        Between 0 and 100.

    Returns
    -------
    ndarray
        Of the same shape.

    Raises
    ------
    ParameterError
        If `percent` is out of range.

    Examples
    --------
    Half of the departures wait five minutes or less where the mean is five:

    >>> times = [time_percentile(*np.array([[4.0], [5.0], [10.0], [1.0]]), q) for q in (0, 50, 90)]
    >>> [round(float(t[0]), 1) for t in times]
    [14.0, 19.0, 23.0]
    """
    from scipy.special import ndtri

    if not 0 <= percent <= 100:
        raise ParameterError(f"{percent} is no percentile", remedy="Give a number from 0 to 100")
    q = percent / 100.0
    n = np.maximum(boardings, 1.0)
    one = 2.0 * q * wait
    spread = wait / np.sqrt(3.0 * n)
    more = np.clip(wait + spread * np.clip(ndtri(q), -9.0, 9.0), 0.0, 2.0 * wait)
    share = np.clip(n - 1.0, 0.0, 1.0)
    total = walk + ride + (1.0 - share) * one + share * more
    return np.where(boardings > 0, total, np.inf)
