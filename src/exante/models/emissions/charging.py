"""When electric vehicles charge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

#: Shape of charging at home, mostly in the evening and at night, and elsewhere, by day: judgement, no profile of either
#: city was seen. Scaled to one over the day.
HOME = np.array([6, 5, 4, 4, 3, 2, 2, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 5, 8, 9, 10, 10, 9, 7], dtype=float)
AWAY = np.array([1, 1, 1, 1, 1, 1, 2, 5, 9, 10, 9, 8, 7, 7, 7, 6, 5, 5, 4, 4, 3, 2, 1, 1], dtype=float)


def charging_profile(home: float) -> FloatArray:
    """Share of a day's charging in each hour of the day, shape (24,).

    Parameters
    ----------
    home : float
        Share charged at home.

    Examples
    --------
    >>> float(charging_profile(0.7).sum().round(12))
    1.0
    """
    return home * HOME / HOME.sum() + (1.0 - home) * AWAY / AWAY.sum()
