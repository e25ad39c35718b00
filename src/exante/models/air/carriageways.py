"""Carriageways that are one boulevard between its houses, though the network has each as a street."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from exante.quantities.declarations import Inputs

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

OPEN = ("motorway", "trunk")
"""Classes of road that have no houses along them."""

ABREAST = 40.0
"""Carriageways of one boulevard are no farther apart than this (m) and parallel within `PARALLEL`."""

PARALLEL = 25.0  # degrees


def carriageways(inputs: Inputs, link: LongArray, shapes: NDArray[np.object_]) -> tuple[LongArray, FloatArray]:
    """Other carriageways of the same boulevard right and left of every street's middle, and how far they are, m.

    They are the nearest one-way street on each side within `ABREAST` that is parallel and of the same class, and runs
    the other way or has the same name.
    """
    one_way = np.bincount(inputs["street_of_link"], minlength=len(link)) == 1
    built = one_way & ~np.isin(inputs["links.road_class"][link].astype(str), OPEN)
    rows = np.flatnonzero(built & ~inputs["links.ramp"][link].astype(bool))
    middle = shapely.line_interpolate_point(shapes[rows], 0.5, normalized=True)
    near = shapely.STRtree(shapes[rows]).query(middle, predicate="dwithin", distance=ABREAST)
    a, b = near[:, near[0] != near[1]]
    at = shapely.line_locate_point(shapes[rows[b]], middle[a])
    foot = shapely.get_coordinates(shapely.line_interpolate_point(shapes[rows[b]], at))
    offset = foot - shapely.get_coordinates(middle)[a]
    away = np.hypot(*offset.T)
    ours = _heading(shapes[rows], 0.5 * shapely.length(shapes[rows]))[a]
    theirs = _heading(shapes[rows[b]], at)
    along = (ours * theirs).sum(axis=1)
    # The foot must stand beside the middle, not ahead of it: else the other ends before it.
    beside = np.abs((offset * ours).sum(axis=1)) <= 0.5 * np.maximum(away, 1.0)
    name, road = inputs["links.name"][link[rows]], inputs["links.road_class"][link[rows]]
    same = np.array([x is not None and x == x and x == y for x, y in zip(name[a], name[b], strict=True)], dtype=bool)
    one = (road[a] == road[b]) & ((along < 0.0) | same)
    kept = one & beside & (np.abs(along) >= np.cos(np.deg2rad(PARALLEL))) & (away <= ABREAST)
    a, b, away = a[kept], b[kept], away[kept]
    side = (ours[kept][:, 0] * offset[kept][:, 1] > ours[kept][:, 1] * offset[kept][:, 0]).astype(np.int64)
    order = np.lexsort((-b, -away))  # the nearest is written last
    sides, apart = np.full((2, len(link)), -1, dtype=np.int64), np.zeros((2, len(link)))
    sides[side[order], rows[a[order]]] = rows[b[order]]
    apart[side[order], rows[a[order]]] = away[order]
    return sides, apart


def _heading(lines: NDArray[np.object_], at: FloatArray) -> FloatArray:
    """Unit vector of a line at a distance along it, by the metre before and the metre after."""
    ends = [
        shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(at + d, 0.0))) for d in (-1.0, 1.0)
    ]
    step = ends[1] - ends[0]
    unit: FloatArray = step / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
    return unit
