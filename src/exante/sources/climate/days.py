"""A year of days: chosen from a station's record month by month, or drawn from monthly normals."""

from __future__ import annotations

from dataclasses import dataclass, fields
from zlib import crc32

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from exante.quantities.errors import SourceError
from exante.sources.climate.normals import MONTH_DAYS, MONTH_OF_DAY, Normals, by_month, monthly_extraterrestrial
from exante.sources.climate.sun import DAYS, FloatArray, daily_extraterrestrial

# How days differ inside a month, computed from 14 years of station X8 in Barcelona (Meteocat, 2008 to 2021). Applied to
# any city: what that costs is measured on Bologna (docs/models/weather.md).
#: Standard deviation of a day's mean temperature about the normal of its date, K; its correlation from day to day.
TEMPERATURE_SPREAD, TEMPERATURE_MEMORY = 2.2, 0.78
#: Correlation of the clearness index from day to day.
CLEARNESS_MEMORY = 0.30
#: What a clearness index higher by 1 adds to the day's range of temperature (share) and humidity (% points).
RANGE_BY_CLEARNESS, HUMIDITY_BY_CLEARNESS = 0.98, -36.0
#: Mean of the day less its minimum, as a share of the range.
MEAN_IN_RANGE = 0.445
#: Coefficient of variation of a day's wind.
WIND_SPREAD = 0.36

#: Lowest clearness index of a day (Hollands and Huget 1983).
DARKEST = 0.05
#: Years that a record needs in each month to choose a typical one from.
FEWEST_YEARS = 5
#: Weights by which a month is chosen (TMY3: Wilcox and Marion 2008, table 1; dew point counted by humidity).
WEIGHTS = {
    "temperature_mean": 2.0, "temperature_max": 1.0, "temperature_min": 1.0, "relative_humidity": 4.0,
    "wind_speed": 2.0, "radiation": 10.0,
}  # fmt: skip


@dataclass(frozen=True)
class Days:
    """A year of 365 days; every field has shape (365,).

    Parameters
    ----------
    temperature_mean, temperature_min, temperature_max : ndarray
        degC.
    relative_humidity : ndarray
        Mean of the day, percent.
    radiation : ndarray
        Global on the horizontal, MJ/m2 a day.
    wind_speed : ndarray
        m/s.
    """

    temperature_mean: FloatArray
    temperature_min: FloatArray
    temperature_max: FloatArray
    relative_humidity: FloatArray
    radiation: FloatArray
    wind_speed: FloatArray


def days_from_normals(normals: Normals) -> Days:
    """Days whose monthly means are the normals; the place's name seeds what differs from day to day.

    Notes
    -----
    Clearness indices follow the stationary distribution of Bendt et al. (1981) with the memory of Aguiar et al. (1988);
    temperature is a first-order autoregressive process about a smooth year. Means of months are exact, their spread is
    that of Barcelona, and no year is extreme.
    """
    random = np.random.default_rng(crc32(normals.place.encode()))
    noise = {name: _memory(random.standard_normal(DAYS * 2), rho)[DAYS:] for name, rho in
             (("clearness", CLEARNESS_MEMORY), ("temperature", TEMPERATURE_MEMORY), ("wind", 0.0))}  # fmt: skip
    outside = daily_extraterrestrial(normals.latitude, np.arange(1.0, DAYS + 1))
    mean_clearness = normals.radiation / monthly_extraterrestrial(normals.latitude)
    clearness = np.empty(DAYS)
    for month in range(12):
        here = month == MONTH_OF_DAY
        order = np.argsort(np.argsort(noise["clearness"][here]))
        clearness[here] = _clearness_quantiles(float(mean_clearness[month]), int(MONTH_DAYS[month]))[order]
    radiation = clearness * outside
    radiation *= (normals.radiation / by_month(radiation))[MONTH_OF_DAY]
    apart = radiation / outside - by_month(radiation / outside)[MONTH_OF_DAY]
    span = (normals.temperature_max - normals.temperature_min)[MONTH_OF_DAY]
    span = span * np.maximum(1.0 + RANGE_BY_CLEARNESS * apart, 0.2)
    span *= ((normals.temperature_max - normals.temperature_min) / by_month(span))[MONTH_OF_DAY]
    wanted = normals.temperature_mean
    if wanted is None:
        wanted = normals.temperature_min + MEAN_IN_RANGE * (normals.temperature_max - normals.temperature_min)
    place = ((wanted - normals.temperature_min) / (normals.temperature_max - normals.temperature_min))[MONTH_OF_DAY]
    mean = _smooth(wanted) + noise["temperature"] * TEMPERATURE_SPREAD
    mean = mean + _smooth(wanted - by_month(mean))
    mean += (wanted - by_month(mean))[MONTH_OF_DAY]
    humidity = normals.relative_humidity[MONTH_OF_DAY] + HUMIDITY_BY_CLEARNESS * apart
    humidity = np.clip(humidity, 10.0, 100.0)
    wind = np.maximum(1.0 + WIND_SPREAD * noise["wind"], 0.1)
    wind *= (normals.wind_speed / by_month(wind))[MONTH_OF_DAY]
    lowest = mean - place * span
    return Days(mean, lowest, lowest + span, humidity, radiation, wind)


