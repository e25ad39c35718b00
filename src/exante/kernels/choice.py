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


@njit(cache=True, nogil=True)
def _fill_classes(
    base: FloatArray,
    money: FloatArray,
    weight: FloatArray,
    own: FloatArray,
    place: int,
    sensitivity: float,
    share: FloatArray,
    logsum: FloatArray,
) -> None:
    alternatives, rows, columns = base.shape
    for s in range(weight.size):
        for r in range(rows):
            for c in range(columns):
                least = np.inf
                for m in range(alternatives):
                    if m == place:
                        cost = own[s, r, c] if s < own.shape[0] else np.inf
                    else:
                        cost = base[m, r, c] + weight[s] * money[m, r, c]
                    share[m, s, r, c] = cost
                    if cost < least:
                        least = cost
                total = 0.0
                for m in range(alternatives):
                    e = math.exp(-sensitivity * (share[m, s, r, c] - least))
                    share[m, s, r, c] = e
                    total += e
                for m in range(alternatives):
                    share[m, s, r, c] /= total
                logsum[s, r, c] = math.log(total) - sensitivity * least


def logit_by_class(
    base: FloatArray, money: FloatArray, weight: FloatArray, own: FloatArray, place: int, sensitivity: float
) -> tuple[FloatArray, FloatArray]:
    """Logit over modes for classes of people who weigh money differently.

    ``c_ms = base_m + weight_s money_m``, but for the mode `place`, whose cost is a class's own, and which the classes
    beyond `own` do not have.

    Parameters
    ----------
    base : ndarray, shape (modes, rows, columns)
        Generalised minutes at the reference value of time; row `place` is not read.
    money : ndarray, shape (modes, rows, columns)
        EUR in them.
    weight : ndarray, shape (classes,)
        Minutes per EUR of each class, less those of the reference.
    own : ndarray, shape (classes with the mode, rows, columns)
        Generalised minutes of the mode `place`.
    place : int
    sensitivity : float
        1/minute.

    Returns
    -------
    share : ndarray, shape (modes, classes, rows, columns)
        Sums to one over modes.
    logsum : ndarray, shape (classes, rows, columns)

    Examples
    --------
    Two modes of ten minutes, one for an EUR more; a class that weighs it at 20 minutes, and one without the other:

    >>> base, money = np.full((2, 1, 1), 10.0), np.array([[[1.0]], [[0.0]]])
    >>> share, _ = logit_by_class(base, money, np.array([20.0, 0.0]), np.full((1, 1, 1), 10.0), 1, 0.05)
    >>> share[:, :, 0, 0].round(3).tolist()
    [[0.269, 1.0], [0.731, 0.0]]
    """
    modes, rows, columns = base.shape
    share = np.empty((modes, len(weight), rows, columns))
    logsum = np.empty((len(weight), rows, columns))
    base, money, weight, own = (np.ascontiguousarray(a, dtype=np.float64) for a in (base, money, weight, own))
    _fill_classes(base, money, weight, own, place, sensitivity, share, logsum)
    return share, logsum
