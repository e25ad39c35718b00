"""Indicators: every one by hand on two links."""

import numpy as np
import pytest

from exante.indicators import list_indicators
from exante.models import list_models
from exante.quantities import vocabulary
from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS

RESULTS = {
    "links.length": np.array([1000.0, 2000.0]),
    "links.road_class": np.array(["residential", "motorway"], dtype=object),
    "period_weight": np.array([2.0, 10.0]),
    "link_flow": np.array([[100.0, 50.0], [40.0, 20.0]]),
    "link_time": np.array([[120.0, 90.0], [100.0, 80.0]]),
    "link_free_time": np.array([90.0, 80.0]),
    "link_cruise_speed": np.array([40.0, 90.0]),
    "trips_by_mode": np.array([30.0, 10.0, 20.0, 28.0, 4.0, 7.0, 1.0]),
    "trip_length_by_mode": np.array([1.0, 3.0, 4.0, 5.0, 5.0, 4.0, 4.0]),
    "zone_surplus": np.array([5.0, -2.0]),
    "toll_revenue_by_period": np.array([100.0, 10.0]),
    "link_co2": np.array([1000.0, 500.0]),
    "link_nox": np.array([200.0, 300.0]),
    "link_pm25": np.array([20.0, 10.0]),
    "link_pm10": np.array([30.0, 10.0]),
    "link_no2": np.array([50.0, 50.0]),
    "link_co2_upstream": np.array([300.0, 200.0]),
    "vehicle_electricity": np.full(24, 100.0),
    "zone_replaced_cars": np.array([10.0, 20.0]),
    # Node 0 holds all addresses of zone 0 and half of those of zone 1, node 1 the other half. On foot node 0 reaches
    # what it holds, and so does node 1; by bicycle everybody reaches everything.
    "address_node": np.array([0, 0, 1]),
    "address_zone": np.array([0, 1, 1]),
    "address_share": np.array([1.0, 0.5, 0.5]),
    "walk_reach_node": np.array([0, 0, 1]),
    "walk_reach_zone": np.array([0, 1, 1]),
    "walk_reach_share": np.array([1.0, 0.5, 0.5]),
    "cycle_reach_node": np.array([0, 0, 1, 1]),
    "cycle_reach_zone": np.array([0, 1, 0, 1]),
    "cycle_reach_share": np.ones(4),
    "node_stop_distance": np.array([500.0, 501.0]),
    # Zone 0 lives along the first street, zone 1 along the second, a quarter of them at the back.
    "facade_zone": np.array([0, 1]),
    "facade_share": np.array([1.0, 1.0]),
    "facade_lden": np.array([65.0, 52.0]),
    "facade_lnight": np.array([57.0, 46.0]),
    "courtyard_lden": np.array([50.0, 39.0]),
    "courtyard_lnight": np.array([42.0, 31.0]),
    "courtyard_share": np.array(0.25),
    "zones.population": np.array([100.0, 200.0]),
    "zones.jobs": np.array([300.0, 100.0]),
    "zones.services": np.array([0.5, 1.5]),
    "zones.district": np.array(["West", "East"], dtype=object),
    "zones.income": np.array([20000.0, 10000.0]),
    "zones.school_places": np.array([30.0, 10.0]),
    "zones.students": np.array([10.0, 10.0]),
    "zones.zone_id": np.array(["a", "b"], dtype=object),
    "people.zone_id": np.array(["a", "b", "b"], dtype=object),
    "people.age": np.array(["over_64", "over_64", "under_15"], dtype=object),
    "people.sex": np.array(["women", "men", "women"], dtype=object),
    "people.persons": np.array([10.0, 30.0, 5.0]),
    # A park within 300 m of node 0 alone; of the two kinds of place known, node 1 lacks one.
    "node_green_distance": np.array([200.0, 400.0]),
    "node_place_distance": np.where(
        np.isin(LABELS["place_kind"], ["school", "park"])[:, None], [[100.0, 5000.0]], [[10000.0, 10000.0]]
    ),
    "places.kind": np.array(["school", "park"], dtype=object),
    "zone_trees_in_sight": np.array([0.5, 0.2]),
    "zone_environment.zone_id": np.array(["a", "b"], dtype=object),
    "zone_environment.green_area": np.array([300.0, 600.0]),
    "home_no2": np.array([25.0, 12.0]),
    "home_pm25": np.array([11.0, 4.0]),
    "street_no2": np.array([40.0, 20.0]),
    "street_length": np.array([10.0, 90.0]),
    "link_crashes": np.array([3.0, 5.0]),
    "casualties": np.array([[2.0] * 5, [0.5] * 5]),
    "attributable_deaths": np.array([10.0, 20.0]),
    "attributable_years": np.array([100.0, 200.0]),
    "activity_deaths": np.array([3.0, 4.0]),
    "pv_capacity": np.array([[1000.0, 1000.0], [500.0, 500.0]]),
    "zone_pv": np.array([2e6, 1e6]),
    "zone_self_consumed": np.array([1.5e6, 0.9e6]),
    "city_load": np.full(4, 5e5),
    "city_import": np.array([1e5, 3e5]),
    "grid_co2_direct": np.array([1e6, 2e6, 0.0]),
    "grid_co2_lifecycle": np.array([2e6, 2e6, 0.0]),
    "grid_co2_marginal": np.array(5e6),
    "grid_cost": np.array(7e6),
    # electricity, gas, oil, wood, district heat
    "building_energy": np.array([[1e6, 2e6, 0.0, 0.0, 0.0], [1e6, 3e6, 1e6, 1e6, 2e6]]),
    "building_electricity": np.array([[1000.0, 3000.0], [2000.0, 500.0]]),
    "building_heat_need": np.array([1000.0, 2000.0]),
    "dwelling_area": np.array([10.0, 50.0]),
    "building_co2": np.array([1e6, 3e6]),
    "building_bill": np.array([1000.0, 4000.0]),
    "tariffs.carrier": np.array(["gas", "electricity", "oil", "gas"], dtype=object),
    "tariffs.consumer": np.array(["household", "household", "household", "service"], dtype=object),
    "tariffs.price": np.array([0.1, 0.2, 0.15, 9.0]),
}

