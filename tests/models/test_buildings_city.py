"""Buildings of a city: heat pumps on paper, what is conserved, a golden village, units, and Bologna's own tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.city import Scale, Table
from exante.city.check import require_sound
from exante.models.buildings import MODEL, profiles
from exante.models.buildings.systems import CARRIERS, efficiencies, heat_pump_performance
from exante.policy import read_text
from exante.quantities.declarations import Inputs
from exante.quantities.errors import MissingLayerError

HOURS = 8760


def inputs(city, **parameters):
    values = {p.name.split(".", 1)[1]: float(p.distribution.quantile(0.5)) for p in MODEL.parameters}
    assert not set(parameters) - set(values)
    return Inputs({n: city.column(n) for n in MODEL.reads}, values | parameters)


def run(city, state=None, **parameters):
    return MODEL.run(inputs(city, **parameters), state)


def arrays(city, **parameters):
    return run(city, **parameters).arrays


def scaled(city, table, column, factor):
    values = city.table(table)
    return city.with_table(values.with_columns(**{column: values[column] * factor}))


def policy(*lines):
    return read_text("\n".join(('title = "Trial"', "", "[[measure]]", *lines)), "trial.toml").at(None)


@pytest.fixture(scope="module")
def found(built_village):
    return arrays(built_village)


def test_the_village_is_sound(built_village):
    require_sound(built_village)


def test_the_performance_of_a_heat_pump_on_paper():
    # 0 degC outdoors: 40 K to the radiators, 6.08 - 3.6 + 0.8 = 3.28; 50 K to hot water, 6.08 - 4.5 + 1.25 = 2.83.
    # 10 degC: 30 to flow, 20 K; 6.08 - 1.8 + 0.2 = 4.48. 30 degC: the lift does not fall below 15 K: 4.8425.
    air = np.array([0.0, 10.0, 30.0])
    assert heat_pump_performance(air, 1.0) == pytest.approx([3.28, 4.48, 4.8425])
    assert heat_pump_performance(air[:1], 0.5, water=True) == pytest.approx([0.5 * 2.83])


def test_a_boiler_on_paper():
    told = {"boiler_efficiency": 0.8, "condensing_gain": 0.12}
    found = efficiencies(told)
    assert (found["gas"], found["gas_condensing"], found["wood"]) == pytest.approx((0.8, 0.92, 0.72))
    assert efficiencies({"boiler_efficiency": 0.99, "condensing_gain": 0.2})["gas_condensing"] == 1.05


def test_carriers_and_carbon_on_paper(built_village, dwellings, found):
    """All homes on gas: gas is rooms, hot water and services over the boiler's efficiency; nothing else is burned."""
    systems = built_village.table("heating_systems")
    share = np.where(systems["system"] == "gas", 1.0, 0.0)
    city = built_village.with_table(systems.with_columns(share=share))
    got = arrays(city, boiler_efficiency=0.8, hot_water_ratio=1.0, service_ratio=1.0)
    area, jobs = 40.0 * city.column("zones.population"), city.column("zones.jobs")
    heat = got["building_heat_need"] + 10.0 * area + 30.0 * jobs * 50.0
    gas = got["building_energy"][:, CARRIERS.index("gas")]
    np.testing.assert_allclose(gas, heat / 0.8, rtol=1e-12)
    np.testing.assert_allclose(got["building_co2"], gas * 0.202, rtol=1e-12)
    assert got["building_energy"][:, CARRIERS.index("oil")].sum() == 0
    # homes pay gas of rooms and hot water, and their electricity: 1,000 kWh a resident and what cools them
    cold = got["building_cooling_need"] / inputs(city).parameters["cooling_performance"]
    own = (got["building_heat_need"] + 10.0 * area) / 0.8
    power = 1000.0 * city.column("zones.population") + cold
    np.testing.assert_allclose(got["building_bill"], 0.10 * own + 0.25 * power, rtol=1e-9)


def test_hours_sum_to_the_year_and_areas_to_the_stock(built_village, found):
    np.testing.assert_allclose(
        found["building_electricity"].sum(axis=1), found["building_energy"][:, CARRIERS.index("electricity")], rtol=1e-9
    )
    np.testing.assert_allclose(found["dwelling_area"], 40.0 * built_village.column("zones.population"), rtol=1e-9)
    for shape in (profiles.appliances(), profiles.services(), profiles.of_day(profiles.HOT_WATER)):
        assert shape.shape == (HOURS,)
        assert shape.sum() == pytest.approx(1.0)


def test_units(built_village, found):
    assert set(found) == set(MODEL.writes)
    assert found["building_electricity"].shape == (3, HOURS)
    # kW of an hour: a resident's 1,000 kWh a year are 0.114 kW on average
    kept = arrays(scaled(built_village, "homes", "appliances", 2.0))
    more = (kept["building_electricity"] - found["building_electricity"]).mean(axis=1)
    np.testing.assert_allclose(more, built_village.column("zones.population") * 1000.0 / HOURS, rtol=1e-9)
    # 20 to 300 kWh/m2 of useful heat: between a new and an uninsulated house
    assert 20 < found["building_heat_need"].sum() / found["dwelling_area"].sum() < 300


def test_the_golden_village(found):
    told = {
        "heat": found["building_heat_need"].sum() / found["dwelling_area"].sum(),
        "gas": found["building_energy"][:, CARRIERS.index("gas")].sum(),
        "electricity": found["building_energy"][:, CARRIERS.index("electricity")].sum(),
        "peak": found["building_electricity"].sum(axis=0).max(),
        "co2": found["building_co2"].sum(),
        "bill": found["building_bill"].sum(),
    }
    assert told == pytest.approx(GOLDEN, rel=1e-4)


