"""Inequality of an outcome between people: Lorenz curve, Gini, Palma, share below a threshold, means of groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exante.quantities.errors import ParameterError

FloatArray = NDArray[np.float64]


def lorenz(values: ArrayLike, people: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Lorenz curve: cumulative shares of people, worst off first, and of what they have.

    Parameters
    ----------
    values : array_like, shape (groups,)
        What each person of a group has, >= 0.
    people : array_like, shape (groups,)
        Persons in each group, >= 0.

    Returns
    -------
    people, having : ndarray, shape (groups + 1,)
        From 0 to 1 both. Where nobody has anything, all have the same.

    Raises
    ------
    ParameterError
        For negative or missing numbers, arrays of different shape, or nobody.

    Examples
    --------
    >>> lorenz([1.0, 3.0], [1.0, 1.0])[1].tolist()
    [0.0, 0.25, 1.0]
    """
    have, persons = np.asarray(values, float), np.asarray(people, float)
    sound = have.ndim == 1 and have.shape == persons.shape and np.isfinite(have).all() and np.isfinite(persons).all()
    if not (sound and (have >= 0).all() and (persons >= 0).all() and persons.sum() > 0):
        raise ParameterError(
            "Inequality needs an outcome >= 0 for every group and persons >= 0, of whom there are some",
            where="indicators, inequality",
            remedy="Leave out groups without a value",
        )
    order = np.argsort(have, kind="stable")
    share = np.concatenate([[0.0], np.cumsum(persons[order])])
    total = np.concatenate([[0.0], np.cumsum((persons * have)[order])])
    share /= share[-1]
    return share, total / total[-1] if total[-1] > 0 else share.copy()


def gini(values: ArrayLike, people: ArrayLike) -> float:
    """Gini index: twice the area between the Lorenz curve and equality (Gini 1912).

    0 where all have the same; towards 1 where one has all. Parameters and errors as for `lorenz`.

    Examples
    --------
    >>> gini([1.0, 3.0], [1.0, 1.0])
    0.25
    """
    share, having = lorenz(values, people)
    return max(0.0, float(1.0 - np.sum(np.diff(share) * (having[1:] + having[:-1]))))


def palma(values: ArrayLike, people: ArrayLike) -> float:
    """Palma ratio: what the best-off tenth has over what the worst-off two fifths have (Palma 2011).

    1/4 where all have the same; infinite where the worst-off two fifths have nothing. Parameters and errors as for
    `lorenz`.

    Examples
    --------
    >>> round(palma([1.0, 1.0], [1.0, 9.0]), 9)
    0.25
    """
    low, high = np.interp([0.4, 0.9], *lorenz(values, people))
    return float((1.0 - high) / low) if low > 0 else float("inf")


def share_below(values: ArrayLike, people: ArrayLike, threshold: float) -> float:
    """Share of people who have less than `threshold` (Foster, Greer and Thorbecke 1984, alpha 0).

    Parameters and errors as for `lorenz`.

    Examples
    --------
    >>> share_below([1.0, 3.0], [1.0, 3.0], 2.0)
    0.25
    """
    lorenz(values, people)
    persons = np.asarray(people, float)
    return float(persons[np.asarray(values, float) < threshold].sum() / persons.sum())


def group_means(values: ArrayLike, people: ArrayLike, group: ArrayLike) -> dict[str, float]:
    """Mean per person of every group that has people, in alphabetical order.

    Parameters
    ----------
    values, people : array_like, shape (rows,)
    group : array_like of str, shape (rows,)
        Missing (None) rows belong to no group.

    Examples
    --------
    >>> group_means([1.0, 3.0, 5.0], [1.0, 1.0, 2.0], ["a", "a", "b"])
    {'a': 2.0, 'b': 5.0}
    """
    have, persons, names = np.asarray(values, float), np.asarray(people, float), np.asarray(group, dtype=object)
    means = {}
    for name in sorted({n for n in names.tolist() if n is not None}):
        mine = names == name
        if persons[mine].sum() > 0:
            means[str(name)] = float(have[mine] @ persons[mine] / persons[mine].sum())
    return means