PAPER = {
    # 600 vehicles a day over 1 km, 300 over 2 km
    "vehicle_distance": 600.0 + 600.0,
    "vehicle_distance_local": 600.0,
    "vehicle_hours": (2 * 100 * 120 + 10 * 40 * 100 + 2 * 50 * 90 + 10 * 20 * 80) / 3600.0,
    "delay_hours": (2 * 100 * 30 + 10 * 40 * 10 + 2 * 50 * 10) / 3600.0,
    "mean_speed": 600.0 / ((2 * 100 * 120 + 10 * 40 * 100) / 3600.0),
    "mean_cruise_speed": 40.0,
    "car_share": 35.0,
    "transit_share": 20.0,
    "cycle_share": 10.0,
    "walk_share": 30.0,
    "motorcycle_share": 4.0,
    "car_passenger_share": 7.0,
    "taxi_share": 1.0,
    "people_per_car": 35.0 / 28.0,
    "resident_trips": 100.0,
    "walk_distance": 30.0,
    "cycle_distance": 30.0,
    "transit_distance": 80.0,
    "surplus": 3.0,
    "toll_revenue": 300.0,
    "co2_traffic": 1.5,
    "nox_traffic": 0.5,
    "pm25_traffic": 0.03,
    # 1.5 t a working day, 2 t with what is emitted upstream; 339.45 working days a year
    "co2_traffic_year": 1.5 * 339.45 / 1000,
    "co2_wheel_year": 2.0 * 339.45 / 1000,
    "nox_traffic_year": 0.5 * 339.45 / 1000,
    "no2_traffic": 0.1,
    "pm10_traffic": 0.04,
    "vehicle_energy": 2.4,
    "cars_replaced": 30.0,
    # 75 and 25 residents of zone 0 at the front and at the back, 150 and 50 of zone 1
    "noise_above_55": 25.0,
    "noise_annoyed": 75 * 0.20869 + 150 * 0.093614 + 25 * 0.08617,
    "noise_sleepless": 75 * 0.071534 + 150 * 0.031472 + 25 * 0.024464,
    "noise_mean_level": (75 * 65 + 150 * 52 + 25 * 50 + 50 * 39) / 300,
    "noise_night_above_50": 25.0,
    "noise_above_53": 25.0,
    "noise_night_above_45": 75.0,
    "noise_annoyed_worst_district": 75 * 0.20869 + 25 * 0.08617,
    "noise_annoyed_poorest_fifth": 0.75 * 9.3614,
    **{f"noise_lden_{low}": 25.0 * (low == 65) for low in (55, 60, 65, 70, 75)},
    **{f"noise_lnight_{low}": 25.0 * (low == 55) for low in (50, 55, 60, 65, 70)},
    # A hundred residents at each of three addresses reach 350, 350 and 50 of 400 jobs.
    "jobs_on_foot": 100 * 250.0 / 400.0,
    "jobs_by_bicycle": 100.0,
    # 1.25, 1.25 and 0.75 of 2 services
    "services_on_foot": 100 * (3.25 / 3) / 2.0,
    "services_on_foot_gini": 100 * (1 - (0.75 + (0.75 + 2.0) + (2.0 + 3.25)) / 3.25 / 3),
    "services_worst_district": 100 * 1.0 / (3.25 / 3),
    "services_poorest_fifth": 100 * 1.0 / (3.25 / 3),
    # Zone 0: 30 places for 15 students within reach; zone 1: 10 for 10. Node 0 has 2 + 0.5 a head, node 1 has 0.5,
    # less than half of 40 / 20: 5 of 20 students.
    "school_places_short": 25.0,
    "stop_on_foot": 100 * 2 / 3,
    "places_on_foot": 100 * 2 / 3,
    "trees_in_sight": 100 * (100 * 0.5 + 200 * 0.2) / 300,
    "green_near": 100 * 2 / 3,
    "green_near_poorest_fifth": 50.0,
    "green_near_worst_district": 50.0,
    "green_per_head": 3.0,
    # node 0 reaches 300 and half of 600, node 1 half of 600: 600, 600 and 300
    "green_on_foot_gini": 100 * (1 - (0.2 + 0.8 + 1.6) / 3),
    "green_near_under_15": 50.0,
    "green_near_over_64": 100 * (10 + 30 * 0.5) / 40,
    "green_near_women": 100 * (10 + 5 * 0.5) / 15,
    "no2_exposure": (100 * 25 + 200 * 12) / 300,
    "pm25_exposure": (100 * 11 + 200 * 4) / 300,
    "no2_above_eu": 100 / 3,
    "no2_above_who": 100.0,
    "pm25_above_eu": 100 / 3,
    "pm25_above_who": 100 / 3,
    "no2_street_worst": 40.0,
    "no2_worst_district": 25.0,
    "no2_poorest_fifth": 12.0,
    "no2_richest_fifth": 25.0,
    "no2_over_64": (10 * 25 + 30 * 12) / 40,
    "no2_under_15": 12.0,
    "crashes_year": 8.0,
    "crashes_local": 3.0,
    "injured_year": 10.0,
    "killed_year": 2.5,
    "injured_unprotected": 4.0,
    "deaths_no2": 10.0,
    "deaths_pm25": 20.0,
    "years_no2": 100.0,
    "years_pm25": 200.0,
    "deaths_prevented_walking": 3.0,
    "deaths_prevented_cycling": 4.0,
    "pv_power": 3.0,
    "pv_generation": 3.0,
    "pv_self_consumption": 80.0,
    "electricity_use": 2.0,
    "electricity_imports": 0.4,
    "electricity_peak": 300.0,
    "co2_electricity": 3.0,
    "co2_electricity_lifecycle": 4.0,
    "co2_electricity_marginal": 5.0,
    "electricity_cost": 7.0,
    "heat_per_area": 50.0,
    "final_energy": 11.0,
    "gas_use": 5.0,
    "building_power_use": 2.0,
    "building_peak": 3.5,
    "co2_buildings": 4.0,
    # 5 GWh of gas at 0.1, one of oil at 0.15; wood and district heat without a tariff at the price of gas
    "heating_cost": 0.5 + 0.15 + 0.1 + 0.2,
    "home_bill": 5000 / 300,
    "home_bill_poorest_fifth": 20.0,
}


