"""Discrete choice on arrays: logit shares and logsums of alternatives whose cost is in generalised minutes."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _fill(cost: FloatArray, sensitivity: float, share: FloatArray, logsum: FloatArray) -> None:
    alternatives, rows, columns = cost.shape
    for r in range(rows):
        for c in range(columns):
            least = np.inf
            for m in range(alternatives):
                if cost[m, r, c] < least:
                    least = cost[m, r, c]
            if least == np.inf:
                logsum[r, c] = -np.inf
                for m in range(alternatives):
                    share[m, r, c] = 0.0
                continue
            total = 0.0
            for m in range(alternatives):
                weight = math.exp(-sensitivity * (cost[m, r, c] - least))
                share[m, r, c] = weight
                total += weight
            for m in range(alternatives):
                share[m, r, c] /= total
            logsum[r, c] = math.log(total) - sensitivity * least


def logit(cost: FloatArray, sensitivity: float) -> tuple[FloatArray, FloatArray]:
    """Shares and logsum of a multinomial logit over the first axis.

    ``P_m = exp(-s c_m) / sum_k exp(-s c_k)``, ``L = ln sum_k exp(-s c_k)`` (McFadden 1974).

    Parameters
    ----------
    cost : ndarray, shape (alternatives, rows, columns)
        Generalised cost, minutes; infinite where the alternative is not available.
    sensitivity : float
        Scale `s`, 1/minute.

    Returns
    -------
    share : ndarray, shape (alternatives, rows, columns)
        Sums to one over alternatives; zero where none is available.
    logsum : ndarray, shape (rows, columns)
        Without unit; minus infinity where none is available.

    Examples
    --------
    >>> share, logsum = logit(np.array([[[10.0]], [[10.0]]]), 0.05)
    >>> share[:, 0, 0].tolist(), round(float(logsum[0, 0]), 4)
    ([0.5, 0.5], 0.1931)
    """
    cost = np.ascontiguousarray(cost, dtype=np.float64)
    share = np.empty_like(cost)
    logsum = np.empty(cost.shape[1:])
    _fill(cost, sensitivity, share, logsum)
    return share, logsum
