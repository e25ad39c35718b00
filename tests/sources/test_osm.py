"""The reader of osmnx GeoPackages on a graph of four nodes, and on the real one."""

import geopandas as gpd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources import osm, streets

CRS = "EPSG:32632"
#      3
#      |  two-way residential
# 1 -> 2 -> 4   one-way primary; the second stored against its travel direction
PLACES = {1: (0, 0), 2: (100, 0), 3: (100, 80), 4: (200, 0)}


def _graph(path, undirected=True, drop=()):
    nodes = gpd.GeoDataFrame(
        {"osmid": list(PLACES), "highway": [None, "traffic_signals", "crossing", None], "street_count": [1, 3, 1, 1]},
        geometry=[shapely.Point(500000 + x, 4930000 + y) for x, y in PLACES.values()],
        crs=CRS,
    ).to_crs("EPSG:4326")

    def line(*ids):
        return shapely.LineString([(500000 + PLACES[i][0], 4930000 + PLACES[i][1]) for i in ids])

    rows = {
        "u": [1, 2, 2, 3],
        "v": [2, 3, 4, 3],
        "key": [0, 0, 0, 0],
        "from": [1, 3, 4, 3],
        "to": [2, 2, 2, 3],
        "oneway": [True, False, True, False],
        "reversed": ["False", "True", "False", "False"],
        "lanes": ["2", "3", None, None],
        "name": ["Via Prima", "['Via Seconda', 'Via Terza']", "Via Quarta", None],
        "highway": ["primary", "residential", "['primary', 'secondary']", "residential"],
        "maxspeed": ["50", "['50', '30']", "signals", "30"],
        "length": [100.0, 80.0, 100.0, 60.0],
        "junction": [None, None, None, None],
        "access": [None, None, None, None],
    }
    geometry = [line(1, 2), line(3, 2), line(4, 2), line(3, 2, 3)]
    edges = gpd.GeoDataFrame(rows, geometry=geometry, crs=CRS).to_crs("EPSG:4326")
    if not undirected:
        edges = edges.drop(columns=["from", "to"])
    nodes.to_file(path, layer="nodes", driver="GPKG")
    edges.drop(columns=list(drop)).to_file(path, layer="edges", driver="GPKG")
    return path


def test_travel_direction_is_from_to_and_two_way_streets_get_both_directions(tmp_path):
    read = osm.read_geopackage(_graph(tmp_path / "g.gpkg"), CRS)
    links = read.links.set_index("link_id")
    assert sorted(links.index) == ["1-2-0", "2-3-0", "3-2-0", "4-2-0"]
    assert links.loc["3-2-0", "lanes"] == links.loc["2-3-0", "lanes"] == 1.0
    assert links.loc["2-3-0", "name"] == "Via Seconda / Via Terza"
    assert links.loc["2-3-0", "source_speed_limit"] == 30.0
    assert links.loc["4-2-0", "road_class"] == "primary"
    assert links["source_speed_limit"].isna().sum() == 1
    for row in links.itertuples():
        start = shapely.get_point(row.geometry, 0)
        place = PLACES[int(row.from_node_id)]
        assert start.distance(shapely.Point(500000 + place[0], 4930000 + place[1])) < 0.01
    assert read.notes[:4] == [
        "read 4 nodes and 4 edges",
        "undirected graph: travel direction is from->to, which is not u->v on 2 edges",
        "left out: 1 edges, 0.1 km, that start and end at the same node",
        "2 one-way edges; 1 two-way edges, of which 1 lacked their other direction: added, so 4 directed links",
    ]


def test_signals_and_not_crossings_control_junctions(tmp_path):
    read = osm.read_geopackage(_graph(tmp_path / "g.gpkg"), CRS)
    assert dict(zip(read.nodes["node_id"], read.nodes["ctrl_type"], strict=True)) == {
        "1": "none",
        "2": "signal",
        "3": "none",
        "4": "none",
    }


def test_a_directed_graph_is_read_as_it_is(tmp_path):
    read = osm.read_geopackage(_graph(tmp_path / "g.gpkg", undirected=False), CRS)
    assert "2-4-0" in set(read.links["link_id"])


def test_a_lost_column_shows_both_sides(tmp_path):
    path = _graph(tmp_path / "g.gpkg", drop=["maxspeed"])
    with pytest.raises(SourceError) as error:
        osm.read_geopackage(path, CRS)
    assert str(error.value) == (
        "layer 'edges' lacks maxspeed: expected u, v, key, oneway, lanes, name, highway, maxspeed, length, junction, "
        "access; found u, v, key, from, to, oneway, reversed, lanes, name, highway, length, junction, access "
        "(in g.gpkg). Save the graph again with these attributes."
    )


def test_a_file_that_is_no_geopackage_is_refused(tmp_path):
    path = tmp_path / "g.gpkg"
    path.write_text("not a database")
    with pytest.raises(SourceError) as error:
        osm.read_geopackage(path, CRS)
    assert str(error.value) == (
        "layer 'nodes' cannot be read (DataSourceError) (in g.gpkg). The file must be a GeoPackage as "
        "osmnx.save_graph_geopackage writes it."
    )


def test_only_the_connected_part_stays_and_the_rest_is_told(tmp_path):
    read = osm.read_geopackage(_graph(tmp_path / "g.gpkg"), CRS)
    lost = streets.keep_connected(read)
    assert set(read.links["link_id"]) == {"2-3-0", "3-2-0"}
    assert dict(zip(lost["link_id"], lost["why"], strict=True)) == {
        "1-2-0": "one-way into the network",
        "4-2-0": "one-way into the network",
    }
    assert read.notes[-1] == (
        "left out: 2 links, 0.2 km, one-way into the network (longest: Via Prima 100 m; Via Quarta 100 m)"
    )


def test_streets_closed_to_every_car_are_refused(tmp_path):
    read = osm.read_geopackage(_graph(tmp_path / "g.gpkg"), CRS)
    read.links["allowed_uses"] = "bus"
    with pytest.raises(SourceError) as error:
        streets.keep_connected(read)
    assert str(error.value) == ("no street of the source is open to cars. Check the access tags of the extract.")


@pytest.mark.real_data
def test_bologna_has_both_directions_of_every_two_way_street(data_dir):
    read = osm.read_geopackage(data_dir / "bologna/traffic/bologna_road_network.gpkg", "EPSG:25832")
    assert "which is not u->v on 5373 edges" in read.notes[1]
    assert read.notes[3] == (
        "4608 one-way edges; 3172 two-way edges, of which 3172 lacked their other direction: added, so 10952 directed "
        "links"
    )
    assert len(read.links) == read.links["link_id"].nunique() == 10952
    length = shapely.length(read.links["geometry"].to_numpy())
    assert abs(length.sum() / read.links["length"].sum() - 1) < 0.002
