"""What margins alone say of a cell that nobody observed: the bounds of Fréchet and Bonferroni."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def frechet_bounds(parts: Sequence[FloatArray], whole: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Least and largest count of those who are in every part, among `whole`.

    ``max(0, sum_k n_k - (K - 1) n) <= n_joint <= min_k n_k``. For two parts both bounds are reached by some table;
    for more, the lower one may be wider than need be.

    Parameters
    ----------
    parts : sequence of ndarray
        Counts of each part; shapes broadcast against each other.
    whole : ndarray
        Count of the population that the parts are taken of.

    Returns
    -------
    low, high : ndarray
        Common shape of the arguments.

    References
    ----------
    Fréchet 1940; Dobra and Fienberg 2000.

    Examples
    --------
    Of 100 persons 70 are over 64 and 60 have a car: 30 to 60 are both.

    >>> low, high = frechet_bounds([np.array(70.0), np.array(60.0)], np.array(100.0))
    >>> float(low), float(high)
    (30.0, 60.0)
    """
    arrays = np.broadcast_arrays(*parts, whole)
    members, total = arrays[:-1], arrays[-1]
    high = members[0].copy()
    sums = members[0].copy()
    for part in members[1:]:
        high = np.minimum(high, part)
        sums = sums + part
    low = np.maximum(0.0, sums - (len(members) - 1) * total)
    return np.minimum(low, high), np.minimum(high, total)
