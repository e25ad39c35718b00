"""Footprints with heights from a GeoPackage: heights, storeys, parts, and what is missing."""

import geopandas as gpd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources import building_shapes
from exante.sources.report import Report

CRS = "EPSG:25832"
FIELDS = {"building_id": "ref", "height": "alt", "storeys": "piani", "use": "uso"}


def _file(tmp_path, rows):
    squares = [shapely.box(20 * i, 0, 20 * i + 10, 10) for i in range(len(rows))]
    frame = gpd.GeoDataFrame(dict(zip(("ref", "alt", "piani", "uso"), zip(*rows, strict=True), strict=True)))
    path = tmp_path / "buildings.gpkg"
    gpd.GeoDataFrame(frame, geometry=squares, crs=CRS).to_file(path)
    return path


def test_heights_storeys_and_parts(tmp_path):
    rows = [
        ("a", 12.0, 4, "home"),
        ("b", 0.0, 2, None),
        ("c", None, None, None),
        ("d", 5.0, 1, "x"),
        ("d", 20.0, 6, "y"),
    ]
    report = Report("buildings")
    table = building_shapes.read_footprints(_file(tmp_path, rows), FIELDS, CRS, report).set_index("building_id")
    assert table["height"].to_dict() == {"a": 12.0, "b": 2 * building_shapes.STOREY, "d": 20.0}
    assert table["height_origin"].to_dict() == {"a": "observed", "b": "storeys", "d": "observed"}
    assert table.loc["d", ["footprint_area", "volume", "use"]].tolist() == [200.0, 100 * 5.0 + 100 * 20.0, "y"]
    assert {f.kind: f.count for f in report.findings} == {"read": 5, "gap": 1, "duplicate": 1, "kept": 3}


def test_a_missing_field_shows_both_sides(tmp_path):
    path = _file(tmp_path, [("a", 1.0, 1, "x")])
    with pytest.raises(SourceError, match="lack hoehe: expected ref, hoehe; found ref, alt, piani, uso"):
        building_shapes.read_footprints(path, {"building_id": "ref", "height": "hoehe"}, CRS, Report())


def test_impossible_heights_and_fields(tmp_path):
    path = _file(tmp_path, [("a", 1200.0, 1, "x")])
    with pytest.raises(SourceError, match="building a is 1200 m high"):
        building_shapes.read_footprints(path, FIELDS, CRS, Report())
    with pytest.raises(SourceError, match="expected building_id and height or storeys"):
        building_shapes.read_footprints(path, {"building_id": "ref"}, CRS, Report())
