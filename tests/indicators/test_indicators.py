"""Indicators: every one by hand on two links."""

import numpy as np
import pytest

from exante.indicators import list_indicators
from exante.models import list_models
from exante.quantities import vocabulary
from exante.quantities.declarations import Inputs

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
