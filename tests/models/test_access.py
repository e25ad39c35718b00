"""The access model on the village, checked by hand, and on the sketch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from exante.city import Table
from exante.indicators.access import INDICATORS, access_by_group, residents, supply_per_head, within_reach
from exante.kernels.access import AccessNetwork, cumulative, neighbourhoods
from exante.models.access import MODEL, STOPS
from exante.models.access.run import run
from exante.models.access.stops import run as run_stops
from exante.quantities import vocabulary
from exante.quantities.declarations import Inputs
from exante.quantities.errors import NetworkError
from exante.simulation import Simulator, wire
from exante.study.forecast import present_indicators, present_models

REACH = {"walk_reach": 1200.0, "cycle_reach": 3500.0}


def reach(city, **parameters):
    return run(Inputs({n: city.column(n) for n in MODEL.reads}, REACH | parameters), None).arrays


def dense(results, mode, nodes, zones):
    share = np.zeros((nodes, zones))
    share[results[f"{mode}_reach_node"], results[f"{mode}_reach_zone"]] = results[f"{mode}_reach_share"]
    return share


def test_addresses_of_the_village_lie_along_its_streets(village_city):
    found = reach(village_city)
    names = village_city.table("nodes")["node_id"].tolist()
    zones = village_city.table("zones")["zone_id"].tolist()
    told = {
        (zones[z], names[n]): s
        for n, z, s in zip(found["address_node"], found["address_zone"], found["address_share"], strict=True)
    }
    # West holds n1-n2 alone. North holds no street: its addresses are at its connector n5. East holds 2,700 m.
    assert told[("W", "n1")] == told[("W", "n2")] == pytest.approx(0.5)
    assert told[("N", "n5")] == 1.0
    east = {n: s for (z, n), s in told.items() if z == "E"}
    ends = {"n2": 1500, "n3": 1000, "n4": 500, "n5": 600, "n6": 800, "n7": 700, "n8": 300}
    assert east == pytest.approx({n: metres / 5400 for n, metres in ends.items()})


def test_reach_of_the_village_by_hand(village_city):
    names = village_city.table("nodes")["node_id"].tolist()
    found = reach(village_city, walk_reach=500.0)
    share = dense(found, "walk", 8, 3)
    # n1 reaches n1 and n2 within 500 m: all addresses of West. n4 reaches n3 and n4: none of them.
    assert share[names.index("n1"), 0] == pytest.approx(1.0)
    assert share[names.index("n4"), 0] == 0.0
    assert dense(found, "cycle", 8, 3).min() == pytest.approx(1.0)  # everything is within 3,500 m


@settings(max_examples=10, deadline=None)
@given(st.floats(50.0, 2500.0))
def test_shares_are_what_the_kernel_sums(village_city, radius):
    results = reach(village_city, walk_reach=radius)
    links, nodes = village_city.table("links"), village_city.table("nodes")["node_id"].tolist()
    foot = np.array(["walk" in u for u in links["allowed_uses"]])
    ends = [np.array([nodes.index(n) for n in links[e][foot]]) for e in ("from_node_id", "to_node_id")]
    near = neighbourhoods(AccessNetwork.build(*ends, links["length"][foot], 8, directed=False), radius)
    for zone in range(3):
        own = results["address_zone"] == zone
        held = np.bincount(results["address_node"][own], results["address_share"][own], minlength=8)
        np.testing.assert_allclose(dense(results, "walk", 8, 3)[:, zone], cumulative(near, held), atol=1e-12)


def test_access_keeps_its_laws_on_the_sketch(sketch_city):
    results = reach(sketch_city)
    zones = sketch_city.table("zones")
    x = results | {f"zones.{n}": zones[n] for n in ("population", "students", "school_places", "jobs")}
    assert residents(x).sum() == pytest.approx(zones["population"].sum(), rel=1e-12)
    jobs = zones["jobs"]
    walk, cycle = within_reach(x, "walk", jobs), within_reach(x, "cycle", jobs)
    assert (walk <= cycle + 1e-6).all()
    assert (cycle <= jobs.sum() + 1e-6).all()
    students = x["address_share"] * zones["students"][x["address_zone"]]
    per_head = supply_per_head(x, "walk", zones["school_places"], zones["students"])
    assert students @ per_head == pytest.approx(zones["school_places"].sum(), rel=1e-9)
    by_district = access_by_group(x, walk, zones["district"])
    assert min(by_district.values()) <= np.average(walk, weights=residents(x)) <= max(by_district.values())
    for name in MODEL.writes:
        low, high = vocabulary.get(name).minimum, vocabulary.get(name).maximum
        assert results[name].min() >= low
        assert high is None or results[name].max() <= high


def test_only_streets_make_it_run_again(village_city):
    simulator = Simulator(wire([MODEL]))
    drawn = {f"access.{k}": v for k, v in REACH.items()}
    base = simulator.run(village_city, drawn)
    zones, links = village_city.table("zones"), village_city.table("links")
    slower = village_city.with_table(links.with_columns(effective_speed_limit=links["effective_speed_limit"] / 2))
    busier = slower.with_table(zones.with_columns(jobs=zones["jobs"] * 2))
    after = simulator.run(busier, drawn, base)
    assert after.runs["access"] is base.runs["access"]
    longer = simulator.run(village_city.with_table(links.with_columns(length=links["length"] * 2)), drawn, base)
    assert longer.runs["access"] is not base.runs["access"]


def test_a_zone_without_streets_lives_at_its_connectors(village_city):
    links = village_city.table("links")
    nowhere = np.where(links["zone_id"] == "W", "E", links["zone_id"])
    found = reach(village_city.with_table(links.with_columns(zone_id=nowhere)))
    west = found["address_zone"] == 0
    assert found["address_share"][west].tolist() == [0.5, 0.5]


def test_a_zone_where_nobody_can_live_is_told(village_city):
    links, connectors = village_city.table("links"), village_city.table("connectors")
    nowhere = np.where(links["zone_id"] == "W", "E", links["zone_id"])
    kept = connectors["zone_id"] != "W"
    city = village_city.with_table(links.with_columns(zone_id=nowhere)).with_table(
        Table("connectors", {n: connectors[n][kept] for n in ("zone_id", "node_id", "length")})
    )
    with pytest.raises(NetworkError, match="nobody can live in zone W"):
        reach(city)


def test_distances_to_the_stops_of_the_village(village_city):
    # One stop 30 m beside n7, one on the by-pass, 100 m from n4, the nearest node that may be walked to.
    shapes = [Point(530.0, -800.0), Point(1500.0, 100.0)]
    stops = Table("stops", {"stop_id": ["a", "b"], "name": ["A", "B"], "geometry": shapes})
    city = village_city.with_table(stops)
    found = run_stops(Inputs({n: city.column(n) for n in STOPS.reads}, {}), None).arrays["node_stop_distance"]
    names = city.table("nodes")["node_id"].tolist()
    assert dict(zip(names, found.tolist(), strict=True)) == pytest.approx(
        {"n4": 100.0, "n3": 600.0, "n2": 830.0, "n1": 1330.0, "n5": 1430.0, "n6": 430.0, "n7": 30.0, "n8": 330.0}
    )
    assert present_models(village_city, [MODEL, STOPS]) == [MODEL]
    assert present_models(city, [MODEL, STOPS]) == [MODEL, STOPS]


def test_indicators_are_left_out_with_their_layers(village_city):
    names = {i.name for i in INDICATORS} - {"stop_on_foot", "places_on_foot"}
    models = present_models(village_city, [MODEL])
    assert models == [MODEL]
    assert names <= {i.name for i in present_indicators(village_city, models)}
    links, zones = village_city.table("links"), village_city.table("zones")
    bare = village_city.with_table(Table("links", {n: links[n] for n in links if n != "zone_id"}))
    assert present_models(bare, [MODEL]) == []
    assert not names & {i.name for i in present_indicators(bare, [])}
    poor = village_city.with_table(zones.with_columns(income=np.full(3, np.nan)))
    assert names - {i.name for i in present_indicators(poor, models)} == {"services_poorest_fifth"}
