"""From sound power per metre to the energy at a façade: own street, and streets around.

A simple method, not the propagation of CNOSSOS-EU: no terrain, no diffraction over single buildings. Distances and
ground as there: a source at 0.05 m, a receiver at 4 m, a hard ground that adds 3 dB.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

HARD_GROUND = 2.0
"""Factor of energy over hard ground: -3 dB of attenuation (Directive 2002/49/EC, Annex II, 2.5.6, with G = 0)."""

RISE = 3.95
"""Height of the receiver (4 m, Annex II, 2.8) above the source (0.05 m, 2.2.1), m."""

HOUSING = 0.1
"""Attenuation through built-up areas, dB per metre and unit of built share (ISO 9613-2:1996, A.3)."""

AIR = np.array([0.1, 0.3, 1.1, 2.4, 4.1, 8.3, 23.7, 82.8]) / 1000.0
"""Attenuation by air at 15 degrees and 80 % humidity by octave band, dB/m (ISO 9613-2:1996, table 2)."""


def own_street_gain(length: ArrayLike, distance: ArrayLike) -> FloatArray:
    """Energy at a façade per unit of power of the street in front of it, 1/m.

    A line source of power W' per metre, seen under the angle ``2 atan(l / 2d)`` from the façade opposite its middle,
    over hard ground: ``2 W' angle / (4 pi d)``.

    Parameters
    ----------
    length, distance : array_like, shape (facades,)
        Of the street, and from the façade to its middle line on the ground, m.

    Examples
    --------
    Doubling the distance of a long street takes 3 dB, when the height is small beside it:

    >>> near, far = own_street_gain([1e6, 1e6], [100.0, 200.0])
    >>> round(float(10 * np.log10(near / far)), 2)
    3.01
    """
    away = np.hypot(np.asarray(distance, dtype=np.float64), RISE)
    angle = 2.0 * np.arctan(np.asarray(length, dtype=np.float64) / (2.0 * away))
    gain: FloatArray = HARD_GROUND * angle / (4.0 * np.pi * away)
    return gain


def canyon_factor(reflection: float, opposite: ArrayLike) -> FloatArray:
    """Factor of energy by the first reflection at the other side of the street.

    The image of the street lies three times as far: ``1 + reflection opposite / 3``. The façade's own reflection is
    left out, as the Directive wants it.

    Parameters
    ----------
    reflection : float
        Share of energy that a wall sends back.
    opposite : array_like, shape (facades,)
        Share of the other side that is built up.

    Examples
    --------
    >>> round(float(10 * np.log10(canyon_factor(0.8, 1.0))), 2)
    1.03
    """
    factor: FloatArray = 1.0 + reflection * np.asarray(opposite, dtype=np.float64) / 3.0
    return factor


def around_gain(gain: ArrayLike, distance: ArrayLike, built: ArrayLike, screening: float) -> FloatArray:
    """Energy at a façade per unit of power of a street nearby, by octave band.

    ``2 gain / (4 pi) 10^(-A / 10)`` with ``A = air D + min(0.1 built D, screening)``.

    Parameters
    ----------
    gain : array_like, shape (paths,)
        Integral of ``1 / D^2`` along the street, 1/m.
    distance : array_like, shape (paths,)
        m.
    built : array_like, shape (paths,)
        Share of the ground that buildings cover.
    screening : float
        Most that buildings take, dB.

    Returns
    -------
    ndarray, shape (8, paths)
        1/m.
    """
    away = np.asarray(distance, dtype=np.float64)
    housing = np.minimum(HOUSING * np.asarray(built) * away, screening)
    spread = HARD_GROUND / (4.0 * np.pi) * np.asarray(gain) * np.exp(-housing * _NEPER)
    taken: FloatArray = spread * np.exp(-AIR[:, None] * away * _NEPER)
    return taken


_NEPER = np.log(10.0) / 10.0
