"""The account of a policy: by hand, summing by payer in every draw, and silent where tonnes may be none."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from exante.policy.outlays import Outlay
from exante.quantities import vocabulary
from exante.study.money.account import annuity, draw_account
from exante.study.money.prices import list_parameters, read_lines

ROOT = Path(__file__).parents[2]


def _forecast(changes, draws=8, years=None):
    data = {}
    for name, change in changes.items():
        shape = (draws, len(years)) if years else (draws,)
        after = np.broadcast_to(np.asarray(change, dtype=float), shape)
        dims = ("scenario", "draw", "year") if years else ("scenario", "draw")
        data[name] = (dims, np.stack([np.zeros(shape), after]))
    coords = {"scenario": ["baseline", "policy"], **({"year": list(years)} if years else {})}
    dataset = xr.Dataset(data, coords=coords)
    return SimpleNamespace(
        draws=draws,
        seed=3,
        indicators=dataset.isel(year=-1) if years else dataset,
        paths=dataset if years else None,
        policy=SimpleNamespace(),
        city=SimpleNamespace(as_of=SimpleNamespace(year=2024)),
    )


def test_a_charge_moves_money_and_makes_none():
    # residents pay all of a charge and nothing else changes: their loss is the city's gain
    account = draw_account(_forecast({"surplus": -100.0, "toll_revenue": 100.0}))
    assert account.net == pytest.approx(0.0, abs=1e-9)
    assert (account.by_payer()["city"] > 0).all()


def test_outlays_are_spread_over_their_lifetime():
    outlays = [[Outlay("works", "city", capital=1000.0, yearly=10.0, lifetime=20.0)]] * 8
    account = draw_account(_forecast({}), outlays)
    assert (account.public_cost > 1000.0 * annuity(0.02, 20.0) + 10.0 - 1e-9).all()
    assert (account.public_cost < 1000.0 * annuity(0.05, 20.0) + 10.0 + 1e-9).all()
    assert not account.notes


def test_cost_of_a_tonne_leaves_the_climate_out():
    # one kilotonne less for an outlay of 50,000 EUR a year without capital: 50 EUR a tonne
    outlays = [[Outlay("upkeep", "city", yearly=50_000.0)]] * 8
    account = draw_account(_forecast({"co2_traffic_year": -1.0}), outlays)
    assert account.cost_per_tonne == pytest.approx(50.0)
    assert account.tonnes == pytest.approx(1000.0)


def test_no_cost_of_a_tonne_where_tonnes_may_be_none():
    doubtful = np.array([-1.0] * 7 + [0.5])
    account = draw_account(_forecast({"co2_traffic_year": doubtful}))
    assert account.cost_per_tonne is None
    assert account.document()["cost_per_tonne"] is None


def test_one_harm_is_counted_once():
    account = draw_account(_forecast({"years_no2": -5.0, "years_pm25": -5.0}))
    assert [t for t in account.titles if "Years" in t] == ["Years of life, NO2"]
    assert any("PM2.5 is in no line" in note for note in account.notes)


def test_present_value_is_between_the_undiscounted_sum_and_half_of_it():
    account = draw_account(_forecast({"surplus": 1.0}, years=(2025, 2030)))
    flat = 6 * account.yearly[0]
    assert (account.present[0] < flat).all()
    assert (account.present[0] > 0.8 * flat).all()


@given(st.lists(st.floats(-1e3, 1e3), min_size=6, max_size=6))
def test_payers_sum_to_the_net_in_every_draw(changes):
    names = ("surplus", "toll_revenue", "co2_traffic_year", "killed_year", "noise_annoyed", "years_pm25")
    account = draw_account(_forecast(dict(zip(names, changes, strict=True))))
    if account.titles:
        together = sum(account.by_payer().values())
        np.testing.assert_allclose(together, account.net, rtol=1e-12, atol=1e-6)


def test_every_price_has_a_known_outcome_and_a_source():
    bib = (ROOT / "docs" / "references.bib").read_text(encoding="utf-8")
    for parameter in list_parameters():
        assert f"{{{parameter.source}," in bib, parameter.name
    known = vocabulary.vocabulary()
    for line in read_lines():
        assert line.indicator in known, line.indicator
