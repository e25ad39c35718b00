"""The horizon: years for which a forecast is made, what is in force in each, and totals over the years between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.city.city import City
from exante.policy import Policy
from exante.quantities.distributions import Distribution
from exante.quantities.errors import PolicyError

FloatArray = NDArray[np.float64]

#: Years that lie between start and horizon and are computed too: those that climate targets speak of.
MILESTONES = (2030, 2040, 2050)


class Nothing:
    """A policy that changes nothing: what is in force before a policy starts."""

    def uncertain(self) -> Mapping[str, Distribution]:
        """No number."""
        return {}

    def at(self, uniforms: Mapping[str, float] | None) -> Nothing:  # noqa: ARG002
        """Itself."""
        return self

    def apply(self, city: City) -> City:
        """The same city."""
        return city


@dataclass(frozen=True)
class Horizon:
    """Years of a forecast.

    Attributes
    ----------
    years : tuple of int
        Computed years in order; the last is the horizon.
    first : int
        First whole year in which the policy is in force, or the year it starts where the horizon is that year.
    """

    years: tuple[int, ...]
    first: int


def plan(city: City, policy: Policy, horizon: int) -> Horizon:
    """Years to compute: the first with the policy in force, the milestones between, the horizon.

    Raises
    ------
    PolicyError
        If the horizon is before the city's date or before the policy starts.

    """
    start = max(policy.starts, city.as_of) if policy.starts else city.as_of
    if horizon < start.year:
        raise PolicyError(
            f"the horizon {horizon} is before {start.year}, when {city.title} is described and '{policy.title}' starts",
            where="--horizon",
            remedy=f"Ask for {start.year} or later",
        )
    first = min(start.year + (start > dt.date(start.year, 1, 1)), horizon)
    between = [year for year in MILESTONES if first < year < horizon]
    return Horizon(tuple(dict.fromkeys((first, *between, horizon))), first)


def in_force(policy: Policy, year: int) -> Policy | Nothing:
    """The parts of a policy that are in force at the middle of a year (its first of July)."""
    day = dt.date(year, 7, 1)
    parts = [p for p in policy.parts if (p.starts is None or p.starts <= day) and (p.ends is None or p.ends > day)]
    if not parts:
        return Nothing()
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + part
    return joined


def total(years: Sequence[int], values: FloatArray, rate: float = 0.0, base: int | None = None) -> FloatArray:
    """Sum over all years from the first to the last, straight lines between those that were computed.

    Parameters
    ----------
    years : sequence of int
        Computed years in order.
    values : ndarray, shape (..., years)
        Amount a year.
    rate : float
        Discount rate a year.
    base : int, optional
        Year to whose value sums are discounted; the first by default.

    Returns
    -------
    ndarray, shape (...)

    Examples
    --------
    >>> float(total([2025, 2027], np.array([1.0, 3.0])))
    6.0
    >>> round(float(total([2025, 2026], np.array([1.0, 1.1]), rate=0.1)), 9)
    2.0
    """
    every = np.arange(years[0], years[-1] + 1)
    at = np.clip(np.searchsorted(years, every, side="right") - 1, 0, max(len(years) - 2, 0))
    known = np.asarray(years, dtype=float)
    if len(years) == 1:
        weights = np.ones((1, 1))
    else:
        share = (every - known[at]) / (known[at + 1] - known[at])
        weights = np.zeros((len(every), len(years)))
        weights[np.arange(len(every)), at] = 1.0 - share
        weights[np.arange(len(every)), at + 1] += share
    factor = (1.0 + rate) ** -(every - (years[0] if base is None else base)).astype(float)
    summed: FloatArray = np.asarray(values, dtype=float) @ (factor @ weights)
    return summed
