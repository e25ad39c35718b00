"""Trees and public green of Bologna: points of the tree register, polygons of green areas.

Formats: trees as a JSON list of `[longitude, latitude]`, nothing else; green areas as GeoJSON with 34 fields. Traps:
the trees are public ones, without species or size; `area_prato` and `area_Ha` are negative in places (lawn = area less
everything else), so that areas are taken from the polygons; figures stand as text with blanks; -1 and `N/A` are
missing; one name may stand for several polygons.
"""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from exante.quantities.errors import SourceError
from exante.sources.columns import require
from exante.sources.report import Report
from exante.sources.zones import read_vector

READER = "exante.sources.bologna.green"
EXPECTED = ("nome", "classe_uni", "area_Ha", "NDVI")


def read_trees(path: Path, crs: str, report: Report) -> np.ndarray:
    """Places of trees as points in `crs`, shape (trees,).

    Raises
    ------
    SourceError
        If the file is no list of pairs of degrees.
    """
    try:
        places = np.asarray(json.loads(path.read_text(encoding="utf-8")), dtype=float)
    except (ValueError, OSError) as error:
        raise SourceError(
            f"the file is no list of pairs ({error})", where=path.name, remedy="It holds [[longitude, latitude], …]"
        ) from error
    if places.ndim != 2 or places.shape[1] != 2:
        raise SourceError(
            f"the file holds an array of shape {places.shape}: expected (trees, 2)",
            where=path.name,
            remedy="It holds [[longitude, latitude], …]",
        )
    good = np.isfinite(places).all(axis=1) & (np.abs(places[:, 0]) <= 180) & (np.abs(places[:, 1]) <= 90)
    double = len(places) - len(np.unique(places[good], axis=0)) - int((~good).sum())
    report.tell(
        f"{path.name}: {len(places):,} trees; {int((~good).sum())} without a place left out; {double} share their "
        "place with another, kept"
    )
    report.account("zone_environment", "trees", len(places), [("gap", int((~good).sum()), "without a place")])
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*places[good].T)
    return np.asarray(shapely.points(x, y))


def trees_by_zone(trees: np.ndarray, zones: gpd.GeoDataFrame, report: Report) -> np.ndarray:
    """Number of trees in every zone, shape (zones,); those on a common boundary count once."""
    zone, tree = shapely.STRtree(trees).query(zones.geometry.to_numpy(), predicate="intersects")
    first = np.unique(tree, return_index=True)[1]
    count = np.bincount(zone[first], minlength=len(zones)).astype(float)
    outside = len(trees) - int(count.sum())
    report.account("zone_environment", "trees with a place", len(trees), [("left_out", outside, "outside the zones")])
    report.tell(f"trees: {int(count.sum()):,} in the zones, {len(trees) - int(count.sum()):,} outside")
    return count


def read_green(path: Path, zones: gpd.GeoDataFrame, report: Report) -> pd.DataFrame:
    """Green areas as `name, kind, area, ndvi, zone_id, geometry`; `zone_id` is the zone with most of it.

    Raises
    ------
    SourceError
        If a field is absent.
    """
    frame = read_vector(path).to_crs(zones.crs)
    require(frame.columns, EXPECTED, path.name, READER)
    shapes = shapely.make_valid(frame.geometry.to_numpy())
    area = shapely.area(shapes)
    good = area > 0
    polygons = zones.geometry.to_numpy()
    zone, green = shapely.STRtree(shapes).query(polygons, predicate="intersects")
    overlap = shapely.area(shapely.intersection(shapes[green], polygons[zone]))
    pairs = pd.DataFrame({"green": green, "zone": zone, "overlap": overlap}).sort_values(
        ["green", "overlap", "zone"], ascending=[True, False, True]
    )
    first = pairs.drop_duplicates("green").set_index("green")["zone"]
    place = first.reindex(range(len(frame))).to_numpy(dtype=float)
    table = pd.DataFrame(
        {
            "name": frame["nome"].astype(object).where(frame["nome"].notna(), None),
            "kind": frame["classe_uni"].astype(object).where(frame["classe_uni"].notna(), "not stated"),
            "area": area,
            "ndvi": pd.to_numeric(frame["NDVI"], errors="coerce"),
            "zone_id": [None if np.isnan(z) else zones["zone_id"].iloc[int(z)] for z in place],
            "geometry": shapes,
        }
    )
    report.account("green_areas", "polygons", len(frame), [("left_out", int((~good).sum()), "without an area")])
    written = pd.to_numeric(frame["area_Ha"], errors="coerce").to_numpy() * 1e4
    report.tell(
        f"{path.name}: {len(frame)} green areas, {area.sum() / 1e4:,.0f} ha by their polygons; written areas are "
        f"negative in {int((written < 0).sum())} and are not used; {int((~good).sum())} without an area left out; "
        f"{int(table['ndvi'].isna().sum())} without NDVI; {int(table['zone_id'].isna().sum())} outside the zones"
    )
    return table[good].reset_index(drop=True)


def green_by_zone(green: pd.DataFrame, zones: gpd.GeoDataFrame) -> np.ndarray:
    """Area of green in every zone, m2, overlapping polygons once, shape (zones,)."""
    parts = shapely.get_parts(shapely.union_all(green["geometry"].to_numpy()))
    polygons = zones.geometry.to_numpy()
    zone, part = shapely.STRtree(parts).query(polygons, predicate="intersects")
    overlap = shapely.area(shapely.intersection(polygons[zone], parts[part]))
    return np.bincount(zone, weights=overlap, minlength=len(zones))
