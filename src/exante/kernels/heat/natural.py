"""The same heat balance with inside coefficients that follow the temperatures, for rooms one looks at closely.

Only the inner node of a chain knows the inside coefficient, and chains are eliminated from outside in: a new
coefficient
in every step costs one division per element. The balance is no longer linear, so elements cannot be joined, and there
are
no vectors.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from exante.kernels.compiled import entry, inner
from exante.kernels.heat import factors as f
from exante.kernels.heat.balance import START, WARM_UP, HeatBalance
from exante.kernels.heat.buildings import STEP, Buildings, IntArray, Series, check
from exante.kernels.heat.elements import NODES, FloatArray
from exante.quantities.errors import ParameterError

VERTICAL, UP, DOWN = 0, 1, -1
"""Where the inner surface looks: a wall, a floor, a ceiling."""
ROUNDS = 3
"""Solutions of a step, each with the coefficients of the one before; the fourth changes loads by less than 0.01 %."""
LEAST = 0.1
"""Lowest coefficient, W/(m2 K), where air and surface are equally warm (as in EnergyPlus)."""


@inner
def natural_coefficient(difference: float, facing: int) -> float:
    """Natural convection at a surface that is `difference` K warmer than the air, W/(m2 K) (Walton 1983, TARP)."""
    root = abs(difference) ** (1.0 / 3.0)
    if facing == 0:
        value = 1.31 * root
    elif difference * facing > 0:
        value = 9.482 / (7.283 - 1.0) * root
    else:
        value = 1.810 / (1.382 + 1.0) * root
    return max(value, LEAST)


@inner
def radiative_factor(surface: float, radiant: float) -> float:
    """Radiative coefficient between two temperatures, degC, relative to that at 20 degC."""
    return ((0.5 * (surface + radiant) + 273.15) / 293.15) ** 3


def pane_factor(height: float, density: float) -> float:
    """Factor C of natural convection C |dT|^(1/4) at a vertical pane, W/(m2 K^(5/4)).

    Parameters
    ----------
    height : float
        m.
    density : float
        Of air, kg/m3.

    Returns
    -------
    float

    Notes
    -----
    ISO 15099:2003, 8.3.2.2: Nu = 0.56 Ra^(1/4), with air of 15 degC (conductivity 0.0253 W/(m K), viscosity 1.80e-5 Pa
    s,
    specific heat 1,006 J/(kg K)). Its turbulent branch begins beyond any window.

    Examples
    --------
    >>> round(pane_factor(2.0, 1.2), 2)
    1.22
    """
    conductivity, viscosity, heat, kelvin, gravity = 0.0253, 1.80e-5, 1006.0, 288.15, 9.81
    rayleigh = density**2 * height**3 * gravity * heat / (viscosity * conductivity * kelvin)
    return float(0.56 * rayleigh**0.25 * conductivity / height)


def run_natural(
    buildings: Buildings,
    series: Series,
    facing: IntArray,
    panes: FloatArray,
    *,
    step: float = STEP,
    warm_up: int = WARM_UP,
) -> HeatBalance:
    """Heat balance with natural convection inside, and radiation by the fourth powers.

    `buildings.convective` is not used; `buildings.radiative` holds at 20 degC.

    Parameters
    ----------
    buildings : Buildings
    series : Series
    facing : ndarray of int, shape (N, E)
        `VERTICAL`, `UP` or `DOWN`: where each inner surface looks.
    panes : ndarray, shape (N, M)
        Factor of natural convection at each element without mass, see `pane_factor`.
    step : float
        Length of a step of the series, s; it must divide an hour.
    warm_up : int
        Hours run first, taken from the end of the series.

    Returns
    -------
    HeatBalance
        With everything kept.

    Raises
    ------
    ParameterError
        As for `run`.
    """
    check(buildings, series)
    b, n, steps = buildings, buildings.n, series.hours
    per_hour = round(STEP / step)
    if per_hour < 1 or abs(per_hour * step - STEP) > 1e-6:
        raise ParameterError(f"A step of {step:g} s does not divide an hour", where="heat balance")
    if facing.shape != b.area.shape or panes.shape != b.light_area.shape:
        raise ParameterError("Each element needs a direction that it faces, each pane a factor", where="run_natural")
    factored = f.factorise(b, step)
    out = np.zeros((4, steps, n))
    for i in range(n):
        heavy, light = b.area[i] > 0, b.light_area[i] > 0
        chains = factored.rows[: factored.elements * f.ELEMENT_ROWS, i].reshape(-1, f.ELEMENT_ROWS)[heavy]
        stored = b.capacity[i, heavy, NODES - 1] / step
        last = b.conductance[i, heavy, NODES - 2]
        inside = np.stack(
            [
                b.area[i, heavy],
                b.radiative[i, heavy],
                stored,
                last,
                stored + last * (1 - chains[:, f.BACK + NODES - 2]),
                b.solar_share[i, heavy] * b.solar_scale[i],
                facing[i, heavy],
            ],
            axis=1,
        )
        glass = np.stack(
            [
                b.light_area[i, light],
                b.light_radiative[i, light],
                b.light_conductance[i, light],
                b.light_solar_share[i, light] * b.solar_scale[i],
                panes[i, light],
            ],
            axis=1,
        )
        zone = np.array(
            [
                b.air_capacity[i] / step,
                b.bridges[i],
                b.convective_share[i],
                b.air_weight[i],
                min(b.heating_power[i], f.LIMITLESS),
                min(b.cooling_power[i], f.LIMITLESS),
            ]
        )
        hourly = np.stack(
            [
                series.air[:, b.weather[i]],
                b.ventilation_scale[i] * series.ventilation[:, b.ventilation[i]],
                series.solar[:, b.solar[i]],
                b.gains_scale[i] * series.convective[:, b.gains[i]],
                b.gains_scale[i] * series.radiative[:, b.gains[i]],
                np.maximum(series.heating[:, b.thermostat[i]], -f.LIMITLESS),
                np.minimum(series.cooling[:, b.thermostat[i]], f.LIMITLESS),
            ],
            axis=1,
        )
        outside = np.concatenate(
            [series.exterior[:, b.exterior[i, heavy]], series.exterior[:, b.light_exterior[i, light]]], axis=1
        )
        _run_natural(chains, inside, glass, zone, hourly, outside, min(warm_up * per_hour, steps), out[:, :, i])
    heating, cooling, air, radiant = out
    return HeatBalance(
        heating=heating.sum(axis=0) / per_hour,
        cooling=cooling.sum(axis=0) / per_hour,
        peak_heating=heating.max(axis=0, initial=0.0),
        peak_cooling=cooling.max(axis=0, initial=0.0),
        lowest=air.min(axis=0, initial=np.inf),
        mean=air.mean(axis=0),
        highest=air.max(axis=0, initial=-np.inf),
        hourly_heating=heating,
        hourly_cooling=cooling,
        air=air,
        radiant=radiant,
    )


@entry
def _run_natural(
    chains: Any, inside: Any, panes: Any, zone: Any, hourly: Any, outside: Any, warm_up: int, out: Any
) -> None:
    elements, lights, steps = inside.shape[0], panes.shape[0], hourly.shape[0]
    z = np.empty((elements, 4))
    inner_node = np.full(elements, START)
    pane_node = np.full(lights, START)
    pushed = np.empty(elements + lights)
    for e in range(elements):
        for k in range(4):
            z[e, k] = START * (1 - chains[e, f.BACK + k])
    air = radiant = before = START
    heat = cool = 0.0
    for at in range(-warm_up, steps):
        h = at if at >= 0 else steps + at
        sun = hourly[h, 2]
        for e in range(elements):
            t3 = z[e, 3] + chains[e, f.BACK + 3] * inner_node[e]
            t2 = z[e, 2] + chains[e, f.BACK + 2] * t3
            t1 = z[e, 1] + chains[e, f.BACK + 1] * t2
            t0 = z[e, 0] + chains[e, f.BACK] * t1
            z[e, 0] = chains[e, f.OWN] * t0 + chains[e, f.PASS] * outside[h, e]
            z[e, 1] = chains[e, f.OWN + 1] * t1 + chains[e, f.PASS + 1] * z[e, 0]
            z[e, 2] = chains[e, f.OWN + 2] * t2 + chains[e, f.PASS + 2] * z[e, 1]
            z[e, 3] = chains[e, f.OWN + 3] * t3 + chains[e, f.PASS + 3] * z[e, 2]
            pushed[e] = inside[e, 2] * inner_node[e] + inside[e, 3] * z[e, 3] + inside[e, 5] * sun / inside[e, 0]
        for m in range(lights):
            pushed[elements + m] = panes[m, 2] * outside[h, elements + m] + panes[m, 3] * sun / panes[m, 0]
        for _ in range(ROUNDS):
            air_sum = zone[0] + zone[1] + hourly[h, 1]
            to_air = zone[0] * before + (zone[1] + hourly[h, 1]) * hourly[h, 0] + hourly[h, 3]
            radiant_sum, to_radiant, cross = 0.0, hourly[h, 4], 0.0
            for e in range(elements):
                convective = natural_coefficient(inner_node[e] - air, int(inside[e, 6]))
                radiative = inside[e, 1] * radiative_factor(inner_node[e], radiant)
                share = inside[e, 0] / (inside[e, 4] + convective + radiative)
                air_sum += convective * (inside[e, 0] - share * convective)
                radiant_sum += radiative * (inside[e, 0] - share * radiative)
                cross += share * convective * radiative
                to_air += share * convective * pushed[e]
                to_radiant += share * radiative * pushed[e]
            for m in range(lights):
                convective = max(panes[m, 4] * abs(pane_node[m] - air) ** 0.25, LEAST)
                radiative = panes[m, 1] * radiative_factor(pane_node[m], radiant)
                share = panes[m, 0] / (panes[m, 2] + convective + radiative)
                air_sum += convective * (panes[m, 0] - share * convective)
                radiant_sum += radiative * (panes[m, 0] - share * radiative)
                cross += share * convective * radiative
                to_air += share * convective * pushed[elements + m]
                to_radiant += share * radiative * pushed[elements + m]
            mix = cross / radiant_sum
            held = air_sum - cross * mix
            free = (to_air + mix * to_radiant) / held
            free_radiant = to_radiant / radiant_sum + mix * free
            per_watt = (zone[2] + mix * (1 - zone[2])) / held
            radiant_per_watt = mix * per_watt + (1 - zone[2]) / radiant_sum
            sensed = zone[3] * free + (1 - zone[3]) * free_radiant
            sensed_per_watt = zone[3] * per_watt + (1 - zone[3]) * radiant_per_watt
            heat = min(max((hourly[h, 5] - sensed) / sensed_per_watt, 0.0), zone[4])
            cool = min(max((sensed - hourly[h, 6]) / sensed_per_watt, 0.0), zone[5])
            old, old_radiant = air, radiant
            air = free + (heat - cool) * per_watt
            radiant = free_radiant + (heat - cool) * radiant_per_watt
            for e in range(elements):
                convective = natural_coefficient(inner_node[e] - old, int(inside[e, 6]))
                radiative = inside[e, 1] * radiative_factor(inner_node[e], old_radiant)
                total = inside[e, 4] + convective + radiative
                inner_node[e] = (pushed[e] + convective * air + radiative * radiant) / total
            for m in range(lights):
                convective = max(panes[m, 4] * abs(pane_node[m] - old) ** 0.25, LEAST)
                radiative = panes[m, 1] * radiative_factor(pane_node[m], old_radiant)
                total = panes[m, 2] + convective + radiative
                pane_node[m] = (pushed[elements + m] + convective * air + radiative * radiant) / total
        before = air
        if at >= 0:
            out[0, h], out[1, h], out[2, h], out[3, h] = heat, cool, air, radiant
