"""Where residents go and how: conservation, monotony, surplus."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.models.mobility.choices import CAR, choose


def random_case(seed, zones=4, segments=2):
    random = np.random.default_rng(seed)
    cost = random.uniform(5.0, 60.0, (5, segments, zones, zones))
    cost[CAR, -1] = np.inf
    produced = random.uniform(10.0, 500.0, (segments, zones))
    attraction = random.uniform(10.0, 500.0, zones)
    return cost, produced, attraction * produced.sum() / attraction.sum()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_no_trip_appears_or_vanishes(seed, doubly):
    cost, produced, attraction = random_case(seed)
    chosen = choose(cost, produced, attraction, 0.05, 0.8, doubly=doubly)
    assert (chosen.trips >= 0).all()
    assert chosen.trips.sum(axis=(0, 3)) == pytest.approx(produced)
    assert chosen.trips[CAR, -1].sum() == 0.0
    if doubly:
        assert chosen.trips.sum(axis=(0, 1, 2)) == pytest.approx(attraction, rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_a_nearer_place_is_more_likely(seed):
    cost, produced, attraction = random_case(seed)
    before = choose(cost, produced, attraction, 0.05, 0.8, doubly=False).trips.sum(axis=(0, 1))
    cost[:, :, 0, 2] -= 3.0
    after = choose(cost, produced, attraction, 0.05, 0.8, doubly=False).trips.sum(axis=(0, 1))
    assert after[0, 2] > before[0, 2]
    assert (np.delete(after[0], 2) <= np.delete(before[0], 2)).all()


@pytest.mark.parametrize("doubly", [False, True])
def test_surplus_falls_by_trips_times_a_small_cost(doubly):
    """A small cost of one mode on one pair costs its trips that much time, balancing or not (envelope theorem)."""
    cost, produced, attraction = random_case(7)
    base = choose(cost, produced, attraction, 0.05, 0.8, doubly=doubly)
    moved = cost.copy()
    moved[CAR, 0, 1, 2] += 1e-3
    after = choose(moved, produced, attraction, 0.05, 0.8, doubly=doubly)
    lost = (base.surplus.sum() - after.surplus.sum()) / 1e-3
    assert lost == pytest.approx(base.trips[CAR, 0, 1, 2], rel=1e-3)


def test_surplus_of_everybody_losing_ten_minutes():
    cost, produced, attraction = random_case(3)
    base = choose(cost, produced, attraction, 0.05, 0.8, doubly=True)
    after = choose(cost + 10.0, produced, attraction, 0.05, 0.8, doubly=True)
    assert base.surplus.sum() - after.surplus.sum() == pytest.approx(10.0 * produced.sum())


def test_surplus_does_not_depend_on_the_scale_of_the_balancing_factors():
    cost, produced, attraction = random_case(5)
    base = choose(cost, produced, attraction, 0.05, 0.8, doubly=True)
    again = choose(cost, produced, attraction, 0.05, 0.8, doubly=True, start=base.column_factor * 100.0)
    assert again.surplus == pytest.approx(base.surplus)
