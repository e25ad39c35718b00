"""The readers on a city that nobody here has prepared: Porto Alegre, its streets and two timetables."""

import numpy as np
import pytest
import shapely

from exante.sources import gates, osm_pbf
from exante.sources.gtfs import read_gtfs, runs, tables_in, typical_day
from exante.sources.streets import keep_connected

pytestmark = pytest.mark.real_data
CRS = "EPSG:32722"


@pytest.fixture(scope="module")
def streets(data_dir):
    pytest.importorskip("osmium", reason="osmium is not installed: pip install -e '.[sources]'")
    return osm_pbf.read_pbf(data_dir / "porto_alegre" / "poa_osm.pbf", CRS)


def test_streets_become_a_connected_network(streets):
    read = len(streets.links)
    gates.add_turns(streets, gates.pair(gates.find_ends(streets), streets.notes))
    keep_connected(streets)
    links = streets.links
    assert len(links) > 0.9 * read
    assert links["link_id"].is_unique
    assert set(links["from_node_id"]) | set(links["to_node_id"]) <= set(streets.nodes["node_id"])
    assert links["length"].min() > 0
    assert {"primary", "secondary", "tertiary", "residential"} <= set(links["road_class"])
    assert (streets.nodes["ctrl_type"] == "signal").sum() > 50


@pytest.mark.parametrize(
    ("file", "name", "mode"), [("poa_eptc.zip", "EPTC", "bus"), ("poa_trensurb.zip", "Trensurb", "train")]
)
def test_timetables(data_dir, file, name, mode):
    feed = read_gtfs(data_dir / "porto_alegre" / file, name, CRS)
    day = typical_day(feed)
    assert day.startswith("2019")
    calls, headways = runs(feed, day)
    assert (calls.groupby(["route_id", "direction"])["time"].diff().dropna() >= 0).all()
    whole = shapely.box(*shapely.total_bounds(shapely.points(feed.stops[["x", "y"]].to_numpy()))).buffer(100)
    stops, routes, calls, headways = tables_in(feed, whole)
    assert set(routes["mode"]) == {mode}
    assert set(calls["stop_id"]) <= set(stops["stop_id"])
    assert set(headways["route_id"]) == set(routes["route_id"])
    midday = headways[headways["start_hour"] == 10.0]["headway"] / 60.0  # the bus feed holds noon to four only
    assert 3.0 < np.median(midday) < 60.0


def test_bus_stops_lie_at_streets(data_dir, streets):
    feed = read_gtfs(data_dir / "porto_alegre" / "poa_eptc.zip", "EPTC", CRS)
    lines = streets.links["geometry"].to_numpy()
    around = shapely.box(*shapely.total_bounds(lines))
    stops = shapely.points(feed.stops[["x", "y"]].to_numpy())
    inside = stops[shapely.contains(around, stops)]
    assert len(inside) > 100
    away = shapely.STRtree(lines).query_nearest(inside, return_distance=True, all_matches=False)[1]
    assert np.median(away) < 15.0
