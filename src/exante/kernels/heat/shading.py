"""Overhangs and side fins: how much of a window the sun and the sky see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exante.kernels.heat.elements import FloatArray

POINTS = 8
"""Points along each side of a rectangle at which shadow is tested."""
RINGS, SPOKES = 12, 48
"""Directions over the half space in front of a wall."""


@dataclass(frozen=True)
class Shade:
    """A rectangle that stands out of the wall at right angles; wall coordinates in m, x to the right seen from
    outside, y up.

    Parameters
    ----------
    kind : {"overhang", "fin"}
        Horizontal or vertical.
    at : float
        Height of an overhang, or x of a fin.
    start, stop : float
        From and to, along x for an overhang and along y for a fin.
    depth : float
    """

    kind: str
    at: float
    start: float
    stop: float
    depth: float


def points_of(rectangles: Sequence[tuple[float, float, float, float]]) -> FloatArray:
    """Grid of points (x, y) on rectangles (x0, y0, x1, y1); shape (P, 2)."""
    share = (np.arange(POINTS) + 0.5) / POINTS
    grids = [
        np.stack(np.meshgrid(x0 + share * (x1 - x0), y0 + share * (y1 - y0)), axis=-1).reshape(-1, 2)
        for x0, y0, x1, y1 in rectangles
    ]
    return np.concatenate(grids)


def lit(points: FloatArray, shades: Sequence[Shade], direction: FloatArray) -> FloatArray:
    """Share of points that see each direction.

    Parameters
    ----------
    points : ndarray, shape (P, 2)
    shades : sequence of Shade
    direction : ndarray, shape (D, 3)
        In wall coordinates: right, up, out of the wall.

    Returns
    -------
    ndarray, shape (D,)
        0 behind the wall.
    """
    right, up, out = direction[:, None, 0], direction[:, None, 1], direction[:, None, 2]
    hidden = np.zeros((direction.shape[0], points.shape[0]), bool)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for s in shades:
            across, along = (up, right) if s.kind == "overhang" else (right, up)
            a, b = (1, 0) if s.kind == "overhang" else (0, 1)
            distance = (s.at - points[None, :, a]) / across
            place = points[None, :, b] + distance * along
            reach = distance * out
            hidden |= (distance > 0) & (reach <= s.depth) & (reach >= 0) & (place >= s.start) & (place <= s.stop)
    return np.where(direction[:, 2] > 0, 1.0 - hidden.mean(axis=1), 0.0)


def wall_directions(direction: FloatArray, azimuth: float) -> FloatArray:
    """Directions east, north, up turned into wall coordinates of a vertical wall that faces `azimuth` (degrees)."""
    a = np.radians(azimuth)
    out = direction[:, 0] * np.sin(a) + direction[:, 1] * np.cos(a)
    right = -direction[:, 0] * np.cos(a) + direction[:, 1] * np.sin(a)
    return np.stack([right, direction[:, 2], out], axis=1)


def diffuse_share(points: FloatArray, shades: Sequence[Shade]) -> tuple[float, float]:
    """Shares of uniform sky and ground radiation that a shaded vertical rectangle still receives.

    Parameters
    ----------
    points : ndarray, shape (P, 2)
    shades : sequence of Shade

    Returns
    -------
    sky, ground : float
    """
    if not shades:
        return 1.0, 1.0
    tilt = (np.arange(RINGS) + 0.5) / RINGS * np.pi / 2
    turn = (np.arange(SPOKES) + 0.5) / SPOKES * 2 * np.pi
    t, a = (x.ravel() for x in np.meshgrid(tilt, turn))
    direction = np.stack([np.sin(t) * np.cos(a), np.sin(t) * np.sin(a), np.cos(t)], axis=1)
    weight = np.cos(t) * np.sin(t)
    seen = lit(points, shades, direction)
    above = direction[:, 1] > 0
    return (
        float((weight * seen)[above].sum() / weight[above].sum()),
        float((weight * seen)[~above].sum() / weight[~above].sum()),
    )
