"""Emissions: by hand, by property, and what is said when a factor is missing."""

import re
from pathlib import Path

import numpy as np
import pytest

from exante.models.emissions.factors import FAMILIES, POLLUTANTS, read_factors, read_wear
from exante.models.emissions.run import CLASSES
from exante.quantities import vocabulary
from exante.quantities.declarations import Inputs
from exante.quantities.errors import MissingLayerError

ROOT = Path(__file__).parents[2]
#: Factors as they stand in the table.
ALONE = {"scale_co2": 1.0, "scale_nox": 1.0, "scale_pm25": 1.0, "scale_wear": 1.0}


def one_kilometre(
    tools, *, road="residential", speed=50.0, cruise=50.0, free=50.0, fleet=None, vehicle="car", **parameters
):
    fleet = fleet or [("car", "petrol", "euro4", 1.0)]
    fleet = [*fleet, ("van", "diesel", "euro4", 1.0), ("truck", "diesel", "euro4", 1.0)]
    fleet = [*fleet, ("motorcycle", "petrol", "euro4", 1.0)]
    arrays = {
        "links.length": np.array([1000.0]),
        "links.road_class": np.array([road], dtype=object),
        "period_weight": np.array([2.0, 8.0]),
        "link_flow_by_vehicle": 100.0 * np.eye(4)[[CLASSES.index(vehicle)]].repeat(2, axis=0)[:, :, None],
        "link_speed": np.full((2, 1), speed),
        "link_cruise_speed": np.array([cruise]),
        "link_free_time": np.array([3600.0 / free]),
    }
    for k, name in enumerate(("vehicle_class", "fuel", "euro_class", "share")):
        values = [row[k] for row in fleet]
        arrays[f"fleet.{name}"] = np.array(values, dtype=float if name == "share" else object)
    values = tools.medians(tools.emissions, **(ALONE | parameters))
    return tools.emissions.run(Inputs(arrays, values), None)


def test_a_thousand_kilometres_by_hand(tools):
    """100 vehicles an hour over ten hours of one kilometre: 1,000 times the factor of the table."""
    factor = read_factors().curve("car", "petrol", "euro4", "co2", "cycle")[4]
    run = one_kilometre(tools, cycle_weight=1.0)
    assert run.arrays["link_co2"][0] == pytest.approx(factor)  # 1,000 km x g/km = kg
    assert run.diagnostics["clamped_share"] == 0.0


def test_a_thousand_kilometres_of_lorries_by_hand(tools):
    """Each class of vehicle has its own factor: no share of the traffic stands for it."""
    factor = read_factors().curve("truck", "diesel", "euro4", "co2", "cycle")[4]
    run = one_kilometre(tools, vehicle="truck", cycle_weight=1.0)
    assert run.arrays["link_co2"][0] == pytest.approx(factor)


def test_between_two_speeds_the_factor_is_between(tools):
    low, high = read_factors().curve("car", "petrol", "euro4", "nox", "cycle")[[2, 3]]
    run = one_kilometre(tools, speed=35.0, cycle_weight=1.0)
    assert run.arrays["link_nox"][0] == pytest.approx(1000.0 * (low + high) / 2)


def test_the_other_shape_keeps_the_stops(tools):
    """Without congestion the alternative is the table of fixed stops at the cruise speed, whatever the mean speed."""
    factor = read_factors().curve("car", "petrol", "euro4", "co2", "stops")[2]
    run = one_kilometre(tools, speed=20.0, free=20.0, cruise=30.0, cycle_weight=0.0)
    assert run.arrays["link_co2"][0] == pytest.approx(factor)


def test_congestion_costs_fuel_in_both_shapes(tools):
    for weight in (0.0, 1.0):
        free = one_kilometre(tools, speed=30.0, free=30.0, cruise=40.0, cycle_weight=weight)
        jam = one_kilometre(tools, speed=15.0, free=30.0, cruise=40.0, cycle_weight=weight)
        assert jam.arrays["link_co2"][0] > 1.2 * free.arrays["link_co2"][0]


