"""Spread of jobs and services by zone."""

import numpy as np
import pytest

from exante.sources.people.spread import coefficient_of_variation, of_two_proxies


def test_on_paper():
    # proxies that agree: what both may miss; a factor of e apart: half of 1 more
    assert of_two_proxies(np.ones(4), np.ones(4), 0.3) == pytest.approx(np.sqrt(np.expm1(0.09)))
    one, other = np.array([1.0, 1.0]), np.array([2.0, 2.0])
    assert of_two_proxies(one, other, 0.3) == pytest.approx(np.sqrt(np.expm1(0.09)))  # units do not matter
    apart = of_two_proxies(np.array([1.0, np.e]), np.array([np.e, 1.0]), 0.0)
    assert apart == pytest.approx(np.sqrt(np.expm1(0.25)))


def test_empty_zones_are_uncertain_not_infinite():
    cv = of_two_proxies(np.array([0.0, 1.0]), np.array([1.0, 1.0]), 0.3)
    assert np.isfinite(cv).all()
    assert cv[0] == pytest.approx(coefficient_of_variation(1.2))
