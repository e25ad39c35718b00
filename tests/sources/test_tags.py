import numpy as np
import pytest

from exante.sources import tags


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("50", 50.0),
        ("['50', '30']", 30.0),
        ("30;50", 30.0),
        ("20 mph", 32.18688),
        ("IT:urban", 50.0),
        ("['signals', '90']", 90.0),
    ],
)
def test_a_limit_is_the_lowest_number_of_its_tag(tag, expected):
    assert tags.speed_limit(tag) == pytest.approx(expected)


@pytest.mark.parametrize("tag", ["signals", "", None, float("nan"), "[broken"])
def test_a_limit_without_number_is_missing_not_zero(tag):
    assert np.isnan(tags.speed_limit(tag))


@pytest.mark.parametrize(
    ("tag", "oneway", "expected"),
    [("2", False, 1.0), ("3", False, 1.0), ("4", False, 2.0), ("1", False, 1.0), ("['3', '2']", True, 2.0)],
)
def test_lanes_of_a_two_way_street_are_shared_by_both_directions(tag, oneway, expected):
    assert tags.lanes_one_way(tag, oneway=oneway) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("primary", ("primary", False)),
        ("motorway_link", ("motorway", True)),
        ("['tertiary', 'motorway_link']", ("tertiary", False)),
        ("['living_street', 'residential']", ("residential", False)),
        ("footway", None),
    ],
)
def test_the_class_of_a_merged_street_is_its_main_road(tag, expected):
    assert tags.road_class(tag) == expected


def test_uses_follow_class_and_access():
    assert tags.allowed_uses("residential", None) == "auto,bus,bike,walk"
    assert tags.allowed_uses("residential", "destination") == "auto,bus,bike,walk"
    assert tags.allowed_uses("motorway", None) == "auto,bus"
    assert tags.allowed_uses("primary", "no") == "bus"
    assert tags.allowed_uses("secondary", "psv") == "bus"
    assert tags.allowed_uses("busway", None) == "bus"


def test_a_crossing_is_no_control():
    assert tags.control("crossing") == "none"
    assert tags.control("traffic_signals") == "signal"
