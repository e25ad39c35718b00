"""The update by itself: on paper, what it may not do, and what it says when it cannot."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.calibration.counted import Counted
from exante.calibration.free import choose_free, city_parameters, prior_scores, to_values
from exante.calibration.smoother import assimilate, observe, shrinkage, update
from exante.quantities.errors import ParameterError, UserError

GAIN = np.array([[1.0, 0.0, 0.5], [0.3, 0.0, -1.0], [0.0, 0.0, 1.0], [0.8, 0.0, 0.2]])


def test_prior_scores_are_white():
    z = prior_scores(48, 12, 1)
    assert np.allclose(z.mean(axis=0), 0, atol=1e-12)
    assert np.allclose(np.cov(z.T), np.eye(12), atol=1e-12)


def test_a_linear_model_gives_the_posterior_on_paper():
    z, noise = prior_scores(32, 3, 1), 0.25 * np.eye(4)
    truth = np.array([1.0, 0.0, -0.5])
    after = update(z, z @ GAIN.T, GAIN @ truth, noise)
    exact = np.linalg.inv(np.eye(3) + GAIN.T @ np.linalg.inv(noise) @ GAIN)
    assert np.allclose(after.mean(axis=0), exact @ GAIN.T @ np.linalg.inv(noise) @ GAIN @ truth)
    assert np.allclose(np.cov(after.T), exact)


def test_steps_of_a_linear_model_add_up_to_one():
    z = prior_scores(32, 3, 1)
    value, noise = GAIN @ np.array([1.0, 0.3, -0.5]), np.eye(4)
    once = update(z, z @ GAIN.T, value, noise)
    thrice = z
    for _ in range(3):
        thrice = update(thrice, thrice @ GAIN.T, value, 3 * noise)
    assert np.allclose(once.mean(axis=0), thrice.mean(axis=0))
    assert np.allclose(np.cov(once.T), np.cov(thrice.T))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), members=st.integers(16, 64))
def test_a_parameter_that_nothing_sees_stays_as_it_was(seed, members):
    z = prior_scores(members, 3, seed)
    random = np.random.default_rng(seed)
    after = update(z, z @ GAIN.T, random.normal(size=4), 0.1 * np.eye(4))
    assert abs(shrinkage(after)[1]) < 1e-6
    assert abs(after.mean(axis=0)[1]) < 1e-6
    assert (shrinkage(after)[[0, 2]] > 0.1).all()


def test_observation_error_is_what_the_ensemble_does_not_explain():
    random = np.random.default_rng(3)
    rows = 200
    counted = Counted(
        site=np.array([f"s{k}" for k in range(rows)], dtype=object),
        street=np.array([f"t{k // 2}" for k in range(rows)], dtype=object),
        link=np.arange(rows),
        regime=np.zeros(rows, dtype=int),
        days=np.full(rows, 10),
        flow=np.ones((rows, 24)),
        links=tuple(str(k) for k in range(rows)),
        regimes=(),
    )
    truth = np.full((rows, 1), 500.0)
    seen = truth * (1 + 0.3 * random.standard_normal((rows, 1)))
    found = observe(counted, seen, np.stack([truth * s for s in (0.98, 1.0, 1.02)]))
    assert found.representativeness == pytest.approx(0.3, rel=0.2)
    assert found.value.shape == (rows + 1,)
    assert np.linalg.eigvalsh(found.covariance).min() > 0
    assert found.covariance[0, 1] > found.covariance[0, 2] == 0


def test_a_day_and_the_edge_are_one_observation_each():
    """Two periods of 6 and 18 hours: sites count 100 and 20 (a mean of 40 an hour), the station 400 and 200 (250)."""
    counted = Counted(
        site=np.array(["a", "b", "gate"], dtype=object),
        street=np.array(["s", "t", "gate"], dtype=object),
        link=np.arange(3),
        regime=np.zeros(3, dtype=int),
        days=np.full(3, 10),
        flow=np.ones((3, 24)),
        links=("x", "y", "z"),
        regimes=(),
    )
    flow = np.array([[120.0, 30.0], [80.0, 10.0], [400.0, 200.0]])
    members = np.stack([0.9 * flow, flow, 1.1 * flow])
    found = observe(counted, flow, members, np.array([False, False, True]), np.array([6.0, 18.0]))
    assert found.value.tolist() == [120.0, 30.0, 80.0, 10.0, 400.0, 200.0, 40.0, 250.0]
    assert np.sqrt(np.diag(found.covariance)[-2:]) == pytest.approx([2.0, 12.5])
    assert found.read(members)[0].tolist() == pytest.approx((0.9 * found.value).tolist())


def test_nothing_counted():
    z = prior_scores(8, 2, 1)
    empty = observe(
        Counted(*(np.zeros(0, dtype=object),) * 2, *(np.zeros(0, dtype=int),) * 3, np.zeros((0, 24)), (), ()),
        np.zeros((0, 2)),
        np.zeros((8, 0, 2)),
    )
    with pytest.raises(UserError) as told:
        assimilate(z, np.zeros((8, 0)), empty, lambda s, _: s, iterations=1)
    assert str(told.value) == (
        "nothing was counted that a fit could use (in calibration). Add midweek counts on its streets."
    )


def test_values_keep_to_their_bounds():
    free = list(city_parameters())
    values = to_values(np.array([[-9.0] * len(free), [0.0] * len(free), [9.0] * len(free)]), free)
    for k, p in enumerate(free):
        assert p.distribution.low <= values[0, k] < values[1, k] < values[2, k] <= p.distribution.high


def test_unknown_and_too_many_parameters_are_refused():
    with pytest.raises(ParameterError) as told:
        choose_free([], [], ["mobility.rate_oter"])
    assert str(told.value) == (
        "mobility.rate_oter cannot be fitted: no uncertain parameter has that name (in calibration). Choose uncertain "
        "parameters of the models (their `parameters.toml`) or declared modes of the city."
    )
    with pytest.raises(ParameterError, match="members cannot tell 5 parameters apart"):
        prior_scores(8, 5, 1)
