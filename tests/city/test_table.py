"""Tables: frozen, shared between copies, known by content."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from exante.city import Table
from exante.quantities.errors import CityError, VocabularyError


@pytest.fixture
def nodes():
    return Table(
        "nodes",
        {"node_id": ["a", "b"], "ctrl_type": ["none", "signal"], "geometry": [Point(0, 0), Point(1, 1)]},
    )


def test_columns_are_frozen_and_apart_from_what_they_were_made_of():
    source = np.array([1.0, 2.0])
    table = Table("links", {"length": source})
    source[0] = 99.0
    assert table["length"].tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        table["length"][0] = 5.0


def test_copies_share_what_they_do_not_change(nodes):
    other = nodes.with_columns(ctrl_type=["stop", "stop"])
    assert other["node_id"] is nodes["node_id"]
    assert other["geometry"] is nodes["geometry"]
    assert other["ctrl_type"] is not nodes["ctrl_type"]
    assert nodes["ctrl_type"].tolist() == ["none", "signal"]


def test_hash_changes_for_the_changed_column_alone(nodes):
    other = nodes.with_columns(ctrl_type=["stop", "signal"])
    assert other.sha256("ctrl_type") != nodes.sha256("ctrl_type")
    assert other.sha256("node_id") == nodes.sha256("node_id")
    assert other != nodes
    assert other.with_columns(ctrl_type=nodes["ctrl_type"]) == nodes


@given(st.lists(st.one_of(st.none(), st.text(max_size=4)), min_size=1, max_size=5), st.data())
def test_texts_that_differ_have_another_hash(texts, data):
    table = Table("links", {"name": texts})
    assert Table("links", {"name": list(texts)}).sha256("name") == table.sha256("name")
    i = data.draw(st.integers(0, len(texts) - 1))
    other = [*texts[:i], (texts[i] or "") + "x", *texts[i + 1 :]]
    assert Table("links", {"name": other}).sha256("name") != table.sha256("name")


def test_shifted_texts_are_not_the_same():
    assert Table("links", {"name": ["ab", "c"]}).sha256("name") != Table("links", {"name": ["a", "bc"]}).sha256("name")
    assert Table("links", {"name": [None]}).sha256("name") != Table("links", {"name": [""]}).sha256("name")


def test_geometry_after_missing_ones_is_hashed_as_geometry():
    some = [None] * 9 + [Point(0, 0)]
    other = [None] * 9 + [Point(0, 1e-12)]
    one, two = (Table("nodes", {"geometry": values}).sha256("geometry") for values in (some, other))
    assert one != two


def test_absent_column_of_the_vocabulary_names_those_at_hand(nodes):
    with pytest.raises(VocabularyError) as told:
        Table("links", {"length": [1.0]})["lanes"]
    assert str(told.value) == (
        "this city's table links has no column 'lanes' (in table links). Columns at hand: length."
    )
    assert nodes.get("nothing") is None
    assert nodes.get("node_id") is nodes["node_id"]


def test_columns_of_different_length_are_refused():
    with pytest.raises(CityError) as told:
        Table("links", {"length": [1.0], "lanes": [1, 2]})
    assert str(told.value) == ("columns of table links differ in length: {'length': 1, 'lanes': 2} (in table links).")


def test_append_fills_what_is_missing_and_refuses_what_is_unknown():
    stops = Table("count_sites", {"site_id": ["s1"], "match_note": ["joined"], "geometry": [Point(0, 0)]})
    more = stops.append({"site_id": ["s2"], "match_note": ["far"], "geometry": [Point(1, 1)], "link_id": ["l1"]})
    assert more["link_id"].tolist() == [None, "l1"]
    with pytest.raises(CityError) as told:
        stops.append({"site_id": ["s2"], "geometry": [Point(1, 1)]})
    assert str(told.value) == "new rows of table count_sites lack 'match_note' (in table count_sites)."
    with pytest.raises(VocabularyError, match=r"'count_sites.colour' is not in the vocabulary"):
        stops.append({"site_id": ["s2"], "match_note": ["x"], "geometry": [Point(1, 1)], "colour": ["red"]})


def test_empty_tables_have_all_columns():
    table = Table.empty("tolls")
    assert table.rows == 0
    assert table["amount"].dtype == float


def test_positions():
    table = Table("nodes", {"node_id": ["a", "b"]})
    assert table.positions(np.array(["b", "z", "a"])).tolist() == [1, -1, 0]
    with pytest.raises(CityError, match="rows of table connectors have no identifier"):
        Table("connectors", {"zone_id": ["a"]}).positions(["a"])
