"""The prefactored heat balance: coefficients of one time step, computed once per building.

Implicit Euler over a step, as ISO 52016-1:2017, 6.5.6. Each chain is eliminated from outside in. What couples the
chains is two numbers per building, air and mean radiant temperature; they are solved in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exante.kernels.heat.buildings import STEP, Buildings
from exante.kernels.heat.elements import NODES, FloatArray

OWN, PASS, BACK, AIR_IN, RADIANT_IN, TO_AIR, TO_RADIANT, SUN = 0, 5, 10, 14, 15, 16, 17, 18
ELEMENT_ROWS = 19
"""Rows of an element: own and passed weight of each node, weights back, four couplings of the inner surface, sun."""
LIGHT_ROWS = 2
(
    SUN_AIR,
    SUN_RADIANT,
    GAINS,
    VENTILATION,
    BRIDGES,
    AIR_MASS,
    AIR_SUM,
    MIX,
    RADIANT_INVERSE,
    PLANT_AIR,
    PLANT_RADIANT,
    SENSED_AIR,
    SENSED_RADIANT,
    HEATING_POWER,
    COOLING_POWER,
) = range(15)
BUILDING_ROWS = 15
LIMITLESS = 1e12
"""Stands for an infinite power, W: kernels here use no infinite numbers."""


@dataclass(frozen=True)
class Factors:
    """Coefficients of one time step.

    Parameters
    ----------
    rows : ndarray, shape (E * 19 + M * 2 + 15, N)
        Elements, light elements, building; see the constants of this module.
    elements, lights : int
        E and M.
    """

    rows: FloatArray
    elements: int
    lights: int


def factorise(b: Buildings, step: float = STEP) -> Factors:
    """Coefficients of one time step of each building.

    Parameters
    ----------
    b : Buildings
    step : float
        s.

    Returns
    -------
    Factors
    """
    n, elements = b.area.shape
    lights = b.light_area.shape[1]
    rows = np.zeros((elements * ELEMENT_ROWS + lights * LIGHT_ROWS + BUILDING_ROWS, n))
    air_sum = b.air_capacity / step + b.bridges
    radiant_sum = np.zeros(n)
    cross = np.zeros(n)
    sun_air, sun_radiant = np.zeros(n), np.zeros(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        for e in range(elements):
            _element(b, e, step, rows[e * ELEMENT_ROWS : (e + 1) * ELEMENT_ROWS])
            part = rows[e * ELEMENT_ROWS : (e + 1) * ELEMENT_ROWS]
            air_sum += part[TO_AIR] * (1 - part[AIR_IN])
            radiant_sum += part[TO_RADIANT] * (1 - part[RADIANT_IN])
            cross += part[TO_RADIANT] * part[AIR_IN]
        at = elements * ELEMENT_ROWS
        for m in range(lights):
            convective, radiative = b.light_convective[:, m], b.light_radiative[:, m]
            total = b.light_conductance[:, m] + convective + radiative
            share = np.where(b.light_area[:, m] > 0, b.light_conductance[:, m] / total, 0.0)
            to_air, to_radiant = b.light_area[:, m] * convective, b.light_area[:, m] * radiative
            rows[at], rows[at + 1] = to_air * share, to_radiant * share
            present = b.light_area[:, m] > 0
            air_sum += np.where(present, to_air * (1 - convective / total), 0.0)
            radiant_sum += np.where(present, to_radiant * (1 - radiative / total), 0.0)
            cross += np.where(present, to_radiant * convective / total, 0.0)
            sun = np.where(present, b.light_solar_share[:, m] * b.solar_scale / total, 0.0)
            sun_air += sun * convective
            sun_radiant += sun * radiative
            at += LIGHT_ROWS
    own = rows[at:]
    mix = cross / radiant_sum
    own[SUN_AIR], own[SUN_RADIANT], own[GAINS], own[VENTILATION] = (
        sun_air,
        sun_radiant,
        b.gains_scale,
        b.ventilation_scale,
    )
    own[BRIDGES], own[AIR_MASS], own[AIR_SUM], own[MIX] = b.bridges, b.air_capacity / step, air_sum - cross * mix, mix
    own[RADIANT_INVERSE] = 1 / radiant_sum
    own[PLANT_AIR] = b.convective_share + mix * (1 - b.convective_share)
    own[PLANT_RADIANT] = (1 - b.convective_share) / radiant_sum
    own[SENSED_AIR], own[SENSED_RADIANT] = b.air_weight, 1 - b.air_weight
    own[HEATING_POWER] = np.minimum(b.heating_power, LIMITLESS)
    own[COOLING_POWER] = np.minimum(b.cooling_power, LIMITLESS)
    return Factors(rows, elements, lights)


def _element(b: Buildings, e: int, step: float, rows: FloatArray) -> None:
    g, stored = b.conductance[:, e], b.capacity[:, e] / step
    outer, convective, radiative = b.outer[:, e], b.convective[:, e], b.radiative[:, e]
    diagonal = stored[:, 0] + outer + g[:, 0]
    rows[OWN], rows[PASS] = stored[:, 0] / diagonal, outer / diagonal
    for k in range(1, NODES):
        back = g[:, k - 1] / diagonal
        rows[BACK + k - 1] = back
        diagonal = stored[:, k] + g[:, k - 1] * (1 - back) + (g[:, k] if k < NODES - 1 else convective + radiative)
        rows[OWN + k], rows[PASS + k] = stored[:, k] / diagonal, g[:, k - 1] / diagonal
    area = b.area[:, e]
    rows[AIR_IN], rows[RADIANT_IN] = convective / diagonal, radiative / diagonal
    rows[TO_AIR], rows[TO_RADIANT] = area * convective, area * radiative
    rows[SUN] = b.solar_share[:, e] * b.solar_scale / (area * diagonal)
    rows[:, area == 0] = 0.0
