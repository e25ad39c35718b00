"""Draws: the same for every policy, evenly spread, and moved by nothing but the seed and the name."""

import numpy as np
import pytest

from exante.quantities.distributions import Distribution
from exante.quantities.errors import ParameterError
from exante.quantities.parameters import Parameter, Spread
from exante.simulation import Draws


def parameter(name, low=0.0, high=1.0, spread=Spread.UNCERTAINTY):
    law = Distribution("uniform", (low, high), low, high)
    return Parameter(name, "1", law, "source", spread, "a test's parameter")


def drawn(names, number=64, seed=2024):
    draws = Draws([parameter(n) for n in names], number, seed)
    return np.array([[draws.values(k)[n] for n in names] for k in range(number)])


def test_every_parameter_is_stratified_on_powers_of_two():
    values = drawn(["m.a", "m.b", "m.c"])
    for column in values.T:
        assert sorted(np.floor(column * 64).astype(int)) == list(range(64))


@pytest.mark.parametrize(("number", "bound"), [(16, 0.92), (64, 0.55), (256, 0.28), (1024, 0.14)])
def test_parameters_are_as_independent_as_independent_numbers(number, bound):
    """Largest rank correlation of 70 names; the bounds are 4.5 / sqrt(n - 1), beyond chance for 2,415 pairs."""
    names = [f"m.p{i:02d}" for i in range(68)] + ["citta-30.speed_limit[0].compliance", "charge.amount"]
    ranks = drawn(names, number).argsort(axis=0).argsort(axis=0)
    correlation = np.corrcoef(ranks.T) - np.eye(len(names))
    assert np.abs(correlation).max() < bound


def test_fewer_draws_are_the_first_of_more():
    assert np.array_equal(drawn(["m.a"], 16), drawn(["m.a"], 64)[:16])


def test_another_seed_gives_other_draws():
    assert not np.array_equal(drawn(["m.a"]), drawn(["m.a"], seed=7))


def test_a_policy_does_not_move_the_models_draws_nor_another_policys():
    draws = Draws([parameter("m.a")], 8)
    law = Distribution("beta", (4.0, 4.0), 0.0, 1.0)
    alone = draws.policy_uniforms({"citta-30/speed_limit[0].compliance": law})
    both = draws.policy_uniforms({"citta-30/speed_limit[0].compliance": law, "charge/amount": law})
    key = "citta-30/speed_limit[0].compliance"
    assert [u[key] for u in alone] == [u[key] for u in both]


def test_spread_between_people_is_not_drawn():
    draws = Draws([parameter("m.a", spread=Spread.BETWEEN_PEOPLE), parameter("m.b")], 4)
    assert set(draws.values(0)) == {"m.b"}


def test_no_draws_is_refused():
    with pytest.raises(ParameterError) as error:
        Draws([], 0)
    assert str(error.value) == "0 draws asked for (in --draws). Ask for 1 or more; 64 is usual."
