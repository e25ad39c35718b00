"""Sound power of road vehicles by octave band: CNOSSOS-EU as amended in 2020.

Directive 2002/49/EC, Annex II, 2.2, with the coefficients of Delegated Directive (EU) 2021/1226. A vehicle is a point
source 0.05 m above the road; its power is given in the semi-free field, on the reference surface at 20 degrees.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

#: Mid-frequencies of the octave bands, Hz.
BANDS = (63, 125, 250, 500, 1000, 2000, 4000, 8000)

#: A-weighting at these bands, dB (IEC 61672-1).
A_WEIGHTING = np.array([-26.2, -16.1, -8.6, -3.2, 0.0, 1.2, 1.0, -1.1])

#: Categories of vehicles: light, medium heavy, heavy, mopeds (4a), motorcycles (4b).
CATEGORIES = ("1", "2", "3", "4a", "4b")

REFERENCE_SPEED = 70.0  # km/h
SLOWEST = 20.0  # km/h: below it, the power at this speed (2.2.3)
REFERENCE_TEMPERATURE = 20.0  # degrees Celsius
JUNCTION_REACH = 100.0  # m: beyond it a junction changes nothing


class Coefficients(NamedTuple):
    """Coefficients of one category by octave band, dB (Table F-1 of Annex II); rolling None where there is none."""

    rolling: tuple[float, ...] | None
    rolling_speed: tuple[float, ...] | None
    propulsion: tuple[float, ...]
    propulsion_speed: tuple[float, ...]


#: Table F-1 as replaced by Delegated Directive (EU) 2021/1226: A_R, B_R, A_P, B_P.
COEFFICIENTS = {
    "1": Coefficients(
        (83.1, 89.2, 87.7, 93.1, 100.1, 96.7, 86.8, 76.2),
        (30.0, 41.5, 38.9, 25.7, 32.5, 37.2, 39.0, 40.0),
        (97.9, 92.5, 90.7, 87.2, 84.7, 88.0, 84.4, 77.1),
        (-1.3, 7.2, 7.7, 8.0, 8.0, 8.0, 8.0, 8.0),
    ),
    "2": Coefficients(
        (88.7, 93.2, 95.7, 100.9, 101.7, 95.1, 87.8, 83.6),
        (30.0, 35.8, 32.6, 23.8, 30.1, 36.2, 38.3, 40.1),
        (105.5, 100.2, 100.5, 98.7, 101.0, 97.8, 91.2, 85.0),
        (-1.9, 4.7, 6.4, 6.5, 6.5, 6.5, 6.5, 6.5),
    ),
    "3": Coefficients(
        (91.7, 96.2, 98.2, 104.9, 105.1, 98.5, 91.1, 85.6),
        (30.0, 33.5, 31.3, 25.4, 31.8, 37.1, 38.6, 40.6),
        (108.8, 104.2, 103.5, 102.9, 102.6, 98.5, 93.8, 87.5),
        (0.0, 3.0, 4.6, 5.0, 5.0, 5.0, 5.0, 5.0),
    ),
    "4a": Coefficients(
        None,
        None,
        (93.0, 93.0, 93.5, 95.3, 97.2, 100.4, 95.8, 90.9),
        (4.2, 7.4, 9.8, 11.6, 15.7, 18.9, 20.3, 20.6),
    ),
    "4b": Coefficients(
        None,
        None,
        (99.9, 101.9, 96.7, 94.4, 95.2, 94.7, 92.1, 88.6),
        (3.2, 5.9, 11.9, 11.6, 11.5, 12.6, 11.1, 12.0),
    ),
}

#: dB per degree below 20 (2.2.6).
TEMPERATURE = {"1": 0.08, "2": 0.04, "3": 0.04, "4a": 0.0, "4b": 0.0}

#: Rolling and propulsion at a junction, dB, by category: traffic lights, roundabout (Table F-3).
JUNCTION = {
    "1": ((-4.5, 5.5), (-4.4, 3.1)),
    "2": ((-4.0, 9.0), (-2.3, 6.7)),
    "3": ((-4.0, 9.0), (-2.3, 6.7)),
    "4a": ((0.0, 0.0), (0.0, 0.0)),
    "4b": ((0.0, 0.0), (0.0, 0.0)),
}


def rolling_power(category: str, speed: ArrayLike) -> FloatArray:
    """Rolling noise of one vehicle, ``L = A_R + B_R lg(v / 70)`` (2.2.4), dB re 1 pW.

    Parameters
    ----------
    category : str
        One of `CATEGORIES`.
    speed : array_like, shape (...)
        km/h; below 20 the level at 20.

    Returns
    -------
    ndarray, shape (..., 8)
        By octave band; minus infinity for two-wheelers, which have none.
    """
    v = np.maximum(np.asarray(speed, dtype=np.float64), SLOWEST)[..., None]
    given = COEFFICIENTS[category]
    if given.rolling is None or given.rolling_speed is None:
        return np.full((*v.shape[:-1], len(BANDS)), -np.inf)
    level: FloatArray = np.array(given.rolling) + np.array(given.rolling_speed) * np.log10(v / REFERENCE_SPEED)
    return level


def propulsion_power(category: str, speed: ArrayLike) -> FloatArray:
    """Propulsion noise of one vehicle, ``L = A_P + B_P (v - 70) / 70`` (2.2.11), dB re 1 pW, shape (..., 8).

    Parameters as for `rolling_power`.
    """
    v = np.maximum(np.asarray(speed, dtype=np.float64), SLOWEST)[..., None]
    given = COEFFICIENTS[category]
    level: FloatArray = np.array(given.propulsion) + np.array(given.propulsion_speed) * (
        (v - REFERENCE_SPEED) / REFERENCE_SPEED
    )
    return level


def temperature_correction(category: str, temperature: float) -> float:
    """Correction of rolling noise for the mean air temperature (degrees Celsius), dB (2.2.10).

    Examples
    --------
    >>> round(temperature_correction("1", 10.0), 6)
    0.8
    """
    return TEMPERATURE[category] * (REFERENCE_TEMPERATURE - temperature)


def junction_share(length: ArrayLike, ends: ArrayLike) -> FloatArray:
    """Mean along a link of ``max(1 - x / 100, 0)``, with `x` (m) the distance to the nearest end that is a junction.

    The correction for acceleration is in proportion to it (2.2.17, 2.2.18); its mean in dB stands for the link.

    Parameters
    ----------
    length : array_like, shape (links,)
        m.
    ends : array_like of int, shape (links,)
        How many of its ends are such junctions: 0, 1 or 2.

    Returns
    -------
    ndarray, shape (links,)

    Examples
    --------
    >>> junction_share([100.0, 200.0, 200.0], [1, 1, 2]).tolist()
    [0.5, 0.25, 0.5]
    """
    whole, count = np.asarray(length, dtype=np.float64), np.asarray(ends)
    near = np.minimum(np.where(count == 2, whole / 2.0, whole), JUNCTION_REACH)
    share: FloatArray = count * (near - near**2 / (2.0 * JUNCTION_REACH)) / whole
    return share


def vehicle_energy(
    category: str, speed: ArrayLike, rolling: ArrayLike = 0.0, propulsion: ArrayLike = 0.0
) -> FloatArray:
    """Sound power of one vehicle as energy, ``10^(L_R/10) + 10^(L_P/10)`` (2.2.2).

    Parameters
    ----------
    category : str
    speed : array_like, shape (...)
        km/h.
    rolling, propulsion : array_like, broadcast against speed
        Corrections, dB: surface and temperature; acceleration.

    Returns
    -------
    ndarray, shape (..., 8)
        pW by octave band.
    """
    rolled = 10.0 ** ((rolling_power(category, speed) + np.asarray(rolling)[..., None]) / 10.0)
    driven: FloatArray = 10.0 ** ((propulsion_power(category, speed) + np.asarray(propulsion)[..., None]) / 10.0)
    return rolled + driven


def line_energy(energy: ArrayLike, flow: ArrayLike, speed: ArrayLike) -> FloatArray:
    """Sound power per metre of a stream of vehicles, ``W' = W Q / (1000 v)`` (2.2.1).

    Parameters
    ----------
    energy : array_like, shape (..., 8)
        Of one vehicle, pW.
    flow : array_like, shape (...)
        vehicles/hour.
    speed : array_like, shape (...)
        km/h; below 20 as 20, with the power of that speed.

    Returns
    -------
    ndarray, shape (..., 8)
        pW/m.
    """
    v = np.maximum(np.asarray(speed, dtype=np.float64), SLOWEST)
    stream: FloatArray = np.asarray(energy) * (np.asarray(flow) / (1000.0 * v))[..., None]
    return stream


def to_level(energy: ArrayLike) -> FloatArray:
    """Level of an energy relative to the reference, dB; 0 dB at least, so that silence is a number.

    Examples
    --------
    >>> to_level([0.0, 100.0]).tolist()
    [0.0, 20.0]
    """
    level: FloatArray = 10.0 * np.log10(np.maximum(np.asarray(energy, dtype=np.float64), 1.0))
    return level