def test_electric_cars_have_wear_and_nothing_else(tools):
    run = one_kilometre(tools, fleet=[("car", "electric", "none", 1.0)])
    assert run.arrays["link_co2"][0] == 0.0
    assert run.arrays["link_nox"][0] == 0.0
    assert run.arrays["link_pm25"][0] == pytest.approx(1000.0 * read_wear()["car"])


def test_twice_the_traffic_is_twice_the_emission(tools, village_city, village_run):
    once = tools.emit(village_city, village_run.arrays)
    doubled = village_run.arrays | {"link_flow_by_vehicle": 2.0 * village_run.arrays["link_flow_by_vehicle"]}
    twice = tools.emit(village_city, doubled)
    for name, array in once.arrays.items():
        assert twice.arrays[name] == pytest.approx(2.0 * array)
        assert (array >= 0).all()
        assert array.shape == (18,)


def test_speeds_outside_the_table_are_clamped_and_counted(tools):
    slow = one_kilometre(tools, speed=4.0, cycle_weight=1.0)
    edge = one_kilometre(tools, speed=10.0, cycle_weight=1.0)
    assert slow.arrays["link_co2"] == pytest.approx(edge.arrays["link_co2"])
    assert slow.diagnostics["clamped_share"] == 1.0


def test_a_missing_factor_is_named(tools):
    with pytest.raises(MissingLayerError) as error:
        one_kilometre(tools, fleet=[("truck", "gas", "euro4", 1.0), ("car", "petrol", "euro4", 1.0)])
    assert str(error.value) == (
        "there is no co2 factor for truck, gas, euro4 (in models/emissions/factors.csv). Add a row with its source, "
        "or regroup the fleet: truck has diesel euro0_3, diesel euro4, diesel euro5_6, electric none."
    )


def test_a_fleet_without_a_class_is_told(tools):
    inputs = {
        "links.length": np.array([1000.0]),
        "links.road_class": np.array(["residential"], dtype=object),
        "period_weight": np.array([1.0]),
        "link_flow_by_vehicle": np.ones((1, 4, 1)),
        "link_speed": np.full((1, 1), 30.0),
        "link_cruise_speed": np.array([30.0]),
        "link_free_time": np.array([120.0]),
        "fleet.vehicle_class": np.array(["car"], dtype=object),
        "fleet.fuel": np.array(["petrol"], dtype=object),
        "fleet.euro_class": np.array(["euro4"], dtype=object),
        "fleet.share": np.array([1.0]),
    }
    with pytest.raises(MissingLayerError) as error:
        tools.emissions.run(Inputs(inputs, tools.medians(tools.emissions)), None)
    assert str(error.value) == (
        "the fleet has no motorcycle, no van, no truck (in fleet.vehicle_class). Add rows for them."
    )


def test_the_table_is_whole():
    """Every kind of vehicle has every pollutant in every family; values are positive and of a sane size."""
    factors = read_factors()
    kinds = {key[:3] for key in factors.curves}
    for kind in kinds:
        for pollutant in POLLUTANTS:
            for family in FAMILIES:
                curve = factors.curve(*kind, pollutant, family)
                assert (curve >= 0).all()
                assert curve.max() < {"co2": 3500, "nox": 40, "pm25_exhaust": 1.5}[pollutant]
    used = {f"{v} {f} {e}" for v, f, e in kinds}
    for vehicle in vocabulary.get("fleet.vehicle_class").one_of:
        assert any(k.startswith(vehicle) for k in used)


def test_cars_at_fifty_are_near_what_others_publish():
    """Petrol Euro 5-6: 120 to 190 g CO2/km (EMEP/EEA and real-world fuel use); diesel Euro 5-6 0.3 to 0.9 g NOx/km."""
    factors = read_factors()
    assert 120 < factors.curve("car", "petrol", "euro5_6", "co2", "cycle")[4] < 190
    assert 0.3 < factors.curve("car", "diesel", "euro5_6", "nox", "cycle")[4] < 0.9


def test_every_source_is_in_the_references(tools):
    keys = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), re.M))
    used = set(read_factors().sources.values()) | {"emep_eea_2019_wear"}
    used |= {p.source for model in (tools.mobility, tools.emissions) for p in model.parameters}
    assert used <= keys, used - keys
