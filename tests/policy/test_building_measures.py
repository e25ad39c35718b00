"""`retrofit`, `heat_pumps`, `district_heating`, `setpoint`, `efficient_appliances`: units, edits, outlays, refusals."""

import numpy as np
import pytest

from exante.policy import read_text
from exante.quantities.errors import PolicyError


def read(*lines):
    return read_text("\n".join(('title = "Trial"', "", "[[measure]]", *lines)), "trial.toml").at(None)


def total(city, column, table, key, value):
    return float(city.column(f"{table}.{column}")[city.column(f"{table}.{key}") == value].sum())


def by_state(city):
    kinds = dict(zip(city.column("archetypes.archetype_id"), city.column("archetypes.state"), strict=True))
    state = np.array([kinds[a] for a in city.column("building_stock.archetype_id")])
    return [float(city.column("building_stock.floor_area")[state == k].sum()) for k in (1, 2, 3)]


def test_a_retrofit_moves_area_of_its_years_and_is_paid_for(built_village):
    # 240,000 m2, 0.6 of them from 1951 to 2000, 0.8 of those as built: a quarter is 28,800 m2
    policy = read('kind = "retrofit"', "built = [1960, 1970]", "share = 0.25", "subsidy = 0.4")
    before, after = by_state(built_village), by_state(policy.apply(built_village))
    assert np.subtract(after, before) == pytest.approx([-28_800.0, 28_800.0, 0.0])
    outlays = {o.payer: o for o in policy.measures[0].outlays(built_village)}
    whole = sum(o.capital for o in outlays.values())
    assert outlays["state"].capital == pytest.approx(0.4 * whole)
    assert whole == pytest.approx(28_800 * 263.7, rel=0.01)
    assert "0.03 km2" in policy.describe_on(built_village)[0]


def test_an_advanced_package_goes_to_the_third_state(built_village):
    policy = read(
        'kind = "retrofit"', "share = 0.5", 'package = "advanced"', 'price = { value = 300, unit = "EUR/m^2" }'
    )
    before, after = by_state(built_village), by_state(policy.apply(built_village))
    assert np.subtract(after, before) == pytest.approx([-96_000.0, 0.0, 96_000.0])
    assert policy.measures[0].outlays(built_village)[0].capital == pytest.approx(96_000 * 300)


def test_a_district_keeps_the_change_inside(built_village):
    after = read('kind = "retrofit"', 'where = { district = "Hill" }', "share = 0.5").apply(built_village)
    changed = after.column("building_stock.floor_area") != built_village.column("building_stock.floor_area")
    assert set(built_village.column("building_stock.zone_id")[changed]) == {"N"}


@pytest.mark.parametrize(("kind", "system"), [("heat_pumps", "heat_pump"), ("district_heating", "district_heat")])
def test_systems_change_hands_and_shares_stay_whole(built_village, kind, system):
    policy = read(f'kind = "{kind}"', "share = 0.2", 'payer = "city"')
    after = policy.apply(built_village)
    zones, share = after.column("heating_systems.zone_id"), after.column("heating_systems.share")
    for zone in set(zones):
        assert share[zones == zone].sum() == pytest.approx(1.0, abs=1e-12)
    gained = total(after, "share", "heating_systems", "system", system) - total(
        built_village, "share", "heating_systems", "system", system
    )
    # a fifth of 0.6 gas and 0.1 oil in each of three zones
    assert gained == pytest.approx(3 * 0.2 * 0.7)
    assert policy.measures[0].area(built_village) == pytest.approx(0.14 * 240_000)
    (outlay,) = policy.measures[0].outlays(built_village)
    assert outlay.payer == "city"
    assert outlay.capital > 0


def test_retrofit_and_heat_pumps_do_not_clash(built_village):
    policy = read(
        'kind = "retrofit"', "share = 0.3", "", "[[measure]]", 'kind = "heat_pumps"', "share = 0.2", "", "[[measure]]",
        'kind = "district_heating"', "share = 0.1",
    )  # fmt: skip
    share = policy.apply(built_village).column("heating_systems.share")
    assert share.min() >= 0
    assert share.sum() == pytest.approx(3.0)


