"""Energy of buildings: heat, carriers, peak, carbon and bills."""

from __future__ import annotations

import numpy as np

from exante.indicators.access import income_fifths
from exante.indicators.inequality import group_means
from exante.quantities.declarations import Indicator, Inputs
from exante.quantities.labels import place

COUNTED = "Dwellings and services of the modelled stock in a typical year"
HOMES = "Residents of the modelled stock; panels left out"
GIGA = 1e6


def _carrier(name: str, x: Inputs) -> float:
    return float(x["building_energy"][:, place("building_carrier", name)].sum() / GIGA)


def _heat(x: Inputs) -> float:
    area = float(x["dwelling_area"].sum())
    return float(x["building_heat_need"].sum() / area) if area > 0 else 0.0


def _final(x: Inputs) -> float:
    return float(x["building_energy"].sum() / GIGA)


def _peak(x: Inputs) -> float:
    return float(x["building_electricity"].sum(axis=0).max() / 1000.0)


def _co2(x: Inputs) -> float:
    return float(x["building_co2"].sum() / GIGA)


def _heating_cost(x: Inputs) -> float:
    names, users = x["tariffs.carrier"].astype(str), x["tariffs.consumer"].astype(str)
    price = {n: float(v) for n, u, v in zip(names, users, x["tariffs.price"], strict=True) if u == "household"}
    paid = 0.0
    for carrier in ("gas", "oil", "wood", "district_heat"):
        paid += _carrier(carrier, x) * GIGA * price.get(carrier, price.get("gas", 0.0))
    return paid / 1e6


def _bill(x: Inputs) -> float:
    people = float(x["zones.population"].sum())
    return float(x["building_bill"].sum() / people) if people > 0 else 0.0


def _bill_poorest(x: Inputs) -> float:
    people = x["zones.population"]
    own = x["building_bill"] / np.maximum(people, 1e-9)
    means = group_means(own, people, income_fifths(x["zones.income"], people))
    return means[min(means)] if means else 0.0


PRICES = ("tariffs.carrier", "tariffs.consumer", "tariffs.price")
INDICATORS = (
    Indicator(
        "heat_per_area",
        "Heat for rooms",
        "neither",
        "Dwellings of the modelled stock; useful heat, as used",
        ("building_heat_need", "dwelling_area"),
        _heat,
    ),
    Indicator("final_energy", "Energy of buildings", "lower", COUNTED, ("building_energy",), _final),
    Indicator("gas_use", "Gas of buildings", "lower", COUNTED, ("building_energy",), lambda x: _carrier("gas", x)),
    Indicator(
        "building_power_use",
        "Electricity of buildings",
        "neither",
        COUNTED,
        ("building_energy",),
        lambda x: _carrier("electricity", x),
    ),
    Indicator("building_peak", "Peak load of buildings", "lower", COUNTED, ("building_electricity",), _peak),
    Indicator(
        "co2_buildings",
        "CO2 of fuels in buildings",
        "lower",
        f"{COUNTED}; electricity is counted by the grid",
        ("building_co2",),
        _co2,
    ),
    Indicator(
        "heating_cost",
        "Bills for fuels and heat",
        "lower",
        f"{COUNTED}, at household prices",
        ("building_energy", *PRICES),
        _heating_cost,
    ),
    Indicator("home_bill", "Energy bill of a resident", "lower", HOMES, ("building_bill", "zones.population"), _bill),
    Indicator(
        "home_bill_poorest_fifth",
        "Energy bill, poorest fifth",
        "lower",
        "The fifth of residents in the poorest zones; panels left out",
        ("building_bill", "zones.population", "zones.income"),
        _bill_poorest,
    ),
)
