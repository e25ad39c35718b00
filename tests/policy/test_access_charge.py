"""`access_charge`: which links are charged, what is written, and in which words."""

import numpy as np
import pytest

from exante.quantities.errors import MissingLayerError, PolicyError

CHARGE = """
kind = "access_charge"
name = "{name}"
around = {{ {around} }}
hours = {hours}
amount = {{ value = {amount}, unit = "EUR" }}
{more}
"""


def charge(name="cordon", around='within = "centre"', hours='"07:30-19:00"', amount=5, more=""):
    return CHARGE.format(name=name, around=around, hours=hours, amount=amount, more=more)


def charged(city):
    return set(city.rules.tolls["link_id"])


def test_each_way_into_the_centre_is_charged(town, policy):
    after = policy(charge()).apply(town)
    # the streets from a, d, p and q, and the slip road; not the motorway, not the way out, not inner streets
    assert charged(after) == {"ab", "dc", "pb", "qc", "m2c"}
    tolls = after.rules.tolls
    assert tolls.rows == 5 * 3
    assert set(tolls["vehicle_class"]) == {"car", "van", "truck"}
    assert set(tolls["start_hour"]) == {7.5}
    assert set(tolls["end_hour"]) == {19.0}
    assert set(tolls["amount"]) == {5.0}
    assert set(tolls["exempt_share"]) == {0.0}


def test_the_charged_links_close_the_area(town, policy):
    """Without the charged links no outer node reaches an inner one."""
    closed = charged(policy(charge()).apply(town))
    links = town.table("links")
    ways = {
        (a, b)
        for a, b, link in zip(links["from_node_id"], links["to_node_id"], links["link_id"], strict=True)
        if link not in closed
    }
    reached = {"a", "d", "p", "q", "m1", "m2", "m3"}
    for _ in range(links.rows):
        reached |= {b for a, b in ways if a in reached}
    assert not reached & {"b", "c"}


@pytest.mark.parametrize(
    ("more", "links"),
    [
        ('direction = "out"', {"ba", "cd", "bp", "cq"}),
        ('direction = "both"', {"ab", "dc", "pb", "qc", "m2c", "ba", "cd", "bp", "cq"}),
        ("motorways = true", {"ab", "dc", "pb", "qc", "m1m2"}),
        ('free = { street = "Via Bassi" }', {"ab", "cb", "pb"}),
        ('margin = { value = 0.42, unit = "km" }', {"bc", "dc", "qc", "m2c"}),
    ],
)
def test_options_choose_the_links(town, policy, more, links):
    assert charged(policy(charge(more=more)).apply(town)) == links


def test_hours_over_midnight_are_split(town, policy):
    tolls = policy(charge(hours='["22:00-06:00", "08:00-09:30"]', more='vehicles = "car"')).apply(town).rules.tolls
    spans = sorted(set(zip(tolls["start_hour"].tolist(), tolls["end_hour"].tolist(), strict=True)))
    assert spans == [(0.0, 6.0), (8.0, 9.5), (22.0, 24.0)]
    assert tolls.rows == 5 * 3


def test_exempt_groups_are_independent(town, policy):
    more = 'vehicles = "car"\nexempt = { residents = 0.2, electric_from_fleet = true, other = 0.5 }'
    tolls = policy(charge(more=more)).apply(town).rules.tolls
    # a tenth of the town's cars is electric: 1 - 0.8 x 0.9 x 0.5
    np.testing.assert_allclose(tolls["exempt_share"], 0.64)


def test_twice_is_once(town, policy):
    trial = policy(charge())
    once = trial.apply(town)
    assert trial.apply(once) is once


def test_another_charge_of_the_same_name_is_refused(town, policy):
    after = policy(charge()).apply(town)
    with pytest.raises(PolicyError) as error:
        policy(charge(amount=6)).apply(after)
    assert str(error.value) == (
        "Town has another charge called 'cordon' already (in measure 1 of 'Trial', table tolls). "
        "Give this one another name."
    )


def test_in_words(town, policy):
    more = 'exempt = { residents = { beta = [4, 12] }, electric = 0.05 }\nfree = { street = "Via Verdi" }'
    trial = policy(charge(hours='["07:30-10:00", "16:00-19:00"]', more=more))
    assert trial.describe() == [
        "Charge of 5 EUR for entering the centre, by cars, vans and trucks, 07:30 to 10:00 and 16:00 to 19:00 on "
        "working days, paid at each passage. Free to use: Via Verdi. Exempt are residents: 24 % of passages "
        "(in nine of "
        "ten draws between 10 and 44 %) and electric vehicles: 5 % of passages."
    ]
    assert trial.describe_on(town) == [
        "Charged: 5 links across the edge of the centre, among them Via Emilia, Via Roma and Via Bassi.",
        "Not paying: 28 % of car passages, 28 % of van passages, 28 % of truck passages.",
    ]


def test_unusual_and_stacked_charges_are_told(town, policy):
    after = policy(charge()).apply(town)
    told = policy(charge(name="other", amount=60)).describe_on(after)
    assert told[1:] == [
        "Note: a charge above 50 EUR a passage is outside what cities have tried.",
        "Note: Town has the charge 'cordon' already; where both apply, both are paid.",
    ]


def test_electric_share_needs_a_fleet(village_city, policy):
    trial = policy(charge(more="exempt = { electric_from_fleet = true }"))
    with pytest.raises(MissingLayerError) as error:
        trial.apply(
            type(village_city)(
                village_city.name,
                village_city.title,
                village_city.as_of,
                village_city.crs,
                {name: table for name, table in village_city.tables.items() if name != "fleet"},
            )
        )
    assert str(error.value).startswith("city 'village' has no layer 'fleet' (in measure 1 of 'Trial', city village, ")


def test_classes_that_the_fleet_lacks(town, policy):
    with pytest.raises(MissingLayerError) as error:
        policy(charge(more="exempt = { electric_from_fleet = true }")).apply(town)
    assert str(error.value) == (
        "the fleet of Town has no van, so its electric share is not known (in measure 1 of 'Trial', table fleet). "
        "Add the class to the fleet, or write exempt = { electric = 0.05 } with the share itself."
    )


def test_an_area_that_nothing_enters(town, policy):
    with pytest.raises(PolicyError) as error:
        policy(charge(around='district = ["Ponente", "Levante"]', more="motorways = true")).apply(town)
    assert str(error.value) == (
        "no street of Town crosses the edge of districts Ponente and Levante, so nobody would pay "
        "(in measure 1 of 'Trial'). Choose one with junctions outside and further than 50 m inside its edge."
    )


def test_conditions_without_common_ground(town, policy):
    far = "polygon = [[11.375, 44.49], [11.38, 44.49], [11.38, 44.495]]"
    with pytest.raises(PolicyError) as error:
        policy(charge(around=f'within = "centre", {far}')).apply(town)
    assert str(error.value) == (
        "the centre within the polygon is empty on Town (in measure 1 of 'Trial'). "
        "Remove one of the conditions that say where."
    )


def test_charged_main_roads_are_told(town, policy):
    trial = policy(charge(more='margin = { value = 0.42, unit = "km" }'))
    assert trial.describe_on(town) == [
        "Charged: 4 links across the edge of the centre, among them Via Emilia and Via Bassi.",
        "Note: 1 of 4 charged links is a main road (Via Emilia): list it under `free` if a ring road should stay free.",
    ]
