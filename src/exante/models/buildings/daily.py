"""A year of hours from a year of days, for places without an hourly file."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exante.models.buildings.archetypes import FloatArray
from exante.quantities.errors import ParameterError

DAYS, DAY = 365, 24
WARMEST = 15.0
"""Hour of the day that is warmest, local standard time (judgement; its effect on the need of heat is small)."""
MEGAJOULE = 1e6 / 3600.0
"""Wh in one MJ."""
SOLAR_CONSTANT = 1361.0
"""W/m2 (Kopp and Lean 2011)."""
LEAST_COSINE = 0.065
"""Of the zenith angle, below which no direct sun is given (as pvlib does)."""


def hours_of_days(
    latitude: float,
    longitude: float,
    time_zone: float,
    mean: FloatArray,
    highest: FloatArray,
    lowest: FloatArray,
    radiation: FloatArray,
) -> pd.DataFrame:
    """Hourly air temperature and radiation that keep the days' means and sums.

    Parameters
    ----------
    latitude, longitude : float
        Degrees north and east.
    time_zone : float
        Hours ahead of UTC.
    mean, highest, lowest : ndarray, shape (365,)
        Air temperature of each day, degC; only the difference of the last two is used.
    radiation : ndarray, shape (365,)
        Global horizontal radiation, MJ/m2 a day.

    Returns
    -------
    DataFrame, 8,760 rows
        `dry_bulb` (degC), `global_horizontal`, `direct_normal`, `diffuse_horizontal` (W/m2), named as in the layer
        `weather`.

    Raises
    ------
    ParameterError
        For another number of days, missing values, or a day's lowest temperature above its highest.

    Notes
    -----
    Temperature: a cosine with its crest at 15 h. Radiation of an hour over that of its day: Collares-Pereira and Rabl
    (1979), scaled so that the day's sum is kept; its diffuse share: Erbs, Klein and Duffie (1982).
    """
    days = [np.asarray(x, float) for x in (mean, highest, lowest, radiation)]
    for name, values in zip(("mean", "highest", "lowest", "radiation"), days, strict=True):
        if values.shape != (DAYS,) or not np.isfinite(values).all():
            raise ParameterError(
                f"The daily {name} is not {DAYS} numbers", where="daily weather", remedy="Choose a year without gaps"
            )
    if (days[1] < days[2]).any() or (days[3] < 0).any():
        raise ParameterError(
            "A day is colder at its highest than at its lowest, or its radiation is negative", where="daily weather"
        )
    clock = np.arange(DAY) + 0.5
    wave = np.cos(2.0 * np.pi * (clock - WARMEST) / DAY)
    air = days[0][:, None] + 0.5 * (days[1] - days[2])[:, None] * wave[None, :]
    cosine, share, outside = _sun(latitude, longitude, time_zone)
    total = days[3][:, None] * MEGAJOULE * share
    clearness = np.divide(total, outside * cosine, out=np.zeros_like(total), where=cosine > LEAST_COSINE)
    diffuse = total * _diffuse_share(clearness)
    beam = np.where(cosine > LEAST_COSINE, total - diffuse, 0.0)
    direct = np.divide(beam, cosine, out=np.zeros_like(beam), where=cosine > LEAST_COSINE)
    limit = np.minimum(direct, outside)
    return pd.DataFrame(
        {
            "dry_bulb": air.ravel(),
            "global_horizontal": total.ravel(),
            "direct_normal": limit.ravel(),
            "diffuse_horizontal": (total - limit * cosine).clip(0.0).ravel(),
        }
    )


def _sun(latitude: float, longitude: float, time_zone: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Cosine of the zenith angle, share of the day's radiation in each hour, and extraterrestrial beam, W/m2.

    Declination after Cooper (1969), equation of time after Spencer (1971); shape (365, 24), the last (365, 1).
    """
    day = np.arange(1, DAYS + 1)[:, None]
    angle = 2.0 * np.pi * (day - 1) / DAYS
    declination = np.radians(23.45) * np.sin(2.0 * np.pi * (284 + day) / DAYS)
    minutes = 229.18 * (
        0.000075
        + 0.001868 * np.cos(angle)
        - 0.032077 * np.sin(angle)
        - 0.014615 * np.cos(2 * angle)
        - 0.040849 * np.sin(2 * angle)
    )
    solar = np.arange(DAY)[None, :] + 0.5 + (minutes + 4.0 * (longitude - 15.0 * time_zone)) / 60.0
    hour_angle = np.radians(15.0 * (solar - 12.0))
    phi = np.radians(latitude)
    cosine = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(hour_angle)
    sunset = np.arccos(np.clip(-np.tan(phi) * np.tan(declination), -1.0, 1.0))
    a = 0.409 + 0.5016 * np.sin(sunset - np.pi / 3)
    b = 0.6609 - 0.4767 * np.sin(sunset - np.pi / 3)
    shape = np.where(cosine > 0, (a + b * np.cos(hour_angle)) * (np.cos(hour_angle) - np.cos(sunset)), 0.0).clip(0.0)
    share = shape / shape.sum(axis=1, keepdims=True)
    outside = SOLAR_CONSTANT * (1.0 + 0.033 * np.cos(2.0 * np.pi * day / DAYS))
    return cosine.clip(0.0), share, outside


def _diffuse_share(clearness: FloatArray) -> FloatArray:
    """Diffuse over global radiation of an hour (Erbs, Klein and Duffie 1982)."""
    k = clearness
    middle = 0.9511 - 0.1604 * k + 4.388 * k**2 - 16.638 * k**3 + 12.336 * k**4
    return np.where(k <= 0.22, 1.0 - 0.09 * k, np.where(k <= 0.8, middle, 0.165))
