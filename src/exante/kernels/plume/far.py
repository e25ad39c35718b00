"""Streets far away, on a grid: a convolution with the kernel of a point source."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import map_coordinates

FloatArray = NDArray[np.float64]

NEAR, FAR = 150.0, 350.0
"""Distances (m) up to which a street counts by itself, and from which on it counts on the grid alone."""


def near_share(distance: FloatArray) -> FloatArray:
    """Share of a street's effect that is counted street by street; the rest is counted on the grid.

    Examples
    --------
    >>> near_share(np.array([100.0, 250.0, 400.0])).tolist()
    [1.0, 0.5, 0.0]
    """
    share: FloatArray = np.clip((FAR - np.asarray(distance)) / (FAR - NEAR), 0.0, 1.0)
    return share


def convolve(emission: FloatArray, kernel: FloatArray) -> FloatArray:
    """Concentration on the grid of every kind of emission.

    Parameters
    ----------
    emission : ndarray, shape (kinds, rows, columns)
        Emission by cell.
    kernel : ndarray, shape (2 rows - 1, 2 columns - 1)
        Concentration for a unit of emission by offset; its middle is the source.

    Returns
    -------
    ndarray, shape (kinds, rows, columns)
    """
    rows, columns = emission.shape[1:]
    size = (next_fast_len(3 * rows - 2, real=True), next_fast_len(3 * columns - 2, real=True))
    waves = rfft2(emission, size, axes=(1, 2)) * rfft2(kernel, size)
    whole = irfft2(waves, size, axes=(1, 2))
    part: FloatArray = np.maximum(whole[:, rows - 1 : 2 * rows - 1, columns - 1 : 2 * columns - 1], 0.0)
    return part


def at_points(field: FloatArray, row: FloatArray, column: FloatArray) -> FloatArray:
    """Values of a field on the grid at points between its cells, linear, shape (points,)."""
    value: FloatArray = map_coordinates(field, [row, column], order=1, mode="nearest")
    return value