@pytest.mark.parametrize("indicator", list_indicators(), ids=lambda i: i.name)
def test_on_paper(indicator):
    reads = Inputs({name: RESULTS[name] for name in indicator.reads}, {})
    assert indicator.compute(reads) == pytest.approx(PAPER[indicator.name])
    assert type(indicator.compute(reads)) is float


@pytest.mark.parametrize("indicator", list_indicators(), ids=lambda i: i.name)
def test_nothing_travels_and_nothing_breaks(indicator):
    empty = {name: value if value.dtype == object else np.zeros_like(value) for name, value in RESULTS.items()}
    assert np.isfinite(indicator.compute(Inputs({name: empty[name] for name in indicator.reads}, {})))


def test_every_indicator_is_new_and_told():
    names = [i.name for i in list_indicators()]
    assert len(names) == len(set(names))
    assert set(names) == set(PAPER)
    for indicator in list_indicators():
        assert indicator.unit == vocabulary.get(indicator.name).unit
        assert indicator.title
        assert indicator.counted


def test_models_write_what_indicators_read():
    written = {name for model in list_models() for name in model.writes}
    for indicator in list_indicators():
        assert all("." in name or name in written for name in indicator.reads), indicator.name


def test_mode_order_is_that_of_the_labels():
    from exante.quantities.labels import LABELS, place

    assert place("mode", "walk") == 0
    assert len(LABELS["mode"]) == len(RESULTS["trips_by_mode"])
