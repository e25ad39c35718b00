"""Words: golden sentences, the same every time."""

from dataclasses import replace

import numpy as np
import pytest

from exante.evidence.report import words
from exante.evidence.report.digest import Outcome, Spread
from exante.evidence.report.groups import Group
from exante.evidence.report.numbers import interval, number

FIXED, THIN = "\u00a0", "\u202f"


def outcome(low, high, agreeing, better="lower", distinguishable=True, noise=0.0, n=64, unit="tonne/day"):
    middle = (low + high) / 2
    draws = np.linspace(low, high, n)
    return Outcome(
        name="co2",
        title="CO₂ of traffic",
        unit=unit,
        better=better,
        counted="",
        baseline=np.full(n, 412.0),
        policy=412.0 + draws,
        mean=middle,
        median=middle,
        low=low,
        high=high,
        agreeing=agreeing,
        distinguishable=distinguishable,
        noise=noise,
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            outcome(-31, -5, 62),
            "−18 tonnes a day (90 % interval −31 to −5), lower in 62 of 64 draws: Città 30 is very likely to "
            "lower CO₂ of traffic in Bologna.",
        ),
        (
            outcome(-20, 36, 40),
            "+8 tonnes a day (90 % interval −20 to +36), higher in 40 of 64 draws: whether Città 30 would raise "
            "or lower CO₂ of traffic in Bologna is undecided.",
        ),
        (
            outcome(-0.2, 0.3, 40, distinguishable=False, noise=0.6),
            "Città 30 has no distinguishable effect on CO₂ of traffic in Bologna: the change is within the "
            "numerical noise of the computation (±0.6 tonnes a day).",
        ),
    ],
)
def test_the_answer_in_a_sentence(given, told):
    assert words.first_sentence(given, "Città 30", "Bologna").replace(FIXED, " ") == told


@pytest.mark.parametrize(
    ("agreeing", "draws", "word"),
    [
        (1000, 1000, "virtually certain"),
        (64, 64, "very likely"),
        (16, 16, "very likely"),
        (58, 64, "likely"),
        (59, 64, "very likely"),
        (44, 64, "likely"),
        (33, 64, ""),
        (8, 8, "very likely"),
        (4, 4, "likely"),
    ],
)
def test_certainty_is_calibrated_to_the_number_of_draws(agreeing, draws, word):
    assert words.certainty(agreeing, draws) == word


def test_verdicts():
    assert words.verdict(outcome(-31, -5, 62)) == "very likely lower"
    assert words.verdict(outcome(-31, 25, 40)) == "direction undecided"
    assert words.verdict(outcome(-1, 1.5, 40, distinguishable=False)) == "no distinguishable effect"
    assert words.appraisal(outcome(-31, -5, 62)) == "very likely lower: better"
    assert words.appraisal(outcome(-31, -5, 62, better="higher")) == "very likely lower: worse"
    assert words.appraisal(outcome(-31, -5, 62, better="neither")) == "very likely lower"


def test_a_change_of_a_share_is_in_percentage_points():
    assert words.change_words(outcome(-1.5, -0.3, 64, unit="percent")).startswith(f"−0.9{FIXED}percentage points")


def test_the_largest_loser():
    group = Group("district", "Savena", 59600.0, Spread(np.array([-3.0, -5.0])), Spread(np.array([-0.05, -0.09])))
    other = Group("district", "Navile", 1000.0, Spread(np.array([-3.0, 5.0])), Spread(np.array([-0.06, 0.02])))
    told = words.loser_words(group, [group, other]).replace(FIXED, " ").replace(THIN, " ")
    assert told == (
        "Among the two districts, Savena (59 600 residents) loses most per resident: −0.070 EUR a resident and day "
        "(90 % interval −0.088 to −0.052); it loses in 2 of 2 draws, and most of the two in 1 of 2."
    )
    assert words.loser_words(None, [group]) == "No district loses in enough draws to be named."


def test_the_largest_relative_change_comes_first():
    small, large = outcome(0.05, 0.06, 64), replace(outcome(-31, -5, 60), name="large")
    unsure = replace(outcome(-90, 80, 33), name="unsure")
    level_less = replace(outcome(-400, -300, 64), name="surplus")
    order = [o.name for o in words.largest_first([small, level_less, unsure, large], None)]
    assert order == ["large", "co2", "surplus", "unsure"]
    assert words.largest_first([large, unsure], {"indicator": "unsure"})[0] is unsure


def test_the_scale_is_stated():
    told = words.scale_words().replace(FIXED, " ")
    assert told.startswith(
        "Virtually certain from 99 %, very likely from 90 %, likely from 66 %; below that, direction undecided."
    )


def test_banners():
    assert words.banner_words({"links": 0, "zones": 1}) == words.SKETCH
    assert words.banner_words({"links": 1, "zones": 1, "fleet": 0}) == "Partly sketched (level 0): fleet"
    assert words.banner_words({"links": 1, "zones": 2}) == ""


def test_footprint():
    told = words.footprint_words({"cpu_seconds": 184.2, "peak_memory_mb": 913.0, "energy_joule": 2763.0, "gco2e": None})
    assert told == f"180 CPU-seconds, 910 MB of memory at most, 2{THIN}800 J of electricity"


def test_digits_follow_the_interval():
    assert interval(-131234.0, -9876.0) == f"−130{THIN}000 to −10{THIN}000"
    assert interval(0.123456, 0.423456) == "0.12 to 0.42"
    assert number(-0.004, 2) == "0.00"
    assert number(1234567.0, -3) == f"1{THIN}235{THIN}000"
    assert number(float("nan")) == "unknown"
