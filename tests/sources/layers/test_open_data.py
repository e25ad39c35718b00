"""Steps of the open data on a made-up town: tables that fit the vocabulary, accounts that add up."""

import datetime as dt
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from exante.city import Table
from exante.city.quality import LOSSES
from exante.sources.catalogue import list_sources
from exante.sources.files import Files
from exante.sources.layers import Assembly, list_steps, run_steps

ENTRY = {"page": "https://example.org", "licence": "CC BY 4.0", "attribution": "Town", "date": "2024"}
CRS = "EPSG:25832"
X, Y = 686000.0, 4929000.0


@pytest.fixture
def make(tmp_path):
    """An assembly of two zones, a street and these sources, and what the steps `names` make of it."""

    def run(names, sources, **tables):
        entries = {n: {**ENTRY, "file": "any.csv", "title": n} for n in ("streets", "zones", "population", "volume")}
        (tmp_path / "any.csv").write_text("a\n")
        entries |= {n: {**ENTRY, "title": n, **entry} for n, entry in sources.items()}
        files = Files(list_sources({"source": entries}, "town"), tmp_path)
        assembly = Assembly({"source": entries}, files, CRS, dt.date(2024, 1, 1))
        boxes = [shapely.box(X, Y, X + 500, Y + 500), shapely.box(X + 500, Y, X + 1000, Y + 500)]
        assembly.area = gpd.GeoDataFrame({"zone_id": ["1", "2"]}, geometry=boxes, crs=CRS)
        assembly.named = gpd.GeoDataFrame({"area_id": [], "name": [], "kind": []}, geometry=[], crs=CRS)
        assembly.tables |= tables
        run_steps(tuple(s for s in list_steps() if s.name in names), assembly)
        return assembly

    return run


def _adds_up(assembly):
    table = pd.DataFrame([(f.source, f.item, f.subject, f.kind, f.count) for f in assembly.findings])
    for _, rows in table.groupby([0, 1, 2]):
        count = rows.groupby(3)[4].sum()
        assert count["read"] == count.get("kept", 0) + sum(count.get(kind, 0) for kind in LOSSES)
    return not table.empty


def test_buildings_get_their_zone(make, tmp_path):
    squares = [
        shapely.box(X + 100, Y, X + 110, Y + 10),
        shapely.box(X + 700, Y, X + 710, Y + 10),
        shapely.box(0, 0, 9, 9),
    ]
    frame = gpd.GeoDataFrame({"ref": ["a", "b", "c"], "alt": [5.0, 6.0, 7.0]}, geometry=squares, crs=CRS)
    frame.to_file(tmp_path / "b.gpkg")
    fields = {"building_id": "ref", "height": "alt"}
    assembly = make(("building_shapes",), {"buildings": {"file": "b.gpkg", "fields": fields}})
    table = assembly.tables["building_shapes"]
    assert dict(zip(table["building_id"], table["zone_id"], strict=True)) == {"a": "1", "b": "2", "c": None}
    assert assembly.layers["building_shapes"].level == 1
    assert _adds_up(assembly)


def test_trees_heat_and_green_by_zone(make, tmp_path):
    point = gpd.GeoSeries([shapely.Point(X + 700, Y + 100)], crs=CRS).to_crs("EPSG:4326").iloc[0]
    (tmp_path / "t.json").write_text(json.dumps([[point.x, point.y], [0.0, 0.0]]))
    green = {"nome": ["G"], "classe_uni": ["PARCO"], "area_Ha": [1.0], "NDVI": [0.4]}
    shape = [shapely.box(X + 400, Y, X + 600, Y + 100)]
    gpd.GeoDataFrame(green, geometry=shape, crs=CRS).to_file(tmp_path / "g.gpkg")
    assembly = make(("environment",), {"trees": {"file": "t.json"}, "green_areas": {"file": "g.gpkg"}})
    table = assembly.tables["zone_environment"].frame()
    assert table["trees"].tolist() == [0.0, 1.0]
    assert table["green_area"].tolist() == pytest.approx([10000.0, 10000.0])
    assert "heat_days" not in table
    assert _adds_up(assembly)


def test_regional_stations_are_added_without_a_link(make, tmp_path):
    point = gpd.GeoSeries([shapely.Point(X, Y + 3000)], crs=CRS).to_crs("EPSG:4326")
    gpd.GeoDataFrame({"NAME": [7]}, geometry=point.to_numpy(), crs="EPSG:4326").to_file(tmp_path / "s.geojson")
    head = "datetime;MTSStationID;DirectionCode;VehicleType;TransitCount\n"
    (tmp_path / "c.csv").write_text(head + "2024-02-06 08:00:00;7;0;2;90\n2024-02-06 08:00:00;7;0;4;10\n")
    sources = {
        "counts_regional": {"file": "c.csv", "roads": {"7": "Via A"}},
        "regional_stations": {"file": "s.geojson"},
    }
    node = shapely.Point(X, Y)
    given = {
        "nodes": Table("nodes", {"node_id": ["n"], "ctrl_type": ["none"], "geometry": [node]}),
        "gates": Table("gates", {
            "gate_id": ["g"], "name": ["Via A"], "entry_node_id": ["n"], "exit_node_id": ["n"], "weight": [1.0],
            "motorway": [False],
        }),
        "count_sites": Table("count_sites", {"site_id": ["loop"], "match_note": ["x"], "geometry": [node]}),
        "counts": Table("counts", {"site_id": ["loop"], "date": ["2024-02-06"], "hour": [8], "flow": [50.0]}),
    }  # fmt: skip
    step = next(s for s in list_steps() if s.name == "regional_counts")
    assembly = make((), sources, **given)
    assembly.links = pd.DataFrame({"name": ["Via A"], "geometry": [shapely.LineString([(X, Y), (X, Y + 100)])]})
    made = step.run(assembly)
    sites, counts = made["count_sites"].frame(), made["counts"].frame()
    assert sites["site_id"].tolist() == ["loop", "mts-7-0"]
    assert sites["gate_id"].fillna("none").tolist() == ["none", "g"]
    assert sites["link_id"].isna().all()
    assert counts["flow"].tolist() == [50.0, 100.0]
    assert np.isnan(counts["van_flow"].iloc[0])  # the loop does not tell classes
    assert counts["van_flow"].iloc[1] == 10.0
    assert assembly.findings[0].source == "counts_regional"
    assert _adds_up(assembly)


def test_a_typical_year_is_a_table_of_8760_hours(make, tmp_path):
    head = ["LOCATION,Town,X,ITA,TMY,1,44.5,11.3,1.0,50.0", *(["H"] * 7)]
    days = pd.date_range("2001-01-01", periods=8760, freq="h")
    rows = [
        f"2001,{d.month},{d.day},{d.hour + 1},0,x,15.0,10.0,70,101325,0,0,300,100,50,80,0,0,0,0,180,2.5,5,5"
        for d in days
    ]
    (tmp_path / "w.epw").write_text("\n".join(head + [r + ",0" * 11 for r in rows]) + "\n")
    assembly = make(("weather",), {"typical_year": {"file": "w.epw"}})
    table = assembly.tables["weather"].frame()
    assert len(table) == 8760
    assert table["hour"].tolist() == list(range(8760))
    assert table.loc[0, ["dry_bulb", "direct_normal", "wind_direction", "wind_speed"]].tolist() == [
        15.0,
        50.0,
        180.0,
        2.5,
    ]
    assert _adds_up(assembly)
