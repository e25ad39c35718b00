"""A SUMO net of one signalised crossing by hand, and the real scenario of Bologna."""

import numpy as np
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources import capacity, loops, osm, sumo

# w --west--> x --east--> e     x is a signal; "east" has a bus lane beside a car lane; x lies at (1000, 2000)
NET = """<net version="1.20">
<location netOffset="-900.00,-1990.00" convBoundary="0,0,1,1" origBoundary="0,0,1,1"
 projParameter="+proj=utm +zone=32 +ellps=WGS84 +datum=WGS84 +units=m +no_defs"/>
<edge id=":x_0" function="internal"><lane id=":x_0_0" index="0" speed="5" length="3" shape="99,10 101,10"/></edge>
<edge id="west" from="w" to="x"><lane id="west_0" index="0" speed="13.89" length="95" shape="0,8 95,8"/></edge>
<edge id="east" from="x" to="e" shape="100,10 150,12 200,10">
 <lane id="east_0" index="0" allow="bus" speed="8" length="96" shape="105,6 200,6"/>
 <lane id="east_1" index="1" disallow="pedestrian bicycle" speed="10" length="96" shape="105,9 200,9"/></edge>
<tlLogic id="t" type="static" programID="0" offset="0"><phase duration="10" state="r"/></tlLogic>
<junction id="w" type="dead_end" x="0" y="10"/><junction id="x" type="traffic_light" x="100" y="10"/>
<junction id="e" type="priority" x="200" y="10"/><junction id=":x_0_0" type="internal" x="100" y="10"/>
<connection from="west" to="east" fromLane="0" toLane="1" tl="t" linkIndex="0" dir="s" state="o"/>
<connection from=":x_0" to="east" fromLane="0" toLane="1" dir="s" state="M"/>
</net>"""
LIGHTS = """<add><tlLogic id="t" type="static" programID="real" offset="0">
<phase duration="27" state="G"/><phase duration="9" state="g"/><phase duration="4" state="y"/>
<phase duration="50" state="r"/>
</tlLogic></add>"""


@pytest.fixture
def write(tmp_path):
    def place(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return place


def test_streets_lanes_and_places(write):
    read = sumo.read_net(write("net.xml", NET))
    nodes = read.nodes.set_index("node_id")
    assert dict(nodes["ctrl_type"]) == {"w": "none", "x": "signal", "e": "yield"}
    assert nodes.loc["x", "geometry"].equals(shapely.Point(1000, 2000))
    links = read.links.set_index("link_id")
    assert links.loc["east", ["lanes", "allowed_uses"]].tolist() == [1.0, "auto,bus"]
    assert links.loc["east", "speed_limit"] == pytest.approx(36.0)  # the car lane's 10 m/s, not the bus lane's 8
    assert links.loc["west", "allowed_uses"] == "auto,bus,bike,walk"
    assert links.loc["west", "geometry"].equals(shapely.LineString([(900, 2000), (1000, 2000)]))
    assert links.loc["east", "geometry"].length > 100.0
    assert "1 edges inside junctions are no links" in read.notes[0]


def test_the_program_loaded_last_is_in_force(write):
    net = write("net.xml", NET)
    assert sumo.green_shares(sumo.read_net(net))["green"].tolist() == [0.0]
    shares = sumo.green_shares(sumo.read_net(net, [write("tls.xml", LIGHTS)]))
    assert shares[["cycle", "green", "priority"]].to_numpy().tolist() == [[90.0, 0.4, 0.3]]


def test_detectors_count_from_either_end(write):
    read = sumo.read_net(write("net.xml", NET))
    text = '<a><e1Detector id="1_2_3__l0" lane="west_0" pos="20"/><inductionLoop id="b" lane="west_0" pos="-5"/></a>'
    found = sumo.read_detectors(write("d.xml", text), read)
    assert found["code"].tolist() == ["1 2 3", "b"]
    assert [p.x for p in found["geometry"]] == [920.0, 990.0]


def test_trips_and_flows(write):
    read = sumo.read_net(write("net.xml", NET))
    text = """<routes><route id="r" edges="west"/>
    <vehicle id="1" depart="0" type="car"><route edges="west east"/></vehicle>
    <vehicle id="2" depart="5" type="car"><route edges="west east"/></vehicle>
    <vehicle id="3" depart="9" type="car" route="r"/></routes>"""
    trips, flows = sumo.read_trips(write("r.xml", text), read)
    assert trips.to_numpy().tolist() == [["west", "east", "car", 2], ["west", "west", "car", 1]]
    assert flows.tolist() == [3.0, 2.0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<net", "the file is no XML"),
        ("<routes/>", "holds <routes>: expected <net>"),
        ("<net/>", "the net has no location"),
        (NET.replace('from="w"', 'from="q"'), "edge west ends at q, which is no junction"),
        (NET.replace("+proj=utm +zone=32 +ellps=WGS84 +datum=WGS84 +units=m +no_defs", "!"), "location cannot be read"),
    ],
)
def test_nets_that_cannot_be_read(write, text, told):
    with pytest.raises(SourceError, match=told):
        sumo.read_net(write("net.xml", text))


