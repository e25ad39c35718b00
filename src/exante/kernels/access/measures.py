"""Measures of access on stored neighbourhoods: cumulative, gravity, nearest, floating catchment."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exante.kernels.access.decay import Decay
from exante.kernels.access.neighbourhoods import Neighbourhoods
from exante.kernels.compiled import entry
from exante.kernels.graph import BoolArray, FloatArray, IntArray, LongArray
from exante.quantities.errors import NetworkError

WordArray = NDArray[np.uint32]


def cumulative(near: Neighbourhoods, opportunities: ArrayLike, radius: float | None = None) -> FloatArray:
    """Opportunities within a radius of each source.

    Parameters
    ----------
    near : Neighbourhoods
    opportunities : array_like, shape (nodes,) or (K, nodes)
        In the caller's order of nodes.
    radius : float, optional
        At most the stored one, which is the default.

    Returns
    -------
    ndarray, shape (sources,) or (K, sources)

    Raises
    ------
    NetworkError
        For a radius beyond the stored one, or missing values.

    Examples
    --------
    >>> from exante.kernels.access import AccessNetwork, neighbourhoods
    >>> network = AccessNetwork.build([0, 1], [1, 2], [100.0, 50.0], 3, directed=False)
    >>> cumulative(neighbourhoods(network, 120.0), [1.0, 10.0, 100.0]).tolist()
    [11.0, 111.0, 110.0]
    """
    limit = near.network.in_units(near.radius if radius is None else radius)
    if limit > near.network.in_units(near.radius):
        raise NetworkError(
            f"A radius of {radius:g} is beyond the stored {near.radius:g}",
            where="access",
            remedy="Store wider neighbourhoods",
        )
    values = near.network.values_by_rank(opportunities, "opportunities")
    if limit == near.network.in_units(near.radius):
        return _each(near, values, lambda v, out: _sum(near.start, near.node, v, out))
    return _each(near, values, lambda v, out: _sum_within(near.start, near.node, near.distance, limit, v, out))


def gravity(near: Neighbourhoods, opportunities: ArrayLike, decay: Decay) -> FloatArray:
    """Opportunities weighed by decay with distance, within the stored radius.

    For repeated queries with the same decay keep ``decay(near.distances())`` and use `sum_reached`.
    """
    return sum_reached(near, opportunities, decay(near.distances()))


def sum_reached(near: Neighbourhoods, values: ArrayLike, weights: FloatArray) -> FloatArray:
    """Sum over the nodes within reach of each source, each pair with its weight.

    Parameters
    ----------
    values : array_like, shape (nodes,) or (K, nodes)
    weights : ndarray, shape (pairs,)

    Returns
    -------
    ndarray, shape (sources,) or (K, sources)
    """
    worth = _weights(near, weights)
    return _each(
        near,
        near.network.values_by_rank(values, "values"),
        lambda v, out: _sum_weighted(near.start, near.node, worth, v, out),
    )


def sum_sources(near: Neighbourhoods, values: ArrayLike, weights: FloatArray | None = None) -> FloatArray:
    """Sum over the sources that reach each node: the other way round.

    Parameters
    ----------
    values : array_like, shape (sources,)
    weights : ndarray, shape (pairs,), optional
        One by default.

    Returns
    -------
    ndarray, shape (nodes,)
    """
    given = np.asarray(values, float)
    if given.shape != near.source.shape or not np.isfinite(given).all():
        raise NetworkError(
            f"{given.shape} values do not fit {len(near.source)} sources, or some are not finite", where="access"
        )
    worth = np.ones(near.pairs) if weights is None else _weights(near, weights)
    out = np.zeros(near.network.n_nodes)
    _spread(near.start, near.node, worth, given[near.place], out)
    return out[near.network.rank]


def floating_catchment(
    near: Neighbourhoods, supply: ArrayLike, demand: ArrayLike, decay: Decay | None = None
) -> FloatArray:
    """Supply per head by the two-step floating catchment area.

    First each supply is divided among the people who reach it, R_j = S_j / sum_i P_i f(d_ij), then each source sums
    the ratios within its own reach, A_i = sum_j R_j f(d_ij) (Luo and Wang 2003; with a decay in both steps, Luo and Qi
    2009). Summed over people it gives the supply back: sum_i P_i A_i = sum of S_j that anybody reaches.

    Parameters
    ----------
    near : Neighbourhoods
        The catchments; its radius bounds both steps.
    supply : array_like, shape (nodes,)
        Places, beds, doctors, >= 0.
    demand : array_like, shape (sources,)
        People at each source, >= 0.
    decay : Decay, optional
        One within the radius by default.

    Returns
    -------
    ndarray, shape (sources,)
        Supply per head; zero where nothing is within reach.

    Raises
    ------
    NetworkError
        For negative or missing supply or demand.
    """
    given, people = np.asarray(supply, float), np.asarray(demand, float)
    if not (given >= 0).all() or not (people >= 0).all():
        raise NetworkError("Supply and demand must not be negative or missing", where="floating catchment")
    weights = np.ones(near.pairs) if decay is None else decay(near.distances())
    crowd = sum_sources(near, people, weights)
    ratio = np.divide(given, crowd, out=np.zeros(len(crowd)), where=crowd > 0)
    return sum_reached(near, ratio, weights)


def nearest(near: Neighbourhoods, places: ArrayLike, k: int = 1) -> tuple[FloatArray, LongArray]:
    """The k nearest places of each source within the stored radius.

    Parameters
    ----------
    places : array_like of bool, shape (nodes,)
        Nodes that hold a place.
    k : int, default 1

    Returns
    -------
    distance : ndarray, shape (k, sources)
        Nearest first; infinite where there are fewer than k.
    node : ndarray of int64, shape (k, sources)
        The caller's number of the place, -1 where there is none; of equal distances the lower number first.
    """
    held = np.asarray(places)
    if held.shape != (near.network.n_nodes,) or held.dtype != bool:
        raise NetworkError(
            f"Places must be true or false for each of {near.network.n_nodes} nodes, not {held.dtype} {held.shape}",
            where="access",
        )
    if k < 1:
        raise NetworkError(f"The {k} nearest places cannot be found", where="access", remedy="Ask for one at least")
    rows = len(near.source)
    away = np.full((rows, k), -1, np.int64)
    which = np.full((rows, k), -1, np.int64)
    _nearest(near.start, near.node, near.distance, held[near.network.order], near.network.order, away, which)
    distance = np.empty((k, rows))
    node = np.empty((k, rows), np.int64)
    distance[:, near.place] = np.where(away < 0, np.inf, away * near.network.unit).T
    node[:, near.place] = which.T
    return distance, node


def _weights(near: Neighbourhoods, weights: FloatArray) -> FloatArray:
    worth = np.ascontiguousarray(weights, float)
    if worth.shape != (near.pairs,) or not np.isfinite(worth).all():
        raise NetworkError(f"Weights of {near.pairs} pairs must be finite, one a pair", where="access")
    return worth


def _each(near: Neighbourhoods, values: FloatArray, kernel: object) -> FloatArray:
    """Result of a kernel for every row of values, in the caller's order of sources."""
    rows = np.atleast_2d(values)
    result = np.empty((len(rows), len(near.source)))
    out = np.empty(len(near.source))
    for v, written in zip(rows, result, strict=True):
        kernel(v, out)  # type: ignore[operator]
        written[near.place] = out
    return result if values.ndim == 2 else result[0]


