"""Link cost functions: travel time of a link as a function of its flow, with derivative and integral.

=================  =====================================================================================
kind               time at flow x (capacity c, free-flow time t0, u = x / c)
=================  =====================================================================================
constant           t0
BPR                t0 (1 + alpha u^power)                                 [BPR 1964]
conical            t0 (2 + sqrt(alpha^2 (1-u)^2 + beta^2) - alpha (1-u) - beta),
                   beta = (2 alpha - 1) / (2 alpha - 2)                   [Spiess 1990]
Akçelik            t0 + T/4 ((u-1) + sqrt((u-1)^2 + 8 J u / (c T)))       [Akçelik 1991]
piecewise linear   linear between given (flow, time) points, the last slope continued
=================  =====================================================================================

All are non-decreasing in flow. Units are the caller's: time in any unit, flow and capacity in the same one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exante.kernels.compiled import entry, inner
from exante.kernels.graph import FloatArray, Graph, list_faults
from exante.quantities.errors import NetworkError, UserError

CONSTANT, BPR, BPR4, CONICAL, AKCELIK, PIECEWISE = range(6)
"""Codes of the kinds; BPR4 is BPR with power four, by far the most frequent, without a call to ``pow``."""

N_PARAMETERS = 4
"""Parameters stored per link: free-flow time and three more whose meaning depends on the kind."""


class CostTable(NamedTuple):
    """Link cost functions as compiled kernels see them, internal link order.

    ``point_flow`` and ``point_time`` hold the points of all piecewise linear links one after the other. ``marginal``
    makes every function t(x) into t(x) + x t'(x), the marginal cost to all travellers.
    """

    kind: NDArray[np.int8]
    parameter: FloatArray
    point_flow: FloatArray
    point_time: FloatArray
    marginal: bool


@inner
def _find_piece(point_flow: FloatArray, first: int, count: int, x: float) -> int:
    piece = first
    while piece < first + count - 2 and x >= point_flow[piece + 1]:
        piece += 1
    return piece


@inner
def _time_and_slopes(table: CostTable, a: int, x: float) -> tuple[float, float, float]:
    """Time, first and second derivative of link `a` at flow `x`."""
    kind = table.kind[a]
    t0 = table.parameter[a, 0]
    if kind == CONSTANT:
        return t0, 0.0, 0.0
    if kind == BPR4:
        u = x * table.parameter[a, 2]
        rise = t0 * table.parameter[a, 1]
        u3 = u * u * u
        slope = 4.0 * rise * table.parameter[a, 2]
        return t0 + rise * u3 * u, slope * u3, 3.0 * slope * table.parameter[a, 2] * u * u
    if kind == BPR:
        power = table.parameter[a, 3]
        rise = t0 * table.parameter[a, 1]
        per_capacity = table.parameter[a, 2]
        if x <= 0.0:
            slope = rise * per_capacity if power == 1.0 else 0.0
            curve = 2.0 * rise * per_capacity * per_capacity if power == 2.0 else 0.0
            return t0, slope, curve
        term = rise * math.exp(power * math.log(x * per_capacity))
        slope = power * term / x
        return t0 + term, slope, (power - 1.0) * slope / x
    if kind == CONICAL:
        per_capacity = table.parameter[a, 2]
        alpha = table.parameter[a, 1]
        beta = table.parameter[a, 3]
        spare = alpha * (1.0 - x * per_capacity)
        root = math.sqrt(spare * spare + beta * beta)
        scale = alpha * per_capacity
        return (
            t0 * (2.0 + root - spare - beta),
            t0 * scale * (1.0 - spare / root),
            t0 * scale * scale * beta * beta / (root * root * root),
        )
    if kind == AKCELIK:
        per_capacity = table.parameter[a, 2]
        quarter = table.parameter[a, 1]
        delay = table.parameter[a, 3]
        over = x * per_capacity - 1.0
        root = math.sqrt(over * over + delay * x)
        half = over * per_capacity + 0.5 * delay
        return (
            t0 + quarter * (over + root),
            quarter * (per_capacity + half / root),
            quarter * (per_capacity * per_capacity / root - half * half / (root * root * root)),
        )
    first = int(table.parameter[a, 1])
    piece = _find_piece(table.point_flow, first, int(table.parameter[a, 2]), x)
    step = table.point_flow[piece + 1] - table.point_flow[piece]
    slope = (table.point_time[piece + 1] - table.point_time[piece]) / step
    return table.point_time[piece] + slope * (x - table.point_flow[piece]), slope, 0.0


@inner
def link_time(table: CostTable, a: int, x: float) -> tuple[float, float]:
    """Time of link `a` at flow `x` and its derivative (marginal time where the table says so)."""
    if x < 0.0:
        x = 0.0
    time, slope, curve = _time_and_slopes(table, a, x)
    if table.marginal:
        return time + x * slope, 2.0 * slope + x * curve
    return time, slope


@entry
def fill_times(table: CostTable, flow: FloatArray, time: FloatArray, slope: FloatArray) -> None:
    """Fill `time` and `slope` of every link at the given flows."""
    for a in range(flow.size):
        time[a], slope[a] = link_time(table, a, flow[a])


@inner
def _integral(table: CostTable, a: int, x: float) -> float:
    kind = table.kind[a]
    t0 = table.parameter[a, 0]
    if kind == CONSTANT:
        return t0 * x
    if kind in (BPR4, BPR):
        power = 4.0 if kind == BPR4 else table.parameter[a, 3]
        u = x * table.parameter[a, 2]
        return t0 * x * (1.0 + table.parameter[a, 1] * u**power / (power + 1.0))
    if kind == CONICAL:
        alpha = table.parameter[a, 1]
        beta = table.parameter[a, 3]
        capacity = 1.0 / table.parameter[a, 2]
        total = (2.0 - beta) * x - alpha * x * (1.0 - 0.5 * x / capacity)
        for spare, sign in ((alpha, 1.0), (alpha * (1.0 - x / capacity), -1.0)):
            root = math.sqrt(spare * spare + beta * beta)
            total += sign * 0.5 * (spare * root + beta * beta * math.asinh(spare / beta)) * capacity / alpha
        return t0 * total
    if kind == AKCELIK:
        capacity = 1.0 / table.parameter[a, 2]
        quarter = table.parameter[a, 1]
        delay = table.parameter[a, 3] * capacity
        # With v = x / c - 1 + delay / 2 the root is sqrt(v^2 + spread), a standard integral.
        spread = delay - 0.25 * delay * delay
        total = 0.0
        for u, sign in ((x / capacity, 1.0), (0.0, -1.0)):
            v = u - 1.0 + 0.5 * delay
            root = math.sqrt(max(v * v + spread, 0.0))
            part = v * root
            if spread > 0.0:
                part += spread * math.asinh(v / math.sqrt(spread))
            elif spread < 0.0:
                part += spread * math.log(abs(v + root)) if v + root != 0.0 else 0.0
            total += sign * (0.5 * u * u - u + 0.5 * part)
        return t0 * x + quarter * capacity * total
    first = int(table.parameter[a, 1])
    piece = _find_piece(table.point_flow, first, int(table.parameter[a, 2]), x)
    total = 0.0
    for k in range(first, piece + 1):
        step = table.point_flow[k + 1] - table.point_flow[k]
        slope = (table.point_time[k + 1] - table.point_time[k]) / step
        width = (x if k == piece else table.point_flow[k + 1]) - table.point_flow[k]
        total += width * (table.point_time[k] + 0.5 * slope * width)
    return total


@entry
def _fill_integrals(table: CostTable, flow: FloatArray, out: FloatArray) -> None:
    for a in range(flow.size):
        if table.marginal:
            out[a] = flow[a] * _time_and_slopes(table, a, flow[a])[0]
        else:
            out[a] = _integral(table, a, flow[a])


@dataclass(frozen=True, eq=False)
class LinkCost:
    """Travel time of every link as a function of its flow.

    Build one with :meth:`bpr`, :meth:`conical`, :meth:`akcelik`, :meth:`piecewise_linear` or :meth:`constant`, and
    mix kinds with :meth:`where`. Free-flow time zero and power zero are legal; as in TNTP, power zero means the
    constant ``t0 (1 + alpha)``.

    Attributes
    ----------
    table : CostTable
        The functions in the caller's link order.
    """

    table: CostTable

    @property
    def n_links(self) -> int:
        """Number of links."""
        return len(self.table.kind)

    @classmethod
    def bpr(
        cls, free_flow_time: ArrayLike, capacity: ArrayLike, alpha: ArrayLike = 0.15, power: ArrayLike = 4.0
    ) -> LinkCost:
        """BPR: ``t0 (1 + alpha (x / c)^power)``.

        Parameters
        ----------
        free_flow_time : array_like, shape (links,)
            Time at zero flow, >= 0.
        capacity : array_like
            Flow per hour at which the time has risen by the share `alpha`.
        alpha, power : array_like
            The TNTP columns ``b`` and ``power``, >= 0. A power below one has an infinite slope at zero flow; it is
            legal, the slope at zero is then taken from the flow of the first shift.

        Raises
        ------
        NetworkError
            For negative or missing values, or a capacity that is not positive where the time depends on it.

        Examples
        --------
        >>> LinkCost.bpr([10.0], [1000.0]).time([1000.0])
        array([11.5])
        """
        t0, cap, a, p = _columns(free_flow_time=free_flow_time, capacity=capacity, alpha=alpha, power=power)
        congested = (t0 > 0) & (a > 0) & (p > 0)
        _check_capacity(cap, congested)
        kind = np.where(congested, np.where(p == 4.0, BPR4, BPR), CONSTANT)
        steady = np.where((p == 0) & (a > 0), t0 * (1.0 + a), t0)
        inverse = np.divide(1.0, cap, out=np.ones_like(cap), where=congested)
        return cls(_table(kind, np.where(congested, t0, steady), a, inverse, p))

    @classmethod
    def conical(cls, free_flow_time: ArrayLike, capacity: ArrayLike, alpha: ArrayLike = 4.0) -> LinkCost:
        """Conical function of Spiess (1990); `alpha` > 1 is the steepness, the time doubles at capacity."""
        t0, cap, a = _columns(free_flow_time=free_flow_time, capacity=capacity, alpha=alpha)
        _check_capacity(cap, t0 > 0)
        if np.any(a <= 1.0):
            bad = np.flatnonzero(a <= 1.0)
            raise NetworkError(list_faults("Conical alpha not above 1 on links", bad.tolist()), where="link cost")
        kind = np.where(t0 > 0, CONICAL, CONSTANT)
        inverse = np.divide(1.0, cap, out=np.ones_like(cap), where=t0 > 0)
        return cls(_table(kind, t0, a, inverse, (2.0 * a - 1.0) / (2.0 * a - 2.0)))

    @classmethod
    def akcelik(
        cls, free_flow_time: ArrayLike, capacity: ArrayLike, delay: ArrayLike = 0.4, period: float = 1.0
    ) -> LinkCost:
        """Akçelik's time-dependent function (1991).

        Parameters
        ----------
        free_flow_time : array_like, shape (links,)
            In the unit of `period` (hours if the flow is per hour).
        capacity : array_like
        delay : array_like
            Akçelik's ``J_A``: 0.1 for motorways to 1.6 for streets with signals.
        period : float
            Length of the flow period ``T``.
        """
        t0, cap, j = _columns(free_flow_time=free_flow_time, capacity=capacity, delay=delay)
        _check_capacity(cap, np.ones(len(cap), bool))
        if np.any(j <= 0) or not period > 0:
            raise NetworkError("Akçelik's delay parameter and period must be positive", where="link cost")
        inverse = 1.0 / cap
        spread = 8.0 * j * inverse * inverse / float(period)
        return cls(_table(np.full(len(cap), AKCELIK), t0, np.full(len(cap), period / 4.0), inverse, spread))

    @classmethod
    def piecewise_linear(cls, flow: ArrayLike, time: ArrayLike) -> LinkCost:
        """Linear between points; `flow` and `time` have shape (links, points), flows rise from zero."""
        x = np.atleast_2d(np.asarray(flow, float))
        t = np.atleast_2d(np.asarray(time, float))
        fits = x.shape == t.shape and x.shape[1] > 1 and bool(np.isfinite(x).all() and np.isfinite(t).all())
        if not fits or np.any(x[:, 0] != 0) or np.any(np.diff(x) <= 0) or np.any(np.diff(t) < 0) or np.any(t < 0):
            raise NetworkError(
                "Piecewise linear costs need (links, points) arrays with at least two points, flows that rise from "
                "zero, and times that are finite, not negative and never fall",
                where="link cost",
            )
        links, points = x.shape
        table = _table(
            np.full(links, PIECEWISE),
            t[:, 0],
            np.arange(links) * float(points),
            np.full(links, float(points)),
            np.zeros(links),
        )
        return cls(table._replace(point_flow=x.ravel().copy(), point_time=t.ravel().copy()))

    @classmethod
    def constant(cls, time: ArrayLike) -> LinkCost:
        """The same time at every flow."""
        (t0,) = _columns(time=time)
        zero = np.zeros(len(t0))
        return cls(_table(np.full(len(t0), CONSTANT), t0, zero, zero, zero))

    def where(self, links: ArrayLike, other: LinkCost) -> LinkCost:
        """A copy whose masked `links` take their function from `other`."""
        mask = np.asarray(links, bool)
        moved = other.table.parameter.copy()
        moved[:, 1] += np.where(other.table.kind == PIECEWISE, len(self.table.point_flow), 0)
        return LinkCost(
            CostTable(
                np.where(mask, other.table.kind, self.table.kind),
                np.where(mask[:, None], moved, self.table.parameter),
                np.concatenate([self.table.point_flow, other.table.point_flow]),
                np.concatenate([self.table.point_time, other.table.point_time]),
                self.table.marginal,
            )
        )

    def marginal(self) -> LinkCost:
        """The cost ``t(x) + x t'(x)`` whose equilibrium is the system optimum of this one.

        Raises
        ------
        UserError
            With piecewise linear links: their marginal cost jumps, and an equilibrium may not exist.
        """
        if np.any(self.table.kind == PIECEWISE):
            raise UserError(
                "A piecewise linear link cost has no continuous marginal cost",
                where="link cost",
                remedy="Use BPR, conical or Akçelik functions for a system optimum",
            )
        return LinkCost(self.table._replace(marginal=True))

    def time(self, flow: ArrayLike) -> FloatArray:
        """Travel time of each link at the given flows."""
        return self._evaluate(flow)[0]

    def derivative(self, flow: ArrayLike) -> FloatArray:
        """Derivative of the travel time with respect to flow."""
        return self._evaluate(flow)[1]

    def integral(self, flow: ArrayLike) -> FloatArray:
        """Integral of the travel time from zero to the given flows, the link's part of Beckmann's objective."""
        x = np.array(flow, float)
        out = np.empty_like(x)
        _fill_integrals(self.table, x, out)
        return out

    def to_internal(self, graph: Graph) -> CostTable:
        """The functions in the graph's internal link order."""
        order = graph.sorted_links
        table = self.table
        return table._replace(kind=table.kind[order].copy(), parameter=table.parameter[order].copy())

    def _evaluate(self, flow: ArrayLike) -> tuple[FloatArray, FloatArray]:
        x = np.array(flow, float)
        time, slope = np.empty_like(x), np.empty_like(x)
        fill_times(self.table, x, time, slope)
        return time, slope


