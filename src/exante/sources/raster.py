"""Population and built-volume rasters (GHS-POP, GHS-BUILT-V GeoTIFF) to zones and points.

Traps: cells hold totals (persons, m3), not densities, so a cell cut by a boundary is shared by area; the
cropped files are in degrees, where a cell is not square on the ground; cells outside every zone are told,
not lost in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from scipy.ndimage import uniform_filter

from exante.quantities.errors import INSTALL_SOURCES, SourceError


@dataclass(frozen=True)
class Raster:
    """A raster of cell totals.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
        Total of each cell; missing cells are zero.
    transform : tuple of float
        Affine coefficients `(a, b, c, d, e, f)`: x = a col + b row + c, y = d col + e row + f.
    crs : str
        Reference system of the cells.
    """

    values: np.ndarray
    transform: tuple[float, float, float, float, float, float]
    crs: str

    def boxes(self) -> np.ndarray:
        """Cells as polygons in the raster's own reference system, shape (rows * columns,)."""
        a, b, c, d, e, f = self.transform
        if b or d:
            raise SourceError("a rotated raster cannot be read", remedy="Warp it to north-up first (gdalwarp)")
        rows, columns = self.values.shape
        x, y = c + a * np.arange(columns + 1), f + e * np.arange(rows + 1)
        left, top = np.meshgrid(x[:-1], y[:-1])
        right, bottom = np.meshgrid(x[1:], y[1:])
        return np.asarray(shapely.box(left, np.minimum(top, bottom), right, np.maximum(top, bottom))).ravel()


def read_raster(path: Path) -> Raster:
    """The first band of a GeoTIFF.

    Raises
    ------
    SourceError
        If rasterio is not installed or the file cannot be read.
    """
    try:
        import rasterio
    except ImportError as error:
        raise SourceError("reading a raster needs rasterio, which is not installed", remedy=INSTALL_SOURCES) from error
    try:
        with rasterio.open(path) as data:
            band = data.read(1).astype(float)
            nodata, transform, crs = data.nodata, data.transform, data.crs
    except rasterio.errors.RasterioError as error:
        raise SourceError(
            f"the raster cannot be read ({type(error).__name__})", where=path.name, remedy="Fetch the file again"
        ) from error
    if crs is None:
        raise SourceError("the raster has no reference system", where=path.name, remedy="Set it (gdal_edit.py -a_srs)")
    band[~np.isfinite(band) | (band < 0)] = 0.0
    if nodata is not None and np.isfinite(nodata):
        band[band == nodata] = 0.0
    return Raster(band, tuple(transform)[:6], crs.to_string())


def zone_sums(raster: Raster, zones: gpd.GeoDataFrame) -> tuple[np.ndarray, float]:
    """Total of the raster in every zone, cells cut by a boundary shared by area.

    Returns
    -------
    sums : ndarray, shape (zones,)
        Totals, in the order of `zones`.
    outside : float
        What lies in no zone.
    """
    values = raster.values.ravel()
    filled = np.flatnonzero(values > 0)
    boxes = raster.boxes()[filled]
    polygons = zones.to_crs(raster.crs).geometry.to_numpy()
    zone, cell = shapely.STRtree(boxes).query(polygons, predicate="intersects")
    share = shapely.area(shapely.intersection(polygons[zone], boxes[cell])) / shapely.area(boxes[cell])
    sums = np.bincount(zone, weights=share * values[filled][cell], minlength=len(zones))
    return sums, float(values.sum() - sums.sum())


def cell_points(raster: Raster, crs: str) -> tuple[np.ndarray, np.ndarray]:
    """Middles of the cells that hold something, with what they hold.

    Returns
    -------
    xy : ndarray, shape (cells, 2)
        Middles in `crs`.
    totals : ndarray, shape (cells,)
    """
    a, _, c, _, e, f = raster.transform
    row, column = np.nonzero(raster.values > 0)
    x, y = Transformer.from_crs(raster.crs, crs, always_xy=True).transform(c + a * (column + 0.5), f + e * (row + 0.5))
    return np.column_stack([x, y]), raster.values[row, column]


def density_around(raster: Raster, points: np.ndarray, crs: str, window: float) -> np.ndarray:
    """Total per m2 of ground in a window around points (zero outside the raster), shape (points,).

    Parameters
    ----------
    points : ndarray of Point, shape (points,)
        In `crs`.
    window : float
        Side of the window, m; rounded to an odd number of cells.
    """
    a, _, c, _, e, f = raster.transform
    rows, columns = raster.values.shape
    forward = Transformer.from_crs(raster.crs, crs, always_xy=True)
    middle = (c + a * columns / 2, f + e * rows / 2)
    corners = [forward.transform(middle[0] + i * a, middle[1] + j * e) for i, j in ((0, 0), (1, 0), (0, 1))]
    side = [float(np.hypot(p[0] - corners[0][0], p[1] - corners[0][1])) for p in corners[1:]]
    size = [max(1, 2 * round((window / s - 1) / 2) + 1) for s in side]
    mean = uniform_filter(raster.values, size=(size[1], size[0]), mode="constant") / (side[0] * side[1])
    xy = shapely.get_coordinates(points)
    x, y = Transformer.from_crs(crs, raster.crs, always_xy=True).transform(xy[:, 0], xy[:, 1])
    column, row = np.floor((np.asarray(x) - c) / a).astype(int), np.floor((np.asarray(y) - f) / e).astype(int)
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    return np.where(inside, mean[np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)], 0.0)
