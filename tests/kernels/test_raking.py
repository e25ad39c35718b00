"""Raking: on paper, what it keeps, what it refuses, and agreement with another implementation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.kernels.raking import Margin, places, rake
from exante.quantities.errors import ConvergenceError, UserError


def sums(table, axes):
    return table.sum(axis=tuple(k for k in range(table.ndim) if k not in axes))


def margins_of(table, *kept):
    return [Margin(axes, sums(table, axes)) for axes in kept]


def test_two_by_two_on_paper():
    # odds ratio 4, rows 2 and 1, columns 2 and 1: x (x) / ((2 - x)(2 - x)) = 4, so x = 4/3
    seed = np.array([[4.0, 1.0], [1.0, 1.0]])
    found = rake(seed, [Margin((0,), np.array([2.0, 1.0])), Margin((1,), np.array([2.0, 1.0]))])
    x = found.table[0, 0]
    assert x * (1 - (2 - x)) / (2 - x) ** 2 == pytest.approx(4.0, rel=1e-9)
    np.testing.assert_allclose(found.table, [[x, 2 - x], [2 - x, x - 1]], rtol=1e-9)
    # (x)(x - 1) = 4 (2 - x)^2  =>  3 x^2 - 15 x + 16 = 0
    assert x == pytest.approx((15 - np.sqrt(225 - 192)) / 6, rel=1e-9)


def test_one_margin_is_met_at_once():
    found = rake(np.array([[1.0, 3.0], [2.0, 2.0]]), [Margin((0,), np.array([8.0, 4.0]))])
    assert found.table.tolist() == [[2.0, 6.0], [2.0, 2.0]]


@st.composite
def problems(draw):
    shape = tuple(draw(st.lists(st.integers(2, 4), min_size=2, max_size=4)))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    seed, truth = (random.lognormal(0.0, 1.0, shape) for _ in range(2))
    pairs = [(k, k + 1) for k in range(len(shape) - 1)] if draw(st.booleans()) else [(k,) for k in range(len(shape))]
    return seed, truth, pairs


@settings(max_examples=60, deadline=None)
@given(problems())
def test_margins_are_exact_and_scale_and_order_change_nothing(problem):
    seed, truth, kept = problem
    margins = margins_of(truth, *kept)
    found = rake(seed, margins)
    for axes in kept:
        np.testing.assert_allclose(sums(found.table, axes), sums(truth, axes), rtol=1e-9)
    turned = rake(7.0 * seed, margins[::-1])
    np.testing.assert_allclose(turned.table, found.table, rtol=1e-7)
    more = rake(seed, [m._replace(values=1e6 * m.values) for m in margins])
    np.testing.assert_allclose(more.table, 1e6 * found.table, rtol=1e-9)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_odds_ratios_that_no_margin_fixes_are_those_of_the_seed(problem):
    seed, truth, _ = problem
    table = rake(seed, margins_of(truth, *[(k,) for k in range(seed.ndim)])).table
    # log odds ratios of the first two axes: second differences of the logs
    for start, fitted in ((np.log(seed), np.log(table)),):
        one = np.diff(np.diff(start, axis=0), axis=1)
        other = np.diff(np.diff(fitted, axis=0), axis=1)
        np.testing.assert_allclose(other, one, atol=1e-8)


@settings(max_examples=30, deadline=None)
@given(problems())
def test_factors_give_the_table_and_a_warm_start_the_same_one_sooner(problem):
    seed, truth, kept = problem
    margins = margins_of(truth, *kept)
    found = rake(seed, margins)
    rebuilt = seed.copy()
    for margin, factor in zip(margins, found.factors, strict=True):
        rebuilt = rebuilt * factor.ravel()[places(seed.shape, margin.axes)]
    np.testing.assert_allclose(rebuilt, found.table, rtol=1e-9)
    again = rake(seed, margins, start=found.factors)
    assert again.rounds <= 2
    np.testing.assert_allclose(again.table, found.table, rtol=1e-7)


def test_empty_margins_empty_their_cells_and_zero_cells_stay_zero():
    seed = np.array([[1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
    found = rake(seed, [Margin((0,), np.array([2.0, 3.0])), Margin((1,), np.array([0.0, 1.0, 4.0]))])
    assert found.table[0, 1] == 0.0
    assert (found.table[:, 0] == 0.0).all()
    np.testing.assert_allclose(found.table, [[0, 0, 2], [0, 1, 2]], atol=1e-9)
    nothing = rake(seed, [Margin((0,), np.zeros(2)), Margin((1,), np.zeros(3))])
    assert not nothing.table.any()


def test_the_same_bytes_twice():
    random = np.random.default_rng(3)
    seed, truth = random.lognormal(size=(20, 5, 4, 3)), random.lognormal(size=(20, 5, 4, 3))
    margins = margins_of(truth, (0, 1), (0, 2), (0, 3))
    assert rake(seed, margins).table.tobytes() == rake(seed, margins).table.tobytes()


def test_agrees_with_humanleague():
    humanleague = pytest.importorskip("humanleague", reason="the extra dev is not installed")
    random = np.random.default_rng(5)
    seed, truth = random.lognormal(size=(30, 5, 2, 5)), random.lognormal(2.0, 1.0, size=(30, 5, 2, 5))
    kept = [(0, 1), (0, 2), (0, 3)]
    margins = margins_of(truth, *kept)
    theirs, told = humanleague.ipf(seed, [np.array(a) for a in kept], [m.values for m in margins])
    assert told["conv"]
    np.testing.assert_allclose(rake(seed, margins).table, theirs, rtol=1e-7)


ROWS = Margin((0,), np.array([1.0, 2.0]), "people by zone")


@pytest.mark.parametrize(
    ("seed", "margins", "told"),
    [
        (np.ones((2, 2)), [], "there is no margin to rake to (in rake)."),
        (
            np.ones((2, 2)),
            [ROWS, Margin((1,), np.array([2.0, 2.0]), "ages")],
            "people by zone sums to 3 and ages to 4 (in rake). Scale one of them to the other.",
        ),
        (
            np.ones((2, 2)),
            [ROWS, Margin((0, 1), np.array([[1.0, 0.0], [1.0, 2.0]]), "zone and age")],
            "people by zone sums to 2 and zone and age to 3 at cell (1,) of their common axes (in rake). "
            "Scale one of them to the other.",
        ),
        (
            np.array([[1.0, 1.0], [0.0, 0.0]]),
            [ROWS],
            "people by zone wants 2 at (1,), where every cell of the seed is zero (in rake). "
            "Give the seed a cell above zero there, or the margin none.",
        ),
        (
            np.ones((2, 2)),
            [Margin((0,), np.ones(3), "ages")],
            "ages has shape (3,) over axes (0,) of a table of shape (2, 2) (in rake).",
        ),
        (
            np.ones((2, 2)),
            [Margin((0,), np.array([1.0, -1.0]), "ages")],
            "ages holds negative or missing sums (in rake).",
        ),
        (np.full((2, 2), np.nan), [ROWS], "the seed holds negative or missing cells (in rake)."),
    ],
)
def test_what_cannot_be_raked_is_told(seed, margins, told):
    with pytest.raises(UserError) as error:
        rake(seed, margins)
    assert str(error.value) == told


def test_margins_that_no_table_with_these_zeros_has_are_told():
    seed = np.array([[1.0, 0.0], [1.0, 1.0]])
    margins = [Margin((0,), np.array([3.0, 1.0]), "zones"), Margin((1,), np.array([2.0, 2.0]), "ages")]
    with pytest.raises(UserError) as error:
        rake(seed, margins)
    assert str(error.value).startswith("no table with the seed's zero cells has all of the margins: ")
    assert str(error.value).endswith("Change the margin, or allow the cells that are zero.")


def test_too_few_rounds_are_told_not_hidden():
    random = np.random.default_rng(1)
    seed, truth = random.lognormal(size=(4, 4)), random.lognormal(size=(4, 4))
    with pytest.raises(ConvergenceError) as error:
        rake(seed, margins_of(truth, (0,), (1,)), max_rounds=2)
    assert "after 2 rounds" in str(error.value)


def test_a_start_of_another_shape_is_refused():
    with pytest.raises(UserError, match="the start has shapes"):
        rake(np.ones((2, 2)), [ROWS], start=[np.ones(3)])
