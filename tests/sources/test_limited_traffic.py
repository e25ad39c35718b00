"""Bans from polygons: the streets inside, main roads left out."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, box

from exante.quantities.errors import SourceError
from exante.sources.limited_traffic import list_bans

RULE = {
    "name": "ZTL",
    "start_hour": 7,
    "end_hour": 20,
    "vehicles": ["car", "van"],
    "road_classes": ["residential", "tertiary"],
    "exempt_share": 0.15,
    "source": "typed",
}
LINKS = pd.DataFrame(
    {
        "link_id": ["in", "out", "main", "path"],
        "road_class": ["residential", "residential", "primary", "residential"],
        "allowed_uses": ["auto,walk", "auto,walk", "auto,walk", "walk"],
        "length": [20.0, 20.0, 20.0, 20.0],
        "geometry": [LineString([(x, 0), (x + 20, 0)]) for x in (10, 200, 10, 10)],
    }
)
AREAS = gpd.GeoDataFrame(
    {"kind": ["limited_traffic_zone", "centre"]}, geometry=[box(0, -50, 100, 50), box(0, -50, 400, 50)], crs=25832
)


def test_streets_inside_are_barred_for_each_vehicle():
    notes: list[str] = []
    table = list_bans(LINKS, AREAS, RULE, notes)
    assert table[["link_id", "vehicle_class"]].to_numpy().tolist() == [["in", "car"], ["in", "van"]]
    assert (table["start_hour"] == 7.0).all()
    assert (table["end_hour"] == 20.0).all()
    assert notes == [
        "bans: 1 links, 0 km, inside the limited-traffic zones, 7-20 h, car, van; "
        "15 % of drivers from outside assumed exempt"
    ]


def test_a_rule_that_lacks_hours_says_so():
    with pytest.raises(SourceError) as error:
        list_bans(LINKS, AREAS, {k: v for k, v in RULE.items() if k != "end_hour"}, [])
    assert str(error.value) == "the limited-traffic zones lack end_hour (in [build.limited_traffic]). Add them."


def test_polygons_without_streets_are_refused():
    with pytest.raises(SourceError, match="no street of the city lies inside"):
        list_bans(LINKS.iloc[1:2], AREAS, RULE, [])
