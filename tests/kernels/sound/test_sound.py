"""Sound of road traffic: values on paper, laws of doubling, curves of response."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.kernels.sound.emission import (
    BANDS,
    CATEGORIES,
    COEFFICIENTS,
    junction_share,
    line_energy,
    propulsion_power,
    rolling_power,
    temperature_correction,
    to_level,
    vehicle_energy,
)
from exante.kernels.sound.levels import annoyed_share, mean_day_energy, sleepless_share
from exante.kernels.sound.paths import NEAREST, trace_paths
from exante.kernels.sound.propagation import around_gain, canyon_factor, own_street_gain


def test_one_link_one_category_one_band_on_paper():
    # 1,000 cars an hour at 50 km/h, 1 kHz: rolling 100.1 + 32.5 lg(50/70) = 95.351, propulsion 84.7 - 8 * 20/70 =
    # 82.414; together 95.566 dB a car, and 1000 / (1000 * 50) cars a metre take 16.990 dB from it.
    band = BANDS.index(1000)
    assert rolling_power("1", 50.0)[band] == pytest.approx(95.351, abs=1e-3)
    assert propulsion_power("1", 50.0)[band] == pytest.approx(82.414, abs=1e-3)
    one = vehicle_energy("1", 50.0)
    assert to_level(one)[band] == pytest.approx(95.566, abs=1e-3)
    assert to_level(line_energy(one, 1000.0, 50.0))[band] == pytest.approx(78.577, abs=1e-3)


def test_at_the_reference_speed_the_coefficients_are_the_power():
    for category in CATEGORIES:
        assert propulsion_power(category, 70.0) == pytest.approx(COEFFICIENTS[category].propulsion)
        rolling = COEFFICIENTS[category].rolling
        if rolling is None:
            assert np.isneginf(rolling_power(category, 70.0)).all()
        else:
            assert rolling_power(category, 70.0) == pytest.approx(rolling)


def test_twice_the_traffic_is_three_decibels():
    one = vehicle_energy("1", 40.0)
    rise = to_level(line_energy(one, 600.0, 40.0)) - to_level(line_energy(one, 300.0, 40.0))
    assert rise == pytest.approx(10 * np.log10(2.0))


def test_twice_the_distance_from_a_line_takes_three_decibels_and_from_a_point_six():
    near, far = own_street_gain([1e7, 1e7], [200.0, 400.0])
    assert 10 * np.log10(near / far) == pytest.approx(3.01, abs=5e-3)
    near, far = own_street_gain([0.01, 0.01], [200.0, 400.0])
    assert 10 * np.log10(near / far) == pytest.approx(6.02, abs=5e-3)


def test_an_endless_street_on_paper():
    # W' angle / (2 pi d), angle pi: 1 / (2 d), with d the slant distance of 10 m on the ground and 3.95 m of height
    assert own_street_gain(1e9, 10.0) == pytest.approx(1 / (2 * np.hypot(10.0, 3.95)))


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(CATEGORIES), st.floats(0.0, 140.0), st.floats(0.0, 60.0), st.floats(-4.0, 4.0), st.floats(0.0, 5.0)
)
def test_a_faster_or_rougher_vehicle_is_never_quieter(category, speed, more, surface, rougher):
    slow, fast = vehicle_energy(category, speed, surface), vehicle_energy(category, speed + more, surface)
    weighted = slice(1, None)  # 63 Hz of light and medium vehicles falls with speed, in the Directive's own table
    assert (fast[weighted] >= slow[weighted] * (1 - 1e-12)).all()
    assert (vehicle_energy(category, speed, surface + rougher) >= slow).all()


def test_below_20_km_per_hour_the_power_stays():
    assert vehicle_energy("3", 5.0) == pytest.approx(vehicle_energy("3", 20.0))


def test_cold_rolls_louder():
    assert temperature_correction("1", 15.0) == pytest.approx(0.4)
    assert temperature_correction("3", 15.0) == pytest.approx(0.2)
    assert temperature_correction("4b", 15.0) == 0.0


def test_nearness_of_junctions_on_paper():
    near = junction_share([50.0, 100.0, 400.0, 100.0, 400.0, 80.0], [1, 1, 1, 2, 2, 0])
    assert near == pytest.approx([0.75, 0.5, 0.125, 0.75, 0.25, 0.0])


def test_a_steady_level_has_6_4_decibels_more_by_day_evening_and_night():
    told = to_level(mean_day_energy([1e6, 1e6, 1e6], [12, 4, 8]))
    assert told == pytest.approx(10 * np.log10((12 + 4 * 10**0.5 + 80) / 24) + 60)


def test_streets_around_fall_with_distance_and_buildings():
    open_field = around_gain([1.0, 1.0], [100.0, 300.0], [0.0, 0.0], 15.0)
    houses = around_gain([1.0, 1.0], [100.0, 300.0], [0.4, 0.4], 10.0)
    assert 10 * np.log10(open_field / houses) == pytest.approx(np.tile([4.0, 10.0], (8, 1)))
    assert (np.diff(open_field, axis=1) < 0).all()
    assert (np.diff(open_field, axis=0) < 0).all()  # air takes more of high bands


def test_a_wall_across_the_street_adds_a_third():
    assert canyon_factor(0.9, [0.0, 1.0]).tolist() == pytest.approx([1.0, 1.3])


def test_paths_of_one_straight_street():
    # Facade 30 m from the middle of a street of 4 pieces of 50 m: the exact integral of 1 / (30^2 + x^2) over
    # -100 to 100 m is 2 atan(100 / 30) / 30.
    pieces = np.array([[x, 0.0] for x in (-75.0, -25.0, 25.0, 75.0)])
    found = trace_paths(np.array([[0.0, 30.0]]), pieces, np.full(4, 50.0), np.zeros(4, dtype=np.int64), 1, 400.0)
    assert found.gain == pytest.approx([2 * np.arctan(100 / 30) / 30], rel=0.06)
    assert NEAREST < found.distance[0] < 100.0
    fewer = trace_paths(np.array([[0.0, 30.0]]), pieces, np.full(4, 50.0), np.zeros(4, dtype=np.int64), 1, 50.0)
    assert 0 < fewer.gain[0] < found.gain[0]


def test_curves_of_the_directive_on_paper():
    assert annoyed_share([39.9, 55.0, 70.0]) == pytest.approx(
        [0.0, (78.927 - 171.391 + 103.455) / 100, (78.927 - 218.134 + 167.58) / 100]
    )
    assert sleepless_share([39.9, 50.0, 65.0]) == pytest.approx(
        [0.0, (19.4312 - 46.68 + 31.5) / 100, (19.4312 - 60.684 + 53.235) / 100]
    )
    assert (np.diff(annoyed_share(np.arange(40.0, 90.0))) >= 0).all()
    assert (np.diff(sleepless_share(np.arange(40.0, 90.0))) >= 0).all()
