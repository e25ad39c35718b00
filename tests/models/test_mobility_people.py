"""Incomes, segments and periods: what must sum, and what a charge by hour does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.models.mobility.bans import Bans
from exante.models.mobility.departures import USUAL, choose_departures
from exante.models.mobility.drivers import list_drivers
from exante.models.mobility.incomes import Incomes, read_incomes
from exante.models.mobility.periods import timing
from exante.models.mobility.segments import list_segments
from exante.models.mobility.tolls import Tolls


def test_at_usual_costs_the_usual_shares_travel(tools):
    when = timing(tools.medians(tools.mobility))
    empty = np.full((2, 2), 10.0)
    drive = USUAL[:, None, None] * empty
    found = choose_departures(drive, empty, when, 0, 0.03)
    assert found.out[:, 0, 1] == pytest.approx(when.out[0])
    assert found.back[:, 0, 1] == pytest.approx(when.back[0])
    assert np.einsum("h,hij->ij", when.weight, found.out + found.back) == pytest.approx(np.ones((2, 2)))


def test_a_charge_by_day_moves_trips_to_the_night(tools):
    """Ten minutes dearer by day: odds of the night against the day times exp(0.3), at a scale of 0.03."""
    when = timing(tools.medians(tools.mobility))
    empty = np.full((1, 1), 10.0)
    drive = USUAL[:, None, None] * empty
    base = choose_departures(drive, empty, when, 0, 0.03)
    charged = choose_departures(drive + np.array([10, 10, 10, 0, 0.0])[:, None, None], empty, when, 0, 0.03)
    odds = [float(d.out[4, 0, 0] / d.out[0, 0, 0]) for d in (base, charged)]
    assert odds[1] / odds[0] == pytest.approx(np.exp(0.3))
    assert base.cost[0, 0] < charged.cost[0, 0] < base.cost[0, 0] + 10.0


def test_the_mean_value_of_time_is_the_drawn_one(tools, sketch_city):
    for elasticity in (0.0, 0.4, 1.0):
        found = read_incomes(tools.inputs(sketch_city, value_of_time_income=elasticity))
        assert found.number == 3
        assert (np.diff(found.worth) >= 0.0).all()
        assert found.worth.min() <= 1.0 <= found.worth.max()
        assert found.with_car.sum(axis=1) == pytest.approx(np.ones(len(found.with_car)))
    assert read_incomes(tools.inputs(sketch_city, value_of_time_income=0.0)).worth == pytest.approx(np.ones(3))


@settings(max_examples=40, deadline=None)
@given(paying=st.floats(0.0, 1.0), barred=st.floats(0.0, 1.0), car=st.floats(0.0, 1.0))
def test_everybody_is_in_one_segment(paying, barred, car):
    share = np.array([[0.2, 0.3, 0.5]])
    incomes = Incomes(np.array([0.7, 1.0, 1.4]), share, share[:, ::-1])
    one = np.ones(1)
    tolls = Tolls(one, paying, one)
    bans = Bans(one > 0, one < 0, 0.0 * one, barred * one, one)
    drivers = list_drivers(tolls, bans, 1, 1, incomes)
    found = list_segments(drivers, np.array([car]), np.array([100.0]))
    assert found.share.sum() == pytest.approx(1.0)
    assert found.home.sum(axis=1) == pytest.approx(np.ones(len(found.home)))
    by_income = np.bincount(found.income, weights=found.share[:, 0])
    assert by_income == pytest.approx(car * share[0] + (1.0 - car) * share[0, ::-1])
    assert len(set(drivers.codes.tolist())) == len(drivers.classes)


def test_those_who_pay_weigh_it_by_their_income():
    incomes = Incomes(np.array([0.5, 2.0]), np.full((1, 2), 0.5), np.full((1, 2), 0.5))
    one = np.ones(1)
    nobody = Bans(one < 0, one < 0, 0.0 * one, 0.0 * one, 0.0 * one)
    drivers = list_drivers(Tolls(one, 1.0, one), nobody, 1, 1, incomes)
    assert drivers.classes == ((False, False), (True, False), (True, False))
    assert drivers.money.tolist() == [1.0, 2.0, 0.5]
