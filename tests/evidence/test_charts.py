"""The charts: 50 dots, no median line, shapes without colours."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.evidence.report.charts import dot_plot, fan_chart, quantile_dots


def plot(draws, **more):
    return dot_plot(np.asarray(draws, dtype=float), title="T", description="D", axis="x", **more)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200))
def test_there_are_50_dots_of_values_that_occurred(draws):
    assert np.isin(quantile_dots(np.array(draws)), draws).all()
    assert plot(draws).count("<circle") == 50


def test_dots_are_judged_by_their_side_of_the_mark():
    chart = plot([-2.0] * 46 + [1.0] * 4, below="better", above="worse")
    assert chart.count('class="dot better"') == 46
    assert chart.count('class="dot worse"') == 4


def test_dots_within_the_noise_are_judged_neither():
    assert plot([-0.1, 0.1], below="better", above="worse", noise=0.2).count('class="dot neither"') == 50


def test_dots_stay_inside_the_drawing():
    chart = plot(np.random.default_rng(1).normal(5, 1, 64))
    box = [float(v) for v in re.search(r'viewBox="([^"]*)"', chart).group(1).split()]
    for cx, cy in re.findall(r'cx="([^"]*)" cy="([^"]*)"', chart):
        assert box[0] <= float(cx) <= box[0] + box[2]
        assert box[1] <= float(cy) <= box[1] + box[3]


def test_charts_hold_no_colour():
    assert not re.search(r"#[0-9a-f]{3}|rgb|fill=|stroke=", plot([1.0, 2.0]))


def test_a_fan_has_three_bands_and_no_line_in_the_middle():
    paths = np.cumsum(np.random.default_rng(2).normal(size=(64, 6)), axis=1)
    chart = fan_chart(range(2025, 2031), paths, title="T", description="D", axis="kg")
    assert list(re.findall(r'class="fan fan-(\d+)"', chart)) == ["90", "60", "30"]
    assert chart.count("<path") == 3
    assert "polyline" not in chart


@pytest.mark.parametrize("draws", [[0.0], [5.0, 5.0], [1e-9, 1e9]])
def test_degenerate_draws_are_drawn(draws):
    chart = plot(draws)
    assert chart.count("<circle") == 50
    assert "nan" not in chart
