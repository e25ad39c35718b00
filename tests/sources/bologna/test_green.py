"""Trees and green areas of Bologna on two square zones, and on the real registers."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources.bologna import green
from exante.sources.report import Report
from exante.sources.zones import read_zones

CRS = "EPSG:25832"


@pytest.fixture
def zones():
    """Two squares of 100 m side by side."""
    shapes = [shapely.box(686000, 4929000, 686100, 4929100), shapely.box(686100, 4929000, 686200, 4929100)]
    return gpd.GeoDataFrame({"zone_id": ["1", "2"]}, geometry=shapes, crs=CRS)


def test_trees_on_a_common_boundary_count_once(zones):
    points = shapely.points([[686050, 4929050], [686100, 4929050], [686150, 4929050], [0, 0]])
    report = Report()
    assert green.trees_by_zone(points, zones, report).sum() == 3
    assert [f.count for f in report.findings] == [4, 1, 3]


@pytest.mark.parametrize("text", ["{", "[1, 2]", '[["a", "b"]]', "[[1, 2, 3]]"])
def test_a_file_that_is_no_list_of_pairs_is_refused(tmp_path, text):
    path = tmp_path / "trees.json"
    path.write_text(text)
    with pytest.raises(SourceError, match=r"\[\[longitude, latitude\], …\]"):
        green.read_trees(path, CRS, Report())


def test_areas_are_those_of_the_polygons(tmp_path, zones):
    lawn = shapely.box(686080, 4929000, 686110, 4929100)  # 2,000 m2 in zone 1, 1,000 in zone 2
    frame = gpd.GeoDataFrame(
        {"nome": ["Lawn", None], "classe_uni": ["PARCO", None], "area_Ha": [-1.0, 0.2], "NDVI": [0.5, None]},
        geometry=[lawn, lawn],
        crs=CRS,
    )
    path = tmp_path / "green.gpkg"
    frame.to_file(path)
    report = Report()
    table = green.read_green(path, zones, report)
    assert table["area"].tolist() == pytest.approx([3000.0, 3000.0])
    assert table["zone_id"].tolist() == ["1", "1"]
    assert table["kind"].tolist() == ["PARCO", "not stated"]
    assert green.green_by_zone(table, zones).tolist() == pytest.approx([2000.0, 1000.0])  # twice drawn, once counted
    assert "negative in 1" in report.lines[0]


@pytest.mark.real_data
def test_real_registers(data_dir):
    folder = data_dir / "bologna"
    fields = {"zone_id": "codice_area_statistica", "name": "area_statistica", "district": "quartiere"}
    zones = read_zones(folder / "boundaries" / "aree_statistiche_90_with_heat.geojson", fields, CRS)
    report = Report()
    trees = green.read_trees(folder / "green" / "bologna_tree_points.json", CRS, report)
    count = green.trees_by_zone(trees, zones, report)
    assert (len(trees), count.sum()) == (86099, 86043)
    areas = green.read_green(folder / "green" / "csi.geojson", zones, report)
    assert len(areas) == 930
    by_zone = green.green_by_zone(areas, zones)
    assert by_zone.sum() == pytest.approx(8.01e6, rel=0.01)
    assert (by_zone <= zones.area.to_numpy()).all()
    assert np.isnan(areas["ndvi"]).sum() == 20
