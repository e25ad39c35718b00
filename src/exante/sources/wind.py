"""The wind rose of a year: how often the wind comes from where, how fast, and how stable the air is.

Stability is read from hours by Turner's method: sun and wind by day, cloud and wind at night (Turner 1964; the classes
are Pasquill's). Without hours of wind, a rose that is equal in all directions is assumed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from exante.city import Table
from exante.quantities.day import HOURLY

SECTORS = 16
CALM = 1.0  # m/s; calms are spread over all directions at this speed
ASSUMED_SPEED = 3.0  # m/s at 10 m, where nothing is known
NEEDED = ("wind_direction", "wind_speed", "global_horizontal")
STRONG, MODERATE, NIGHT = 600.0, 300.0, 10.0  # W/m2 of global radiation: strong, moderate sun; night below the last

#: Class by sun (strong, moderate, slight) and wind below 2, 3, 5, 6 m/s and above (Pasquill 1961).
BY_DAY = np.array([list("AABCC"), list("ABBCD"), list("BCCDD")])
#: Class at night: mostly clouded, mostly clear.
BY_NIGHT = np.array([list("FEDDD"), list("FFEDD")])
WINDS = (2.0, 3.0, 5.0, 6.0)


def stability(global_horizontal: np.ndarray, speed: np.ndarray, cloud: np.ndarray) -> np.ndarray:
    """Class of every hour, shape (hours,).

    Parameters
    ----------
    global_horizontal : ndarray, shape (hours,)
        W/m2.
    speed : ndarray, shape (hours,)
        m/s at 10 m.
    cloud : ndarray, shape (hours,)
        Opaque sky cover, tenths.

    Examples
    --------
    >>> stability(np.array([700.0, 0.0]), np.array([1.0, 1.0]), np.array([0.0, 0.0])).tolist()
    ['A', 'F']
    """
    wind = np.searchsorted(WINDS, speed, side="right")
    sun = np.where(global_horizontal >= STRONG, 0, np.where(global_horizontal >= MODERATE, 1, 2))
    clear = (cloud < 5.0).astype(np.int64)
    found: np.ndarray = np.where(global_horizontal > NIGHT, BY_DAY[sun, wind], BY_NIGHT[clear, wind])
    return found


def rose_of_hours(weather: Table) -> Table:
    """The table `wind` from hours of a typical year; hours without wind are left out."""
    hours = pd.DataFrame({c: weather[c] for c in ("hour", "wind_direction", "wind_speed", "global_horizontal")})
    hours["cloud"] = weather.get("opaque_sky_cover", 5.0)
    hours["cloud"] = hours["cloud"].fillna(5.0)
    hours = hours.dropna(subset=["wind_direction", "wind_speed", "global_horizontal"])
    speed = hours["wind_speed"].to_numpy(dtype=float)
    frame = pd.DataFrame(
        {
            "direction": np.rint(hours["wind_direction"].to_numpy() / (360.0 / SECTORS)).astype(int) % SECTORS,
            "stability": stability(hours["global_horizontal"].to_numpy(), speed, hours["cloud"].to_numpy()),
            "slow": 1.0 / np.maximum(speed, CALM),
            "share": 1.0,
            "traffic_share": HOURLY[hours["hour"].to_numpy(dtype=int) % 24],
        }
    )
    calm = speed < CALM
    if calm.any():
        spread = frame[calm].loc[frame[calm].index.repeat(SECTORS)].copy()
        spread["direction"] = np.tile(np.arange(SECTORS), int(calm.sum()))
        spread[["share", "traffic_share"]] /= SECTORS
        frame = pd.concat([frame[~calm], spread])
    frame["slow"] *= frame["traffic_share"]
    sums = frame.groupby(["direction", "stability"])[["slow", "share", "traffic_share"]].sum().reset_index()
    return Table(
        "wind",
        {
            "direction": sums["direction"] * 360.0 / SECTORS,
            "stability": sums["stability"].to_numpy(dtype=object),
            "speed": sums["traffic_share"] / sums["slow"],
            "share": sums["share"] / sums["share"].sum(),
            "traffic_share": sums["traffic_share"] / sums["traffic_share"].sum(),
        },
    )


def even_rose(speed: float = ASSUMED_SPEED) -> Table:
    """The table `wind` with the same wind from everywhere in neutral air."""
    even = np.full(SECTORS, 1.0 / SECTORS)
    return Table(
        "wind",
        {
            "direction": np.arange(SECTORS) * 360.0 / SECTORS,
            "stability": ["D"] * SECTORS,
            "speed": np.full(SECTORS, speed),
            "share": even,
            "traffic_share": even,
        },
    )


def make_rose(weather: Table | None, days: Table | None) -> tuple[Table, str]:
    """The table `wind` from the best that a city has, and what it rests on in words.

    Parameters
    ----------
    weather : Table or None
        Hours of a typical year.
    days : Table or None
        Days of stations (`weather_days`).
    """
    if weather is not None and all(c in weather and np.isfinite(weather[c]).any() for c in NEEDED):
        return rose_of_hours(weather), "Wind rose from the hours of the typical year."
    if days is not None and "wind_speed" in days and np.isfinite(days["wind_speed"]).any():
        speed = harmonic_mean(days["wind_speed"])
        return even_rose(speed), f"Wind even in all directions, {speed:.1f} m/s as at the stations, neutral air."
    return even_rose(), f"Wind even in all directions, {ASSUMED_SPEED:g} m/s, neutral air: assumed."


def harmonic_mean(speed: np.ndarray) -> float:
    """Harmonic mean of wind speeds, calms at `CALM`, m/s; NaN are left out."""
    known = speed[np.isfinite(speed)]
    return float(1.0 / np.mean(1.0 / np.maximum(known, CALM)))
