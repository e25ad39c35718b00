"""Days to hours: temperature, humidity, sun, wind and sky of every hour of a year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exante.kernels.heat.solar import sky_temperature
from exante.sources.climate.days import Days
from exante.sources.climate.sun import (
    DAYS,
    HOURS,
    SOLAR_CONSTANT,
    FloatArray,
    daily_extraterrestrial,
    distance_factor,
    hour_angles,
    sun_heights,
    sunset_angle,
)

#: Hours after solar noon of the day's highest temperature (Parton and Logan 1981, 1.86).
WARMEST = 1.86
#: Wind blows strongest when it is warmest: half the swing about the mean of the day (ASSUMED).
WIND_SWING = 0.3
STEFAN_BOLTZMANN = 5.670374419e-8
KELVIN = 273.15


def hours_of(days: Days, latitude: float, longitude: float, altitude: float, time_zone: float) -> pd.DataFrame:
    """Hourly weather with the columns and the time convention of an EPW file.

    Parameters
    ----------
    days : Days
    latitude, longitude : float
        Degrees north and east.
    altitude : float
        m.
    time_zone : float
        Hours ahead of UTC.

    Returns
    -------
    DataFrame
        8,760 rows, row i the hour from i to i + 1 o'clock local standard time: `dry_bulb`, `dew_point` (degC),
        `relative_humidity` (%), `pressure` (Pa), `infrared_horizontal`, `global_horizontal`, `direct_normal`,
        `diffuse_horizontal` (W/m2), `wind_speed` (m/s), `opaque_sky_cover` (tenths).

    Notes
    -----
    The day's global radiation is kept; its diffuse share is that of Erbs et al. (1982), spread over the hours by
    Collares-Pereira and Rabl (1979) and Liu and Jordan (1960). The day's lowest, highest and mean temperature are kept.
    Clouds do not pass within a day: hours of one day are equally cloudy.
    """
    angles = hour_angles(longitude, time_zone)
    heights = sun_heights(latitude, angles)
    total, direct, diffuse = _radiation(days.radiation, latitude, angles, heights)
    air = _temperature(days, latitude, angles)
    vapour = np.repeat(days.relative_humidity, 24) / 100.0 * _saturation(np.repeat(days.temperature_mean, 24))
    vapour = np.minimum(vapour, _saturation(air))
    dew = _dew_point(vapour)
    cover = np.repeat(_cover(days.radiation, latitude, altitude), 24)
    sky = sky_temperature(np.full(HOURS, np.nan), air, dew, cover)
    shape = 1.0 + WIND_SWING * np.cos(angles.mean(axis=1) - np.radians(15.0 * WARMEST))
    shape /= np.repeat(shape.reshape(DAYS, 24).mean(axis=1), 24)
    return pd.DataFrame(
        {
            "dry_bulb": air,
            "dew_point": dew,
            "relative_humidity": 100.0 * vapour / _saturation(air),
            "pressure": np.full(HOURS, 101325.0 * (1 - 2.25577e-5 * altitude) ** 5.25588),
            "infrared_horizontal": STEFAN_BOLTZMANN * (sky + KELVIN) ** 4,
            "global_horizontal": total,
            "direct_normal": direct,
            "diffuse_horizontal": diffuse,
            "wind_speed": np.repeat(days.wind_speed, 24) * shape,
            "opaque_sky_cover": cover,
        }
    ).round(4)


def _radiation(
    daily: FloatArray, latitude: float, angles: FloatArray, heights: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Global, direct normal and diffuse of every hour, W/m2."""
    day = np.arange(1.0, DAYS + 1)
    outside, sunset = daily_extraterrestrial(latitude, day), sunset_angle(latitude, day)
    share = _diffuse_share(np.clip(daily / outside, 0.0, 1.0), sunset)
    sunset_hour = np.repeat(sunset, 24)[:, None]
    # Shapes over the day; the height is that of the sun, so both vanish at night.
    a = 0.409 + 0.5016 * np.sin(sunset_hour - np.pi / 3)
    b = 0.6609 - 0.4767 * np.sin(sunset_hour - np.pi / 3)
    whole = ((a + b * np.cos(angles)) * heights).mean(axis=1)
    plain = heights.mean(axis=1)
    energy = np.repeat(daily, 24) * 1e6 / 3600.0  # Wh/m2
    total = energy * whole / np.repeat(whole.reshape(DAYS, 24).sum(axis=1), 24)
    diffuse = energy * np.repeat(share, 24) * plain / np.repeat(plain.reshape(DAYS, 24).sum(axis=1), 24)
    diffuse = np.minimum(diffuse, total)
    beam = np.divide(total - diffuse, plain, out=np.zeros(HOURS), where=plain > 1e-3)
    # No more than a clear sky lets through (Meinel and Meinel 1976); the rest is diffuse.
    air_mass = 1.0 / np.maximum(plain, 0.03)
    clear = SOLAR_CONSTANT * np.repeat(distance_factor(day), 24) * 0.7 ** (air_mass**0.678)
    beam = np.minimum(beam, clear)
    return total, beam, total - beam * plain


