"""Which street segments a drawn line follows, and in which direction: bus lines, named sections, cycle lanes.

A light form of map matching: the line is sampled every `STEP`; each sample votes for the nearest segment within
`reach` that runs parallel to it there, with the metres it stands for, along or against the segment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

STEP = 10.0  # m between samples
PARALLEL = float(np.cos(np.radians(30.0)))
HALF = 5.0  # m before and after a sample over which bearings are taken


@dataclass(frozen=True)
class Samples:
    """Samples of the lines, and the segment each follows.

    Parameters
    ----------
    line : ndarray of int, shape (samples,)
        Position of the sampled line.
    along : ndarray, shape (samples,)
        Distance from the line's start, m.
    metres : ndarray, shape (samples,)
        Length of line the sample stands for.
    segment : ndarray of int, shape (samples,)
        Position of the segment followed; -1 where none is near.
    forward : ndarray of bool, shape (samples,)
        Whether the line runs along the segment's own direction.
    """

    line: np.ndarray
    along: np.ndarray
    metres: np.ndarray
    segment: np.ndarray
    forward: np.ndarray

    def votes(self, segments: int, chosen: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Metres of line along and against every segment, each of shape (segments,)."""
        use = self.segment >= 0 if chosen is None else (self.segment >= 0) & chosen
        along, against = use & self.forward, use & ~self.forward
        return tuple(  # type: ignore[return-value]
            np.bincount(self.segment[m], weights=self.metres[m], minlength=segments) for m in (along, against)
        )


def bearings(lines: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Unit vectors of lines at distances from their start, shape (lines, 2)."""
    length = shapely.length(lines)
    first = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.clip(at - HALF, 0, length)))
    last = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.clip(at + HALF, 0, length)))
    step = last - first
    norm = np.hypot(step[:, 0], step[:, 1])
    return np.asarray(step / np.maximum(norm, 1e-9)[:, None])


def follow(lines: np.ndarray, segments: np.ndarray, reach: float) -> Samples:
    """Samples of `lines` with the segment each follows.

    Parameters
    ----------
    lines, segments : ndarray of LineString
        In the same projected reference system.
    reach : float
        Furthest distance between a line and its segment, m.
    """
    length = shapely.length(lines)
    count = np.maximum(1, np.ceil(length / STEP).astype(int))
    line = np.repeat(np.arange(len(lines)), count)
    rank = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    metres = (length / count)[line]
    along = (rank + 0.5) * metres
    xy, way = _sample(lines, count)
    points = shapely.points(xy)
    sample, segment = shapely.STRtree(segments).query(points, predicate="dwithin", distance=reach)
    place = shapely.line_locate_point(segments[segment], points[sample])
    cosine = (bearings(segments[segment], place) * way[sample]).sum(axis=1)
    fits = np.abs(cosine) >= PARALLEL
    sample, segment, cosine = sample[fits], segment[fits], cosine[fits]
    distance = shapely.distance(points[sample], segments[segment])
    order = np.lexsort((segment, distance, sample))
    sample, segment, cosine = sample[order], segment[order], cosine[order]
    first = np.unique(sample, return_index=True)[1]
    found = np.full(len(line), -1)
    forward = np.zeros(len(line), dtype=bool)
    found[sample[first]] = segment[first]
    forward[sample[first]] = cosine[first] > 0
    return Samples(line, along, metres, found, forward)


def _sample(lines: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Middles of `count` equal pieces of every line and the pieces' unit vectors, each of shape (samples, 2)."""
    middles, ways = [], []
    for line, pieces in zip(lines, count, strict=True):
        xy = shapely.get_coordinates(line)
        run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        at = np.linspace(0.0, run[-1], 2 * int(pieces) + 1)
        place = np.column_stack([np.interp(at, run, xy[:, axis]) for axis in (0, 1)])
        middles.append(place[1::2])
        ways.append(place[2::2] - place[:-2:2])
    way = np.vstack(ways)
    return np.vstack(middles), way / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