def _columns(**values: ArrayLike) -> list[FloatArray]:
    """Every column as float of one length, finite and not negative, or one error for all faults."""
    arrays = [np.atleast_1d(np.asarray(value, float)) for value in values.values()]
    columns = [np.ascontiguousarray(column) for column in np.broadcast_arrays(*arrays)]
    faults = []
    for name, column in zip(values, columns, strict=True):
        for phrase, bad in (("missing", np.isnan(column)), ("negative", column < 0), ("infinite", np.isinf(column))):
            if bad.any():
                links = np.flatnonzero(bad).tolist()
                faults.append(list_faults(f"{phrase} {name.replace('_', ' ')} on links", links))
    if faults:
        raise NetworkError(
            "Link costs cannot be computed: " + "; ".join(faults),
            where="link cost",
            remedy="Give every link finite values that are not negative; close a link by banning it",
        )
    return columns


def _check_capacity(capacity: FloatArray, needed: NDArray[np.bool_]) -> None:
    bad = np.flatnonzero(needed & ~(capacity > 0))
    if bad.size:
        raise NetworkError(
            list_faults("Zero capacity with a cost that depends on it, on links", bad.tolist()),
            where="link cost",
            remedy="Give these links a capacity, a constant cost (alpha 0), or close them by banning them",
        )


def _table(kind: NDArray, t0: NDArray, p1: NDArray, p2: NDArray, p3: NDArray) -> CostTable:
    parameter = np.stack([t0, p1, p2, p3], axis=1)
    return CostTable(kind.astype(np.int8), parameter, np.zeros(0), np.zeros(0), False)


__all__ = ["CostTable", "LinkCost", "fill_times", "link_time"]
