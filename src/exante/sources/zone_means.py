"""Mean of a raster of intensities (days above a heat limit) over every zone; `raster.zone_sums` is for totals.

Traps: **missing cells are not zero** (the crops are blank outside the city and over water), so that a mean runs over
the cells that have a value, and the covered share of the zone is told; cells cut by a boundary count by area.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from exante.quantities.errors import INSTALL_SOURCES, SourceError
from exante.sources.raster import Raster
from exante.sources.report import Report

FEWEST = 0.5  # share of a zone that cells with a value must cover for the mean to stand for it


def read_intensities(path: Path) -> Raster:
    """The first band of a GeoTIFF with missing cells as NaN.

    Raises
    ------
    SourceError
        If rasterio is not installed, or the file cannot be read or has no reference system.
    """
    try:
        import rasterio
    except ImportError as error:
        raise SourceError("reading a raster needs rasterio, which is not installed", remedy=INSTALL_SOURCES) from error
    try:
        with rasterio.open(path) as data:
            band = data.read(1, masked=True).astype(float).filled(np.nan)
            transform, crs = data.transform, data.crs
    except rasterio.errors.RasterioError as error:
        raise SourceError(
            f"the raster cannot be read ({type(error).__name__})", where=path.name, remedy="Fetch the file again"
        ) from error
    if crs is None:
        raise SourceError("the raster has no reference system", where=path.name, remedy="Set it (gdal_edit.py -a_srs)")
    return Raster(band, tuple(transform)[:6], crs.to_string())


def zone_means(raster: Raster, zones: gpd.GeoDataFrame, report: Report, name: str) -> np.ndarray:
    """Mean by zone, NaN where cells with a value cover less than `FEWEST` of it, shape (zones,).

    Parameters
    ----------
    raster : Raster
        Missing cells are NaN.
    zones : GeoDataFrame
        With `zone_id`.
    report : Report
        Grows by the zones left out.
    name : str
        Of the quantity, for the notes.
    """
    values = raster.values.ravel()
    filled = np.flatnonzero(np.isfinite(values))
    boxes = raster.boxes()[filled]
    polygons = zones.to_crs(raster.crs).geometry.to_numpy()
    zone, cell = shapely.STRtree(boxes).query(polygons, predicate="intersects")
    overlap = shapely.area(shapely.intersection(polygons[zone], boxes[cell]))
    covered = np.bincount(zone, weights=overlap, minlength=len(zones))
    total = np.bincount(zone, weights=overlap * values[filled][cell], minlength=len(zones))
    share = covered / shapely.area(polygons)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(share >= FEWEST, total / covered, np.nan)
    lost = zones["zone_id"].to_numpy()[np.isnan(mean)].tolist()
    why = [("gap", len(lost), "cells with a value cover less than half of it")]
    report.account("zone_environment", f"zones with {name}", len(zones), why)
    report.tell(
        f"{name}: mean of {len(filled)} cells with a value ({len(values) - len(filled)} without) over "
        f"{int(np.isfinite(mean).sum())} of {len(zones)} zones"
        + (f"; less than half covered: {', '.join(map(str, lost))}" if lost else "")
    )
    return mean
