"""Strokes: street segments joined into streets by good continuation, for maps that name no streets.

At every node the two ends that go on most straight are paired, best pair first, as long as the bend stays under
`BEND` (Thomson and Richardson 1999, The 'good continuation' principle of perceptual organization).
"""

from __future__ import annotations

import numpy as np
import shapely

BEND = 40.0  # degrees; beyond it a driver turns rather than goes on (judgement)
LOOK = 12.0  # m along the segment over which its bearing at the node is taken


def end_bearings(lines: np.ndarray) -> np.ndarray:
    """Directions in which lines leave their start and their end, degrees, shape (lines, 2)."""
    length = shapely.length(lines)
    look = np.minimum(LOOK, length / 2)
    points = [shapely.line_interpolate_point(lines, x) for x in (0 * length, look, length - look, length)]
    xy = [shapely.get_coordinates(p) for p in points]
    out = [np.degrees(np.arctan2(q[:, 1] - p[:, 1], q[:, 0] - p[:, 0])) for p, q in ((xy[0], xy[1]), (xy[3], xy[2]))]
    return np.column_stack(out)


def make_strokes(lines: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Stroke of every segment, and whether the segment runs with its stroke.

    Parameters
    ----------
    lines : ndarray of LineString, shape (segments,)
    a, b : ndarray of int, shape (segments,)
        Nodes at the start and end of every segment.

    Returns
    -------
    stroke : ndarray of int, shape (segments,)
    along : ndarray of bool, shape (segments,)
        True where the segment's own direction is the stroke's.
    """
    count = len(lines)
    bearing = end_bearings(lines)
    node, angle = np.concatenate([a, b]), bearing.T.ravel()
    order = np.argsort(node, kind="stable")
    bounds = np.flatnonzero(np.diff(node[order])) + 1
    partner = np.full(2 * count, -1)
    for end in np.split(order, bounds):
        if len(end) < 2:
            continue
        way = angle[end]
        turn = np.abs((way[:, None] - way[None, :] + 180.0) % 360.0 - 180.0)
        bend = 180.0 - turn
        i, j = np.triu_indices(len(end), k=1)
        for k in np.lexsort((end[j], end[i], bend[i, j])):
            first, second = end[i[k]], end[j[k]]
            if (
                bend[i[k], j[k]] <= BEND
                and partner[first] < 0
                and partner[second] < 0
                and first % count != second % count
            ):
                partner[first], partner[second] = second, first
    return _chain(partner, count)


def _chain(partner: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    stroke, along = np.full(count, -1), np.ones(count, dtype=bool)
    number = 0
    starts = [e for e in range(2 * count) if partner[e] < 0] + list(range(2 * count))  # open strokes first, then rings
    for start in starts:
        if stroke[start % count] >= 0:
            continue
        end = start
        while stroke[end % count] < 0:
            segment = end % count
            stroke[segment], along[segment] = number, end < count
            other = segment + count if end < count else segment
            if partner[other] < 0:
                break
            end = int(partner[other])
        number += 1
    return stroke, along
