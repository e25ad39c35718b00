"""The horizon: years, what is in force in them, and totals by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.policy import read_text
from exante.policy.scenario import read_scenario
from exante.quantities.errors import PolicyError
from exante.simulation.cache import OutputCache
from exante.study import forecast
from exante.study.horizon import Nothing, in_force, plan, total

DOCUMENT = """title = "Calm"
{dates}
[[measure]]
kind = "speed_limit"
where = {{ road_class = ["residential"] }}
speed = {{ value = 30, unit = "km/h" }}
compliance = 1.0
"""


def policy(dates="", title="Calm"):
    return read_text(DOCUMENT.format(dates=dates).replace("Calm", title), "x")


def test_totals_follow_straight_lines_between_computed_years():
    # 1 + 2 + 3 + 2.5 + 2
    assert float(total([2025, 2027, 2029], np.array([1.0, 3.0, 2.0]))) == pytest.approx(10.5)
    # one year, discounted to the year before
    assert float(total([2026], np.array([1.1]), rate=0.1, base=2025)) == pytest.approx(1.0)


@given(st.floats(-1e6, 1e6), st.integers(2025, 2060), st.integers(1, 20))
def test_a_constant_amount_sums_to_its_years(amount, first, span):
    years = sorted({first, first + span // 2, first + span})
    assert float(total(years, np.full(len(years), amount))) == pytest.approx(amount * (span + 1), abs=1e-6)


def test_years_start_with_the_first_whole_year_in_force(village_city):
    city = replace(village_city, as_of=dt.date(2024, 1, 15))
    assert plan(city, policy("starts = 2024-06-01"), 2050).years == (2025, 2030, 2040, 2050)
    assert plan(city, policy("starts = 2024-06-01"), 2024).years == (2024,)
    with pytest.raises(PolicyError, match="horizon 2023 is before"):
        plan(city, policy(), 2023)


def test_parts_are_in_force_between_their_dates():
    both = policy("starts = 2025-01-01\nends = 2030-01-01") + policy("starts = 2028-01-01", "Later")
    assert isinstance(in_force(both, 2024), Nothing)
    assert [p.title for p in in_force(both, 2025).parts] == ["Calm"]
    assert [p.title for p in in_force(both, 2028).parts] == ["Calm", "Later"]
    assert [p.title for p in in_force(both, 2031).parts] == ["Later"]


def test_a_policy_that_has_ended_has_no_effect_at_the_horizon(village_city, tmp_path):
    path = tmp_path / "more.toml"
    path.write_text(
        'title = "More"\n[[measure]]\nkind = "growth"\nof = "residents"\n'
        "ratio = { by_year = { 2020 = 1.0, 2040 = 1.5 } }\n"
    )
    until = policy(f"ends = {village_city.as_of.year + 4}-01-01")
    first = village_city.as_of.year + 1
    told = forecast(
        village_city,
        until,
        draws=2,
        cache=OutputCache(None),
        horizon=first + 6,
        scenario=read_scenario(path),
    )
    distance = told.paths["vehicle_distance"]
    change = (distance.sel(scenario="policy") - distance.sel(scenario="baseline")).values
    assert np.any(change[:, 0] != 0)
    assert not change[:, -1].any()
    base = distance.sel(scenario="baseline").values
    assert (base[:, -1] > base[:, 0]).all()
    document = told.document()["horizon"]
    assert document["years"][-1] == first + 6
    assert document["scenario"] == "More"
