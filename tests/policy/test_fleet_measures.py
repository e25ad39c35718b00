"""`low_emission_zone`, `electric_vehicles`, `fleet_renewal`: rows, shares, units and words."""

import numpy as np
import pytest

from exante.city.check import list_faults
from exante.policy import read_policy
from exante.quantities.errors import PolicyError


@pytest.fixture
def policy(tmp_path, write):
    def read(kind, *lines):
        path = tmp_path / "trial.toml"
        path.write_text(write("\n".join((f'kind = "{kind}"', *lines))), encoding="utf-8")
        return read_policy(path)

    return read


ZONE = ('around = { district = "Porto-Saragozza" }', 'dgt_label = "B"')


def shares(city, vehicle="car"):
    fleet = city.table("fleet")
    mine = fleet["vehicle_class"] == vehicle
    return dict(zip(fleet["fleet_id"][mine].tolist(), fleet["share"][mine].tolist(), strict=True))


def test_a_zone_writes_a_ban_and_its_standard(sketch_city, policy):
    after = policy("low_emission_zone", *ZONE, 'hours = "07:00-20:00"').at(None).apply(sketch_city)
    bans, rules = after.table("bans"), after.table("emission_standards")
    assert set(bans["vehicle_class"]) == {"car", "van", "truck"}
    assert set(zip(bans["start_hour"], bans["end_hour"], strict=True)) == {(7.0, 20.0)}
    asked = dict(zip(rules["fuel"], rules["minimum_euro"], strict=True))
    assert asked == {"petrol": "euro3", "diesel": "euro4", "gas": "euro3"}
    road = dict(zip(sketch_city.column("links.link_id"), sketch_city.column("links.road_class"), strict=True))
    assert not {road[link] for link in bans["link_id"]} & {"motorway", "trunk"}
    assert not list_faults(after)


def test_the_same_zone_twice_changes_nothing_and_another_is_refused(sketch_city, policy):
    zone = policy("low_emission_zone", *ZONE)
    after = zone.at(None).apply(sketch_city)
    assert zone.at(None).apply(after) is after
    with pytest.raises(PolicyError, match="has the low-emission zone 'low-emission zone' already"):
        policy("low_emission_zone", 'around = { district = "Navile" }', 'dgt_label = "C"').at(None).apply(after)


def test_a_zone_as_large_as_the_city_bars_nobody_from_the_roads_out(village_city, policy):
    """The village's gate lies on a street of the zone: the ban stays out of traffic, the standard in the fleet."""
    zone = policy("low_emission_zone", 'around = { district = ["Valley", "Hill"] }', 'dgt_label = "C"', "exempt = 0.2")
    after = zone.apply(village_city)
    assert set(after.column("bans.exempt_share")) == {1.0}
    assert set(after.column("emission_standards.exempt_share")) == {0.2}
    assert any("out of the city" in line for line in zone.describe_on(village_city))


def test_a_charge_is_in_euros_a_day(sketch_city, policy):
    after = policy("low_emission_zone", *ZONE, 'charge = { value = 15, unit = "EUR" }').at(None).apply(sketch_city)
    assert set(after.column("emission_standards.charge")) == {15.0}


def test_one_standard_exactly(policy):
    with pytest.raises(PolicyError, match="the standard is a label or a minimum by fuel"):
        policy("low_emission_zone", ZONE[0])
    with pytest.raises(PolicyError, match="one span of hours"):
        policy("low_emission_zone", *ZONE, 'hours = ["07:00-09:00", "17:00-19:00"]')


def test_words_of_a_zone(sketch_city, policy):
    zone = policy("low_emission_zone", *ZONE, "exempt = 0.1")
    assert (
        zone.measures[0]
        .describe()
        .startswith(
            "Low-emission zone in district Porto-Saragozza: cars, vans and trucks need label B (petrol from "
            "Euro 3, "
            "diesel from Euro 4 and gas from Euro 3), 00:00 to 24:00; exempt are 10 %"
        )
    )
    lines = zone.describe_on(sketch_city)
    assert "inside" in lines[0]
    assert "Below the standard in the published fleet" in lines[1]


def test_electric_cars_get_their_share_and_the_rest_shrink_alike(sketch_city, policy):
    before = shares(sketch_city)
    after = shares(policy("electric_vehicles", "share = 0.25").at(None).apply(sketch_city))
    assert after["car electric none"] == pytest.approx(0.25)
    assert sum(after.values()) == pytest.approx(1.0)
    ratio = 0.75 / (1.0 - before["car electric none"])
    assert after["car petrol euro4"] == pytest.approx(ratio * before["car petrol euro4"])


