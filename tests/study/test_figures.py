"""Published figures beside the model's: the same quantities, units carried over, nothing run unasked."""

import dataclasses

import numpy as np
import pytest

from exante.city import Table
from exante.simulation.cache import OutputCache
from exante.study.figures import base_state, compare_figures, known_quantities, list_quantities


@pytest.fixture(scope="module")
def state(village_city, tmp_path_factory):
    return base_state(village_city, run=True, cache=OutputCache(tmp_path_factory.mktemp("outputs")))


def _with_figures(city, **columns):
    rows = len(columns["quantity"])
    told = {"year": [2020] * rows, "scope": ["x"] * rows, "source": ["y"] * rows, "verified": [False] * rows}
    layers = {**city.layers, "published": next(iter(city.layers.values()))}
    return dataclasses.replace(city.with_table(Table("published", {**columns, **told})), layers=layers)


def test_the_quantities_are_those_that_may_be_published():
    assert {q.name for q in list_quantities()} == set(known_quantities())


def test_nothing_is_run_unasked(village_city, tmp_path):
    cache = OutputCache(tmp_path)
    assert base_state(village_city, cache=cache) is None
    found = {c.quantity.name: c for c in compare_figures(village_city, None)}
    assert found["car_share"].modelled is None
    run = base_state(village_city, run=True, cache=cache)
    again = base_state(village_city, cache=cache)
    assert np.array_equal(run.read("link_flow"), again.read("link_flow"))


def test_a_base_state_without_a_cache_is_none(village_city):
    assert base_state(village_city, cache=OutputCache(None)) is None


def test_shares_add_up_and_years_have_365_days(village_city, state):
    found = {c.quantity.name: c.modelled for c in compare_figures(village_city, state)}
    modes = ("walk", "cycle", "transit", "car", "motorcycle", "taxi")
    assert sum(found[f"{m}_share"] for m in modes) == pytest.approx(100)
    assert found["private_share"] == pytest.approx(found["car_share"] + found["motorcycle_share"])
    assert found["trips_inside"] == pytest.approx(state.read("trips_by_mode").sum())
    assert found["co2_year"] == pytest.approx(state.read("link_co2").sum() * 365 / 1e6)
    assert found["co2_year_without_motorways"] <= found["co2_year"]
    by_mode = state.read("trip_length_by_mode")
    assert by_mode.min() <= found["trip_length"] <= by_mode.max()
    assert 5 < found["mean_speed_peak"] < 90


def test_units_are_carried_over_and_a_ratio_needs_comparable_figures(village_city, state):
    city = _with_figures(
        village_city,
        quantity=["co2_year", "co2_year"],
        value=[1000.0, 1.0],
        unit=["tonne/year", "kilotonne/year"],
        comparable=[True, False],
    )
    one, other = (c for c in compare_figures(city, state) if c.quantity.name == "co2_year")
    assert one.published == pytest.approx(1.0)
    assert one.ratio == pytest.approx(one.modelled / 1.0)
    assert other.ratio is None
