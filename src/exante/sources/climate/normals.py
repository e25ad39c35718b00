"""Monthly climate normals of a city, typed in with their source (`[climate]` of its document)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from exante.quantities.errors import SourceError
from exante.sources.climate.sun import DAYS, FloatArray, daily_extraterrestrial, sunset_angle

MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
#: Month (0 to 11) of each day of the year.
MONTH_OF_DAY = np.repeat(np.arange(12), MONTH_DAYS)

#: Ångström-Prescott: share of extraterrestrial radiation without sunshine, and what sunshine adds (FAO-56, eq. 35).
ANGSTROM = (0.25, 0.50)

#: Field, lowest and highest monthly mean that can be.
FIELDS = {
    "temperature_min": (-60.0, 45.0),
    "temperature_max": (-55.0, 55.0),
    "relative_humidity": (5.0, 100.0),
    "wind_speed": (0.0, 20.0),
}
SUN = {"radiation": (0.0, 40.0), "sunshine": (0.0, 24.0)}
KEYS = ("place", "latitude", "longitude", "altitude", "time_zone", "source", "year", "verified")


@dataclass(frozen=True)
class Normals:
    """Mean weather of the months at one station.

    Parameters
    ----------
    place : str
    latitude, longitude, altitude, time_zone : float
        Degrees north and east, m, hours ahead of UTC.
    temperature_min, temperature_max : ndarray, shape (12,)
        Mean daily minimum and maximum, degC.
    relative_humidity : ndarray, shape (12,)
        Percent.
    wind_speed : ndarray, shape (12,)
        m/s.
    radiation : ndarray, shape (12,)
        Global radiation on the horizontal, MJ/m2 a day.
    from_sunshine : bool
        Whether radiation was computed from hours of sunshine.
    temperature_mean : ndarray, shape (12,), optional
        Mean of all hours, degC; without it days lie in their range as in Barcelona.
    """

    place: str
    latitude: float
    longitude: float
    altitude: float
    time_zone: float
    temperature_min: FloatArray
    temperature_max: FloatArray
    relative_humidity: FloatArray
    wind_speed: FloatArray
    radiation: FloatArray
    from_sunshine: bool
    temperature_mean: FloatArray | None = None


def read_normals(document: Mapping[str, Any]) -> Normals:
    """Normals of a city's document, `[climate]`.

    Raises
    ------
    SourceError
        With every fault: a field that is absent, not twelve numbers, or impossible.
    """
    told = document.get("climate", {})
    faults = [f"{key} is absent" for key in KEYS if key not in told]
    values: dict[str, FloatArray] = {}
    sun = next((name for name in SUN if name in told), "")
    if not sun:
        faults.append("radiation (MJ/m2 a day) or sunshine (hours a day) is absent")
    mean = {"temperature_mean": (-60.0, 50.0)} if "temperature_mean" in told else {}
    for name, (low, high) in {**FIELDS, **mean, **({sun: SUN[sun]} if sun else {})}.items():
        months = told.get(name, ())
        if not isinstance(months, list) or len(months) != 12 or not all(isinstance(x, int | float) for x in months):
            faults.append(f"{name} is not twelve numbers")
            continue
        values[name] = np.array(months, float)
        if ((values[name] < low) | (values[name] > high)).any():
            faults.append(f"{name} is outside {low:g} to {high:g}")
    if not faults and (values["temperature_min"] >= values["temperature_max"]).any():
        faults.append("temperature_min is not below temperature_max")
    if faults:
        raise SourceError("; ".join(faults), where="[climate]", remedy="Type in the months with their source")
    latitude = float(told["latitude"])
    radiation = values[sun] if sun == "radiation" else radiation_of_sunshine(latitude, values[sun])
    if (radiation >= monthly_extraterrestrial(latitude)).any():
        raise SourceError("radiation is above that outside the atmosphere", where="[climate]", remedy="Mend the unit")
    return Normals(
        str(told["place"]), latitude, float(told["longitude"]), float(told["altitude"]), float(told["time_zone"]),
        values["temperature_min"], values["temperature_max"], values["relative_humidity"], values["wind_speed"],
        radiation, sun == "sunshine", values.get("temperature_mean"),
    )  # fmt: skip


def by_month(days: FloatArray) -> FloatArray:
    """Means of the months of 365 daily values, shape (12,)."""
    found: FloatArray = np.bincount(MONTH_OF_DAY, weights=days) / MONTH_DAYS
    return found


def monthly_extraterrestrial(latitude: float) -> FloatArray:
    """Mean daily radiation of each month above the atmosphere, MJ/m2."""
    return by_month(daily_extraterrestrial(latitude, np.arange(1.0, DAYS + 1)))


def radiation_of_sunshine(latitude: float, sunshine: FloatArray) -> FloatArray:
    """Global radiation, MJ/m2 a day, from hours of sunshine a day by Ångström and Prescott (FAO-56, eq. 35)."""
    daylight = by_month(24.0 / np.pi * sunset_angle(latitude, np.arange(1.0, DAYS + 1)))
    bare, sunny = ANGSTROM
    found: FloatArray = (bare + sunny * np.minimum(sunshine / daylight, 1.0)) * monthly_extraterrestrial(latitude)
    return found