def test_files_of_another_scenario_are_refused(write):
    read = sumo.read_net(write("net.xml", NET))
    with pytest.raises(SourceError, match="stands on lane zz_0"):
        sumo.read_detectors(write("d.xml", '<a><e1Detector id="d" lane="zz_0" pos="1"/></a>'), read)
    with pytest.raises(SourceError, match="vehicle v drives on zz"):
        sumo.read_trips(
            write("r.xml", '<routes><vehicle id="v" depart="0"><route edges="zz"/></vehicle></routes>'), read
        )
    with pytest.raises(SourceError, match="signal t has no state for its turn 1"):
        sumo.green_shares(sumo.read_net(write("net.xml", NET.replace('linkIndex="0"', 'linkIndex="1"'))))


@pytest.mark.real_data
def test_the_real_scenario(data_dir):
    folder = data_dir / "bologna" / "sumo" / "joined"
    read = sumo.read_net(folder / "joined_buslanes.net.xml", [folder / "joined_tls.add.xml"])
    assert (len(read.nodes), len(read.links)) == (158, 267)
    trips, flows = sumo.read_trips(folder / "joined.rou.xml", read)
    assert trips["vehicles"].sum() == 11000
    assert flows.max() < 4000
    shares = sumo.green_shares(read)
    assert shares["green"].between(0.1, 1.0).all()
    assert (shares["priority"] <= shares["green"]).all()
    detectors = sumo.read_detectors(folder / "joined_detectors.add.xml", read)
    places = data_dir / "bologna" / "traffic" / "bologna_traffic_metadata.zip"
    now = loops._sites(loops._read(places), "codice spira", places, "EPSG:25832").set_index("site_id")
    both = detectors[detectors["code"].isin(now.index)].drop_duplicates("code")
    assert (detectors["code"].nunique(), len(both)) == (58, 52)
    # the net stands where the loops of today stand: its offset is read right
    apart = [p.distance(now.loc[code, "geometry"]) for code, p in zip(both["code"], both["geometry"], strict=True)]
    assert sorted(apart)[len(apart) // 2] < 20.0


@pytest.mark.real_data
def test_green_shares_are_near_those_that_capacity_assumes(data_dir):
    """Approaches of Bologna's signals on the map's main streets, within 30 % of the assumed share."""
    folder = data_dir / "bologna"
    scenario = folder / "sumo" / "joined"
    read = sumo.read_net(scenario / "joined_buslanes.net.xml", [scenario / "joined_tls.add.xml"])
    best = sumo.green_shares(read).groupby("from_link_id")["green"].max()
    approach = read.links.set_index("link_id").loc[best.index, "geometry"].to_numpy()
    before = shapely.line_interpolate_point(approach, -np.minimum(20.0, shapely.length(approach) / 2))
    streets = osm.read_geopackage(folder / "traffic" / "bologna_road_network.gpkg", "EPSG:25832").links
    lines = streets["geometry"].to_numpy()
    net, link = shapely.STRtree(lines).query_nearest(before, max_distance=25.0, all_matches=False)
    road = streets["road_class"].to_numpy(dtype=str)[link]
    green = best.to_numpy()[net]
    for name in ("primary", "tertiary"):
        assert (road == name).sum() > 10
        assert np.median(green[road == name]) == pytest.approx(capacity.GREEN[name], rel=0.3)
