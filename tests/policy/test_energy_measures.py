"""`rooftop_pv`, `public_lighting`, `tariff`, `grid_scenario`: units, order of roofs, what changes nothing, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from exante.policy import read_text
from exante.quantities.errors import PolicyError
from exante.sources.sketch import sketch


@pytest.fixture(scope="module")
def city():
    return sketch("bologna").city


def read(*lines):
    return read_text("\n".join(('title = "Trial"', "", "[[measure]]", *lines)), "trial.toml").at(None)


def installed(city):
    return city.column("rooftops.installed")


def test_power_is_added_in_its_unit_on_the_best_roofs_first(city):
    policy = read('kind = "rooftop_pv"', 'power = { value = 50, unit = "MW" }')
    after = policy.apply(city)
    added = installed(after) - installed(city)
    assert added.sum() == pytest.approx(50_000.0)
    facing = city.column("rooftops.facing")
    assert added[facing == "south"].sum() == pytest.approx(50_000.0)
    same = read('kind = "rooftop_pv"', 'power = { value = 50000, unit = "kW" }').apply(city)
    np.testing.assert_allclose(installed(same), installed(after))


def test_a_share_fills_roofs_and_never_takes_panels_away(city):
    after = read('kind = "rooftop_pv"', "share = 0.5").apply(city)
    assert installed(after).sum() == pytest.approx(0.5 * city.column("rooftops.potential").sum(), rel=1e-9)
    assert (installed(after) <= city.column("rooftops.potential") + 1e-9).all()
    assert read('kind = "rooftop_pv"', "share = 0.01").edits(city) == []


def test_an_area_keeps_panels_inside(city):
    after = read('kind = "rooftop_pv"', 'where = { within = "centre" }', "share = 0.4").apply(city)
    changed = set(city.column("rooftops.zone_id")[installed(after) != installed(city)])
    assert 0 < len(changed) < len(city.column("zones.zone_id"))


def test_more_than_roofs_can_carry_is_refused(city):
    with pytest.raises(PolicyError, match="roofs have room for"):
        read('kind = "rooftop_pv"', 'power = { value = 90, unit = "GW" }').edits(city)


def test_panels_are_paid_for(city):
    policy = read(
        'kind = "rooftop_pv"', 'power = { value = 10, unit = "MW" }', 'price = { value = 2000, unit = "EUR/kW" }',
        'payer = "city"',
    )  # fmt: skip
    (outlay,) = policy.measures[0].outlays(city)
    assert outlay.payer == "city"
    assert outlay.capital == pytest.approx(20e6)


def test_power_needs_its_unit_and_one_of_both():
    with pytest.raises(PolicyError, match="power"):
        read('kind = "rooftop_pv"', "power = 50")
    with pytest.raises(PolicyError, match="by power or by share"):
        read('kind = "rooftop_pv"')


def test_lamps_save_a_share(city):
    policy = read('kind = "public_lighting"', "saving = 0.4", 'price = { value = 2, unit = "EUR/(kWh/year)" }')
    before, after = (c.column("public_lighting.electricity").sum() for c in (city, policy.apply(city)))
    assert after == pytest.approx(0.6 * before)
    (outlay,) = policy.measures[0].outlays(city)
    assert outlay.capital == pytest.approx(2 * 0.4 * before)
    assert read('kind = "public_lighting"', "saving = 0").edits(city) == []


def test_tariffs_change_prices_and_not_what_they_were(city):
    policy = read('kind = "tariff"', 'carrier = "electricity"', 'consumer = "household"', "ratio = 1.5")
    after = policy.apply(city)
    row = list(city.column("tariffs.tariff_id")).index("electricity household")
    assert after.column("tariffs.price")[row] == pytest.approx(1.5 * city.column("tariffs.price")[row])
    np.testing.assert_array_equal(after.column("tariffs.base_price"), city.column("tariffs.base_price"))
    dear = read('kind = "tariff"', 'carrier = "gas"', 'price = { value = 120, unit = "EUR/MWh" }').apply(city)
    assert dear.column("tariffs.price")[list(city.column("tariffs.tariff_id")).index("gas household")] == pytest.approx(
        0.12
    )


def test_gas_says_that_nobody_answers(city):
    told = read('kind = "tariff"', 'carrier = "gas"', "ratio = 2").describe_on(city)
    assert any("nobody burns less gas" in line for line in told)


def test_a_price_that_the_city_lacks_is_refused(city):
    with pytest.raises(PolicyError, match="has no price of district heat"):
        read('kind = "tariff"', 'carrier = "district_heat"', "ratio = 2").edits(city)


def test_the_grid_of_another_year(city):
    policy = read('kind = "grid_scenario"', 'intensity = { value = 0.1, unit = "kg/kWh" }', "solar_dip = 0.3")
    after = policy.apply(city)
    assert after.column("grid_mix.intensity_direct")[0] == pytest.approx(100.0)
    fall = city.column("grid_mix.intensity_direct")[0] - 100.0
    assert city.column("grid_mix.intensity_lifecycle")[0] - after.column("grid_mix.intensity_lifecycle")[0] >= fall
    assert after.column("grid_mix.solar_dip")[0] == 0.3
    direct = float(city.column("grid_mix.intensity_direct")[0])
    same = read('kind = "grid_scenario"', f'intensity = {{ value = {direct!r}, unit = "g/kWh" }}')
    assert same.edits(city) == []


def test_a_city_without_the_tables_is_told(city):
    bare = city.with_table(city.table("zones"))
    tables = {n: t for n, t in city.tables.items() if n not in ("rooftops", "public_lighting", "grid_mix", "tariffs")}
    bare = type(city)(city.name, city.title, city.as_of, city.crs, tables)
    for lines, name in (
        (('kind = "rooftop_pv"', "share = 0.5"), "rooftops"),
        (('kind = "public_lighting"', "saving = 0.5"), "public_lighting"),
        (('kind = "grid_scenario"', 'intensity = { value = 100, unit = "g/kWh" }'), "grid_mix"),
        (('kind = "tariff"', 'carrier = "gas"', "ratio = 2"), "no price of gas"),
    ):
        with pytest.raises(PolicyError, match=name):
            read(*lines).edits(bare)
