"""Mean concentration of a year around a small source near the ground, over a wind rose.

The sector-averaged Gaussian plume that long-term regulatory models use (Turner 1970; US EPA 1995, ISCLT3, 1.1):
inside a sector of the wind rose the crosswind profile is uniform,

``C = sqrt(2 / pi) Q sum_s share_s / (sigma_z(x) u_s x dtheta)``,

with the vertical spreads of Briggs (1973) for cities and an initial spread of traffic and buildings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

SECTORS = 16
"""Sectors of the wind rose."""

STABILITY = ("A", "B", "C", "D", "E", "F")
"""Classes of Pasquill, from very unstable to stable."""

SLOWEST = 1.0
"""Least wind speed (m/s) of the plume: below it there is no direction to speak of (US EPA 1995)."""

INITIAL = 3.0
"""Vertical spread (m) at the source: wakes of vehicles, houses along the street."""

#: sigma_z = a x (1 + b x)^c by class (Briggs 1973, urban).
BRIGGS = {
    "A": (0.24, 0.001, 0.5),
    "B": (0.24, 0.001, 0.5),
    "C": (0.20, 0.0, 0.0),
    "D": (0.14, 0.0003, -0.5),
    "E": (0.08, 0.0015, -0.5),
    "F": (0.08, 0.0015, -0.5),
}


def vertical_spread(stability: str, distance: ArrayLike) -> FloatArray:
    """Standard deviation of the plume's height, m, at `distance` m downwind.

    Examples
    --------
    >>> round(float(vertical_spread("C", 100.0)), 2)
    23.0
    """
    x = np.asarray(distance, dtype=np.float64)
    a, b, c = BRIGGS[stability]
    spread: FloatArray = INITIAL + a * x * (1.0 + b * x) ** c
    return spread


def rose_table(
    direction: ArrayLike, speed: ArrayLike, stability: NDArray[np.object_], share: ArrayLike, distance: ArrayLike
) -> FloatArray:
    """Concentration for a unit of emission by the sector a receptor lies in and its distance, s/m3.

    Parameters
    ----------
    direction : array_like, shape (classes,)
        Where the wind comes from, degrees clockwise from north.
    speed : array_like, shape (classes,)
        m/s at the height of the plume.
    stability : ndarray of str, shape (classes,)
        Class of Pasquill.
    share : array_like, shape (classes,)
        Share of the time; they sum to one.
    distance : array_like, shape (distances,)
        m, above zero.

    Returns
    -------
    ndarray, shape (SECTORS, distances)
        Sector 0 is that to the north of the source.

    Examples
    --------
    Wind from the south carries to the north alone:

    >>> table = rose_table([180.0], [2.0], np.array(["D"]), [1.0], [100.0])
    >>> np.flatnonzero(table[:, 0]).tolist()
    [0]
    """
    x = np.asarray(distance, dtype=np.float64)
    u = np.maximum(np.asarray(speed, dtype=np.float64), SLOWEST)
    towards = (np.asarray(direction, dtype=np.float64) + 180.0) % 360.0
    sector = np.rint(towards / (360.0 / SECTORS)).astype(np.int64) % SECTORS
    part = np.asarray(share, dtype=np.float64)
    table = np.zeros((SECTORS, len(x)))
    width = 2.0 * np.pi / SECTORS
    for name in STABILITY:
        mine = stability == name
        if mine.any():
            weight = np.bincount(sector[mine], part[mine] / u[mine], minlength=SECTORS)
            table += np.sqrt(2.0 / np.pi) * weight[:, None] / (vertical_spread(name, x) * x * width)
    return table


def plume_gain(table: FloatArray, grid: FloatArray, east: ArrayLike, north: ArrayLike, least: float) -> FloatArray:
    """Concentration for a unit of emission at receptors `east` and `north` (m) of the source, s/m3.

    Between the sectors of the table and its distances it is interpolated.

    Parameters
    ----------
    table : ndarray, shape (SECTORS, distances)
    grid : ndarray, shape (distances,)
        m, in equal steps of the logarithm.
    east, north : array_like, same shape
    least : float
        Distance (m) below which the value at `least` is used.

    Returns
    -------
    ndarray, shape of `east`
    """
    e, n = np.asarray(east, dtype=np.float64), np.asarray(north, dtype=np.float64)
    away = np.maximum(np.hypot(e, n), least)
    turn = np.arctan2(e, n) / (2.0 * np.pi) * SECTORS % SECTORS
    low = np.floor(turn).astype(np.int64)
    part = turn - low
    step = np.log(grid[1] / grid[0])
    at = np.clip(np.log(away / grid[0]) / step, 0.0, len(grid) - 1.000001)
    near = at.astype(np.int64)
    rest = at - near
    logs = np.log(np.maximum(table, 1e-300))

    def value(sector: NDArray[np.int64]) -> FloatArray:
        row = sector % SECTORS
        found: FloatArray = np.exp((1.0 - rest) * logs[row, near] + rest * logs[row, near + 1])
        return found

    gain: FloatArray = (1.0 - part) * value(low) + part * value(low + 1)
    return gain


def line_gain(table: FloatArray, grid: FloatArray, away: ArrayLike, reach: float = 300.0) -> FloatArray:
    """Concentration `away` m beside a straight open street for a unit of emission per metre, s/m2.

    The mean over all directions of the street: the rose is averaged over its sectors, and the plume of points is summed
    along `reach` m on either side.

    Examples
    --------
    >>> grid = np.geomspace(5, 5000, 60)
    >>> table = rose_table([0.0], [2.0], np.array(["D"]), [1.0], grid)
    >>> near, far = line_gain(table, grid, [10.0, 40.0])
    >>> bool(near > 2 * far)
    True
    """
    mean = table.mean(axis=0)
    along = np.linspace(0.0, reach, 601)
    middle = 0.5 * (along[1:] + along[:-1])
    distance = np.hypot(np.asarray(away, dtype=np.float64)[:, None], middle)
    gain: FloatArray = 2.0 * np.interp(distance, grid, mean).sum(axis=1) * (along[1] - along[0])
    return gain
