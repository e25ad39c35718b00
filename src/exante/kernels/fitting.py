"""Fitting a matrix to its margins: Furness, also called iterative proportional fitting."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from exante.quantities.errors import ConvergenceError, UserError

FloatArray = NDArray[np.float64]


class Fit(NamedTuple):
    """A matrix fitted to its margins.

    Attributes
    ----------
    matrix : ndarray, shape (rows, columns)
        ``row_factor[:, None] * seed * column_factor``.
    row_factor, column_factor : ndarray
        Balancing factors; a common scale can move between the two.
    error : float
        Largest miss of a column margin over the total; row margins are exact.
    iterations : int
    """

    matrix: FloatArray
    row_factor: FloatArray
    column_factor: FloatArray
    error: float
    iterations: int


@njit(cache=True, nogil=True)
def _balance(
    seed: FloatArray, rows: FloatArray, columns: FloatArray, b: FloatArray, tolerance: float, limit: int
) -> tuple[FloatArray, FloatArray, float, int]:
    n, m = seed.shape
    a = np.zeros(n)
    reached = np.empty(m)
    total = rows.sum()
    error = 0.0
    for k in range(1, limit + 1):
        reached[:] = 0.0
        for i in range(n):
            a[i] = 0.0
            if rows[i] > 0.0:
                weight = 0.0
                for j in range(m):
                    weight += seed[i, j] * b[j]
                if weight > 0.0:
                    a[i] = rows[i] / weight
                    for j in range(m):
                        reached[j] += a[i] * seed[i, j] * b[j]
        error = 0.0
        for j in range(m):
            error = max(error, abs(reached[j] - columns[j]) / total)
        if error <= tolerance:
            return a, b, error, k
        for j in range(m):
            b[j] = b[j] * columns[j] / reached[j] if reached[j] > 0.0 else 0.0
    return a, b, error, limit


def furness(
    seed: FloatArray,
    rows: FloatArray,
    columns: FloatArray,
    *,
    start: FloatArray | None = None,
    tolerance: float = 1e-10,
    max_iterations: int = 2000,
) -> Fit:
    """The matrix nearest to `seed` (in relative entropy) with given row and column sums.

    Parameters
    ----------
    seed : ndarray, shape (rows, columns)
        Non-negative weights.
    rows, columns : ndarray
        Margins of equal sum, non-negative.
    start : ndarray, shape (columns,), optional
        Column factors of a related fit.
    tolerance : float
        Largest miss of a column margin, as a share of the total.
    max_iterations : int

    Returns
    -------
    Fit

    Raises
    ------
    UserError
        If the margins differ in sum, or a margin above zero has no seed above zero.
    ConvergenceError
        If the tolerance is not reached.

    References
    ----------
    Furness 1965; Deming and Stephan 1940.

    Examples
    --------
    >>> fit = furness(np.ones((2, 2)), np.array([3.0, 1.0]), np.array([2.0, 2.0]))
    >>> fit.matrix.tolist()
    [[1.5, 1.5], [0.5, 0.5]]
    """
    seed = np.ascontiguousarray(seed, dtype=np.float64)
    rows = np.ascontiguousarray(rows, dtype=np.float64)
    columns = np.ascontiguousarray(columns, dtype=np.float64)
    total = float(rows.sum())
    if abs(total - float(columns.sum())) > 1e-9 * max(total, 1.0):
        raise UserError(f"row margins sum to {total:g} and column margins to {columns.sum():g}", where="furness")
    if total == 0.0:
        return Fit(np.zeros_like(seed), np.zeros(len(rows)), np.zeros(len(columns)), 0.0, 0)
    lost = int(np.count_nonzero((rows > 0) & ~(seed > 0).any(axis=1)))
    lost += int(np.count_nonzero((columns > 0) & ~(seed > 0).any(axis=0)))
    if lost:
        raise UserError(f"{lost} margins above zero have no cell above zero to hold them", where="furness")
    b = np.ones(len(columns)) if start is None else np.array(start, dtype=np.float64)
    b[(b <= 0.0) & (columns > 0.0)] = 1.0
    b[columns <= 0.0] = 0.0
    a, b, error, iterations = _balance(seed, rows, columns, b, tolerance, max_iterations)
    if error > tolerance:
        raise ConvergenceError(
            f"balancing to the margins stopped at an error of {error:.1e} after {iterations} rounds", where="furness"
        )
    return Fit(a[:, None] * seed * b, a, b, error, iterations)