def test_a_set_point_falls_by_drop_times_compliance(built_village):
    line = 'drop = { value = 1, unit = "delta_degC" }'
    after = read('kind = "setpoint"', line, "compliance = 0.3").apply(built_village)
    np.testing.assert_allclose(after.column("homes.set_point"), 19.7)
    # a difference of 1.8 degF is one of 1 K
    same = read('kind = "setpoint"', 'drop = { value = 1.8, unit = "delta_degF" }', "compliance = 0.3")
    np.testing.assert_allclose(same.apply(built_village).column("homes.set_point"), 19.7)


def test_appliances_save_share_times_saving(built_village):
    policy = read(
        'kind = "efficient_appliances"', "share = 0.5", "saving = 0.2", 'cost = { value = 200, unit = "EUR" }'
    )
    after = policy.apply(built_village)
    np.testing.assert_allclose(after.column("homes.appliances"), 900.0)
    (outlay,) = policy.measures[0].outlays(built_village)
    assert outlay.capital == pytest.approx(0.5 * 6000 * 200)


@pytest.mark.parametrize(
    "lines",
    [
        ('kind = "retrofit"', "share = 0"),
        ('kind = "heat_pumps"', "share = 0"),
        ('kind = "district_heating"', "share = 0"),
        ('kind = "setpoint"', 'drop = { value = 1, unit = "delta_degC" }', "compliance = 0"),
        ('kind = "efficient_appliances"', "share = 0.3", "saving = 0"),
    ],
)
def test_nothing_asked_is_nothing_changed(built_village, lines):
    assert read(*lines).edits(built_village) == []


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (('kind = "retrofit"', "share = 1.2"), "share"),
        (('kind = "retrofit"', "share = 0.2", 'package = "best"'), "package"),
        (('kind = "retrofit"', "share = 0.2", "price = 250"), "price"),
        (('kind = "heat_pumps"', "share = 0.2", 'replaces = ["coal"]'), "'coal' is not known"),
        (('kind = "setpoint"', "drop = 1", "compliance = 0.3"), "drop"),
        (('kind = "efficient_appliances"', "share = 0.3"), "saving"),
    ],
)
def test_bad_input_is_told(lines, message):
    with pytest.raises(PolicyError, match=message):
        read(*lines)


def test_a_city_without_buildings_and_years_without_houses_are_told(built_village, village_city):
    with pytest.raises(PolicyError, match="no table building_stock"):
        read('kind = "retrofit"', "share = 0.3").edits(village_city)
    with pytest.raises(PolicyError, match="no dwellings of Village"):
        read('kind = "retrofit"', "share = 0.3", "built = [2010, 2020]").edits(built_village)


def test_traffic_sees_nothing_of_buildings(built_village):
    """What mobility and emissions read keeps its content, so that the cache gives their results back."""
    from exante.models.emissions import MODEL as EMISSIONS
    from exante.models.mobility import MODEL as MOBILITY

    policy = read(
        'kind = "retrofit"', "share = 0.3", "", "[[measure]]", 'kind = "heat_pumps"', "share = 0.2", "", "[[measure]]",
        'kind = "setpoint"', 'drop = { value = 1, unit = "delta_degC" }', "compliance = 0.5", "", "[[measure]]",
        'kind = "efficient_appliances"', "share = 0.5", "saving = 0.5",
    )  # fmt: skip
    after = policy.apply(built_village)
    assert after.sha256("building_stock.floor_area") != built_village.sha256("building_stock.floor_area")
    for model in (MOBILITY, EMISSIONS):
        for name in (*model.reads, *model.uses):
            if "." in name and built_village.has_column(name):
                assert after.sha256(name) == built_village.sha256(name), name
