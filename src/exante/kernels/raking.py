"""Raking: a table of any number of dimensions fitted to sums over some of them (iterative proportional fitting).

The result keeps every odds ratio of the seed that no margin fixes, and is the table nearest to the seed in relative
entropy among those with the margins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from exante.quantities.errors import ConvergenceError, UserError

FloatArray = NDArray[np.float64]

#: Sums that two margins share agree within this, relative to the larger.
AGREEMENT = 1e-9
#: Rounds after which an error that falls by less than `STALLED` a round is taken for margins no table has.
PATIENCE = 200
STALLED = 0.999


class Margin(NamedTuple):
    """Sums of a table over all but `axes`.

    Parameters
    ----------
    axes : tuple of int
        Axes of the table that are kept, in the order of the axes of `values`.
    values : ndarray
        Wanted sums, not negative, shape of these axes.
    name : str
        What errors call it.
    """

    axes: tuple[int, ...]
    values: FloatArray
    name: str = ""


class Raked(NamedTuple):
    """A table fitted to its margins.

    Attributes
    ----------
    table : ndarray
        ``seed`` times one factor of each margin.
    factors : tuple of ndarray
        Factors by margin, in the order given; a common scale can move between them.
    error : float
        Largest miss of a margin, relative to its value.
    rounds : int
    """

    table: FloatArray
    factors: tuple[FloatArray, ...]
    error: float
    rounds: int


@njit(cache=True, nogil=True)
def _round(
    cells: FloatArray,
    where: NDArray[np.int32],
    offsets: NDArray[np.int64],
    wanted: FloatArray,
    sums: FloatArray,
    scale: FloatArray,
    factors: FloatArray,
) -> float:
    """One pass over every margin; the largest relative miss found on the way. `sums` holds those of the first."""
    margins, count = where.shape
    worst = 0.0
    for m in range(margins):
        low, high = offsets[m], offsets[m + 1]
        for k in range(low, high):
            if wanted[k] <= 0.0:
                continue
            if not sums[k] > 0.0:
                return np.inf
            ratio = wanted[k] / sums[k]
            worst = max(worst, abs(1.0 / ratio - 1.0))
            factors[k] *= ratio
            scale[k] = ratio
            sums[k] = 0.0
        after = (m + 1) % margins
        mine, its = where[m], where[after]
        for i in range(count):
            cell = cells[i] * scale[mine[i]]
            cells[i] = cell
            sums[its[i]] += cell
    return worst


@njit(cache=True, nogil=True)
def _sum(cells: FloatArray, where: NDArray[np.int32], sums: FloatArray) -> None:
    for i in range(cells.size):
        sums[where[i]] += cells[i]


def rake(
    seed: FloatArray,
    margins: Sequence[Margin],
    *,
    start: Sequence[FloatArray] | None = None,
    tolerance: float = 1e-11,
    max_rounds: int = 20000,
) -> Raked:
    """The table nearest to `seed` (in relative entropy) with the given margins.

    Parameters
    ----------
    seed : ndarray, any shape
        Not negative; a cell of zero stays zero.
    margins : sequence of Margin
        At least one; their totals, and the sums they share, must agree.
    start : sequence of ndarray, optional
        Factors of a related fit by margin (`Raked.factors`); fewer rounds, same table.
    tolerance : float
        Largest miss of a margin, relative to its value.
    max_rounds : int

    Returns
    -------
    Raked

    Raises
    ------
    UserError
        If a margin does not fit the table's shape, is negative, disagrees with another, is above zero where the
        seed is zero, or if no table with the seed's zeros has all margins.
    ConvergenceError
        If the tolerance is not reached.

    References
    ----------
    Deming and Stephan 1940; Fienberg 1970; Csiszar 1975.

    Examples
    --------
    >>> seed = np.array([[1.0, 2.0], [2.0, 1.0]])
    >>> found = rake(seed, [Margin((0,), np.array([3.0, 3.0])), Margin((1,), np.array([3.0, 3.0]))])
    >>> found.table.tolist(), found.rounds
    ([[1.0, 2.0], [2.0, 1.0]], 1)
    """
    seed = np.ascontiguousarray(seed, dtype=np.float64)
    checked = _checked(seed, margins)
    shapes = [m.values.shape for m in checked]
    offsets = np.concatenate([[0], np.cumsum([m.values.size for m in checked])]).astype(np.int64)
    wanted = np.concatenate([m.values.ravel() for m in checked])
    if not wanted.any():
        return Raked(np.zeros_like(seed), tuple(np.zeros(shape) for shape in shapes), 0.0, 0)
    where = np.stack([places(seed.shape, m.axes).ravel() + low for m, low in zip(checked, offsets, strict=False)])
    alive = np.flatnonzero((seed.ravel() > 0.0) & (wanted[where] > 0.0).all(axis=0))
    where = np.ascontiguousarray(where[:, alive], dtype=np.int32)
    factors = np.ones(len(wanted))
    if start is not None:
        factors = _warm(start, shapes, wanted)
    cells = seed.ravel()[alive]
    for row in where:
        cells = cells * factors[row]
    sums = np.zeros(len(wanted))
    for row in where:
        _sum(cells, row, sums)
    _refuse_empty(checked, offsets, sums)
    sums[offsets[1] :] = 0.0
    scale = np.ones(len(wanted))
    error, before, rounds = np.inf, np.inf, 0
    while error > tolerance:
        if rounds >= max_rounds:
            raise ConvergenceError(
                f"raking stopped at a miss of {error:.1e} of a margin after {rounds} rounds", where="rake"
            )
        error = float(_round(cells, where, offsets, wanted, sums, scale, factors))
        rounds += 1
        if rounds % PATIENCE == 0 or error == np.inf:
            if error == np.inf or (len(alive) < seed.size and error > before * STALLED**PATIENCE):
                raise _no_table(checked, offsets, cells, where, wanted)
            before = error
    factors[wanted <= 0.0] = 0.0
    table = np.zeros(seed.size)
    table[alive] = cells
    parts = tuple(
        factors[low:high].reshape(shape) for low, high, shape in zip(offsets, offsets[1:], shapes, strict=False)
    )
    return Raked(table.reshape(seed.shape), parts, error, rounds)


def places(shape: tuple[int, ...], axes: tuple[int, ...]) -> NDArray[np.int64]:
    """Position of every cell of a table in a margin over `axes`, shape `shape`.

    Examples
    --------
    >>> places((2, 3), (1,)).tolist()
    [[0, 1, 2], [0, 1, 2]]
    """
    result = np.zeros(shape, dtype=np.int64)
    for axis in axes:
        step = np.arange(shape[axis]).reshape([-1 if a == axis else 1 for a in range(len(shape))])
        result = result * shape[axis] + step
    return result


def _checked(seed: FloatArray, margins: Sequence[Margin]) -> list[Margin]:
    if not margins:
        raise UserError("there is no margin to rake to", where="rake")
    if not np.isfinite(seed).all() or (seed < 0).any():
        raise UserError("the seed holds negative or missing cells", where="rake")
    checked = []
    for number, margin in enumerate(margins):
        name = margin.name or f"margin {number}"
        values = np.ascontiguousarray(margin.values, dtype=np.float64)
        fits = len(set(margin.axes)) == len(margin.axes) and all(0 <= a < seed.ndim for a in margin.axes)
        shape = tuple(seed.shape[a] for a in margin.axes) if fits else ()
        if not fits or values.shape != shape:
            raise UserError(
                f"{name} has shape {values.shape} over axes {margin.axes} of a table of shape {seed.shape}",
                where="rake",
            )
        if not np.isfinite(values).all() or (values < 0).any():
            raise UserError(f"{name} holds negative or missing sums", where="rake")
        checked.append(Margin(tuple(margin.axes), values, name))
    for i, one in enumerate(checked):
        for other in checked[i + 1 :]:
            _refuse_disagreement(one, other)
    return checked


def _refuse_disagreement(one: Margin, other: Margin) -> None:
    common = tuple(a for a in one.axes if a in other.axes)
    left, right = _over(one, common), _over(other, common)
    scale = max(float(left.max(initial=0.0)), 1e-300)
    gap = np.abs(left - right)
    bad = np.flatnonzero(gap.ravel() > AGREEMENT * np.maximum(np.maximum(left, right), 1e-3 * scale).ravel())
    if bad.size:
        k = bad[0]
        place = f" at cell {tuple(int(i) for i in np.unravel_index(k, left.shape))} of their common axes"
        raise UserError(
            f"{one.name} sums to {left.ravel()[k]:.10g} and {other.name} to {right.ravel()[k]:.10g}"
            + (place if common else ""),
            where="rake",
            remedy="Scale one of them to the other",
        )


def _over(margin: Margin, axes: tuple[int, ...]) -> FloatArray:
    """Sums of a margin over the axes that are not in `axes`, in the order of `axes`."""
    gone = tuple(k for k, a in enumerate(margin.axes) if a not in axes)
    kept = [a for a in margin.axes if a in axes]
    summed = np.asarray(margin.values.sum(axis=gone))
    return np.transpose(summed, [kept.index(a) for a in axes])


def _warm(start: Sequence[FloatArray], shapes: list[tuple[int, ...]], wanted: FloatArray) -> FloatArray:
    if [np.shape(s) for s in start] != shapes:
        raise UserError(f"the start has shapes {[np.shape(s) for s in start]}, the margins {shapes}", where="rake")
    factors = np.concatenate([np.ravel(s) for s in start]).astype(np.float64)
    factors[~(factors > 0.0) | ~np.isfinite(factors)] = 1.0
    factors[wanted <= 0.0] = 1.0
    return factors


def _refuse_empty(margins: list[Margin], offsets: NDArray[np.int64], sums: FloatArray) -> None:
    for margin, low in zip(margins, offsets, strict=False):
        reached = sums[low : low + margin.values.size]
        lost = np.flatnonzero((margin.values.ravel() > 0.0) & (reached <= 0.0))
        if lost.size:
            at = tuple(int(k) for k in np.unravel_index(lost[0], margin.values.shape))
            raise UserError(
                f"{margin.name} wants {margin.values.ravel()[lost[0]]:g} at {at}, where every cell of the seed is zero",
                where="rake",
                remedy="Give the seed a cell above zero there, or the margin none",
            )


def _no_table(
    margins: list[Margin],
    offsets: NDArray[np.int64],
    cells: FloatArray,
    where: NDArray[np.int32],
    wanted: FloatArray,
) -> UserError:
    """The error of margins that no table with the seed's zeros has: the one missed most, and where."""
    worst, told = -1.0, ""
    for margin, row, low in zip(margins, where, offsets, strict=False):
        sums = np.zeros(len(wanted))
        _sum(cells, row, sums)
        reached = sums[low : low + margin.values.size]
        aim = margin.values.ravel()
        miss = np.abs(reached - aim) / np.maximum(aim, 1e-300)
        miss[aim <= 0.0] = 0.0
        k = int(miss.argmax())
        if miss[k] > worst:
            worst = float(miss[k])
            at = tuple(int(i) for i in np.unravel_index(k, margin.values.shape))
            told = f"{margin.name} at {at} wants {aim[k]:g} and reaches {reached[k]:g}"
    return UserError(
        f"no table with the seed's zero cells has all of the margins: {told}",
        where="rake",
        remedy="Change the margin, or allow the cells that are zero",
    )
