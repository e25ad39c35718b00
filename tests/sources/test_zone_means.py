"""Means of a raster by zone: missing cells are not zero."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from exante.quantities.errors import SourceError
from exante.sources import zone_means
from exante.sources.raster import Raster
from exante.sources.report import Report

CRS = "EPSG:25832"


def _raster(values):
    return Raster(np.array(values, dtype=float), (100.0, 0.0, 0.0, 0.0, -100.0, 100.0), CRS)


def _zones(*boxes):
    return gpd.GeoDataFrame({"zone_id": [str(i) for i in range(len(boxes))]}, geometry=list(boxes), crs=CRS)


def test_cut_cells_count_by_area_and_missing_ones_do_not():
    zones = _zones(shapely.box(0, 0, 150, 100), shapely.box(150, 0, 300, 100), shapely.box(180, 0, 300, 100))
    report = Report("heat_days")
    mean = zone_means.zone_means(_raster([[60.0, 90.0, np.nan]]), zones, report, "heat days")
    assert mean[0] == pytest.approx((60 * 100 + 90 * 50) / 150)
    assert np.isnan(mean[1])  # a third is covered
    assert np.isnan(mean[2])
    assert "over 1 of 3 zones; less than half covered: 1, 2" in report.lines[0]


@given(st.lists(st.floats(0, 100), min_size=4, max_size=4))
def test_a_mean_lies_between_its_cells(values):
    mean = zone_means.zone_means(_raster([values]), _zones(shapely.box(10, 5, 390, 95)), Report(), "x")
    assert min(values) - 1e-9 <= mean[0] <= max(values) + 1e-9


def test_no_raster(tmp_path):
    path = tmp_path / "x.tif"
    path.write_text("no raster")
    with pytest.raises(SourceError, match="the raster cannot be read"):
        zone_means.read_intensities(path)


@pytest.mark.real_data
@pytest.mark.parametrize("city", ["bologna", "barcelona"])
def test_real_heat_days(data_dir, city):
    raster = zone_means.read_intensities(data_dir / city / "heat_built" / f"wbgt_days_over25_2030_{city}.tif")
    assert np.isnan(raster.values).any()
    assert 3.0 < np.nanmin(raster.values) < np.nanmax(raster.values) < 100.0
