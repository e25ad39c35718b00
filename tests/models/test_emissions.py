"""Emissions: by hand, by property, and what is said when a factor is missing."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.models.emissions.charging import charging_profile
from exante.models.emissions.cold import cold_ratio, cold_share
from exante.models.emissions.factors import FAMILIES, read_exhaust, read_factors, read_wear, wear_curve
from exante.models.emissions.fold import VEHICLES, fold
from exante.models.emissions.run import CLASSES
from exante.quantities.declarations import Inputs
from exante.quantities.errors import MissingLayerError
from exante.quantities.labels import LABELS, place
from exante.quantities.vehicle_kinds import KINDS

ROOT = Path(__file__).parents[2]
#: Factors as they stand in the first table, no cold engine.
ALONE = {f"scale_{n}": 1.0 for n in ("co2", "nox", "no2", "pm25", "wear", "cold", "electricity")}
ALONE |= {"factor_source": 0.0, "cold_engine": 0.0, "cycle_weight": 1.0}


def mix(*rows):
    """Shares of kinds: these cars, and one kind of everything else."""
    rows = [*rows, (("van", "diesel", "euro4"), 1.0), (("truck", "diesel", "euro4"), 1.0)]
    share = np.zeros(len(KINDS))
    for kind, value in [*rows, (("motorcycle", "petrol", "euro4"), 1.0)]:
        share[KINDS.index(kind)] = value
    return share


PETROL = (("car", "petrol", "euro4"), 1.0)


def one_kilometre(tools, *cars, road="residential", speed=50.0, cruise=50.0, free=50.0, vehicle="car", zone=0.0, **p):
    share = mix(*(cars or (PETROL,)))
    arrays = {
        "links.length": np.array([1000.0]),
        "links.road_class": np.array([road], dtype=object),
        "zones.zone_id": np.array(["z"], dtype=object),
        "zones.jobs": np.array([1.0]),
        "road_fleet": np.stack([share, mix((("car", "electric", "none"), 1.0))]),
        "link_low_emission": np.array([zone]),
        "period_weight": np.array([2.0, 8.0]),
        "link_flow_by_vehicle": 100.0 * np.eye(4)[[CLASSES.index(vehicle)]].repeat(2, axis=0)[:, :, None],
        "link_speed": np.full((2, 1), speed),
        "link_cruise_speed": np.array([cruise]),
        "link_free_time": np.array([3600.0 / free]),
        "zone_car_trips": np.array([120.0]),
        "external_car_trips": np.array(0.0),
        "trip_length_by_mode": np.full(len(LABELS["mode"]), 5.0),
        "links.zone_id": np.array(["z"], dtype=object),
        "statistics.name": np.zeros(0, dtype=object),
        "statistics.value": np.zeros(0),
    }
    return tools.emissions.run(Inputs(arrays, tools.medians(tools.emissions, **(ALONE | p))), None)


def test_a_thousand_kilometres_by_hand(tools):
    """100 vehicles an hour over ten hours of one kilometre: 1,000 times the factor of the table."""
    factor = read_factors().curve("car", "petrol", "euro4", "co2", "cycle")[4]
    run = one_kilometre(tools)
    assert run.arrays["link_co2"][0] == pytest.approx(factor)  # 1,000 km x g/km = kg
    assert run.diagnostics["clamped_share"] == 0.0


def test_each_class_has_its_own_factor(tools):
    factor = read_factors().curve("truck", "diesel", "euro4", "co2", "cycle")[4]
    assert one_kilometre(tools, vehicle="truck").arrays["link_co2"][0] == pytest.approx(factor)


def test_between_two_speeds_the_factor_is_between(tools):
    low, high = read_factors().curve("car", "petrol", "euro4", "nox", "cycle")[[2, 3]]
    run = one_kilometre(tools, speed=35.0)
    assert run.arrays["link_nox"][0] == pytest.approx(1000.0 * (low + high) / 2)


def test_the_other_shape_keeps_the_stops(tools):
    """Without congestion the alternative is the table of fixed stops at the cruise speed, whatever the mean speed."""
    factor = read_factors().curve("car", "petrol", "euro4", "co2", "stops")[2]
    run = one_kilometre(tools, speed=20.0, free=20.0, cruise=30.0, cycle_weight=0.0)
    assert run.arrays["link_co2"][0] == pytest.approx(factor)


def test_congestion_costs_fuel_in_both_shapes(tools):
    for weight in (0.0, 1.0):
        free = one_kilometre(tools, speed=30.0, free=30.0, cruise=40.0, cycle_weight=weight)
        jam = one_kilometre(tools, speed=15.0, free=30.0, cruise=40.0, cycle_weight=weight)
        assert jam.arrays["link_co2"][0] > 1.2 * free.arrays["link_co2"][0]


def test_the_second_source_of_nox_is_taken_where_it_is_drawn(tools):
    """Diesel Euro 6 at 50 km/h: EMEP/EEA 2013 gives (0.436 - 0.2695 + 0.0725 - 0.0092) / (1 + 0.5 - 0.255) g/km."""
    car = (("car", "diesel", "euro6"), 1.0)
    second = one_kilometre(tools, car, factor_source=0.9).arrays["link_nox"][0]
    assert second == pytest.approx(1000 * 0.1845, rel=0.01)
    assert one_kilometre(tools, car).arrays["link_nox"][0] > 2 * second
    gas = (("car", "gas", "euro5"), 1.0)
    other = one_kilometre(tools, gas, factor_source=0.9).arrays["link_nox"]
    assert other == pytest.approx(one_kilometre(tools, gas).arrays["link_nox"])


def test_electric_cars_have_wear_and_electricity(tools):
    run = one_kilometre(tools, (("car", "electric", "none"), 1.0), charging_efficiency=1.0, grid_intensity=200.0)
    assert run.arrays["link_co2"][0] == 0.0
    assert run.arrays["link_nox"][0] == 0.0
    used = read_factors().curve("car", "electric", "none", "electricity", "cycle")[4]  # Wh/km, 1,000 km
    assert run.arrays["vehicle_electricity"].sum() == pytest.approx(used)
    assert run.arrays["link_co2_upstream"][0] == pytest.approx(used * 0.2)
    assert run.arrays["link_pm10"][0] > run.arrays["link_pm25"][0] > 0.0


def test_inside_a_zone_the_other_fleet_drives(tools):
    """Half of the day in a zone of electric cars: half of the CO2."""
    whole = one_kilometre(tools).arrays["link_co2"][0]
    assert one_kilometre(tools, zone=0.5).arrays["link_co2"][0] == pytest.approx(whole / 2)
    assert one_kilometre(tools, zone=1.0).arrays["link_co2"][0] == 0.0


def test_a_cold_start_by_hand(tools):
    """120 trips of persons, 1.2 a car: 100 starts; Euro 4 petrol adds 0.3652 g NOx each."""
    warm, cold = one_kilometre(tools), one_kilometre(tools, cold_engine=1.0)
    assert cold.arrays["link_nox"][0] - warm.arrays["link_nox"][0] == pytest.approx(36.52)
    share, ratio = cold_share(5.0, 15.0), cold_ratio(15.0)["petrol"]
    assert share == pytest.approx(0.6474 - 0.12725 - (0.00974 - 0.001925) * 15.0)
    curve = read_factors().curve("car", "petrol", "euro4", "co2", "cycle")
    added = 100 * share * 5.0 * (ratio - 1.0) * (curve[1] + curve[2]) / 2
    assert cold.arrays["link_co2"][0] - warm.arrays["link_co2"][0] == pytest.approx(added / 1000.0)


def test_twice_the_traffic_is_twice_the_emission(tools, village_city, village_run):
    once = tools.emit(village_city, village_run.arrays, cold_engine=0.5)
    doubled = village_run.arrays | {"link_flow_by_vehicle": 2.0 * village_run.arrays["link_flow_by_vehicle"]}
    doubled |= {n: 2.0 * village_run.arrays[n] for n in ("zone_car_trips", "external_car_trips")}
    twice = tools.emit(village_city, doubled, cold_engine=0.5)
    for name, array in once.arrays.items():
        assert twice.arrays[name] == pytest.approx(2.0 * array)
        assert (array >= 0).all()


def test_kinds_and_cold_starts_sum_to_the_links(tools, village_city, village_run):
    run = tools.emit(village_city, village_run.arrays)
    for name, link, unit in (("co2", "link_co2", 1.0), ("nox", "link_nox", 1000.0), ("no2", "link_no2", 1000.0)):
        k = place("pollutant", name)
        whole = run.arrays["emission_by_kind"][k].sum() + run.arrays["emission_cold"][k]
        assert run.arrays[link].sum() / unit == pytest.approx(whole)
    by_period = run.arrays["link_nox_by_period"] * village_run.arrays["period_weight"][:, None]
    assert by_period.sum(axis=0) == pytest.approx(run.arrays["link_nox"])
    assert (run.arrays["link_no2"] <= run.arrays["link_nox"]).all()
    assert (run.arrays["link_pm_exhaust"] <= run.arrays["link_pm25"]).all()


def test_golden_village(tools, village_city, village_run):
    run = tools.emit(village_city, village_run.arrays)
    per_km = run.arrays["link_co2"].sum() / (
        village_run.arrays["period_weight"] @ village_run.arrays["link_flow"] @ village_city.column("links.length")
    )
    assert 0.10 < 1000 * per_km < 0.35  # kg/km; a plain range, so that traffic may be mended without this test


def test_speeds_outside_the_table_are_clamped_and_counted(tools):
    slow, edge = one_kilometre(tools, speed=4.0), one_kilometre(tools, speed=10.0)
    assert slow.arrays["link_co2"] == pytest.approx(edge.arrays["link_co2"])
    assert slow.diagnostics["clamped_share"] == 1.0


def test_a_missing_factor_is_named():
    with pytest.raises(MissingLayerError) as error:
        read_factors().curve("truck", "gas", "euro4", "co2", "cycle")
    assert str(error.value).startswith(
        "there is no co2 factor for truck, gas, euro4 (in models/emissions/factors.csv). Add a row with its source, "
        "or regroup the fleet: truck has diesel euro0, "
    )


def test_a_fleet_without_a_class_is_told(tools):
    share = mix(PETROL)
    share[KINDS.index(("van", "diesel", "euro4"))] = 0.0
    with pytest.raises(MissingLayerError) as error:
        fold(share, tools.medians(tools.emissions) | {"grid_intensity": 300.0})
    assert str(error.value) == "the fleet has no van (in fleet.vehicle_class). Add rows for them."


def test_the_table_is_whole():
    """Every kind has what it can emit in both families; values are positive and of a sane size."""
    factors = read_factors()
    top = {"co2": 4000, "nox": 60, "pm_exhaust": 2.5, "electricity": 4000}
    for kind in KINDS:
        for pollutant in ("electricity",) if kind[1] == "electric" else ("co2", "nox", "pm_exhaust"):
            for family in FAMILIES:
                curve = factors.curve(*kind, pollutant, family)
                assert (curve >= 0).all()
                assert curve.max() < top[pollutant], (kind, pollutant)
    assert all((curve > 0).all() for curve in factors.second_nox.values())
    assert set(read_wear()) == set(VEHICLES)
    assert ((read_exhaust()[0] >= 0) & (read_exhaust()[0] <= 1)).all()


def test_every_row_has_its_unit_and_range():
    for name in ("factors.csv", "nox_emep.csv"):
        lines = (ROOT / "src/exante/models/emissions" / name).read_text(encoding="utf-8").splitlines()
        head = lines[0].split(",")
        for line in lines[1:]:
            row = dict(zip(head, line.split(","), strict=True))
            assert row["unit"] == ("Wh/km" if row["pollutant"] == "electricity" else "g/km")
            assert 5 <= float(row["lowest_speed"]) < float(row["highest_speed"]) <= 130


def test_wear_is_the_first_tier_of_the_guidebook_at_its_speed():
    """EMEP/EEA tier 1, cars: 7.4 + 4.1 mg PM2.5 and 13.8 + 7.5 mg PM10 a km, where both corrections are one."""
    part = read_wear()["car"]
    assert sum(p[1] for p in part.values()) == pytest.approx(0.0115, abs=1e-4)
    assert sum(p[0] for p in part.values()) == pytest.approx(0.0213, abs=1e-4)
    slow, fast = wear_curve("car", np.array([30.0, 100.0]), 0.0, 1.0)[0]
    assert slow > fast
    assert wear_curve("car", np.array([30.0]), 1.0, 0.5)[0] < slow


def test_cars_at_fifty_are_near_what_others_publish():
    """Petrol Euro 6: 120 to 190 g CO2/km (EMEP/EEA and real-world fuel use); diesel Euro 5 0.5 to 1.3 g NOx/km."""
    factors = read_factors()
    assert 120 < factors.curve("car", "petrol", "euro6", "co2", "cycle")[4] < 190
    assert 0.5 < factors.curve("car", "diesel", "euro5", "nox", "cycle")[4] < 1.3
    assert 100 < factors.curve("car", "electric", "none", "electricity", "cycle")[4] < 220


@given(st.floats(0.0, 1.0))
def test_all_charging_is_in_the_day(home):
    profile = charging_profile(home)
    assert profile.sum() == pytest.approx(1.0)
    assert (profile > 0).all()


def test_every_source_is_in_the_references(tools):
    keys = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), re.M))
    used = set(read_factors().sources.values()) | {"emep_eea_2019_wear", "hbefa42_carculator"}
    used |= {p.source for model in (tools.mobility, tools.emissions, tools.fleet) for p in model.parameters}
    assert used <= keys, used - keys
