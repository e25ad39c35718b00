"""Gates and connectors on a hand-made network."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from exante.sources import connectors, gates
from exante.sources.streets import Streets, keep_connected

CRS = "EPSG:32632"
# A divided motorway that ends at a (out) and b (in), joined to the street c - d; at d a primary leaves.
PLACES = {"a": (0, 0), "b": (0, 20), "c": (500, 10), "d": (1000, 10)}
WAYS = [("c", "a", "motorway"), ("b", "c", "motorway"), ("c", "d", "primary"), ("d", "c", "primary")]


@pytest.fixture
def town():
    nodes = pd.DataFrame(
        {
            "node_id": list(PLACES),
            "ctrl_type": "none",
            "street_count": [2, 2, 3, 2],
            "geometry": [shapely.Point(p) for p in PLACES.values()],
        }
    )
    lines = [shapely.LineString([PLACES[u], PLACES[v]]) for u, v, _ in WAYS]
    links = pd.DataFrame(
        {
            "link_id": [f"{u}{v}" for u, v, _ in WAYS],
            "from_node_id": [u for u, _, _ in WAYS],
            "to_node_id": [v for _, v, _ in WAYS],
            "name": [c.title() for _, _, c in WAYS],
            "ref": None,
            "road_class": [c for _, _, c in WAYS],
            "ramp": False,
            "length": [line.length for line in lines],
            "lanes": [2.0, 2.0, 1.0, 1.0],
            "source_speed_limit": np.nan,
            "allowed_uses": "auto,bus",
            "roundabout": False,
            "oneway": [True, True, False, False],
            "geometry": lines,
        }
    )
    return Streets(nodes, links)


def test_divided_roads_make_one_gate_joined_beyond_the_edge(town):
    pairs = gates.pair(gates.find_ends(town), town.notes)
    gates.add_turns(town, pairs)
    keep_connected(town)
    table = gates.gate_table(town, pairs).set_index("name")
    assert set(town.nodes["node_id"]) == set(PLACES)
    assert "turn-a-b" in set(town.links["link_id"])
    assert table.loc["Motorway", ["entry_node_id", "exit_node_id"]].tolist() == ["b", "a"]
    assert table.loc["Primary", ["entry_node_id", "exit_node_id"]].tolist() == ["d", "d"]
    # usual traffic of the class of the road: 32,700 beside 8,360 vehicles a day
    assert table["weight"].to_dict() == pytest.approx({"Motorway": 32700 / 41060, "Primary": 8360 / 41060})
    assert table["volume"].to_dict() == {"Motorway": 32700.0, "Primary": 8360.0}
    assert table["motorway"].tolist() == [False, True]


def test_half_of_a_divided_road_is_told(town):
    town.links = town.links[town.links["link_id"] != "bc"].reset_index(drop=True)
    notes = []
    pairs = gates.pair(gates.find_ends(town), notes)
    assert [a.node_id for a, _ in pairs] == ["d"]
    assert notes == ["gates: 1 one-way ends without a counterpart within 800 m are no gates: Motorway (a)"]


def test_zones_are_connected_near_their_people(town):
    shapes = [shapely.box(400, -100, 1100, 100), shapely.box(2000, 0, 2100, 100)]
    zones = gpd.GeoDataFrame({"zone_id": ["z", "far"]}, geometry=shapes, crs=CRS)
    points = np.array([[500.0, 40.0], [990.0, 10.0], [2050.0, 50.0]])
    notes = []
    table = connectors.connect(town, zones, points, np.array([100.0, 50.0, 10.0]), notes)
    found = {(r.zone_id, r.node_id): r.length for r in table.itertuples()}
    assert found[("z", "c")] == pytest.approx(30.0)
    assert found[("z", "d")] == pytest.approx(10.0)
    assert found[("far", "d")] == pytest.approx(np.hypot(1050, 40))
    assert notes[0].endswith("; no street node inside zone far")


def test_connectors_do_not_depend_on_the_order_of_points(town):
    zones = gpd.GeoDataFrame({"zone_id": ["z"]}, geometry=[shapely.box(-100, -100, 1100, 100)], crs=CRS)
    rng = np.random.default_rng(1)
    points, weights = rng.uniform(0, 100, (50, 2)) * [10, 1], rng.uniform(1, 9, 50)
    one = connectors.connect(town, zones, points, weights, [])
    other = connectors.connect(town, zones, points[::-1], weights[::-1], [])
    assert one["node_id"].tolist() == other["node_id"].tolist()
    assert one["length"].to_numpy() == pytest.approx(other["length"].to_numpy())


def test_a_direction_cut_off_at_the_edge_takes_its_other_half_from_the_same_road():
    def end(node, x, **more):
        known = {"enters": True, "leaves": True, "through": False, **more}
        return gates.End(node, "primary", "Via Persicetana", "", x=x, y=0.0, **known)

    notes = []
    ends = [end("in", 0.0, leaves=False), end("far", 900.0, through=True), end("near", 100.0, through=True)]
    assert [(a.node_id, b.node_id) for a, b in gates.pair(ends, notes)] == [("in", "near")]
    assert notes == []