@entry
def _sum(start: LongArray, node: WordArray, values: FloatArray, out: FloatArray) -> None:
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    five, six, seven = np.uint64(5), np.uint64(6), np.uint64(7)
    for r in range(out.size):
        own = node[start[r] : start[r + 1]]
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0  # eight sums: an addition need not wait for the last one
        blocks = own.size // 8
        for block in range(blocks):
            p = np.uint64(8 * block)
            s0 += values[own[p]]
            s1 += values[own[p + one]]
            s2 += values[own[p + two]]
            s3 += values[own[p + three]]
            s4 += values[own[p + four]]
            s5 += values[own[p + five]]
            s6 += values[own[p + six]]
            s7 += values[own[p + seven]]
        for rest in range(8 * blocks, own.size):
            s0 += values[own[rest]]
        out[r] = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))


@entry
def _sum_within(
    start: LongArray, node: WordArray, distance: IntArray, limit: int, values: FloatArray, out: FloatArray
) -> None:
    for r in range(out.size):
        own, away = node[start[r] : start[r + 1]], distance[start[r] : start[r + 1]]
        even = odd = 0.0
        half = own.size // 2
        for block in range(half):
            p = np.uint64(2 * block)
            q = np.uint64(2 * block + 1)
            even += values[own[p]] * (away[p] <= limit)  # no branch to guess
            odd += values[own[q]] * (away[q] <= limit)
        if own.size > 2 * half and away[own.size - 1] <= limit:
            even += values[own[own.size - 1]]
        out[r] = even + odd


@entry
def _sum_weighted(start: LongArray, node: WordArray, weights: FloatArray, values: FloatArray, out: FloatArray) -> None:
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    for r in range(out.size):
        own, worth = node[start[r] : start[r + 1]], weights[start[r] : start[r + 1]]
        s0 = s1 = s2 = s3 = 0.0
        blocks = own.size // 4
        for block in range(blocks):
            p = np.uint64(4 * block)
            s0 += values[own[p]] * worth[p]
            s1 += values[own[p + one]] * worth[p + one]
            s2 += values[own[p + two]] * worth[p + two]
            s3 += values[own[p + three]] * worth[p + three]
        for rest in range(4 * blocks, own.size):
            s0 += values[own[rest]] * worth[rest]
        out[r] = (s0 + s1) + (s2 + s3)


@entry
def _spread(start: LongArray, node: WordArray, weights: FloatArray, values: FloatArray, out: FloatArray) -> None:
    for r in range(values.size):
        for p in range(start[r], start[r + 1]):
            out[node[p]] += values[r] * weights[p]


@entry
def _nearest(
    start: LongArray,
    node: WordArray,
    distance: IntArray,
    places: BoolArray,
    number: LongArray,
    away: LongArray,
    which: LongArray,
) -> None:
    k = away.shape[1]
    for r in range(away.shape[0]):
        found = 0
        for p in range(start[r], start[r + 1]):
            j = node[p]
            if places[j]:
                d, name = np.int64(distance[p]), number[j]
                at = found
                while at > 0 and (d < away[r, at - 1] or (d == away[r, at - 1] and name < which[r, at - 1])):
                    if at < k:
                        away[r, at] = away[r, at - 1]
                        which[r, at] = which[r, at - 1]
                    at -= 1
                if at < k:
                    away[r, at] = d
                    which[r, at] = name
                    found = min(found + 1, k)
