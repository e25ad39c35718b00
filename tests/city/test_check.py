"""Checks: every fault at once, each with row, column, value and remedy."""

import numpy as np
import pytest
from shapely.geometry import Polygon

from exante.city import Table
from exante.city.check import list_faults, require_sound
from exante.quantities.errors import CityError


def planted(city):
    """The village with six faults, one of a kind."""
    links, zones, fleet = city.table("links"), city.table("zones"), city.table("fleet")
    length, road_class, head = (np.array(links[c]) for c in ("length", "road_class", "to_node_id"))
    length[2] = -5.0
    road_class[4] = "alley"
    head[0] = "n99"
    shapes = np.array(zones["geometry"])
    shapes[1] = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    income = np.array(zones["population"])
    income[2] = np.nan
    share = np.array(fleet["share"])
    share[1] = 0.6
    city = city.with_table(links.with_columns(length=length, road_class=road_class, to_node_id=head))
    city = city.with_table(zones.with_columns(geometry=shapes, population=income))
    return city.with_table(fleet.with_columns(share=share))


def test_six_planted_faults_are_told_together(village_city):
    faults = list_faults(planted(village_city))
    assert len(faults) == 6
    by_column = {f"{f.table}.{f.column}": f for f in faults}
    assert by_column["links.length"].row == "link_id n3-n4"
    assert by_column["links.length"].value == "-5 m"
    assert by_column["links.road_class"].value == "'alley'"
    assert by_column["links.to_node_id"].row == "link_id n1-n2"
    assert by_column["zones.geometry"].row == "zone_id E"
    assert by_column["zones.population"].value == "missing"
    assert by_column["fleet.share"].row == "vehicle_class car"
    assert all(f.what and f.remedy for f in faults)


def test_the_whole_paragraph(village_city):
    with pytest.raises(CityError) as told:
        require_sound(planted(village_city))
    assert str(told.value) == (
        "city 'village' has 6 faults: "
        "[1] links.to_node_id, link_id n1-n2 is 'n99': nothing in nodes.node_id has that name. "
        "Add the row it refers to or drop this one. "
        "[2] links.road_class, link_id n2-n6 is 'alley': not one of the known values. "
        "Use motorway, trunk, primary, secondary, tertiary, unclassified, residential, living_street, busway. "
        "[3] links.length, link_id n3-n4 is -5 m: outside 0.1 to 50000. Correct it at the source or drop the row. "
        "[4] zones.population, zone_id N is missing: 1 row lacks it. Give a value. "
        "[5] zones.geometry, zone_id E: an empty or invalid geometry. Repair it (shapely.make_valid). "
        "[6] fleet.share, vehicle_class car is 1.1 in sum: the shares do not sum to one. Scale them."
    )


def test_a_fault_of_many_rows_is_told_once_with_their_number(village_city):
    links = village_city.table("links")
    city = village_city.with_table(links.with_columns(lanes=np.where(np.arange(links.rows) < 3, 12.0, 1.0)))
    (fault,) = list_faults(city)
    assert str(fault) == (
        "links.lanes, link_id n1-n2 is 12 lane: outside 1 to 8, and so are 2 more. "
        "Correct it at the source or drop the row."
    )


def test_infinite_and_doubled_values_are_faults(village_city):
    zones = village_city.table("zones")
    city = village_city.with_table(
        zones.with_columns(population=[np.inf, 1.0, 1.0], zone_id=["W", "E", "E"], income=[np.nan] * 3)
    )
    told = [str(f) for f in list_faults(city)]
    assert any("zones.population, zone_id W is inf person" in t for t in told)
    assert any("zones.zone_id, zone_id E is 'E': the identifier stands more than once" in t for t in told)
    assert not any("income" in t for t in told), "income may be missing"


def test_absent_tables_columns_and_provenance_are_faults(village_city):
    from dataclasses import replace

    tables = {k: v for k, v in village_city.tables.items() if k != "statistics"}
    links = village_city.table("links")
    tables["links"] = Table("links", {c: links[c] for c in links if c != "from_node_id"})
    layers = {k: v for k, v in village_city.layers.items() if k != "zones"}
    told = [str(f) for f in list_faults(replace(village_city, tables=tables, layers=layers))]
    assert told == [
        "statistics: the table is absent. Build the city again.",
        "links.from_node_id: the column is absent. Add it: Node where the link starts.",
        "zones: no provenance is stated. Add the layer's source and level.",
    ]


def test_text_where_geometry_belongs_is_a_fault(village_city):
    nodes = village_city.table("nodes")
    city = village_city.with_table(nodes.with_columns(geometry=["POINT (0 0)"] * nodes.rows))
    (fault,) = list_faults(city)
    assert "nodes.geometry, node_id n1: an empty or invalid geometry, and so are 7 more" in str(fault)


def test_a_zone_that_cars_cannot_leave_is_a_fault(village_city):
    links = village_city.table("links")
    uses = np.array(links["allowed_uses"])
    uses[links["link_id"] == "n5-n2"] = "walk"
    told = [str(f) for f in list_faults(village_city.with_table(links.with_columns(allowed_uses=uses)))]
    assert told == [
        "connectors.node_id, row 4 is n5: the node is outside the connected street network. "
        "Use another node, or add the street that connects it."
    ]


def test_a_zone_without_connector_is_a_fault(village_city):
    table = village_city.table("connectors")
    kept = table["zone_id"] != "N"
    city = village_city.with_table(Table("connectors", {c: table[c][kept] for c in table}))
    assert [str(f) for f in list_faults(city)] == [
        "connectors.zone_id is N: the zone has no connector. Connect it to a street node."
    ]


def test_no_street_for_cars_is_a_fault(village_city):
    links = village_city.table("links")
    city = village_city.with_table(links.with_columns(allowed_uses=["walk"] * links.rows))
    assert "no link is open to cars" in str(list_faults(city)[0])
