"""Heating systems: from useful heat to carriers, hour by hour where it matters."""

from __future__ import annotations

import numpy as np

from exante.models.buildings.archetypes import FloatArray
from exante.quantities.labels import LABELS

#: Temperature to which radiators are heated at 0 degC outdoors, and its fall with each degree outdoors.
RADIATOR = (40.0, 1.0)
#: Hot water is made at this temperature.
WATER = 50.0
#: Laboratory coefficient of air-source heat pumps by the lift in K (Ruhnau, Hirth and Praktiknjo 2019).
LABORATORY = (6.08, -0.09, 0.0005)
#: Least lift for which the curve is given, K.
LEAST_LIFT = 15.0
#: Carrier of every system; those that are absent take electricity.
FUEL = {"gas": "gas", "gas_condensing": "gas", "oil": "oil", "wood": "wood", "district_heat": "district_heat"}
CARRIERS = LABELS["building_carrier"]


def heat_pump_performance(air: FloatArray, quality: float, *, water: bool = False) -> FloatArray:
    """Coefficient of performance of an air-source heat pump by outdoor air.

    ``COP = quality (6.08 - 0.09 dT + 0.0005 dT^2)`` with the lift ``dT`` from outdoor air to the flow (40 degC less one
    for each degree outdoors) or to hot water of 50 degC.

    Parameters
    ----------
    air : ndarray, shape (hours,)
        degC.
    quality : float
        Measured over laboratory.
    water : bool
        For hot water.

    Returns
    -------
    ndarray, shape (hours,)

    Examples
    --------
    >>> float(heat_pump_performance(np.array([0.0]), 1.0).round(2)[0])
    3.28
    """
    flow = np.full(air.shape, WATER) if water else RADIATOR[0] - RADIATOR[1] * air
    lift = np.maximum(flow - air, LEAST_LIFT)
    a, b, c = LABORATORY
    performance: FloatArray = quality * (a + b * lift + c * lift**2)
    return performance


def efficiencies(p: dict[str, float]) -> dict[str, float]:
    """Useful heat over energy of every system but heat pumps."""
    boiler = p["boiler_efficiency"]
    return {
        "gas": boiler,
        "gas_condensing": min(boiler + p["condensing_gain"], 1.05),
        "oil": boiler,
        "wood": 0.9 * boiler,
        "district_heat": 0.95,
        "direct_electric": 1.0,
    }
