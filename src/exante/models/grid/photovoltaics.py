"""Power of roof panels in every hour of a typical year."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from exante.kernels.heat.solar import hourly, irradiance_on, sun_of_year
from exante.quantities.declarations import Inputs, Outputs
from exante.quantities.errors import MissingLayerError

FloatArray = NDArray[np.float64]

#: Order of the dimension `roof_facing`.
FACINGS = ("flat", "south", "east", "west", "north")
HOURS = 8760
#: Reflectance of surroundings.
ALBEDO = 0.2
#: Share of diffuse light that glass lets through, against normal incidence (60 degrees: Duffie and Beckman 2013, 5.4).
DIFFUSE_GLASS = 0.95

_KEPT: OrderedDict[bytes, FloatArray] = OrderedDict()
_LOCK = Lock()
_MOST = 8


def run(inputs: Inputs, state: dict[str, np.ndarray] | None) -> Outputs:  # noqa: ARG001
    """Yield by facing, capacity and generation by zone; see docs/models/photovoltaics.md."""
    p = inputs.parameters
    row = {facing: i for i, facing in enumerate(FACINGS)}
    facing = np.array([row[str(f)] for f in inputs["rooftops.facing"]], dtype=np.intp)
    planes = []
    for i in range(len(FACINGS)):
        rows = np.flatnonzero(facing == i)
        planes.append(
            (float(inputs["rooftops.tilt"][rows[0]]), float(inputs["rooftops.azimuth"][rows[0]]))
            if rows.size
            else (0, 0)
        )
    yields = ideal_yield(inputs, tuple(planes), p["temperature_loss"])
    yields = yields * (1.0 - p["system_loss"]) * p["irradiation"]
    zones = {str(zone): i for i, zone in enumerate(inputs["zones.zone_id"])}
    zone = np.array([zones[str(z)] for z in inputs["rooftops.zone_id"]], dtype=np.intp)
    capacity = np.zeros((len(zones), len(FACINGS)))
    np.add.at(capacity, (zone, facing), inputs["rooftops.installed"])
    potential = np.bincount(zone, weights=inputs["rooftops.potential"], minlength=len(zones))
    return Outputs(
        {
            "pv_yield": yields,
            "pv_capacity": capacity,
            "roof_potential": potential,
            "zone_pv": capacity @ yields.sum(axis=1),
        },
        diagnostics={"yield_south": float(yields[1].sum()), "yield_flat": float(yields[0].sum())},
    )


def ideal_yield(inputs: Inputs, planes: tuple[tuple[float, float], ...], temperature_loss: float) -> FloatArray:
    """Power per kW of peak power before system losses, shape (planes, 8760); kept between draws for equal weather.

    Parameters
    ----------
    inputs : Inputs
        With the columns of `weather`.
    planes : tuple of (tilt, azimuth)
        Degrees.
    temperature_loss : float
        Loss of power a kelvin of cell temperature above 25 degC, 1/K.
    """
    warm, cold = (_at_temperature_loss(inputs, planes, x) for x in (1.0, 0.0))
    # Power is linear in the coefficient: two years of hours give every other.
    return np.maximum(cold + (warm - cold) * temperature_loss, 0.0)


def _at_temperature_loss(inputs: Inputs, planes: tuple[tuple[float, float], ...], loss: float) -> FloatArray:
    names = ("dry_bulb", "direct_normal", "diffuse_horizontal", "wind_speed")
    weather = {name: np.asarray(inputs[f"weather.{name}"], float) for name in names}
    latitude, longitude, zone, altitude = (
        float(inputs[f"weather.{n}"][0]) for n in ("latitude", "longitude", "time_zone", "altitude")
    )
    place = (latitude, longitude, zone, altitude)
    key = hashlib.sha256(repr((place, planes, loss)).encode())
    for values in weather.values():
        key.update(np.ascontiguousarray(values).tobytes())
    with _LOCK:
        if key.digest() in _KEPT:
            return _KEPT[key.digest()]
    made = panel_power(weather, place, planes, loss)
    with _LOCK:
        _KEPT[key.digest()] = made
        while len(_KEPT) > _MOST:
            _KEPT.popitem(last=False)
    return made


def panel_power(
    weather: dict[str, FloatArray],
    place: tuple[float, float, float, float],
    planes: tuple[tuple[float, float], ...],
    temperature_loss: float,
) -> FloatArray:
    """Power of panels per kW of peak power, shape (planes, 8760), not bounded below.

    Irradiance by Perez et al. (1990), reflection by Fresnel and Snell (`pvlib.iam.physical`), cell temperature by
    Faiman (2008) with wind at the roof taken as the station's, power by PVWatts (Dobos 2014).

    Parameters
    ----------
    weather : dict of ndarray, shape (8760,)
        `dry_bulb` (degC), `direct_normal`, `diffuse_horizontal` (W/m2), `wind_speed` (m/s).
    place : tuple of float
        Latitude, longitude (degrees), hours ahead of UTC, altitude (m).
    planes : tuple of (tilt, azimuth)
        Degrees.
    temperature_loss : float
        1/K.

    Raises
    ------
    MissingLayerError
        If the weather is not a year of 8,760 hours.
    """
    from pvlib import iam, pvsystem, temperature

    if any(len(values) != HOURS for values in weather.values()):
        raise MissingLayerError("the city's weather is not 8,760 hours", where="table weather", remedy="Build it again")
    sun = sun_of_year(*place, weather["direct_normal"], weather["diffuse_horizontal"])
    wind = np.nan_to_num(weather["wind_speed"], nan=1.0)
    made = []
    for tilt, azimuth in planes:
        seen = irradiance_on(sun, tilt, azimuth, albedo=ALBEDO)
        angle = np.degrees(np.arccos(np.clip(seen.cos_incidence, 0.0, 1.0)))
        through = hourly(seen.beam * np.nan_to_num(iam.physical(angle)) + DIFFUSE_GLASS * (seen.sky + seen.ground))
        cell = temperature.faiman(hourly(seen.total), weather["dry_bulb"], wind)
        made.append(pvsystem.pvwatts_dc(through, cell, 1.0, -temperature_loss))
    return np.stack(made)
