"""The observation operator and the scores, by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from exante.calibration.observe import Profile, by_period, hours_of_periods
from exante.calibration.scores import geh, naive, naive_by_class, score
from exante.quantities.errors import WiringError

TWO = (np.arange(7, 10), np.concatenate([np.arange(7), np.arange(10, 24)]))


@settings(max_examples=30, deadline=None)
@given(share=arrays(float, 24, elements=st.floats(0.01, 10.0)))
def test_the_profile_makes_no_traffic(share):
    operator = Profile(share, TWO).operator(np.array([2.7, 14.3]))
    assert np.allclose(operator.sum(axis=0), [2.7, 14.3])
    assert (operator >= 0).all()


def test_the_clock_of_the_model_covers_the_day():
    from exante.models.mobility.periods import STANDS_FOR

    assert np.sort(np.concatenate(hours_of_periods(len(STANDS_FOR)))).tolist() == list(range(24))
    with pytest.raises(WiringError, match="the model's results have 77 periods"):
        hours_of_periods(77)


def test_means_of_periods_are_over_counted_hours():
    flow = np.full((1, 24), 10.0)
    flow[0, 8] = 40.0
    flow[0, 10:] = np.nan
    flow[0, :7] = np.nan
    assert by_period(flow, Profile(np.ones(24), TWO))[0].tolist() == [20.0, pytest.approx(np.nan, nan_ok=True)]


def test_scores_on_paper():
    observed = np.array([np.full(24, 100.0), np.full(24, 300.0)])
    modelled = np.array([np.full(24, 120.0), np.full(24, 280.0)])
    found = score(modelled, observed)
    assert found.r2 == pytest.approx(1 - 800 / 20_000)
    assert found.correlation == pytest.approx(1.0)
    assert found.bias == pytest.approx(0.0)
    assert found.geh_day == found.geh_night == 1.0
    assert score(observed * 3, observed).geh_day == 0.0
    assert float(geh(np.array(0.0), np.array(0.0))) == 0.0


def test_a_guess_without_a_model_is_the_other_sites_mean():
    observed = np.array([np.full(24, 100.0), np.full(24, 300.0), np.full(24, np.nan)])
    guess = naive(observed)
    assert guess[:, 0].tolist() == [300.0, 100.0, 200.0]
    assert score(guess, observed).sites == 2
    assert score(guess, observed).r2 < 0


def test_a_guess_by_road_class_takes_other_streets():
    observed = np.array([np.full(24, x) for x in (100.0, 200.0, 400.0, 50.0)])
    street = np.array(["a", "a", "b", "c"], dtype=object)
    road_class = np.array(["primary", "primary", "primary", "tertiary"], dtype=object)
    guess = naive_by_class(observed, street, road_class)[:, 5]
    assert guess.tolist() == [400.0, 400.0, 150.0, pytest.approx(700.0 / 3)]
