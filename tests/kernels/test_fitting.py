"""Furness balancing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.kernels.fitting import furness
from exante.quantities.errors import ConvergenceError, UserError


def test_by_hand():
    fit = furness(np.ones((2, 2)), np.array([3.0, 1.0]), np.array([2.0, 2.0]))
    assert fit.matrix.tolist() == [[1.5, 1.5], [0.5, 0.5]]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 10_000))
def test_margins_are_met_and_odds_are_kept(n, m, seed):
    random = np.random.default_rng(seed)
    weights = random.uniform(0.1, 1.0, (n, m))
    rows = random.uniform(1.0, 100.0, n)
    columns = random.uniform(1.0, 100.0, m)
    columns *= rows.sum() / columns.sum()
    fit = furness(weights, rows, columns)
    assert fit.matrix.sum(axis=1) == pytest.approx(rows)
    assert fit.matrix.sum(axis=0) == pytest.approx(columns, rel=1e-6, abs=1e-6)
    assert (fit.matrix / weights) == pytest.approx(fit.row_factor[:, None] * fit.column_factor)


def test_a_start_changes_nothing_but_the_way():
    random = np.random.default_rng(1)
    weights, rows = random.uniform(0.1, 1.0, (5, 4)), random.uniform(1, 9, 5)
    columns = np.full(4, rows.sum() / 4)
    cold = furness(weights, rows, columns)
    warm = furness(weights, rows, columns, start=cold.column_factor * 7.0)
    assert warm.matrix == pytest.approx(cold.matrix)
    assert warm.iterations <= cold.iterations


def test_empty_rows_and_columns_stay_empty():
    fit = furness(np.ones((2, 2)), np.array([0.0, 4.0]), np.array([4.0, 0.0]))
    assert fit.matrix.tolist() == [[0.0, 0.0], [4.0, 0.0]]


def test_margins_of_different_sum_are_refused():
    with pytest.raises(UserError) as error:
        furness(np.ones((1, 2)), np.array([3.0]), np.array([1.0, 1.0]))
    assert str(error.value) == "row margins sum to 3 and column margins to 2 (in furness)."


def test_a_margin_without_cells_is_refused():
    with pytest.raises(UserError, match="1 margins above zero have no cell above zero to hold them"):
        furness(np.array([[1.0, 0.0]]), np.array([3.0]), np.array([1.0, 2.0]))


def test_margins_that_cannot_meet_are_told():
    seed = np.array([[1.0, 0.0], [1.0, 1.0]])
    with pytest.raises(ConvergenceError, match="balancing to the margins stopped"):
        furness(seed, np.array([3.0, 1.0]), np.array([1.0, 3.0]), max_iterations=50)
