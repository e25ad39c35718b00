"""The simple hourly method of ISO 13790:2008, annex C: five resistances, one capacity. For comparison only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from exante.kernels.compiled import entry
from exante.kernels.heat.balance import WARM_UP
from exante.kernels.heat.buildings import Buildings, Series, check
from exante.kernels.heat.elements import FloatArray

SURFACE_TO_MASS = 9.1
"""W/(m2 K), ISO 13790:2008, 12.2.2."""
AIR_TO_SURFACE = 3.45
"""W/(m2 K), ISO 13790:2008, 7.2.2.2."""


@dataclass(frozen=True)
class SimpleBalance:
    """Loads of the simple method: `heating`, `cooling`, Wh; `peak_heating`, `peak_cooling`, W; shape (N,) each."""

    heating: FloatArray
    cooling: FloatArray
    peak_heating: FloatArray
    peak_cooling: FloatArray


def run_simple(buildings: Buildings, series: Series) -> SimpleBalance:
    """Hourly loads of the same buildings by the simple method; plants without limit, air temperature controlled.

    Parameters
    ----------
    buildings : Buildings
    series : Series

    Returns
    -------
    SimpleBalance

    Raises
    ------
    ParameterError
        As for the full balance.

    Notes
    -----
    The mass of an element is what lies inside its largest resistance; A_m = C_m^2 / sum A_j c_j^2 (12.3.1.2).
    """
    check(buildings, series)
    b = buildings
    with np.errstate(divide="ignore", invalid="ignore"):
        through = 1 / b.outer + (1 / b.conductance).sum(axis=2) + 1 / (b.convective + b.radiative)
        heavy = np.where((b.area > 0) & (b.outer > 0), b.area / through, 0.0)
        inside = 1 / (1 / b.light_conductance + 1 / (b.light_convective + b.light_radiative))
    light = np.where(b.light_area > 0, b.light_area * inside, 0.0)
    depth = np.argmin(b.conductance, axis=2)
    kept = np.arange(5)[None, None, :] > depth[:, :, None]
    areal = (b.capacity * kept).sum(axis=2)
    capacity = np.maximum((areal * b.area).sum(axis=1), 1.0)
    mass_area = capacity**2 / np.maximum((areal**2 * b.area).sum(axis=1), 1e-9)
    total_area = b.area.sum(axis=1) + b.light_area.sum(axis=1)
    out = np.zeros((4, b.n))
    for i in range(b.n):
        sol_air = series.exterior[:, b.exterior[i]] @ heavy[i] / max(heavy[i].sum(), 1e-9)
        pane = series.exterior[:, b.light_exterior[i]] @ light[i] / max(light[i].sum(), 1e-9)
        gains = b.gains_scale[i] * (series.convective[:, b.gains[i]] + series.radiative[:, b.gains[i]])
        taken = float(b.solar_share[i].sum() + b.light_solar_share[i].sum())
        sun = b.solar_scale[i] * taken * series.solar[:, b.solar[i]]
        _run_simple(
            sol_air,
            pane,
            series.air[:, b.weather[i]].copy(),
            b.bridges[i] + b.ventilation_scale[i] * series.ventilation[:, b.ventilation[i]],
            gains,
            sun,
            np.maximum(series.heating[:, b.thermostat[i]], -1e6),
            np.minimum(series.cooling[:, b.thermostat[i]], 1e6),
            np.array([heavy[i].sum(), light[i].sum(), capacity[i], mass_area[i], total_area[i]]),
            min(WARM_UP, series.hours),
            out[:, i],
        )
    return SimpleBalance(*(row.copy() for row in out))


@entry
def _run_simple(
    sol_air: Any,
    pane: Any,
    air: Any,
    exchange: Any,
    gains: Any,
    sun: Any,
    heating: Any,
    cooling: Any,
    shape: Any,
    warm_up: int,
    out: Any,
) -> None:
    opaque, window, capacity, mass_area, total_area = shape[0], shape[1], shape[2], shape[3], shape[4]
    h_ms = SURFACE_TO_MASS * mass_area
    h_is = AIR_TO_SURFACE * total_area
    h_em = 1 / max(1 / max(opaque, 1e-9) - 1 / h_ms, 1e-9)
    hours = air.size
    mass = 20.0
    for step in range(-warm_up, hours):
        h = step if step >= 0 else hours + step
        to_air = 0.5 * gains[h]
        share = mass_area / total_area
        rest = 0.5 * gains[h] + sun[h]
        to_mass = share * rest
        to_surface = (1 - share - window / (SURFACE_TO_MASS * total_area)) * rest
        h_ve = max(exchange[h], 1e-9)
        h1 = 1 / (1 / h_ve + 1 / h_is)
        h2 = h1 + window
        h3 = 1 / (1 / h2 + 1 / h_ms)
        mass_next = mass
        room = np.zeros(2)
        power = 0.0
        for trial in range(3):
            if trial == 1:
                power = 10.0 * total_area
            plant = power
            total = (
                to_mass
                + h_em * sol_air[h]
                + h3 * (to_surface + window * pane[h] + h1 * ((to_air + plant) / h_ve + air[h])) / h2
            )
            mass_next = (mass * (capacity / 3600.0 - 0.5 * (h3 + h_em)) + total) / (capacity / 3600.0 + 0.5 * (h3 +
            h_em))
            mean = 0.5 * (mass + mass_next)
            surface = (h_ms * mean + to_surface + window * pane[h] + h1 * (air[h] + (to_air + plant) / h_ve)) / (
                h_ms + window + h1
            )
            inside = (h_is * surface + h_ve * air[h] + to_air + plant) / (h_is + h_ve)
            if trial < 2:
                room[trial] = inside
            if trial == 1:
                target = min(max(room[0], heating[h]), cooling[h])
                power = power * (target - room[0]) / (room[1] - room[0])
        mass = mass_next
        if step >= 0:
            heat, cool = max(power, 0.0), max(-power, 0.0)
            out[0] += heat
            out[1] += cool
            out[2] = max(out[2], heat)
            out[3] = max(out[3], cool)
