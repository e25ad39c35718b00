"""Scenarios: an ordinary policy for every year, straight lines between years, and errors outside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.policy.scenario import list_scenarios, read_scenario
from exante.quantities.errors import PolicyError

TEXT = """title = "Path"
[[measure]]
kind = "growth"
of = "residents"
ratio = { by_year = { 2020 = 1.0, 2030 = 1.2, 2050 = 1.1 } }
"""


@pytest.fixture
def path(tmp_path):
    def write(text):
        file = tmp_path / "path.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_between_two_years_runs_a_straight_line(path):
    scenario = read_scenario(path(TEXT))
    assert scenario.years == (2020, 2050)
    assert scenario.at_year(2025).measures[0].ratio.value == pytest.approx(1.1)
    assert scenario.at_year(2030).measures[0].ratio.value == pytest.approx(1.2)
    assert scenario.at_year(2040).measures[0].ratio.value == pytest.approx(1.15)


@given(st.integers(2020, 2050))
def test_every_year_lies_between_its_neighbours(tmp_path_factory, year):
    file = tmp_path_factory.mktemp("s") / "s.toml"
    file.write_text(TEXT)
    value = read_scenario(file).at_year(year).measures[0].ratio.value
    assert 1.0 <= value <= 1.2


def test_distributions_are_interpolated_and_keep_their_path(path):
    law = "{ by_year = { 2020 = { uniform = [1.0, 1.0] }, 2030 = { uniform = [1.0, 1.4] } } }"
    scenario = read_scenario(path(TEXT.replace("{ by_year = { 2020 = 1.0, 2030 = 1.2, 2050 = 1.1 } }", law)))
    early, late = scenario.at_year(2025).uncertain(), scenario.at_year(2030).uncertain()
    assert set(early) == set(late) == {"path.growth[0].ratio"}
    assert early["path.growth[0].ratio"].quantile(0.5) == pytest.approx(1.1)


def test_a_year_outside_is_an_error(path):
    with pytest.raises(PolicyError, match="from 2020 to 2050, not for 2051"):
        read_scenario(path(TEXT)).at_year(2051)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("2020 = 1.0", "soon = 1.0"), "'soon' is not a year"),
        (('title = "Path"', 'name = "Path"'), "no title"),
        (("2030 = 1.2", '2030 = "more"'), "nothing lies between"),
        (("{ by_year = { 2020 = 1.0, 2030 = 1.2, 2050 = 1.1 } }", "{ by_year = 3 }"), "not a table of years"),
        (("ratio", "ration"), "ration"),
    ],
)
def test_faults_are_told(path, change, told):
    with pytest.raises(PolicyError, match=told):
        read_scenario(path(TEXT.replace(*change))).at_year(2025)


def test_shipped_scenarios_can_be_read():
    assert "no-change" in list_scenarios()
    for name in list_scenarios():
        scenario = read_scenario(name)
        first, last = scenario.years
        scenario.at_year(min(max(first, 2030), last))
    with pytest.raises(PolicyError, match="no scenario called"):
        read_scenario("moon")
