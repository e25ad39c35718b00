"""Inequality by hand, by law, and against PySAL."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.indicators.inequality import gini, group_means, lorenz, palma, share_below
from exante.quantities.errors import ParameterError

AMOUNTS = st.lists(st.floats(0.01, 1e6), min_size=2, max_size=40)


def test_on_paper():
    # Two have 1, two have 4: the poorer half has a fifth.
    have, persons = [1.0, 4.0], [2.0, 2.0]
    share, having = lorenz(have, persons)
    assert share.tolist() == [0.0, 0.5, 1.0]
    assert having.tolist() == pytest.approx([0.0, 0.2, 1.0])
    # Area under the curve: 0.5 * 0.1 + 0.5 * 0.6 = 0.35; 1 - 2 * 0.35
    assert gini(have, persons) == pytest.approx(0.3)
    # Two fifths have 0.8 * 0.2 = 0.16; the best-off tenth has 0.2 * 0.8 = 0.16.
    assert palma(have, persons) == pytest.approx(1.0)
    assert share_below(have, persons, 4.0) == 0.5
    assert share_below(have, persons, 4.1) == 1.0


def test_all_have_the_same():
    assert gini([3.0, 3.0, 3.0], [1.0, 5.0, 2.0]) == pytest.approx(0.0, abs=1e-15)
    assert palma([3.0, 3.0], [1.0, 9.0]) == pytest.approx(0.25)
    assert gini([0.0, 0.0], [1.0, 1.0]) == 0.0


def test_one_has_all():
    assert gini([0.0] * 99 + [1.0], [1.0] * 100) == pytest.approx(0.99)
    assert palma([0.0] * 99 + [1.0], [1.0] * 100) == np.inf


@settings(max_examples=100, deadline=None)
@given(AMOUNTS, st.floats(0.1, 100.0))
def test_scale_and_copies_do_not_matter(values, scale):
    have = np.array(values)
    people = np.ones(len(have))
    for measure in (gini, palma):
        told = measure(have, people)
        assert measure(scale * have, people) == pytest.approx(told, rel=1e-9, abs=1e-12)
        assert measure(np.repeat(have, 3), np.ones(3 * len(have))) == pytest.approx(told, rel=1e-9, abs=1e-12)
        assert measure(have[::-1], 7 * people) == pytest.approx(told, rel=1e-9, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(AMOUNTS)
def test_a_gift_from_the_richest_to_the_poorest_lowers_gini(values):
    have = np.sort(np.array(values))
    people = np.ones(len(have))
    gift = 0.25 * (have[-1] - have[0])
    after = have.copy()
    after[0] += gift
    after[-1] -= gift
    assert gini(after, people) <= gini(have, people) + 1e-12


@settings(max_examples=50, deadline=None)
@given(AMOUNTS, st.data())
def test_gini_is_that_of_pysal(values, data):
    pysal = pytest.importorskip("inequality.gini", reason="PySAL inequality comes with the extra dev")
    persons = data.draw(st.lists(st.integers(1, 4), min_size=len(values), max_size=len(values)))
    expected = pysal.Gini(np.repeat(values, persons)).g
    assert gini(values, persons) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("values", "people"),
    [([-1.0], [1.0]), ([np.nan], [1.0]), ([1.0], [0.0]), ([1.0, 2.0], [1.0]), ([1.0], [-1.0]), ([], [])],
)
def test_bad_input_is_refused(values, people):
    for measure in (gini, palma, lambda v, p: share_below(v, p, 1.0)):
        with pytest.raises(ParameterError, match="Inequality needs an outcome >= 0"):
            measure(values, people)


def test_groups_without_people_and_people_without_group_are_left_out():
    assert group_means([1.0, 2.0, 9.0], [1.0, 0.0, 5.0], ["a", "b", None]) == {"a": 1.0}