GOLDEN = {
    "heat": 131.55728,
    "gas": 34_906_910.0,
    "electricity": 21_245_762.0,
    "peak": 4428.114,
    "co2": 8_604_553.2,
    "bill": 6_109_980.2,
}


@settings(max_examples=5, deadline=None)
@given(share=st.floats(0.01, 1.0), package=st.sampled_from(["usual", "advanced"]))
def test_a_retrofit_conserves_area_and_needs_less_heat(built_village, share, package):
    change = policy('kind = "retrofit"', f"share = {share:.6f}", f'package = "{package}"')
    after = change.apply(built_village)
    assert after.column("building_stock.floor_area").min() >= 0
    old, new = built_village.column("building_stock.floor_area"), after.column("building_stock.floor_area")
    assert new.sum() == pytest.approx(old.sum(), rel=1e-12)
    used = {"prebound": 0.0, "rebound": 0.0}
    before, got = arrays(built_village, **used), arrays(after, **used)
    np.testing.assert_allclose(got["dwelling_area"], before["dwelling_area"], rtol=1e-9)
    assert (got["building_heat_need"] < before["building_heat_need"]).all()
    assert got["building_co2"].sum() < before["building_co2"].sum()


@settings(max_examples=4, deadline=None)
@given(losses=st.floats(0.2, 0.95))
def test_a_better_envelope_needs_less_heat_and_a_reversal_restores(built_village, losses):
    better = scaled(built_village, "archetype_elements", "u", losses)
    assert arrays(better)["building_heat_need"].sum() < arrays(built_village)["building_heat_need"].sum()
    back = scaled(better, "archetype_elements", "u", 1.0 / losses)
    np.testing.assert_allclose(arrays(back)["building_energy"], arrays(built_village)["building_energy"], rtol=1e-6)


def test_nothing_changed_is_nothing_changed_and_an_edit_taken_back_restores(built_village, found):
    again = run(built_village)
    warm = run(built_village, again.state)
    for name, values in found.items():
        np.testing.assert_array_equal(again.arrays[name], values)
        np.testing.assert_array_equal(warm.arrays[name], values)
    none = policy('kind = "retrofit"', "share = 0")
    assert none.edits(built_village) == []
    ids = built_village.column("homes.zone_id")
    there = built_village.edit([Scale("homes", "appliances", "zone_id", ids, np.asarray(0.5), "trial")])
    back = there.edit([Scale("homes", "appliances", "zone_id", ids, np.asarray(2.0), "trial")])
    np.testing.assert_allclose(arrays(back)["building_energy"], found["building_energy"], rtol=1e-12)


def test_a_warm_start_of_another_weather_is_not_used(built_village, found):
    warm = run(built_village)
    weather = built_village.table("weather")
    milder = built_village.with_table(weather.with_columns(dry_bulb=weather["dry_bulb"] + 2.0))
    cold_start, warm_start = run(milder), run(milder, warm.state)
    np.testing.assert_array_equal(cold_start.arrays["building_heat_need"], warm_start.arrays["building_heat_need"])
    assert cold_start.arrays["building_heat_need"].sum() < found["building_heat_need"].sum()


def test_a_drop_everywhere_acts_as_the_same_drop_of_every_zone(built_village):
    """Between zones the need is scaled by degree hours: close to the balance run at the set-point itself."""
    homes = built_village.table("homes")
    everywhere = built_village.with_table(homes.with_columns(set_point=homes["set_point"] - 1.0))
    whole = arrays(everywhere)["building_heat_need"] / arrays(built_village)["building_heat_need"]
    one = np.array(homes["set_point"])
    one[0] -= 1.0
    alone = arrays(built_village.with_table(homes.with_columns(set_point=one)))
    part = alone["building_heat_need"] / arrays(built_village)["building_heat_need"]
    assert part[0] == pytest.approx(whole[0], abs=0.02)
    np.testing.assert_allclose(part[1:], 1.0, atol=0.02)


def test_weather_that_is_no_year_is_refused(built_village):
    weather = built_village.table("weather")
    city = built_village.with_table(Table("weather", {n: weather[n][:100] for n in weather}))
    with pytest.raises(MissingLayerError, match="100 hours"):
        run(city)


@pytest.mark.real_data
def test_bologna_makes_its_tables(data_dir):
    from exante.sources.energy import stock
    from exante.sources.statistics import read_city_document
    from exante.sources.tabula import VARIANTS, read_variants

    told = read_city_document("bologna")["buildings"]
    made, rows = stock.archetype_tables(read_variants(data_dir / "energy" / "tabula" / VARIANTS), "IT")
    assert made["archetypes"].rows == len(rows) > 60
    zones = Table("zones", {"zone_id": ["1", "2"], "population": [1000.0, 500.0], "jobs": [10.0, 900.0]})
    table = stock.stock_table(told, rows, zones)
    area = np.array([table["floor_area"][table["zone_id"] == z].sum() for z in ("1", "2")])
    np.testing.assert_allclose(area, [42_000.0, 21_000.0], rtol=1e-9)
    # envelopes do not get worse from a state to the next
    elements = made["archetype_elements"]
    u = dict(zip(zip(elements["archetype_id"], elements["element"], strict=True), elements["u"], strict=True))
    kinds = made["archetypes"]
    by_state = {(b, s): a for b, s, a in zip(kinds["building"], kinds["state"], kinds["archetype_id"], strict=True)}
    for (building, state), name in by_state.items():
        if (building, state + 1) in by_state:
            for element in set(elements["element"]):
                assert u[by_state[building, state + 1], element] <= u[name, element] + 1e-12
