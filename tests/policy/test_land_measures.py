"""`new_housing`, `new_jobs`, `new_service`, `green_space`, `land_use_change`: totals, composition, units, refusals."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.city import Table
from exante.city.check import require_sound
from exante.policy import read_text
from exante.quantities.errors import PolicyError

TOTALS = ("zones.population", "zones.employed", "zones.students", "zones.households", "zones.jobs", "zones.services")


def read(city, kind, *lines, title="Trial"):
    zone = city.column("zones.zone_id")[3]
    head = (f'title = "{title}"', "", "[[measure]]", f'kind = "{kind}"', f'where = {{ zone = "{zone}" }}')
    return read_text("\n".join((*head, *lines)), "trial.toml").at(None)


def total(city, name):
    return float(np.nansum(city.column(name)))


def with_green(city):
    """The city with one school, one park of half a hectare, and green and trees counted."""
    shapes = city.column("zones.geometry")
    point = shapely.point_on_surface(shapes[0])
    places = Table(
        "places",
        {
            "place_id": np.array(["s", "p"], dtype=object),
            "kind": np.array(["school", "park"], dtype=object),
            "area": np.array([np.nan, 5000.0]),
            "geometry": np.array([point, point.buffer(40.0)], dtype=object),
        },
    )
    ids = city.column("zones.zone_id")
    environment = Table("zone_environment", {"zone_id": ids, "green_area": np.full(len(ids), 1e4)})
    links = city.table("links").with_columns(trees=np.zeros(city.table("links").rows))
    return city.with_table(places).with_table(environment).with_table(links)


def test_homes_bring_people_of_the_mean_composition(sketch_city):
    policy = read(sketch_city, "new_housing", "homes = 1000", "persons = 2.0")
    after = policy.apply(sketch_city)
    require_sound(after)
    assert total(after, "zones.population") - total(sketch_city, "zones.population") == pytest.approx(2000.0, abs=1e-6)
    rate = 1 + 2000.0 / total(sketch_city, "zones.population")
    for name in ("zones.employed", "zones.students", "zones.households", "people.persons"):
        assert total(after, name) == pytest.approx(rate * total(sketch_city, name), rel=1e-9)
    changed = np.flatnonzero(after.column("zones.population") != sketch_city.column("zones.population"))
    assert changed.tolist() == [3]
    cars = sketch_city.column("zones.car_availability")
    people = sketch_city.column("zones.population")
    mean = (people[3] * cars[3] + 2000 * (cars @ people / people.sum())) / (people[3] + 2000)
    assert after.column("zones.car_availability")[3] == pytest.approx(mean)


@settings(max_examples=15, deadline=None)
@given(homes=st.integers(1, 50_000))
def test_those_who_move_within_the_city_are_conserved(sketch_city, homes):
    after = read(sketch_city, "new_housing", f"homes = {homes}", 'residents = "city"', "persons = 2.0").apply(
        sketch_city
    )
    for name in (*TOTALS, "people.persons"):
        assert total(after, name) == pytest.approx(total(sketch_city, name), rel=1e-9)
    for column in ("age", "sex", "income_band", "car", "household_size"):
        for label in np.unique(sketch_city.column(f"people.{column}").astype(str)):
            one, two = (
                c.column("people.persons")[c.column(f"people.{column}") == label].sum() for c in (sketch_city, after)
            )
            assert two == pytest.approx(one, rel=1e-9)


def test_measures_add_up_in_any_order(sketch_city):
    one = read(sketch_city, "new_housing", "homes = 1000", "persons = 2.0", title="One")
    two = read(sketch_city, "new_jobs", "jobs = 500", 'source = "city"', title="Two")
    three = read(sketch_city, "new_housing", "homes = 10", "persons = 2.0", title="Three")
    there, back = (one + two + three).apply(sketch_city), (three + two + one).apply(sketch_city)
    for name in ("zones.population", "zones.jobs"):
        np.testing.assert_allclose(there.column(name), back.column(name), rtol=1e-12)
    assert total(there, "zones.population") == pytest.approx(total(sketch_city, "zones.population") + 2020, abs=1e-6)
    assert total(there, "zones.jobs") == pytest.approx(total(sketch_city, "zones.jobs"), rel=1e-9)


def test_homes_cost_what_the_document_says_and_area_has_a_unit(sketch_city):
    policy = read(
        sketch_city, "new_housing", "homes = 10",
        'price = { value = 100000, unit = "EUR" }', 'floor_area = { value = 80, unit = "m^2" }', 'payer = "state"',
    )  # fmt: skip
    (outlay,) = policy.measures[0].outlays(sketch_city)
    assert (outlay.payer, outlay.capital) == ("state", pytest.approx(1e6))
    with pytest.raises(PolicyError, match="no unit"):
        read(sketch_city, "new_housing", "homes = 10", "floor_area = 80")


def test_more_than_half_of_the_city_does_not_move(sketch_city):
    with pytest.raises(PolicyError, match="more than half"):
        read(sketch_city, "new_housing", "homes = 900000", 'residents = "city"').edits(sketch_city)


def test_jobs_come_with_services_where_asked(sketch_city):
    after = read(sketch_city, "new_jobs", "jobs = 1000", "services = true").apply(sketch_city)
    assert total(after, "zones.jobs") == pytest.approx(total(sketch_city, "zones.jobs") + 1000, abs=1e-6)
    grown = total(after, "zones.services") / total(sketch_city, "zones.services")
    assert grown == pytest.approx(1 + 1000 / total(sketch_city, "zones.jobs"), rel=1e-9)
    with pytest.raises(PolicyError, match="cannot move"):
        read(sketch_city, "new_jobs", "jobs = 999999", 'source = "city"').edits(sketch_city)


def test_a_school_is_a_place_only_where_schools_are_known(sketch_city):
    policy = read(sketch_city, "new_service", 'service = "school"', "school_places = 600")
    after = policy.apply(sketch_city)
    assert total(after, "zones.school_places") == pytest.approx(total(sketch_city, "zones.school_places") + 600)
    assert "places" not in after.tables
    assert "no data on this kind" in policy.describe_on(sketch_city)[-1]
    known = with_green(sketch_city)
    assert policy.apply(known).table("places").rows == 3
    assert policy.apply(known).column("places.kind")[-1] == "school"
    with pytest.raises(PolicyError, match="only a school"):
        read(sketch_city, "new_service", 'service = "food"', "school_places = 600")


def test_a_park_has_its_area_in_hectares(sketch_city):
    city = with_green(sketch_city)
    after = read(city, "green_space", 'area = { value = 4, unit = "hectare" }').apply(city)
    assert after.column("places.area")[-1] == pytest.approx(4e4, rel=1e-6)
    grown = total(after, "zone_environment.green_area") - total(city, "zone_environment.green_area")
    assert grown == pytest.approx(4e4, rel=1e-3)  # slivers between zones belong to none


def test_trees_stand_once_on_a_street_that_both_directions_see(sketch_city):
    city = with_green(sketch_city)
    after = read(city, "green_space", "park = false", "trees = 100").apply(city)
    links = after.table("links")
    pairs = {}
    for a, b, n in zip(links["from_node_id"], links["to_node_id"], links["trees"], strict=True):
        pairs.setdefault(frozenset((a, b)), []).append(n)
    assert sum(np.mean(n) for n in pairs.values()) == pytest.approx(100.0)
    with pytest.raises(PolicyError, match="neither a park nor a tree"):
        read(city, "green_space", "park = false")


def test_parks_of_a_city_without_them_change_nothing_and_say_so(sketch_city):
    policy = read(sketch_city, "green_space", 'area = { value = 4, unit = "hectare" }', "trees = 10")
    assert policy.edits(sketch_city) == []
    assert sum("no data" in line or "no tree register" in line for line in policy.describe_on(sketch_city)) == 2


@pytest.mark.parametrize("leaves", ["jobs", "residents"])
def test_those_displaced_are_conserved_or_gone(sketch_city, leaves):
    column = "zones.jobs" if leaves == "jobs" else "zones.population"
    lines = (f'leaves = "{leaves}"', "share = 0.5")
    kept = read(sketch_city, "land_use_change", *lines).apply(sketch_city)
    gone = read(sketch_city, "land_use_change", *lines, 'displaced = "away"').apply(sketch_city)
    for city in (kept, gone):
        assert city.column(column)[3] == pytest.approx(0.5 * sketch_city.column(column)[3])
    for name in TOTALS:
        assert total(kept, name) == pytest.approx(total(sketch_city, name), rel=1e-9)
    assert total(kept, "people.persons") == pytest.approx(total(sketch_city, "people.persons"), rel=1e-6)
    assert total(gone, column) == pytest.approx(total(sketch_city, column) - 0.5 * sketch_city.column(column)[3])


def test_homes_take_the_place_of_jobs(sketch_city):
    policy = read(sketch_city, "land_use_change", 'leaves = "jobs"', "share = 1", "homes = 100")
    after = policy.apply(sketch_city)
    require_sound(after)
    assert after.column("zones.jobs")[3] == pytest.approx(0.0, abs=1e-9)
    assert total(after, "zones.population") > total(sketch_city, "zones.population")
