"""The cut-cell trap of the census grid, by hand and on both cities."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from exante.quantities.errors import SourceError
from exante.sources import age_grid, raster
from exante.sources.barcelona import census
from exante.sources.report import Report
from exante.sources.zones import read_zones

NAME = "CRS3035RES1000mN2376000E4421000"
EAST, NORTH = 4421000.0, 2376000.0


def _grid(tmp_path, rows):
    """Pieces of one cell, each with the total that the row gives."""
    pieces = [shapely.box(EAST, NORTH + 100 * i, EAST + 1000, NORTH + 100 * (i + 1)) for i in range(len(rows))]
    frame = gpd.GeoDataFrame(
        {"GRD_ID": [r[0] for r in rows], "T": [r[1] for r in rows], "Y_GE65": [r[2] for r in rows]},
        geometry=pieces,
        crs=age_grid.GRID,
    )
    path = tmp_path / "grid.gpkg"
    frame.to_file(path)
    return path


def _zones(*boxes):
    return gpd.GeoDataFrame({"zone_id": [str(i) for i in range(len(boxes))]}, geometry=list(boxes), crs=age_grid.GRID)


def test_two_pieces_of_a_cell_are_one_cell(tmp_path):
    report = Report("age_grid")
    cells = age_grid.read_cells(_grid(tmp_path, [(NAME, 100.0, 20.0)] * 2), report)
    assert len(cells) == 1
    west, east = (
        shapely.box(EAST, NORTH, EAST + 600, NORTH + 1000),
        shapely.box(EAST + 600, NORTH, EAST + 900, NORTH + 1000),
    )
    table = age_grid.by_zone(cells, _zones(west, east), None, report)
    people = table.set_index(["zone_id", "age_group"])["people"].to_dict()
    # 60 % and 30 % of the cell's area; the last tenth lies outside the zones
    assert people == pytest.approx({("0", "0-64"): 48.0, ("0", "65+"): 12.0, ("1", "0-64"): 24.0, ("1", "65+"): 6.0})
    assert "as summed 200 people, each cell once 100" in report.lines[0]
    assert [(f.kind, f.count) for f in report.findings] == [("read", 2), ("duplicate", 1), ("kept", 1)]


def test_a_finer_raster_splits_what_the_zones_get_together(tmp_path):
    cells = age_grid.read_cells(_grid(tmp_path, [(NAME, 100.0, 20.0)]), Report())
    west, east = (
        shapely.box(EAST, NORTH, EAST + 400, NORTH + 1000),
        shapely.box(EAST + 400, NORTH, EAST + 800, NORTH + 1000),
    )
    fine = raster.Raster(
        np.array([[30.0, 10.0]]),
        (400.0, 0.0, EAST, 0.0, -1000.0, NORTH + 1000),
        age_grid.GRID,
    )
    table = age_grid.by_zone(cells, _zones(west, east), fine, Report())
    by_zone = table.groupby("zone_id")["people"].sum()
    assert by_zone.to_dict() == pytest.approx({"0": 60.0, "1": 20.0})  # 80 of 100 by area, split 3 : 1


@given(st.floats(0.01, 0.99))
def test_zones_that_tile_the_cell_share_everybody(cut):
    cells = gpd.GeoDataFrame(
        {"cell_id": [NAME], "people": [7.0], "over_64": [3.0]},
        geometry=[shapely.box(EAST, NORTH, EAST + 1000, NORTH + 1000)],
        crs=age_grid.GRID,
    )
    x = EAST + 1000 * cut
    zones = _zones(shapely.box(EAST, NORTH, x, NORTH + 1000), shapely.box(x, NORTH, EAST + 1000, NORTH + 1000))
    table = age_grid.by_zone(cells, zones, None, Report())
    assert table["people"].sum() == pytest.approx(7.0)
    assert table.loc[table["age_group"] == "65+", "people"].sum() == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("x", 1.0, 0.0)], "'x' is no cell of 1 km"),
        ([(NAME, 1.0, 0.0), (NAME, 2.0, 0.0)], "pieces of one cell have different totals"),
    ],
)
def test_grids_that_cannot_be_are_refused(tmp_path, rows, told):
    with pytest.raises(SourceError, match=told):
        age_grid.read_cells(_grid(tmp_path, rows), Report())


@pytest.mark.real_data
def test_bologna_has_670_969_people_as_summed(data_dir):
    folder, report = data_dir / "bologna", Report()
    fields = {"zone_id": "codice_area_statistica", "name": "area_statistica", "district": "quartiere"}
    zones = read_zones(folder / "boundaries" / "aree_statistiche_90_with_heat.geojson", fields, "EPSG:25832")
    cells = age_grid.read_cells(folder / "population" / "age_bologna.gpkg", report)
    assert "as summed 670,969 people, each cell once 423,138" in report.lines[0]
    table = age_grid.by_zone(cells, zones, None, report)
    assert table["people"].sum() == pytest.approx(392017, rel=0.01)  # the register at the end of 2023


@pytest.mark.real_data
def test_barcelona_agrees_with_its_register(data_dir):
    folder = data_dir / "barcelona"
    shapes = [folder / "boundaries" / f"{n}.geojson" for n in ("area-estadistica-basica", "barris", "districtes")]
    zones = census.read_areas(*shapes, "EPSG:25831")
    cells = age_grid.read_cells(folder / "population" / "age_barcelona.gpkg", Report())
    table = age_grid.by_zone(cells, zones, None, Report()).pivot(index="zone_id", columns="age_group", values="people")
    register = census.read_register(
        folder / "population" / "2020_12_TAULA_MAP_SCENSAL.csv",
        folder / "income" / "2019_renda_neta_mitjana_per_llar.csv",
        folder / "boundaries" / "seccio-censal.geojson",
        [],
    )
    truth = register.groupby("zone_id")[["residents", "over_64"]].sum()
    share, known = table["65+"] / table.sum(axis=1), truth["over_64"] / truth["residents"]
    assert table["65+"].sum() / table.to_numpy().sum() == pytest.approx(
        truth["over_64"].sum() / truth["residents"].sum(), abs=0.005
    )
    assert share.corr(known) > 0.75
    assert (share - known).std() < 0.03
