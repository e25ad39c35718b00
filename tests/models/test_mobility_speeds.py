"""A speed limit is not a speed."""

import numpy as np
import pytest
import shapely

from exante.models.mobility.periods import HOURLY, STANDS_FOR, charged_share, mean_hours, timing
from exante.models.mobility.speeds import cruise_speed, delays_of
from exante.quantities.declarations import Inputs
from exante.quantities.errors import ParameterError
from exante.quantities.labels import LABELS


def waiting(control, road_class):
    """One kilometre of road from node 0 to node 1."""
    arrays = {
        "nodes.ctrl_type": np.array(["none", control], dtype=object),
        "links.road_class": np.array([road_class], dtype=object),
        "links.length": np.array([1000.0]),
        "links.geometry": shapely.linestrings([[[0.0, 0.0], [0.0, 1000.0]]]),
        "links.allowed_uses": np.array(["auto"], dtype=object),
        "links.capacity": np.array([450.0]),
        "links.lanes": np.array([2.0]),
    }
    return Inputs(arrays, {"delay_signal": 20.0, "delay_priority": 4.0, "gap_flow": 1.0, "delay_full": 1.0})


def test_a_light_that_pedestrians_alone_share():
    """Green for 0.71 of the cycle; at 900 vehicles an hour C (1 - g) g / 2 more, and 225 sqrt(16 / 900) of overflow."""
    ends = np.array([0]), np.array([1])
    waits = delays_of(waiting("signal", "secondary"), *ends)
    assert waits.low[0] == pytest.approx(20.0 * (0.29 / 0.555) ** 2)
    assert waits.rise[0] == pytest.approx(45.0 * 0.29 * 0.71 + 225.0 * 4.0 / 30.0)
    free = delays_of(waiting("none", "secondary"), *ends)
    assert free.low.tolist() == free.rise.tolist() == [0.0]


def test_motorways_have_no_lights():
    ends = np.array([0]), np.array([1])
    waits = delays_of(waiting("signal", "motorway"), *ends)
    assert waits.low.tolist() == waits.rise.tolist() == [0.0]


def test_a_sign_moves_drivers_by_the_slope_only(tools):
    p = tools.medians(tools.mobility, cruise_local=30.0, slope_local=0.25)
    speed = cruise_speed(np.array([50.0, 30.0]), np.array(["residential", "residential"]), p)
    assert speed.tolist() == [30.0, 25.0]


def test_no_class_lacks_a_speed(tools):
    from exante.quantities import vocabulary

    p = tools.medians(tools.mobility)
    classes = np.array(vocabulary.get("links.road_class").one_of)
    for limit in (5.0, 30.0, 50.0, 90.0, 130.0):
        speed = cruise_speed(np.full(len(classes), limit), classes, p)
        assert (speed >= 5.0).all()
        assert (speed <= 1.1 * limit).all()


def test_a_higher_limit_never_slows(tools):
    p = tools.medians(tools.mobility)
    for road in ("residential", "tertiary", "primary", "motorway"):
        limits = np.arange(5.0, 140.0)
        assert (np.diff(cruise_speed(limits, np.full(len(limits), road), p)) >= 0).all()


def test_trips_of_a_day_do_not_depend_on_their_hours(tools):
    for peak in (0.30, 0.36):
        t = timing(tools.medians(tools.mobility, peak_out_work=peak))
        assert (t.out @ t.weight).tolist() == pytest.approx([0.5, 0.5, 0.5])
        assert (t.back @ t.weight).tolist() == pytest.approx([0.5, 0.5, 0.5])


def test_a_peak_that_takes_more_than_all_trips_is_refused(tools):
    with pytest.raises(ParameterError) as error:
        timing(tools.medians(tools.mobility, peak_out_study=0.6))
    assert str(error.value) == (
        "the morning peak takes more than all study trips that leave home (in mobility.peak_out_study). "
        "Lower the share to at most one half."
    )


def test_the_ends_of_every_drawn_range_leave_trips_for_the_day(tools):
    ends = {p.name.split(".")[1]: float(p.distribution.quantile(1.0)) for p in tools.mobility.parameters}
    assert (timing(ends).out >= 0).all()
    assert (timing(ends).back >= 0).all()


def test_every_hour_is_of_one_period():
    assert sorted(np.concatenate(STANDS_FOR).tolist()) == list(range(24))
    assert len(STANDS_FOR) == len(LABELS["period"])


def test_the_modelled_hour_is_the_mean_vehicles_hour():
    """Two hours of 4.52 and 2.51 percent: 7.03 squared over the sum of squares."""
    assert mean_hours(HOURLY)[3] == pytest.approx(7.03**2 / (4.52**2 + 2.51**2))


def test_goods_and_through_traffic_of_all_periods_are_a_day(tools):
    t = timing(tools.medians(tools.mobility))
    for share in (t.traffic, t.van, t.truck):
        assert share @ t.weight == pytest.approx(1.0)


def test_hours_of_a_charge():
    assert HOURLY.sum() == pytest.approx(100.0, abs=0.1)
    assert charged_share(7.0, 10.0).tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert charged_share(8.0, 9.0)[0] == pytest.approx(7.58 / (6.60 + 7.58 + 6.34))
    assert charged_share(22.0, 2.0) == pytest.approx(charged_share(22.0, 24.0) + charged_share(0.0, 2.0))
