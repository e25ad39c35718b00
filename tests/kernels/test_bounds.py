"""Bounds of Fréchet: on paper, and that every table with the margins lies within."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exante.kernels.bounds import frechet_bounds


def test_on_paper():
    low, high = frechet_bounds([np.array([70.0, 10.0]), np.array([60.0, 20.0])], np.array([100.0, 100.0]))
    assert low.tolist() == [30.0, 0.0]
    assert high.tolist() == [60.0, 10.0]


def test_both_bounds_are_reached_for_two_parts():
    # 70 old, 60 with a car, of 100: all whom it can be, and as few as it can be
    for joint in (30.0, 60.0):
        table = np.array([[joint, 70 - joint], [60 - joint, 100 - 70 - 60 + joint]])
        assert (table >= 0).all()
        low, high = frechet_bounds([table.sum(axis=1)[0], table.sum(axis=0)[0]], table.sum())
        assert low <= joint <= high


@given(st.lists(st.floats(0, 1e6), min_size=24, max_size=24))
def test_the_truth_is_within_for_three_parts(cells):
    table = np.array(cells).reshape(2, 3, 4)
    parts = [
        table.sum(axis=(1, 2))[:, None, None],
        table.sum(axis=(0, 2))[None, :, None],
        table.sum(axis=(0, 1))[None, None],
    ]
    low, high = frechet_bounds(parts, table.sum())
    slack = 1e-9 * max(table.sum(), 1.0)
    assert (low <= table + slack).all()
    assert (high >= table - slack).all()
