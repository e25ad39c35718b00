"""Restored limits on five streets of 1 km each; the older share is reached on paper."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources import limits

DEFAULTS = {
    "built_up": 50,
    "rural": 70,
    "rural_minor": 50,
    "ramp": 40,
    "motorway": 110,
    "trunk": 70,
    "living_street": 10,
}
RESTORE = {
    "before": "2024-01-16",
    "new": 30,
    "old": 50,
    "keep_classes": ["living_street"],
    "keep_in_areas_classes": ["residential"],
    "keep_in_zones_classes": ["residential"],
}


def _links():
    road = ["residential", "residential", "residential", "primary", "living_street"]
    return pd.DataFrame(
        {
            "road_class": road,
            "ramp": [False] * 5,
            "source_speed_limit": [30.0, 30.0, 30.0, 30.0, np.nan],
            "length": [1000.0] * 5,
            "zone_id": ["1", "2", "3", "3", "3"],
            "geometry": [shapely.LineString([(0, y), (1000, y)]) for y in range(0, 500, 100)],
        }
    )


def _in_force(share, older=None):
    notes = []
    settings = {"default_limits": DEFAULTS, "restore": {**RESTORE, "older_share": share}}
    density = np.array([1.0, 3.0, 2.0, 2.0, 2.0])
    frame = limits.in_force(_links(), np.ones(5, dtype=bool), density, settings, older, notes)
    return frame, notes


def test_every_street_is_restored_where_none_was_slow_before():
    frame, notes = _in_force(0.0)
    assert frame["speed_limit"].tolist() == [50, 50, 50, 50, 10]
    assert frame["speed_limit_origin"].tolist() == ["restored"] * 4 + ["rule"]
    assert frame["effective_speed_limit"].equals(frame["speed_limit"])
    assert notes[1] == (
        "limits restored: 4 links, 4 km, 30 -> 50 km/h as before 2024-01-16; 0 links, 0 km, keep it as streets assumed "
        "to have had it, so that 20 % of the built-up street length was at 30 or less before"
    )


def test_older_areas_keep_the_limit_on_minor_streets_only():
    area = gpd.GeoDataFrame(geometry=[shapely.box(-1, -1, 1001, 50)], crs="EPSG:32632")
    frame, _ = _in_force(0.0, area)
    assert frame["speed_limit"].tolist() == [30, 50, 50, 50, 10]


def test_the_densest_zones_keep_the_limit_until_the_published_share_is_reached():
    frame, notes = _in_force(0.4)  # the living street is 20 %, one more street makes 40 %
    assert frame["speed_limit"].tolist() == [50, 30, 50, 50, 10]
    assert "so that 40 % of the built-up" in notes[1]


def test_blanks_follow_class_and_place():
    links = pd.DataFrame(
        {
            "road_class": ["motorway", "motorway", "secondary", "secondary", "residential"],
            "ramp": [False, True, False, False, False],
        }
    )
    inside = np.array([False, False, True, False, False])
    assert limits.by_rule(links, inside, DEFAULTS).tolist() == [110, 40, 50, 70, 50]


def test_a_default_that_is_absent_is_named():
    with pytest.raises(SourceError) as error:
        limits.by_rule(_links(), np.ones(5, dtype=bool), {"built_up": 50, "rural": 70})
    assert str(error.value) == (
        "default limits lack rural_minor, ramp, motorway, trunk, living_street (in [build.default_limits]). "
        "Add them, in km/h."
    )