def test_the_first_electric_vans_get_a_row(sketch_city, policy):
    after = policy("electric_vehicles", 'vehicles = "van"', "share = 0.1").at(None).apply(sketch_city)
    assert shares(after, "van")["van electric none"] == pytest.approx(0.1)
    assert not list_faults(after)


def test_todays_share_changes_nothing(sketch_city, policy):
    today = shares(sketch_city)["car electric none"]
    assert policy("electric_vehicles", f"share = {today!r}").edits(sketch_city) == []


def test_renewal_keeps_the_whole_and_takes_the_oldest_first(sketch_city, policy):
    before = shares(sketch_city)
    city = (
        policy("fleet_renewal", 'years = { value = 6, unit = "year" }', "electric = 0.3", "hybrid = 0.5")
        .at(None)
        .apply(sketch_city)
    )
    after = shares(city)
    assert sum(after.values()) == pytest.approx(1.0)
    left = {n: after[n] / before[n] for n in before if n != "car electric none"}
    assert left["car diesel euro0_3"] < left["car diesel euro4"] < left["car diesel euro5_6"] < 1.0
    gone = 1.0 - sum(after[n] for n in before if n != "car electric none")
    assert after["car electric none"] - before["car electric none"] + after["car hybrid euro6d"] + after[
        "car petrol euro6d"
    ] == pytest.approx(gone - before["car electric none"])
    assert not list_faults(city)


def test_years_have_units(sketch_city, policy):
    one = policy("fleet_renewal", 'years = { value = 2, unit = "year" }', "electric = 0").at(None).apply(sketch_city)
    same = policy("fleet_renewal", 'years = { value = 24, unit = "month" }', "electric = 0").at(None).apply(sketch_city)
    assert shares(one) == pytest.approx(shares(same))


def test_scrappage_by_hand(sketch_city, policy):
    """Half of what is below Euro 4 is the whole group Euro 0 to 3."""
    before = shares(sketch_city)
    after = shares(
        policy("fleet_renewal", "scrapped = 0.5", 'below = "euro4"', "electric = 1").at(None).apply(sketch_city)
    )
    assert after["car petrol euro0_3"] == pytest.approx(before["car petrol euro0_3"] / 2)
    assert after["car petrol euro5_6"] == pytest.approx(before["car petrol euro5_6"])


def test_plausible_effects_on_the_emissions_of_the_sketch(sketch_city, policy):
    """More electric cars, scrappage and a zone each lower NOx per kilometre; a zone by 10 to 45 % inside."""
    from exante.models.emissions import MODEL as EMISSIONS
    from exante.models.emissions.fold import OF, fold
    from exante.models.fleet import MODEL as FLEET
    from exante.quantities.declarations import Inputs

    models = (FLEET, EMISSIONS)

    def per_km(city, area=0):
        columns = {n: city.column(n) for n in FLEET.reads} | {n: city.column(n) for n in FLEET.uses}
        values = [{p.name.split(".")[1]: float(p.distribution.quantile(0.5)) for p in m.parameters} for m in models]
        road = FLEET.run(Inputs(columns, values[0]), None).arrays["road_fleet"][area]
        curves = fold(road, values[1])
        return float(curves.by_kind[1, OF == "car", 2].sum())  # NOx of the mean car at 30 km/h

    today = per_km(sketch_city)
    electric = per_km(policy("electric_vehicles", "share = 0.25").at(None).apply(sketch_city))
    assert 0.70 < electric / today < 0.82
    scrapped = per_km(
        policy("fleet_renewal", "scrapped = 0.5", 'below = "euro5"', "electric = 0.2").at(None).apply(sketch_city)
    )
    assert scrapped < 0.95 * today
    zone = (
        policy("low_emission_zone", ZONE[0], 'minimum = { petrol = "euro4", diesel = "euro6" }')
        .at(None)
        .apply(sketch_city)
    )
    assert 0.55 < per_km(zone, area=1) / today < 0.90
    assert per_km(zone, area=1) < per_km(zone, area=0) < today


def test_a_fleet_without_identifiers_is_told(town, policy):
    with pytest.raises(PolicyError, match="rows of the fleet of Town have no identifier"):
        policy("electric_vehicles", "share = 0.5").apply(town)


def test_numbers_of_the_fleet_stay_finite(sketch_city, policy):
    after = policy("electric_vehicles", "share = 1").at(None).apply(sketch_city)
    assert np.isfinite(after.column("fleet.share")).all()
    assert not list_faults(after)
