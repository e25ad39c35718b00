"""People by age from the 1 km census grid (Eurostat, `GRD_ID, T, Y_GE65`) to zones.

**Trap: the files are the grid cut by districts, and every piece of a cell carries the whole cell's total.** Bologna's
file adds up to 670,969 people; one row for each `GRD_ID` gives 423,138, some of whom live outside the city; only the
share of each cell that lies in the city counts. So the pieces are thrown away: each cell is taken once, drawn as the
square of 1 km that its name gives (south-west corner in EPSG:3035), and the zones get its people by their share of its
area. Where a finer raster of people is at hand, it splits what the zones get together. The rasters here end at the
city's edge, so that they cannot say how many people of a cell live beyond it (by area is too few on a coast).
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from exante.quantities.errors import SourceError
from exante.sources.columns import require
from exante.sources.raster import Raster
from exante.sources.report import Report
from exante.sources.zones import read_vector

READER = "exante.sources.age_grid"
GRID = "EPSG:3035"
SIDE = 1000.0  # m
NAME = r"^CRS3035RES1000mN(?P<north>\d{7})E(?P<east>\d{7})$"
GROUPS = ("0-64", "65+")


def read_cells(path: Path, report: Report) -> gpd.GeoDataFrame:
    """Whole cells of the grid, each once: `cell_id, people, over_64, geometry` in EPSG:3035.

    Raises
    ------
    SourceError
        If a column is absent, a cell's name cannot be read, or pieces of one cell disagree.
    """
    frame = read_vector(path)
    require(frame.columns, ("GRD_ID", "T", "Y_GE65"), path.name, READER)
    table = pd.DataFrame({"cell_id": frame["GRD_ID"], "people": frame["T"], "over_64": frame["Y_GE65"]})
    corner = table["cell_id"].str.extract(NAME)
    if corner.isna().any(axis=None):
        odd = table["cell_id"][corner.isna().any(axis=1)].iloc[0]
        raise SourceError(
            f"'{odd}' is no cell of 1 km", where=path.name, remedy="Names are like CRS3035RES1000mN2376000E4421000"
        )
    if (table.groupby("cell_id").nunique(dropna=False) > 1).any(axis=None):
        raise SourceError(
            "pieces of one cell have different totals", where=path.name, remedy="Take the grid as published"
        )
    bad = table["people"].isna() | table["over_64"].isna() | (table["over_64"] > table["people"])
    once = ~table["cell_id"].duplicated()
    x, y = corner["east"].astype(float), corner["north"].astype(float)
    cells = gpd.GeoDataFrame(table, geometry=shapely.box(x, y, x + SIDE, y + SIDE), crs=GRID)
    why = [("duplicate", int((~once).sum()), "another piece of a cell that is read whole")]
    why.append(("gap", int((bad & once).sum()), "no age, or more old people than people"))
    report.account("zone_ages", "pieces of cells", len(table), why)
    report.tell(
        f"{path.name}: {len(table)} pieces of {int(once.sum())} cells; as summed {table['people'].sum():,.0f} people, "
        f"each cell once {table['people'][once].sum():,.0f}; {int((bad & once).sum())} cells without an age or with "
        "more old people than people left out"
    )
    return cells[once & ~bad].sort_values("cell_id").reset_index(drop=True)


def by_zone(cells: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, people: Raster | None, report: Report) -> pd.DataFrame:
    """The table `zone_ages`: `zone_id, age_group, people`.

    Parameters
    ----------
    cells : GeoDataFrame
        As `read_cells` gives them.
    zones : GeoDataFrame
        With `zone_id`.
    people : Raster or None
        Finer raster of people, which may end at the edge of the zones; None shares cells by area alone.
    report : Report
        Grows by the totals.
    """
    polygons = zones.to_crs(GRID).geometry.to_numpy()
    squares = cells.geometry.to_numpy()
    if people is None:
        cell, zone = shapely.STRtree(polygons).query(squares, predicate="intersects")
        weight = shapely.area(shapely.intersection(squares[cell], polygons[zone])) / SIDE**2
        shared = shares(cell, zone, weight, len(cells), len(zones))
    else:
        shared = _by_people(squares, polygons, people)
    old, every = cells["over_64"].to_numpy(dtype=float), cells["people"].to_numpy(dtype=float)
    groups = ((every - old) @ shared, old @ shared)
    report.tell(
        f"ages by zone: {groups[0].sum() + groups[1].sum():,.0f} of {every.sum():,.0f} people of the cells live in the "
        f"zones, {groups[1].sum():,.0f} of them over 64; shared by "
        + ("area" if people is None else "area between city and surroundings, by the finer raster among zones")
    )
    frames = [
        pd.DataFrame({"zone_id": zones["zone_id"], "age_group": group, "people": count})
        for group, count in zip(GROUPS, groups, strict=True)
    ]
    return pd.concat(frames, ignore_index=True).sort_values(["zone_id", "age_group"]).reset_index(drop=True)


def shares(cell: np.ndarray, zone: np.ndarray, weight: np.ndarray, cells: int, zones: int) -> np.ndarray:
    """Dense matrix of shares of cells in zones from triples, shape (cells, zones)."""
    matrix = np.zeros((cells, zones))
    np.add.at(matrix, (cell, zone), weight)
    return matrix


def _by_people(squares: np.ndarray, polygons: np.ndarray, people: Raster) -> np.ndarray:
    """Share of every cell in every zone: the zones' part of its area, split among them by the raster's people."""
    values = people.values.ravel()
    filled = np.flatnonzero(values > 0)
    boxes = gpd.GeoSeries(people.boxes()[filled], crs=people.crs).to_crs(GRID).to_numpy()
    cell, zone = shapely.STRtree(polygons).query(squares, predicate="intersects")
    pieces = shapely.intersection(squares[cell], polygons[zone])
    piece, fine = shapely.STRtree(boxes).query(pieces, predicate="intersects")
    inside = shapely.area(shapely.intersection(pieces[piece], boxes[fine])) / shapely.area(boxes[fine])
    lived = np.bincount(piece, weights=inside * values[filled][fine], minlength=len(pieces))
    area = shapely.area(pieces) / SIDE**2
    all_lived = np.bincount(cell, weights=lived, minlength=len(squares))[cell]
    all_area = np.bincount(cell, weights=area, minlength=len(squares))[cell]
    by_people = all_area * lived / np.where(all_lived > 0, all_lived, 1.0)
    return shares(cell, zone, np.where(all_lived > 0, by_people, area), len(squares), len(polygons))
