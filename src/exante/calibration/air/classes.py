"""Modelled NO2 by street beside a published map of classes by street, as a confusion matrix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely
from scipy.spatial import cKDTree

from exante.quantities.errors import INSTALL_SOURCES, SourceError
from exante.simulation.state import CityState

FARTHEST = 30.0
"""Distance (m) within which the middle of a published segment is a street of the model."""

LIMITS = (10.0, 20.0, 30.0, 40.0, 50.0, 60.0)
"""Ends of the classes of Barcelona's map, ug/m3; the last class is open, and the first holds all below."""


def compare_classes(state: CityState, path: Path) -> dict[str, Any]:
    """Counts of segments by published (rows) and modelled (columns) class, and how well they agree.

    Raises
    ------
    SourceError
        If the file cannot be read or has no column `Rang`.
    """
    try:
        import geopandas as gpd
    except ImportError as error:
        raise SourceError("reading a map needs geopandas", where=path.name, remedy=INSTALL_SOURCES) from error
    if not path.exists():
        raise SourceError(f"there is no file {path.name}", where="--classes", remedy="Give the map of classes")
    frame = gpd.read_file(path, layer=0).to_crs(state.city.crs)
    if "Rang" not in frame:
        raise SourceError("the map has no column 'Rang'", where=path.name, remedy="Give Barcelona's map of NO2 by tram")
    told = frame["Rang"].astype(str).map(_class_of).to_numpy()
    link = state.read("street_link")
    middle = shapely.line_interpolate_point(state.read("links.geometry")[link], 0.5, normalized=True)
    theirs = shapely.line_interpolate_point(shapely.line_merge(frame.geometry.to_numpy()), 0.5, normalized=True)
    usable = ~shapely.is_missing(theirs) & (told >= 0)
    away, street = cKDTree(shapely.get_coordinates(middle)).query(shapely.get_coordinates(theirs[usable]))
    near = away <= FARTHEST
    published = told[usable][near].astype(np.int64)
    value = state.read("street_no2")[street[near]]
    modelled = np.searchsorted(LIMITS, value, side="right")
    size = len(LIMITS) + 1
    matrix = np.bincount(published * size + modelled, minlength=size * size).reshape(size, size)
    count = matrix.sum()
    commonest = np.bincount(published, minlength=size)
    rank = [np.argsort(np.argsort(x)).astype(float) for x in (published + 1e-6 * np.arange(len(published)), value)]
    return {
        "segments": len(frame),
        "compared": int(count),
        "limits": list(LIMITS),
        "matrix": matrix.tolist(),
        "agree": float(np.trace(matrix) / count),
        "within_one_class": float((np.abs(published - modelled) <= 1).mean()),
        "always_the_commonest": float(commonest.max() / count),
        "one_off_by_commonest": float((np.abs(published - commonest.argmax()) <= 1).mean()),
        "bias_classes": float((modelled - published).mean()),
        "rank_correlation": float(np.corrcoef(rank[0], rank[1])[0, 1]),
        "above_40": {"published": float((published >= 4).mean()), "modelled": float((modelled >= 4).mean())},
    }


def _class_of(text: str) -> int:
    numbers = [float(part) for part in "".join(c if c.isdigit() else " " for c in text.split("µ")[0]).split()]
    if not numbers:
        return -1
    low = numbers[0] if len(numbers) == 2 or ">" in text else 0.0
    return int(np.searchsorted(LIMITS, low, side="right"))