def _diffuse_share(clearness: FloatArray, sunset: FloatArray) -> FloatArray:
    """Diffuse share of a day's radiation (Erbs et al. 1982)."""
    k = clearness
    winter = 1.0 - 0.2727 * k + 2.4495 * k**2 - 11.9514 * k**3 + 9.3879 * k**4
    summer = 1.0 + 0.2832 * k - 2.5557 * k**2 + 0.8448 * k**3
    is_winter = sunset < np.radians(81.4)
    found = np.where(is_winter, np.where(k < 0.715, winter, 0.143), np.where(k < 0.722, summer, 0.175))
    clipped: FloatArray = np.clip(found, 0.0, 1.0)
    return clipped


def _temperature(days: Days, latitude: float, angles: FloatArray) -> FloatArray:
    """Cosines from the day's minimum at sunrise to its maximum and down to the next day's minimum; means kept."""
    low, high = days.temperature_min, days.temperature_max
    after = np.roll(low, -1)
    clock = np.degrees(angles.mean(axis=1)).reshape(DAYS, 24) / 15.0  # hours from solar noon
    clock[:, 0] = np.where(clock[:, 0] > 0, clock[:, 0] - 24.0, clock[:, 0])  # the first hour belongs to its own day
    sunrise = -np.degrees(sunset_angle(latitude, np.arange(1.0, DAYS + 1)))[:, None] / 15.0
    warm = np.full_like(sunrise, WARMEST)
    rising = (clock - sunrise) / (warm - sunrise)
    falling = (clock - warm) / (24.0 + sunrise - warm)
    before = (clock + 24.0 - warm) / (24.0 + sunrise - warm)
    yesterday = np.roll(high, 1)[:, None]
    up = low[:, None] + (high - low)[:, None] * (1 - np.cos(np.pi * np.clip(rising, 0, 1))) / 2
    down = after[:, None] + (high - after)[:, None] * (1 + np.cos(np.pi * np.clip(falling, 0, 1))) / 2
    night = low[:, None] + (yesterday - low[:, None]) * (1 + np.cos(np.pi * np.clip(before, 0, 1))) / 2
    air = np.where(clock < sunrise, night, np.where(clock < warm, up, down))
    span = (high - low)[:, None]
    place = np.clip((air - low[:, None]) / span, 0.0, 1.0)
    bend = place * (1.0 - place)
    lack = (days.temperature_mean - air.mean(axis=1)) / np.maximum((bend * span).mean(axis=1), 1e-6)
    mended: FloatArray = air + np.clip(lack, -1.0, 1.0)[:, None] * bend * span
    mended = mended + (days.temperature_mean - mended.mean(axis=1))[:, None]
    return mended.reshape(HOURS)


def _saturation(air: FloatArray) -> FloatArray:
    """Saturation vapour pressure, Pa (Magnus form of Alduchov and Eskridge 1996)."""
    found: FloatArray = 610.94 * np.exp(17.625 * air / (air + 243.04))
    return found


def _dew_point(vapour: FloatArray) -> FloatArray:
    x = np.log(np.maximum(vapour, 1.0) / 610.94)
    found: FloatArray = 243.04 * x / (17.625 - x)
    return found


def _cover(daily: FloatArray, latitude: float, altitude: float) -> FloatArray:
    """Opaque cover of a day, tenths: Kasten and Czeplak (1980) solved for the cover, clear sky of FAO-56 (eq. 37)."""
    clear = (0.75 + 2e-5 * altitude) * daily_extraterrestrial(latitude, np.arange(1.0, DAYS + 1))
    dimmed = np.clip(1.0 - daily / clear, 0.0, 0.75)
    found: FloatArray = 10.0 * (dimmed / 0.75) ** (1.0 / 3.4)
    return found
