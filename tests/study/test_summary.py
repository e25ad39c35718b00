"""Summaries of paired differences, with numbers on paper."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from exante.study.summary import summarise

ATTRS = {"unit": "tonne/day", "title": "CO2", "better": "lower", "counted": "all"}


def outcome(base, policy, floor=0.0):
    data = np.array([base, policy], dtype=float)
    dataset = xr.Dataset(
        {"co2_traffic": (("scenario", "draw"), data, ATTRS)}, coords={"scenario": ["baseline", "policy"]}
    )
    return summarise(dataset, {"co2_traffic": floor})[0]


def test_quantiles_are_of_the_paired_difference():
    base = np.array([100.0, 200.0, 300.0, 400.0, 500.0])
    result = outcome(base, base - [1, 2, 3, 4, 5])
    assert (result.baseline, result.policy, result.mean, result.p50) == (300, 297, -3, -3)
    assert result.p05 == pytest.approx(-4.8)
    assert result.p95 == pytest.approx(-1.2)
    assert result.probability_of_sign == 1
    assert result.distinguishable


def test_the_sign_is_that_of_the_median():
    result = outcome(np.zeros(4), [-1, -2, -3, 9])
    assert result.probability_of_sign == 0.75


def test_a_difference_within_the_noise_is_none():
    result = outcome(np.zeros(4), [-1e-4, -2e-4, -3e-4, -1e-4], floor=1e-3)
    assert result.probability_of_sign == 0
    assert not result.distinguishable


def test_no_change_has_no_sign():
    result = outcome(np.ones(3), np.ones(3))
    assert (result.mean, result.probability_of_sign, result.distinguishable) == (0, 0, False)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.floats(-1e6, 1e6))
def test_a_shift_of_both_scenarios_changes_no_difference(change, shift):
    base = np.arange(len(change), dtype=float)
    one, two = outcome(base, base + change), outcome(base + shift, base + shift + change)
    assert one.mean == pytest.approx(two.mean, abs=1e-6)
    assert one.p05 <= one.p50 <= one.p95
