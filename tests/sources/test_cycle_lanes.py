"""Cycle facilities followed along a small grid of links."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from exante.sources import cycle_lanes
from exante.sources.report import Report

CRS = "EPSG:25831"


@pytest.fixture
def links():
    """A two-way street along x, a street across it, and a motorway beside it that bicycles may not use."""
    rows = [
        ("a", "1", "2", [(0, 0), (200, 0)], "auto,bike"),
        ("b", "2", "1", [(200, 0), (0, 0)], "auto,bike"),
        ("c", "2", "3", [(200, 0), (200, 200)], "auto,bike"),
        ("m", "8", "9", [(0, 100), (200, 100)], "auto"),
    ]
    frame = pd.DataFrame(rows, columns=["link_id", "from_node_id", "to_node_id", "geometry", "allowed_uses"])
    frame["geometry"] = [shapely.LineString(xy) for xy in frame["geometry"]]
    return frame


def _lines(*coordinates):
    return gpd.GeoDataFrame(geometry=[shapely.LineString(xy) for xy in coordinates], crs=CRS)


def test_a_lane_at_the_kerb_serves_both_directions(links):
    found = cycle_lanes.facilities(links, {"lane": _lines([(10, 8), (190, 8)])}, Report())
    assert found.tolist() == ["lane", "lane", "none", "none"]


def test_a_lane_along_less_than_half_is_none(links):
    found = cycle_lanes.facilities(links, {"lane": _lines([(0, 8), (90, 8)])}, Report())
    assert set(found) == {"none"}


def test_a_lane_is_better_than_a_shared_street(links):
    lines = {"shared": _lines([(0, 0), (200, 0)], [(200, 0), (200, 200)]), "lane": _lines([(0, 5), (200, 5)])}
    assert cycle_lanes.facilities(links, lines, Report()).tolist() == ["lane", "lane", "shared", "none"]


def test_a_motorway_has_none_and_it_is_told(links):
    report = Report()
    found = cycle_lanes.facilities(links, {"lane": _lines([(0, 101), (200, 101)])}, report)
    assert set(found) == {"none"}
    assert "0.2 km of links are closed to bicycles and get none" in report.lines[0]


def test_a_lane_in_a_park_follows_no_street(links):
    report = Report()
    cycle_lanes.facilities(links, {"lane": _lines([(0, 2000), (3000, 2000)])}, report)
    assert "3 km of line follow no street" in report.lines[0]
