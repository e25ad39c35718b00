"""Fifths of income: lognormal on paper, shares that add up, and a mean that is kept."""

import numpy as np
import pytest

from exante.quantities.errors import SourceError
from exante.sources.people.bands import fifths, spread_of_gini


def test_the_gini_of_a_lognormal_is_that_of_its_spread():
    sigma = float(spread_of_gini(np.array(0.35)))
    sample = np.exp(sigma * np.sqrt(2) * np.array([0.0]))  # the median is 1 whatever the spread
    assert sample[0] == 1.0
    # Gini by its Lorenz curve, 2 Phi(sigma / sqrt 2) - 1, integrated numerically
    p = (np.arange(200000) + 0.5) / 200000
    from scipy.special import ndtri

    income = np.exp(sigma * ndtri(p))
    gini = 1.0 - 2.0 * np.mean(np.cumsum(income) / income.sum())
    assert gini == pytest.approx(0.35, abs=2e-4)


def test_one_area_has_a_fifth_in_every_band_and_keeps_its_mean():
    found = fifths(np.array([30000.0]), np.array([0.7]), np.array([10.0]), np.array([0]), 1)
    np.testing.assert_allclose(found.share, np.full((1, 5), 0.2), atol=1e-9)
    assert found.mean @ found.share[0] == pytest.approx(30000.0, rel=1e-9)
    # the median of a lognormal of mean 30,000: 30,000 exp(-0.7^2 / 2) = 23,480 lies in the third band
    assert found.lower[2] < 30000 * np.exp(-0.245) < found.upper[2]


def test_the_city_is_cut_into_equal_parts_and_the_richer_zone_is_higher():
    mean, weight = np.array([20000.0, 25000.0, 40000.0]), np.array([50.0, 30.0, 20.0])
    found = fifths(mean, np.array([0.5, 0.6, 0.7]), weight, np.array([0, 0, 1]), 3)
    residents = np.array([80.0, 20.0])
    np.testing.assert_allclose(residents @ found.share[:2] / 100.0, 0.2, atol=1e-9)
    np.testing.assert_allclose(found.share[:2].sum(axis=1), 1.0, atol=1e-9)
    assert found.share[1, 4] > found.share[0, 4]
    assert np.isnan(found.share[2]).all()  # a zone without people or income is missing, not zero
    assert (np.diff(found.lower) > 0).all()
    assert np.isnan(found.upper[4])


def test_impossible_incomes_are_refused():
    one = np.array([1.0])
    with pytest.raises(SourceError) as error:
        fifths(np.array([np.nan]), one, one, np.array([0]), 1)
    assert str(error.value) == "no area has both residents and an income (in income)."
    with pytest.raises(SourceError) as error:
        fifths(np.array([-5.0]), one, one, np.array([0]), 1)
    assert str(error.value) == "an income or its spread is not above zero (in income). Correct the row."
