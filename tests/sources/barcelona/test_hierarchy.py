"""Road class by rule: through movement, NO2 classes and what makes a street primary."""

import numpy as np
import pandas as pd
import pytest

from exante.sources.barcelona.hierarchy import betweenness, calm_by_rule, classify, no2_level


def test_no2_classes_become_their_middle():
    found = no2_level(pd.Series(["30 - 40 µg/m³", "<= 20 µg/m³", "> 70 µg/m³", None]))
    assert found[:3].tolist() == [35.0, 15.0, 75.0]
    assert np.isnan(found[3])


def test_through_movement_takes_the_fast_way():
    # 0 -1 s- 1 -1 s- 2 and a slow street 0 -5 s- 2; ends 0 and 2
    share = betweenness(
        np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([1.0, 1.0, 5.0]), 3, np.array([0, 2]), np.array([3.0, 1.0])
    )
    assert share.tolist() == [1.0, 1.0, 0.0]


def test_class_follows_sections_buses_and_zones():
    table = pd.DataFrame(
        {
            "ring": [True, False, False, False, False, False, False],
            "ramp": False,
            "street": [None, "arago", "sants", None, None, None, None],
            "given": [None, None, None, "trunk", None, None, None],
            "no2": [np.nan, 65.0, 35.0, np.nan, 35.0, 35.0, 35.0],
            "bus": [0, 0, 0, 0, 0.9, 0.9, 0.0],
            "through": 0.0,
            "zone30": [False, False, False, False, False, True, False],
            "density": [0, 1e4, 1e4, 0, 1e4, 1e4, 100.0],
            "length": 100.0,
        }
    )
    notes = []
    settings = {"primary_no2": 55, "primary": [], "through_share": 0.1}
    assert classify(table, settings, notes).tolist() == [
        "motorway", "primary", "secondary", "trunk", "tertiary", "residential", "unclassified",
    ]  # fmt: skip
    assert notes[0].endswith("primary streets: arago")


@pytest.mark.parametrize("busy", [0, 1])
def test_a_street_of_the_document_is_primary_whatever_its_no2(busy):
    table = pd.DataFrame(
        {
            "ring": [False, False], "ramp": False, "street": ["mitre", None], "given": None, "no2": 35.0,
            "bus": 0.0, "through": 0.0, "zone30": False, "density": 1e4, "length": 10.0,
        }
    )  # fmt: skip
    settings = {"primary_no2": 55, "primary": ["mitre"] * busy, "through_share": 0.1}
    assert classify(table, settings, [])[0] == ("secondary", "primary")[busy]


def test_streets_with_the_shortest_blocks_are_calm_until_the_published_length_is_met():
    table = pd.DataFrame(
        {
            "road_class": ["residential", "residential", "residential", "tertiary", "residential"],
            "zone30": [True, False, False, False, False],
            "zone": [0, 1, 1, 1, 2],
            "length": [400.0, 40.0, 60.0, 50.0, 130.0],
        }
    )
    notes = []
    assert calm_by_rule(table, 600.0, notes).tolist() == [False, True, True, False, False]
    assert notes == [
        "limits by rule: 0 km of residential streets in 1 zones with the shortest blocks are ASSUMED at 30, so "
        "that with the 0 km of mapped 30-zones the published length of 1 km is met; the length is published, "
        "the places are not"
    ]
