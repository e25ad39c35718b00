"""Discrete choice: shares and logsums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.kernels.choice import logit


def test_shares_by_hand():
    """At 0.1 per minute, ten minutes more leave exp(-1) of the odds."""
    share, logsum = logit(np.array([[[20.0]], [[30.0]]]), 0.1)
    assert share[:, 0, 0] == pytest.approx([1 / (1 + np.exp(-1)), np.exp(-1) / (1 + np.exp(-1))])
    assert logsum[0, 0] == pytest.approx(np.log(np.exp(-2) + np.exp(-3)))


def test_an_alternative_that_is_not_there_has_no_share():
    share, logsum = logit(np.array([[[20.0]], [[np.inf]]]), 0.1)
    assert share[:, 0, 0].tolist() == [1.0, 0.0]
    assert logsum[0, 0] == pytest.approx(-2.0)


def test_nothing_to_choose_gives_zeros_not_nan():
    share, logsum = logit(np.full((2, 1, 1), np.inf), 0.1)
    assert share.sum() == 0.0
    assert logsum[0, 0] == -np.inf


def test_large_costs_do_not_overflow():
    share, logsum = logit(np.array([[[1e6]], [[1e6 + 10]]]), 0.1)
    assert np.isfinite(logsum).all()
    assert share.sum() == pytest.approx(1.0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.0, 200.0), min_size=2, max_size=5), st.floats(0.01, 0.3), st.floats(0.5, 50.0))
def test_a_dearer_alternative_loses_and_the_logsum_falls(costs, sensitivity, more):
    cost = np.array(costs).reshape(-1, 1, 1)
    dearer = cost.copy()
    dearer[0] += more
    share, logsum = logit(cost, sensitivity)
    after, lower = logit(dearer, sensitivity)
    assert share.sum() == pytest.approx(1.0)
    assert after[0, 0, 0] <= share[0, 0, 0]
    assert lower[0, 0] <= logsum[0, 0] + 1e-12


def test_the_logsum_falls_at_the_rate_of_the_share():
    """d logsum / d cost = - s P (Roy's identity)."""
    cost = np.array([12.0, 20.0, 31.0]).reshape(-1, 1, 1)
    share, logsum = logit(cost, 0.06)
    moved = cost.copy()
    moved[1] += 1e-5
    slope = (logit(moved, 0.06)[1] - logsum)[0, 0] / 1e-5
    assert slope == pytest.approx(-0.06 * share[1, 0, 0], rel=1e-4)
