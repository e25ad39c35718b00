"""The search: budgets, constraints and fronts on made forecasts whose answer is known."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from exante.policy.outlays import Outlay
from exante.quantities.errors import PolicyError, UserError
from exante.study.search import front as fronts
from exante.study.search import read_goal, search
from exante.study.search.goal import Goal


class Option:
    """A policy with an effect on CO2 and on residents' benefit, and a price."""

    def __init__(self, title, co2, surplus, capital=0.0, against=""):
        self.title, self.co2, self.surplus, self.capital, self.against = title, co2, surplus, capital, against
        self.all = (self,)

    def __add__(self, other):
        if other.title == self.against or self.title == other.against:
            raise PolicyError("measures contradict each other")
        both = Option(f"{self.title} + {other.title}", self.co2 + other.co2, self.surplus + other.surplus)
        both.all = (*self.all, *other.all)
        return both

    def at(self, _):
        return self

    def outlays(self, _):
        return [Outlay(self.title, "city", capital=self.capital), Outlay("fee", "households", capital=1e12)]


@pytest.fixture
def made(monkeypatch):
    calls = []

    def forecast(city, policy, *, draws, **options):
        calls.append((policy.title, draws))
        spread = np.linspace(-0.1, 0.1, draws)
        changes = {"co2_traffic": policy.co2 + spread, "surplus": policy.surplus + spread}
        indicators = xr.Dataset(
            {n: (("scenario", "draw"), np.stack([0 * c, c])) for n, c in changes.items()},
            coords={"scenario": ["baseline", "policy"]},
        )
        by_zone = np.stack([np.zeros((draws, 2)), np.tile([policy.surplus, 1.0], (draws, 1))])
        zones = xr.Dataset(
            {"zone_surplus": (("scenario", "draw", "zone"), by_zone)}, coords={"scenario": ["baseline", "policy"]}
        )
        return SimpleNamespace(indicators=indicators, zones=zones, city=city)

    monkeypatch.setattr(fronts, "forecast", forecast)
    return calls


CITY = SimpleNamespace(title="Town", as_of=dt.date(2024, 1, 1), column=lambda _: np.array(["North", "South"]))


def goal(**keys):
    given = {
        "title": "Try",
        "choice": [{"policy": "citta-30"}],
        "objective": [{"indicator": "co2_traffic"}, {"indicator": "surplus"}],
        "draws": 4,
        "check_draws": 8,
        **keys,
    }
    return Goal.model_validate(given)


OPTIONS = [
    [Option("a", -3.0, -1.0, capital=5.0)],
    [Option("b", -1.0, 2.0), Option("c", 4.0, -2.0)],
    [Option("d", -2.0, -5.0, capital=50.0)],
]


def test_the_front_is_what_paper_says(made):
    found = search(CITY, goal(), OPTIONS)
    # c is beaten everywhere and b is better than nothing on both; d costs benefit and buys tonnes
    assert [p.titles for p in found.front] == [("a", "b", "d"), ("a", "b"), ("b",)]
    assert found.size == 12
    assert len(found.tried) == 12
    assert {draws for _, draws in made} == {4, 8}
    assert len(made) == len(set(made))


def test_budgets_bind_the_city_and_are_checked_before_any_work(made):
    found = search(CITY, goal(budget={"capital": 10.0}), OPTIONS)
    assert all("d" not in p.titles for p in found.front)
    assert not any("d" in title for title, _ in made)
    dear = next(p for p in found.tried if p.titles == ("d",))
    assert dear.faults == ("costs 50 EUR capital, the budget is 10",)


def test_constraints_and_losing_districts_exclude(made):
    found = search(CITY, goal(no_district_worse=True), OPTIONS)
    # North has all of the change: a + b leaves it with 1, d would take more than b gives
    assert [p.titles for p in found.front] == [("a", "b"), ("b",)]
    assert next(p for p in found.tried if p.titles == ("a",)).faults == ("North loses",)
    bound = [{"indicator": "co2_traffic", "at_most": -3.5, "sure": 1.0}]
    kept = search(CITY, goal(constraint=bound), OPTIONS).front
    assert {frozenset(p.titles) for p in kept} == {frozenset("ab"), frozenset("abd")}


def test_contradictions_are_told_and_left_out(made):
    options = [[Option("a", -3.0, -1.0, against="b")], [Option("b", -1.0, 2.0)]]
    found = search(CITY, goal(), options)
    clash = next(p for p in found.tried if p.titles == ("a", "b"))
    assert clash.faults == ("measures contradict each other",)
    assert all(p.titles != ("a", "b") for p in found.front)


def test_nothing_feasible_says_why(made):
    with pytest.raises(UserError, match="no package keeps budget and constraints: co2_traffic is in its bounds in 0 %"):
        search(CITY, goal(constraint=[{"indicator": "co2_traffic", "at_most": -99.0}]), OPTIONS)


def test_many_packages_are_searched_and_the_best_found(made):
    pytest.importorskip("pymoo", reason="large searches need the extra [search]")
    rng = np.random.default_rng(5)
    options = [[Option(f"p{k}", float(rng.normal()), 0.0)] for k in range(10)]
    one = goal(objective=[{"indicator": "co2_traffic"}], evaluations=200)
    found = search(CITY, one, options)
    best = sum(min(o[0].co2, 0.0) for o in options)
    assert len(found.tried) <= 200 < found.size
    assert found.front[0].objectives.mean() <= 0.9 * best
    again = search(CITY, one, options)
    assert [p.taken for p in again.tried] == [p.taken for p in found.tried]


GOAL = """title = "Try"
[[choice]]
policy = "citta-30"
[[objective]]
indicator = "co2_traffic"
"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"co2_traffic"', '"co2_trafic"'), "no indicator 'co2_trafic'"),
        (("policy =", "policie ="), "extra inputs"),
        (("[[choice]]\npolicy", "[[choice]]\npolicies = []\npolicy"), "Try|fault|read"),
        (('"citta-30"', '"citta-3"'), "no policy called"),
        (('title = "Try"', 'title = "Try"\nscenarios = ["no-change"]'), "scenarios need a year"),
    ],
)
def test_faults_of_a_goal_are_told(tmp_path, change, told):
    path = tmp_path / "goal.toml"
    path.write_text(GOAL.replace(*change))
    if told.startswith("Try"):
        assert read_goal(path)[0].title == "Try"
        return
    with pytest.raises(PolicyError, match=told):
        read_goal(path)
