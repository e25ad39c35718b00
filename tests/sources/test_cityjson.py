"""CityJSON 2.0 of two buildings by hand: a box of 10 x 8 x 6 m, and a house with a pitched roof in two parts."""

import copy
import json

import pytest

from exante.quantities.errors import SourceError
from exante.sources import cityjson
from exante.sources.report import Report

CRS = "EPSG:25832"
BOTTOM, TOP = [0, 3, 2, 1], [4, 5, 6, 7]
SIDES = [[0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
FACES = [[BOTTOM], [TOP], *[[side] for side in SIDES]]


def _box(x, y, z, a, b, h):
    corners = [(0, 0), (a, 0), (a, b), (0, b)]
    return [[x + p, y + q, z] for p, q in corners] + [[x + p, y + q, z + h] for p, q in corners]


def _shifted(by):
    return [[[v + by for v in ring] for ring in face] for face in FACES]


@pytest.fixture
def document():
    """Whole centimetres from (686000, 4929000, 50)."""
    house = [*_box(2000, 0, 100, 1000, 800, 300), [2000, 400, 700], [3000, 400, 700]]
    roof = [[[12, 13, 17, 16]], [[14, 15, 16, 17]], [[13, 14, 17]], [[15, 12, 16]]]
    semantics = {
        "surfaces": [{"type": "GroundSurface"}, {"type": "RoofSurface"}, {"type": "WallSurface"}],
        "values": [[0, 1, 2, 2, 2, 2]],
    }
    return {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [0.01, 0.01, 0.01], "translate": [686000.0, 4929000.0, 50.0]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/25832"},
        "vertices": [*_box(0, 0, 0, 1000, 800, 600), *house],
        "CityObjects": {
            "box": {
                "type": "Building",
                "attributes": {"storeysAboveGround": 2, "yearOfConstruction": 1970, "function": ["housing"]},
                "geometry": [
                    {"type": "MultiSurface", "lod": "0", "boundaries": [[BOTTOM]]},
                    {"type": "Solid", "lod": "1", "boundaries": [FACES], "semantics": semantics},
                ],
            },
            "house": {"type": "Building", "children": ["walls"]},
            "walls": {
                "type": "BuildingPart",
                "parents": ["house"],
                "geometry": [
                    {
                        "type": "Solid",
                        "lod": "2.2",
                        "boundaries": [[*[f for i, f in enumerate(_shifted(8)) if i != 1], *roof]],
                    }
                ],
            },
            "tree": {"type": "SolitaryVegetationObject"},
        },
    }


def _read(tmp_path, document):
    path = tmp_path / "town.city.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    report = Report("buildings")
    return cityjson.read_buildings(path, CRS, report), report


def test_two_buildings_by_hand(tmp_path, document):
    table, report = _read(tmp_path, document)
    rows = table.set_index("building_id")
    box = rows.loc["box"]
    assert box[["height", "footprint_area", "volume", "wall_area", "roof_area"]].tolist() == pytest.approx(
        [6.0, 80.0, 480.0, 2 * 6 * 18.0, 80.0]
    )
    assert (box["storeys"], box["year_built"], box["use"]) == (2.0, 1970.0, "housing")
    assert box["geometry"].bounds == pytest.approx((686000.0, 4929000.0, 686010.0, 4929008.0))
    house = rows.loc["house"]  # 10 x 8 m, eaves at 3 m, ridge along 10 m at 6 m: prism of 80 x 3 + 80 x 3 / 2
    assert house[["height", "footprint_area", "volume"]].tolist() == pytest.approx([6.0, 80.0, 360.0])
    assert house["roof_area"] == pytest.approx(2 * 10 * 5.0)  # slopes of 5 m (3-4-5), no semantics: found by facing
    assert house["wall_area"] == pytest.approx(3 * 36.0 + 2 * 0.5 * 8 * 3)
    assert "2 buildings in 4 objects (1 of other kinds); kept 2" in report.lines[0]


def test_places_are_scaled_and_shifted_in_any_reference_system(tmp_path, document):
    for known in ("urn:ogc:def:crs:EPSG::32632", "https://www.opengis.net/def/crs/EPSG/0/32632"):
        document["metadata"]["referenceSystem"] = known
        assert _read(tmp_path, document)[0]["geometry"].iloc[0].area == pytest.approx(80.0, rel=1e-6)
    document["metadata"]["referenceSystem"] = "https://www.opengis.net/def/crs/EPSG/0/1"
    with pytest.raises(
        SourceError, match=r"reference system 'https://www\.opengis\.net/def/crs/EPSG/0/1' is not known"
    ):
        _read(tmp_path, document)


def test_a_building_without_a_shape_is_told(tmp_path, document):
    document["CityObjects"]["ghost"] = {"type": "Building"}
    table, report = _read(tmp_path, document)
    assert len(table) == 2
    assert "left out: ghost" in report.lines[0]
    assert [(f.kind, f.count) for f in report.findings] == [("read", 3), ("left_out", 1), ("kept", 2)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"type": "Feature"}, "holds 'Feature': expected type 'CityJSON'"),
        ({"version": "1.0"}, "version '1.0' is not read: expected 2.0 or 1.1"),
        ({"transform": None}, "transform or vertices cannot be read"),
        ({"metadata": {}}, "no reference system"),
        ({"vertices": [[0, 0, 0]]}, "points at a vertex beyond the 1 of the file"),
    ],
)
def test_files_that_are_no_cityjson(tmp_path, document, change, told):
    with pytest.raises(SourceError, match=told):
        _read(tmp_path, document | change)


def test_a_missing_key_shows_both_sides(tmp_path, document):
    del document["transform"]
    with pytest.raises(
        SourceError, match="lacks transform: expected transform, CityObjects, vertices; found type, ver"
    ):
        _read(tmp_path, document)


def test_meanings_must_fit_the_surfaces(tmp_path, document):
    other = copy.deepcopy(document)
    other["CityObjects"]["box"]["geometry"][1]["semantics"]["values"] = [[0, 1]]
    with pytest.raises(SourceError, match="box has 6 surfaces and 2 meanings"):
        _read(tmp_path, other)


def test_no_json(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("{}\n{}\n")
    with pytest.raises(SourceError, match=r"no JSON.*CityJSONSeq"):
        cityjson.read_buildings(path, CRS, Report())
