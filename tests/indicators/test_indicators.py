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
    "trips_by_mode": np.array([30.0, 10.0, 20.0, 35.0, 5.0]),
    "zone_surplus": np.array([5.0, -2.0]),
    "toll_revenue_by_period": np.array([100.0, 10.0]),
    "link_co2": np.array([1000.0, 500.0]),
    "link_nox": np.array([200.0, 300.0]),
    "link_pm25": np.array([20.0, 10.0]),
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
    "motorcycle_share": 5.0,
    "surplus": 3.0,
    "toll_revenue": 300.0,
    "co2_traffic": 1.5,
    "nox_traffic": 0.5,
    "pm25_traffic": 0.03,
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
