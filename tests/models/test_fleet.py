"""Fleet: groups split, kilometres by age, and the answer to an emission standard, on paper and by property."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.city import Append
from exante.kernels.survival import renewed_share, standard_shares, surviving
from exante.models.fleet.answer import OF
from exante.models.fleet.composition import kind_shares
from exante.models.fleet.run import run
from exante.quantities.errors import MissingLayerError, PolicyError
from exante.quantities.labels import place
from exante.quantities.vehicle_kinds import KINDS, STANDARDS, STARTS, known_standards

KNOWN = {"replaced": 0.4, "stay_barred": 0.75, "mileage_decline": 0.0, "diesel_distance": 1.0, "income_gradient": 0.0,
         "reach": 2.5, "second_hand": 1.0}  # fmt: skip


def zone_of_diesel(city, minimum="euro6", links=None, exempt=0.0, charge=0.0):
    """The city with a zone that diesel cars need a standard for, on these links."""
    links = city.column("links.link_id")[: len(city.column("links.link_id"))] if links is None else np.array(links)
    n = len(links)
    ban = {"ban_id": ["z"] * n, "link_id": links, "vehicle_class": ["car"] * n, "start_hour": [0.0] * n,
           "end_hour": [24.0] * n, "exempt_share": [exempt] * n}  # fmt: skip
    rule = {"ban_id": ["z"], "vehicle_class": ["car"], "fuel": ["diesel"], "minimum_euro": [minimum],
            "exempt_share": [exempt], "charge": [charge]}  # fmt: skip
    return city.edit([Append("bans", ban, "test"), Append("emission_standards", rule, "test")])


def outcome(tools, city, **parameters):
    return run(tools.inputs(city, tools.fleet, **parameters)).arrays


def test_without_a_standard_all_bans_bar_all(tools, village_city):
    found = outcome(tools, village_city)
    assert found["zone_barred_cars"].tolist() == [1.0, 1.0, 1.0]
    assert found["barred_by_vehicle"].tolist() == [1.0] * 4
    assert found["zone_replaced_cars"].sum() == 0
    assert (found["road_fleet"][0] == found["road_fleet"][1]).all()


def test_the_answer_by_hand(tools, village_city):
    """Half of the cars are diesel Euro 4: 40 % replaced, 45 % go on, 15 % stay away."""
    found = outcome(tools, zone_of_diesel(village_city), **KNOWN)
    assert found["barred_by_vehicle"][0] == pytest.approx(0.5 * 0.6 * 0.25)
    assert found["zone_barred_cars"] == pytest.approx(0.5 * 0.6 * 0.25)
    old = KINDS.index(("car", "diesel", "euro4"))
    elsewhere, inside = found["road_fleet"]
    assert inside[old] == pytest.approx(0.5 * 0.45 / (1.0 - 0.5 * 0.15))
    assert elsewhere[old] == pytest.approx(0.5 * 0.6)  # the zone is the whole village
    assert found["zone_replaced_cars"].sum() == pytest.approx(found["zone_cars"].sum() * 0.5 * 0.4)


def test_exempt_vehicles_do_not_answer(tools, village_city):
    found = outcome(tools, zone_of_diesel(village_city, exempt=1.0), **KNOWN)
    base = outcome(tools, village_city, **KNOWN)
    assert found["road_fleet"] == pytest.approx(base["road_fleet"])
    assert found["zone_replaced_cars"].sum() == pytest.approx(0.0)


def test_poorer_zones_have_older_cars_and_the_mean_is_kept(tools, village_city):
    known = KNOWN | {"income_gradient": 0.7}
    found = outcome(tools, zone_of_diesel(village_city), **known)
    barred, income = found["zone_barred_cars"], village_city.column("zones.income")
    assert (np.diff(barred[np.argsort(income)]) < 0).all()
    assert np.average(barred, weights=found["zone_cars"]) == pytest.approx(0.5 * 0.6 * 0.25)


def test_a_stricter_standard_bars_no_fewer(tools, village_city):
    shares = [outcome(tools, zone_of_diesel(village_city, m), **KNOWN)["barred_by_vehicle"][0] for m in STANDARDS]
    assert (np.diff(shares) >= 0).all()
    assert shares[0] == 0.0


def test_two_zones_are_refused(tools, village_city):
    city = zone_of_diesel(village_city)
    second = {"ban_id": ["y"], "vehicle_class": ["car"], "fuel": ["petrol"], "minimum_euro": ["euro3"],
              "exempt_share": [0.0], "charge": [0.0]}  # fmt: skip
    with pytest.raises(PolicyError, match="2 low-emission zones are in force"):
        outcome(tools, city.edit([Append("emission_standards", second, "test")]))


def test_a_row_that_is_no_kind_is_named():
    one = (np.array(["truck"]), np.array(["petrol"]), np.array(["euro4"]), np.array([1.0]))
    with pytest.raises(MissingLayerError, match="the fleet has truck, petrol, euro4, which is no kind of vehicle"):
        kind_shares(*one, 2023.0, 18.0)


@given(st.floats(12.0, 25.0), st.floats(2000.0, 2035.0), st.floats(0.0, 0.08))
def test_a_steady_stock_is_whole_and_younger_on_the_road(scale, year, decline):
    share, age = standard_shares(np.array(STARTS["car"]), year, scale, 3.0)
    road, _ = standard_shares(np.array(STARTS["car"]), year, scale, 3.0, decline)
    assert share.sum() == pytest.approx(1.0)
    assert road @ age <= share @ age + 1e-9
    assert (age[share > 0] > 0).all()


def test_survival_by_hand():
    """Half of an age class survives a Weibull law of shape 1 after scale x ln 2."""
    assert surviving(np.array([10 * np.log(2)]), 10.0, 1.0)[0] == pytest.approx(0.5)
    assert renewed_share(np.array([3.0]), 10 * np.log(2), 10.0, 1.0)[0] == pytest.approx(0.5)  # no memory


def test_every_class_on_the_road_sums_to_one(tools, sketch_city):
    found = outcome(tools, sketch_city)
    for area in found["road_fleet"]:
        for vehicle in ("car", "van", "truck", "motorcycle", "bus"):
            assert area[vehicle == OF].sum() == pytest.approx(1.0)
    people = sketch_city.column("zones.population").sum()
    assert found["zone_cars"].sum() == pytest.approx(0.534 * people, rel=0.01)  # units: cars, from cars per 1,000


def test_newer_cars_are_seen_more_often_than_registered(tools, sketch_city):
    still = outcome(tools, sketch_city, mileage_decline=0.0, diesel_distance=1.0)["road_fleet"][0]
    driven = outcome(tools, sketch_city, mileage_decline=0.07, diesel_distance=1.0)["road_fleet"][0]
    new = np.array([v == "car" and e == "euro6d" for v, _, e in KINDS])
    assert driven[new].sum() > still[new].sum()


def test_groups_and_standards_that_a_fuel_lacks():
    assert known_standards("bus", "gas", "euro5_6") == ("euro5", "euro6")
    assert known_standards("car", "hybrid", "euro4") == ("euro5",)
    assert known_standards("car", "steam", "euro4") == ()
    assert place("kind", "car electric none") == KINDS.index(("car", "electric", "none"))
