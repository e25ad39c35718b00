"""Air between two rows of houses: what a street adds to the air above its roofs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

FRICTION = 0.1
"""Friction velocity over a city for a unit of wind speed at 10 m (roughness length about 0.3 to 1 m)."""

TURBULENCE = 1.3
"""Standard deviation of vertical wind for a unit of friction velocity, neutral air (Soulhac et al. 2011)."""


def exchange_velocity(speed: float) -> float:
    """Velocity (m/s) at which air passes through the roof of a canyon, at a wind of `speed` m/s at 10 m.

    ``sigma_w / (sqrt(2) pi)`` (Soulhac et al. 2011, SIRANE), with ``sigma_w = 1.3 u*``.

    Examples
    --------
    >>> round(exchange_velocity(3.0), 4)
    0.0878
    """
    return float(TURBULENCE * FRICTION * speed / (np.sqrt(2.0) * np.pi))


def canyon_gain(width: ArrayLike, speed: float) -> FloatArray:
    """Concentration that a canyon adds for a unit of emission per metre of street, s/m2.

    What the street emits leaves through the roof: ``C - C_roof = q / (width exchange_velocity)``.

    Parameters
    ----------
    width : array_like, shape (streets,)
        Between the houses, m.
    speed : float
        Wind at 10 m, m/s.
    """
    gain: FloatArray = 1.0 / (np.asarray(width, dtype=np.float64) * exchange_velocity(speed))
    return gain


def canyon_share(height: ArrayLike, width: ArrayLike) -> FloatArray:
    """How much of a canyon a street is: 0 below a height of a fifth of the width, 1 from a half on.

    SIRANE takes a street for a canyon where height is more than a third of the width; here it grows around that third.

    Examples
    --------
    >>> np.round(canyon_share([0.0, 7.0, 20.0], [20.0, 20.0, 20.0]), 3).tolist()
    [0.0, 0.5, 1.0]
    """
    ratio = np.asarray(height, dtype=np.float64) / np.asarray(width, dtype=np.float64)
    share: FloatArray = np.clip((ratio - 0.2) / 0.3, 0.0, 1.0)
    return share
