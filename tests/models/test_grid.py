"""Electricity of a city: sharing on paper, energy conserved, a golden year, units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from exante.city import Table
from exante.indicators.grid import INDICATORS
from exante.models.grid import MODEL, PHOTOVOLTAICS
from exante.models.grid.photovoltaics import FACINGS, panel_power
from exante.models.grid.run import share_out, vehicle_hours
from exante.quantities import vocabulary
from exante.quantities.declarations import Inputs
from exante.quantities.errors import MissingLayerError
from exante.sources.sketch import sketch

HOURS = 8760


@pytest.fixture(scope="module")
def city():
    return sketch("bologna").city


def medians(model):
    return {p.name.split(".", 1)[1]: float(p.distribution.quantile(0.5)) for p in model.parameters}


def inputs(city, model, results=None, **parameters):
    known = dict(results or {})
    for name in (*model.reads, *model.uses):
        if name not in known:
            has = "." in name and city.has_column(name)
            known[name] = city.column(name) if has else np.zeros(0)
    return Inputs({n: known[n] for n in (*model.reads, *model.uses)}, medians(model) | parameters)


@pytest.fixture(scope="module")
def panels(city):
    return PHOTOVOLTAICS.run(inputs(city, PHOTOVOLTAICS), None).arrays


@pytest.fixture(scope="module")
def load(city):
    """A synthetic load of buildings: 1 kW a resident in the evening, 0.5 else; no model of buildings is needed."""
    evening = np.where((np.arange(HOURS) % 24 >= 18) & (np.arange(HOURS) % 24 < 22), 1.0, 0.5)
    return city.column("zones.population")[:, None] * evening[None, :]


def grid(city, panels, load, **parameters):
    results = {**panels, "building_electricity": load}
    return MODEL.run(inputs(city, MODEL, results, **parameters), None).arrays


def test_sharing_on_paper():
    # 10 kW of load, half of it behind meters with panels, 8 kW of sun: the meters take 5, less a tenth: 4.5. Of 3.5 kW
    # left neighbours may take a half, 1.75, which their 5 kW can use.
    used, given_away = share_out(np.array([[10.0]]), np.array([[8.0]]), np.array([0.5]), shared=0.5, mismatch=0.1)
    assert used[0, 0] == pytest.approx(6.25)
    assert given_away[0, 0] == pytest.approx(1.75)


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, (3, 24), elements=st.floats(0, 1e4)),
    arrays(float, (3, 24), elements=st.floats(0, 1e4)),
    arrays(float, 3, elements=st.floats(0, 1)),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_generation_is_used_or_given_and_never_more_than_the_load(load, generation, covered, shared, mismatch):
    used, given_away = share_out(load, generation, covered, shared, mismatch)
    np.testing.assert_allclose(used + given_away, generation, atol=1e-6)
    assert (used <= load + 1e-6).all()
    assert (used >= 0).all()
    assert (given_away >= -1e-6).all()


def test_power_on_paper():
    """Diffuse light of 1,000 W/m2: glass lets 0.95 of it through, all of what seems to come from the sun's side.

    The cell is warmer than the air by 1000 / 25 = 40 K (Faiman, no wind): at -15 degC of air it is at 25 degC, the
    test's temperature. At +25 degC it is 40 K warmer and gives 1 - 0.004 * 40 = 0.84 of that.
    """
    still = np.zeros(HOURS)
    light = {"direct_normal": still, "diffuse_horizontal": np.full(HOURS, 1000.0), "wind_speed": still}
    place, level, noon = (44.5, 11.3, 1.0, 50.0), ((0.0, 180.0),), 180 * 24 + 12
    cold = panel_power({**light, "dry_bulb": np.full(HOURS, -15.0)}, place, level, 0.004)[0, noon]
    warm = panel_power({**light, "dry_bulb": np.full(HOURS, 25.0)}, place, level, 0.004)[0, noon]
    assert 0.95 <= cold <= 1.0
    assert warm / cold == pytest.approx(0.84, rel=1e-3)


def test_south_gives_most_and_north_least(panels):
    yearly = dict(zip(FACINGS, panels["pv_yield"].sum(axis=1), strict=True))
    assert yearly["south"] > yearly["flat"] > yearly["west"] > yearly["north"]
    assert 900 < yearly["south"] < 1500
    assert panels["pv_yield"].min() >= 0


def test_golden_year_of_the_sketch(city, panels, load):
    out = grid(city, panels, load)
    assert panels["zone_pv"].sum() / 1e6 == pytest.approx(41.5, rel=0.03)
    assert out["city_load"].sum() / 1e6 == pytest.approx(load.sum() / 1e6 + 13.2, rel=1e-6)
    exported, self_used = out["city_export"].sum(), out["zone_self_consumed"].sum()
    assert exported + self_used == pytest.approx(panels["zone_pv"].sum(), rel=1e-9)
    assert out["city_import"].sum() + self_used == pytest.approx(out["city_load"].sum(), rel=1e-9)


def test_emissions_follow_units(city, panels, load):
    """g/kWh times kWh is g; results are kg: a grid of 224 g/kWh and no panels gives 0.224 kg a kWh."""
    none = {**panels, "pv_capacity": panels["pv_capacity"] * 0}
    out = grid(city, none, load, intensity=1.0)
    direct = city.column("grid_mix.intensity_direct")[0]
    assert out["grid_co2_direct"].sum() == pytest.approx(out["city_load"].sum() * direct / 1000.0, rel=1e-3)


def test_more_panels_draw_less_and_emit_less(city, panels, load):
    more = {**panels, "pv_capacity": panels["pv_capacity"] * 5}
    before, after = grid(city, panels, load), grid(city, more, load)
    assert after["city_import"].sum() < before["city_import"].sum()
    assert after["grid_co2_direct"].sum() < before["grid_co2_direct"].sum()
    assert after["grid_cost"] < before["grid_cost"]


def test_a_dearer_kwh_is_used_less(city, panels, load):
    table = city.table("tariffs")
    dear = city.with_table(table.with_columns(price=table["price"] * 1.2))
    ratio = grid(dear, panels, load)["electricity_by_consumer"][0] / load.sum()
    assert ratio == pytest.approx(1.2 ** medians(MODEL)["price_elasticity"], rel=1e-9)


def test_vehicles_charge_less_at_weekends_and_need_no_model():
    year = vehicle_hours(np.full(24, 10.0), 0.5).reshape(365, 24).sum(axis=1)
    assert sorted(set(np.round(year, 6))) == [120.0, 240.0]
    assert (year == 120.0).sum() == 104
    assert vehicle_hours(np.zeros(0), 0.5).sum() == 0


def test_a_city_without_a_price_is_told(city, panels, load):
    table = city.table("tariffs")
    rows = table["carrier"] == "gas"
    gas = city.with_table(Table("tariffs", {c: table[c][rows] for c in table}))
    with pytest.raises(MissingLayerError, match="no price of electricity for household and service"):
        grid(gas, panels, load)


def test_indicators_are_in_their_units(city, panels, load):
    full = {**panels, **grid(city, panels, load)}
    values = {i.name: i.compute(Inputs({n: full[n] for n in i.reads}, {})) for i in INDICATORS}
    assert values["pv_power"] == pytest.approx(37.0)
    assert values["electricity_use"] == pytest.approx(full["city_load"].sum() / 1e6)
    assert values["electricity_peak"] == pytest.approx(full["city_import"].max() / 1e3)
    for i in INDICATORS:
        assert vocabulary.get(i.name).unit == i.unit
