"""Electricity of the city: roof panels, use, peak, emissions and bills."""

from __future__ import annotations

import numpy as np

from exante.quantities.declarations import Indicator, Inputs

USED = (
    "Modelled buildings, street lamps and vehicles; trams, trains, industry processes, port and airport are not counted"
)
PANELS = "Panels on roofs of buildings; ground, pergolas and facades are not counted"


def _generation(x: Inputs) -> float:
    return float(x["zone_pv"].sum() / 1e6)


def _power(x: Inputs) -> float:
    return float(x["pv_capacity"].sum() / 1000.0)


def _self(x: Inputs) -> float:
    generated = float(x["zone_pv"].sum())
    return 100.0 * float(x["zone_self_consumed"].sum()) / generated if generated > 0 else 100.0


def _use(x: Inputs) -> float:
    return float(x["city_load"].sum() / 1e6)


def _imports(x: Inputs) -> float:
    return float(x["city_import"].sum() / 1e6)


def _peak(x: Inputs) -> float:
    return float(np.max(x["city_import"]) / 1000.0)


def _co2(x: Inputs) -> float:
    return float(x["grid_co2_direct"].sum() / 1e6)


def _co2_lifecycle(x: Inputs) -> float:
    return float(x["grid_co2_lifecycle"].sum() / 1e6)


def _co2_marginal(x: Inputs) -> float:
    return float(x["grid_co2_marginal"] / 1e6)


def _cost(x: Inputs) -> float:
    return float(x["grid_cost"] / 1e6)


INDICATORS = (
    Indicator("pv_power", "Peak power of roof panels", "higher", PANELS, ("pv_capacity",), _power),
    Indicator("pv_generation", "Electricity of roof panels", "higher", PANELS, ("zone_pv",), _generation),
    Indicator(
        "pv_self_consumption",
        "Own use of roof panels",
        "neither",
        "Electricity of roof panels used in its zone in the same hour; no batteries",
        ("zone_pv", "zone_self_consumed"),
        _self,
    ),
    Indicator("electricity_use", "Electricity used", "lower", USED, ("city_load",), _use),
    Indicator("electricity_imports", "Electricity from the grid", "lower", USED, ("city_import",), _imports),
    Indicator(
        "electricity_peak",
        "Highest hourly draw from the grid",
        "lower",
        f"{USED}; a typical year, not an extreme one",
        ("city_import",),
        _peak,
    ),
    Indicator(
        "co2_electricity",
        "CO2 of electricity",
        "lower",
        f"{USED}. Mean intensity of the hour, combustion alone (scope 2, location-based); exports earn no credit",
        ("grid_co2_direct",),
        _co2,
    ),
    Indicator(
        "co2_electricity_lifecycle",
        "Greenhouse gases of electricity, life cycle",
        "lower",
        f"{USED}. Mean intensity of the hour with fuel supply, plants and roof panels",
        ("grid_co2_lifecycle",),
        _co2_lifecycle,
    ),
    Indicator(
        "co2_electricity_marginal",
        "CO2 of electricity, marginal",
        "lower",
        f"{USED}. At the plant that answers one more kWh; exports count as avoided; only the change means something",
        ("grid_co2_marginal",),
        _co2_marginal,
    ),
    Indicator(
        "electricity_cost",
        "Electricity bills less earnings of exports",
        "lower",
        f"{USED}; mean prices with taxes, investment not counted",
        ("grid_cost",),
        _cost,
    ),
)
