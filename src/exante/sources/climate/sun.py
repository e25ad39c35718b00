"""Radiation at the top of the atmosphere: of a day, and of an hour of the mean year of 365 days."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

#: W/m2 (Kopp and Lean 2011).
SOLAR_CONSTANT = 1361.0
DAYS = 365
HOURS = 8760
#: Steps inside an hour over which the sun's height is averaged.
STEPS = 12


def declination(day: FloatArray) -> FloatArray:
    """Declination of the sun, rad, on day 1 to 365 of the year (Cooper 1969)."""
    found: FloatArray = np.radians(23.45) * np.sin(2 * np.pi * (284.0 + day) / DAYS)
    return found


def distance_factor(day: FloatArray) -> FloatArray:
    """Square of mean over actual distance to the sun (Duffie and Beckman 2013, eq. 1.4.1a)."""
    found: FloatArray = 1.0 + 0.033 * np.cos(2 * np.pi * day / DAYS)
    return found


def sunset_angle(latitude: float, day: FloatArray) -> FloatArray:
    """Hour angle of sunset, rad; 0 in polar night and pi in polar day."""
    cosine = -np.tan(np.radians(latitude)) * np.tan(declination(day))
    found: FloatArray = np.arccos(np.clip(cosine, -1.0, 1.0))
    return found


def daily_extraterrestrial(latitude: float, day: FloatArray) -> FloatArray:
    """Radiation of a day on the horizontal above the atmosphere, MJ/m2 (Duffie and Beckman 2013, eq. 1.10.3).

    Examples
    --------
    >>> import numpy as np
    >>> round(float(daily_extraterrestrial(43.0, np.array([105.0]))[0]), 1)  # 15 April, Duffie and Beckman: 33.8
    33.6
    """
    phi, delta, sunset = np.radians(latitude), declination(day), sunset_angle(latitude, day)
    height = np.cos(phi) * np.cos(delta) * np.sin(sunset) + sunset * np.sin(phi) * np.sin(delta)
    found: FloatArray = 86400.0 / np.pi * SOLAR_CONSTANT * distance_factor(day) * height / 1e6
    return found


def hour_angles(longitude: float, time_zone: float) -> FloatArray:
    """Hour angle of the sun in the steps of every hour of local standard time, rad, shape (8760, steps)."""
    day = np.arange(1, DAYS + 1, dtype=float)
    b = 2 * np.pi * (day - 1) / DAYS
    equation = 229.2 * (  # minutes, Spencer 1971
        0.000075 + 0.001868 * np.cos(b) - 0.032077 * np.sin(b) - 0.014615 * np.cos(2 * b) - 0.04089 * np.sin(2 * b)
    )
    clock = np.arange(24)[:, None] + (np.arange(STEPS) + 0.5)[None, :] / STEPS
    solar = clock[None] + (longitude / 15.0 - time_zone) + equation[:, None, None] / 60.0
    found: FloatArray = (((np.radians(15.0) * (solar - 12.0)) + np.pi) % (2 * np.pi) - np.pi).reshape(HOURS, STEPS)
    return found


def sun_heights(latitude: float, angles: FloatArray) -> FloatArray:
    """Sine of the sun's height in the steps of every hour, not below zero, shape (8760, steps)."""
    day = np.repeat(np.arange(1, DAYS + 1, dtype=float), 24)[:, None]
    phi, delta = np.radians(latitude), declination(day)
    sine = np.sin(phi) * np.sin(delta) + np.cos(phi) * np.cos(delta) * np.cos(angles)
    found: FloatArray = np.maximum(sine, 0.0)
    return found
