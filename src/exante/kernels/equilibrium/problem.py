"""Who travels: traveller classes, their demand and their own costs, checked and packed for the compiled kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exante.kernels.graph import FloatArray, Graph, IntArray, list_faults
from exante.kernels.link_cost import CostTable, LinkCost
from exante.quantities.errors import NetworkError


@dataclass(frozen=True, eq=False)
class UserClass:
    """Travellers who value time, tolls and distance alike and may use the same links.

    The generalised cost of a link to the class is ``time(total flow) + fixed_cost``. A toll in money enters as toll
    divided by the class's value of time, an operating cost per kilometre as that cost times length over value of time.

    Parameters
    ----------
    demand : array_like, shape (zones, zones)
        Vehicles per hour from row to column; the diagonal is not assigned.
    fixed_cost : array_like, shape (links,), optional
        Cost besides time, in units of time, >= 0; zero if not given.
    banned : array_like of bool, shape (links,), optional
        Links that the class may not use.
    pce : float
        Passenger-car equivalents of one vehicle of the class.
    name : str
        Used in errors.
    """

    demand: ArrayLike
    fixed_cost: ArrayLike | None = None
    banned: ArrayLike | None = None
    pce: float = 1.0
    name: str = ""


class Problem(NamedTuple):
    """An assignment packed for the kernels; one bush per class and origin with demand, internal link order.

    Attributes
    ----------
    table : CostTable
    classes, origins : ndarray of int32, shape (bushes,)
        Class and origin zone of each bush.
    demand : ndarray, shape (bushes, zones)
        pce per hour.
    fixed : ndarray, shape (classes, links)
        Fixed costs, infinite on banned links.
    pce : ndarray, shape (classes,)
    """

    table: CostTable
    classes: IntArray
    origins: IntArray
    demand: FloatArray
    fixed: FloatArray
    pce: FloatArray


def pack(graph: Graph, link_cost: LinkCost, classes: Sequence[UserClass]) -> Problem:
    """Check demand and costs of all classes and pack them; every fault is collected and reported once.

    Raises
    ------
    NetworkError
        For arrays of the wrong shape, and values that are negative, infinite or missing.
    """
    faults: list[str] = []
    if link_cost.n_links != graph.n_links:
        faults.append(f"the link costs are for {link_cost.n_links} links, the graph has {graph.n_links}")
    if not classes:
        faults.append("there is no traveller class")
    demands, fixed = [], []
    for c, user in enumerate(classes):
        label = f"class {user.name or c}"
        trips = np.asarray(user.demand, float)
        if trips.shape != (graph.n_zones, graph.n_zones):
            faults.append(f"{label}: demand has shape {trips.shape}, not ({graph.n_zones}, {graph.n_zones})")
        else:
            faults += _value_faults(f"{label}: demand", trips)
        if not (np.isfinite(user.pce) and user.pce > 0):
            faults.append(f"{label}: {user.pce} passenger-car equivalents")
        cost = _per_link(user.fixed_cost, graph, 0.0)
        closed = _per_link(user.banned, graph, False).astype(bool)
        if cost.shape != (graph.n_links,) or closed.shape != (graph.n_links,):
            faults.append(f"{label}: fixed cost and bans need one value for each of {graph.n_links} links")
        else:
            faults += _value_faults(f"{label}: fixed cost", np.where(closed, 0.0, cost))
        demands.append(trips)
        fixed.append(np.where(closed, np.inf, cost) if cost.shape == closed.shape else cost)
    if faults:
        raise NetworkError(
            "The assignment cannot be computed: " + "; ".join(faults),
            where="classes",
            remedy="Give finite values that are not negative, one for each zone pair or link",
        )
    rows, row_class, row_origin = [], [], []
    for c, (user, trips) in enumerate(zip(classes, demands, strict=True)):
        loaded = trips * user.pce
        np.fill_diagonal(loaded, 0.0)
        origins = np.flatnonzero(loaded.sum(axis=1) > 0)
        rows.append(loaded[origins])
        row_class.append(np.full(len(origins), c, np.int32))
        row_origin.append(origins.astype(np.int32))
    return Problem(
        link_cost.to_internal(graph),
        np.concatenate(row_class),
        np.concatenate(row_origin),
        np.ascontiguousarray(np.concatenate(rows)),
        graph.to_internal(np.stack(fixed)),
        np.array([float(user.pce) for user in classes]),
    )


def _per_link(values: ArrayLike | None, graph: Graph, default: float) -> NDArray:
    return np.full(graph.n_links, default) if values is None else np.asarray(values)


def _value_faults(label: str, values: NDArray) -> list[str]:
    faults = []
    for phrase, bad in (
        ("missing", np.isnan(values)),
        ("negative", values < 0),
        ("infinite", np.isinf(values)),
    ):
        if bad.any():
            places = [" to ".join(map(str, place)) for place in np.argwhere(bad)]
            faults.append(list_faults(f"{label} is {phrase} at", places))
    return faults