def typical_days(record: pd.DataFrame) -> tuple[Days, list[int]]:
    """The year of typical months of a station's record, and the year each month is taken from.

    For each month the year is taken whose days are distributed most like those of all years: the least weighted
    Finkelstein-Schafer statistic, as in a typical meteorological year.

    Parameters
    ----------
    record : DataFrame
        Days of one station: `date` (ISO 8601) and the columns of `Days`.

    Raises
    ------
    SourceError
        If a month is complete in fewer than five years.
    """
    table = record.copy()
    when = pd.to_datetime(table["date"])
    table["year"], table["month"] = when.dt.year, when.dt.month - 1
    table = table[~((when.dt.month == 2) & (when.dt.day == 29))].sort_values("date")
    names = [field.name for field in fields(Days)]
    chosen, parts = [], []
    for month in range(12):
        here = table[table["month"] == month]
        whole = [
            int(year)
            for year, part in here.groupby("year")
            if len(part) == MONTH_DAYS[month] and bool(part[names].notna().all(axis=None))
        ]
        if len(whole) < FEWEST_YEARS:
            raise SourceError(
                f"month {month + 1} is complete in {len(whole)} years, a typical one needs {FEWEST_YEARS}",
                where="weather_days",
                remedy="Name a station with a longer record in [climate], or leave it out to use the normals",
            )
        far = [_distance(here[here["year"] == year], here) for year in whole]
        year = whole[int(np.argmin(far))]
        chosen.append(year)
        parts.append(here.loc[here["year"] == year, names].to_numpy(float))
    columns = np.concatenate(parts).T
    return Days(**{name: columns[i] for i, name in enumerate(names)}), chosen


def _distance(part: pd.DataFrame, whole: pd.DataFrame) -> float:
    """Weighted Finkelstein-Schafer statistic: mean distance of the two cumulative distributions."""
    total = 0.0
    for name, weight in WEIGHTS.items():
        every = np.sort(whole[name].dropna().to_numpy(float))
        own = np.sort(part[name].to_numpy(float))
        mine = np.searchsorted(own, own, side="right") / len(own)
        total += weight * float(np.abs(mine - np.searchsorted(every, own, side="right") / len(every)).mean())
    return total


def _memory(noise: FloatArray, rho: float) -> FloatArray:
    """First-order autoregressive series of unit variance."""
    out = np.empty_like(noise)
    out[0] = noise[0]
    for i in range(1, len(noise)):
        out[i] = rho * out[i - 1] + np.sqrt(1 - rho**2) * noise[i]
    return out


def _clearness_quantiles(mean: float, n: int) -> FloatArray:
    """`n` clearness indices in rising order from the distribution of Bendt et al. (1981) with that mean."""
    brightest = 0.6313 + 0.267 * mean - 11.9 * (mean - 0.75) ** 8  # Hollands and Huget 1983
    mean = min(max(mean, DARKEST + 0.02), brightest - 0.02)

    def off(gamma: float) -> float:
        if abs(gamma) < 1e-6:
            return (DARKEST + brightest) / 2 - mean
        low, high = np.exp(gamma * (DARKEST - brightest)), 1.0
        return float((high * (brightest - 1 / gamma) - low * (DARKEST - 1 / gamma)) / (high - low) - mean)

    gamma = float(brentq(off, -60.0, 60.0))
    share = (np.arange(n) + 0.5) / n
    if abs(gamma) < 1e-6:
        found: FloatArray = DARKEST + share * (brightest - DARKEST)
        return found
    low = np.exp(gamma * (DARKEST - brightest))
    return np.asarray(brightest + np.log(low + share * (1.0 - low)) / gamma)


def _smooth(months: FloatArray) -> FloatArray:
    """A smooth year of days with the months' means, shape (365,)."""
    middle = np.cumsum(MONTH_DAYS) - MONTH_DAYS / 2
    days = np.arange(DAYS) + 0.5
    values = months.astype(float)
    for _ in range(8):
        spline = CubicSpline(np.append(middle, middle[0] + DAYS), np.append(values, values[0]), bc_type="periodic")
        year: FloatArray = spline(np.where(days < middle[0], days + DAYS, days))
        values = values + months - by_month(year)
    return year
