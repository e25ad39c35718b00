"""Bounded distributions: quantiles rise and stay within bounds; faults are told whole."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.quantities.distributions import Distribution
from exante.quantities.errors import ParameterError

HOW = (
    "Write a number or one of value, uniform = [low, high], triangular = [low, mode, high], "
    "normal = [mean, sd] with low and high, lognormal = [median, sigma] with low and high, beta = [a, b]."
)

number = st.floats(-1e3, 1e3).map(lambda x: round(x, 3))
positive = st.floats(0.05, 50).map(lambda x: round(x, 3))


@st.composite
def documents(draw):
    shape = draw(st.sampled_from(["value", "uniform", "triangular", "normal", "lognormal", "beta"]))
    if shape == "value":
        return {"value": draw(number)}
    if shape in ("uniform", "triangular"):
        count = 2 if shape == "uniform" else 3
        numbers = sorted(draw(st.lists(number, min_size=count, max_size=count)))
        return {shape: numbers}
    if shape == "beta":
        low = draw(number)
        table = {"beta": [draw(positive), draw(positive)]}
        return table | draw(st.sampled_from([{}, {"low": low, "high": low + draw(positive)}]))
    if shape == "normal":
        mean, sd = draw(number), draw(positive)
        return {"normal": [mean, sd], "low": mean - draw(positive), "high": mean + draw(positive)}
    median, sigma = draw(positive), draw(st.floats(0.05, 2))
    return {"lognormal": [median, sigma], "low": median * 0.3, "high": median * draw(st.floats(1.1, 5))}


@settings(deadline=None, max_examples=150)
@given(documents(), st.lists(st.floats(0, 1), min_size=2, max_size=8))
def test_quantiles_rise_and_stay_within_bounds(document, probabilities):
    law = Distribution.read(document, where="test")
    found = law.quantile(np.array(sorted(probabilities)))
    assert np.isfinite(found).all()
    assert (np.diff(found) >= -1e-9 * max(1.0, abs(law.high))).all()
    assert (found >= law.low).all()
    assert (found <= law.high).all()
    assert law.low - 1e-6 <= law.mean() <= law.high + 1e-6


@settings(deadline=None, max_examples=150)
@given(documents())
def test_document_reads_back_the_same(document):
    law = Distribution.read(document, where="test")
    assert Distribution.read(law.document(), where="test") == law


@pytest.mark.parametrize(
    ("document", "probability", "value"),
    [
        (12, 0.3, 12.0),
        ({"value": 12}, 0.9, 12.0),
        ({"uniform": [10, 20]}, 0.25, 12.5),
        ({"uniform": [10, 20], "low": 15, "high": 20}, 0.5, 17.5),
        ({"triangular": [0, 5, 10]}, 0.5, 5.0),
        ({"normal": [3, 1], "low": -10, "high": 16}, 0.5, 3.0),
        ({"lognormal": [2, 0.5], "low": 1e-9, "high": 1e9}, 0.5, 2.0),
        ({"beta": [4, 4]}, 0.5, 0.5),
        ({"beta": [4, 4], "low": 10, "high": 20}, 0.5, 15.0),
        ({"triangular": [2, 2, 2]}, 0.7, 2.0),
    ],
)
def test_quantile_on_paper(document, probability, value):
    assert Distribution.read(document, where="test").quantile(probability) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("thirty", "'thirty' is neither a number nor a distribution"),
        (True, "True is neither a number nor a distribution"),
        (math.nan, "nan is not a finite number"),
        ({"beta": [4]}, "'beta' takes 2 numbers, 1 given"),
        ({"beta": [4, 4], "uniform": [0, 1]}, "a distribution has exactly one shape, found ['beta', 'uniform']"),
        ({}, "a distribution has exactly one shape, found none"),
        ({"betta": [4, 4]}, "a distribution has exactly one shape, unknown key betta"),
        ({"uniform": [0, "one"]}, "'one' is not a finite number"),
        ({"uniform": [2, 1]}, "low 2 is above high 1"),
        ({"triangular": [0, 9, 5]}, "triangular is [low, mode, high] in rising order"),
        ({"normal": [0, -1], "low": 0, "high": 1}, "normal needs a spread above zero"),
        ({"lognormal": [0, 1], "low": 0, "high": 1}, "lognormal needs a median above zero"),
        ({"beta": [0, 4]}, "beta needs both numbers above zero"),
        ({"normal": [0, 1], "low": 50, "high": 60}, "normal has nothing between low 50 and high 60"),
        ({"uniform": [0, 1], "low": 5, "high": 6}, "uniform has nothing between low 5 and high 6"),
        ({"value": 5, "low": 6, "high": 7}, "5 is outside 6 to 7"),
        (
            {"lognormal": [-1, 0], "low": 3, "high": 2},
            "low 3 is above high 2; lognormal needs a spread above zero; lognormal needs a median above zero",
        ),
    ],
)
def test_faults_are_told_whole(document, told):
    with pytest.raises(ParameterError) as error:
        Distribution.read(document, where="p.toml, x")
    assert str(error.value) == f"{told} (in p.toml, x). {HOW}"


def test_unbounded_shapes_ask_for_bounds():
    with pytest.raises(ParameterError) as error:
        Distribution.read({"normal": [0, 1], "low": 0}, where="p.toml, x")
    assert str(error.value) == "'normal' has no bounds (in p.toml, x). Add low and high."


def test_in_words():
    assert Distribution.read(30, where="x").in_words("km/hour") == "30 km/hour"
    words = Distribution.read({"uniform": [0, 100]}, where="x").in_words("percent")
    assert words == "50 percent (90 % between 5 and 95)"
