"""Zonal sums on a raster of 2 x 2 cells of 100 m, each with a number of people on paper."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources import raster

CRS = "EPSG:32632"
#  10  20
#  30  40   cells of 100 m, lower left corner at (500000, 4930000)
GRID = raster.Raster(np.array([[10.0, 20.0], [30.0, 40.0]]), (100.0, 0.0, 500000.0, 0.0, -100.0, 4930200.0), CRS)


def _zones(*boxes):
    shapes = [shapely.box(500000 + a, 4930000 + b, 500000 + c, 4930000 + d) for a, b, c, d in boxes]
    return gpd.GeoDataFrame(geometry=shapes, crs=CRS)


def test_cells_cut_by_a_boundary_are_shared_by_area():
    # the west zone has the west column and a quarter of the east column
    sums, outside = raster.zone_sums(GRID, _zones((0, 0, 125, 200), (125, 0, 200, 200)))
    assert sums == pytest.approx([10 + 30 + 0.25 * 60, 0.75 * 60])
    assert outside == pytest.approx(0.0)


def test_what_lies_outside_all_zones_is_told():
    sums, outside = raster.zone_sums(GRID, _zones((0, 0, 100, 100)))
    assert (sums.tolist(), outside) == ([30.0], 70.0)


def test_cell_points_and_density():
    xy, totals = raster.cell_points(GRID, CRS)
    assert xy.tolist() == [[500050, 4930150], [500150, 4930150], [500050, 4930050], [500150, 4930050]]
    assert totals.tolist() == [10, 20, 30, 40]
    at = np.array([shapely.Point(500050, 4930050), shapely.Point(0, 0)])
    assert raster.density_around(GRID, at, CRS, 100.0) == pytest.approx([30 / 1e4, 0.0])


def test_a_file_that_is_no_raster_is_refused(tmp_path):
    pytest.importorskip("rasterio", reason="reading rasters needs the extra sources")
    path = tmp_path / "pop.tif"
    path.write_bytes(b"II*")
    with pytest.raises(SourceError) as error:
        raster.read_raster(path)
    assert str(error.value) == "the raster cannot be read (RasterioIOError) (in pop.tif). Fetch the file again."


def test_without_rasterio_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "rasterio", None)
    with pytest.raises(SourceError) as error:
        raster.read_raster(tmp_path / "pop.tif")
    assert str(error.value) == (
        "reading a raster needs rasterio, which is not installed. "
        "Install it in the folder of exante: pip install -e '.[sources]'."
    )


@pytest.mark.real_data
def test_bologna_keeps_its_people(data_dir):
    people = raster.read_raster(data_dir / "bologna/population/ghs_pop_100m_bologna.tif")
    zones = gpd.read_file(data_dir / "bologna/boundaries/aree_statistiche_90_with_heat.geojson").to_crs("EPSG:25832")
    sums, outside = raster.zone_sums(people, zones)
    assert sums.sum() == pytest.approx(401042, abs=1)
    assert sums.sum() + outside == pytest.approx(people.values.sum())
