"""The observation operator: what a counting site would have counted in the modelled city.

Models give a few *periods*; sites count hours. An hour's modelled flow on a link is

    ``q_h = w_p f_p s_h / sum_(g in p) s_g``

with the period `p` that holds the hour, its flow ``f_p`` and weight ``w_p`` (hours of the day it stands for), and a
profile ``s`` of shares by hour. The profile's shape is estimated from the counts one calibrates on, never from those
held out; it moves traffic between hours of one period and makes none, because the level belongs to the models.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.calibration.counted import Counted
from exante.models.mobility import periods as clock
from exante.quantities.errors import WiringError

FloatArray = NDArray[np.float64]
HOURS = 24


def hours_of_periods(periods: int) -> tuple[NDArray[np.int64], ...]:
    """Hours of the day that each period of the mobility model stands for.

    Raises
    ------
    WiringError
        If the model's clock has another number of periods than its results.
    """
    told = tuple(np.asarray(h, dtype=np.int64) for h in clock.STANDS_FOR)
    if len(told) != periods or sorted(np.concatenate(told).tolist()) != list(range(HOURS)):
        raise WiringError(
            f"the model's results have {periods} periods, its clock {len(told)}",
            where="models.mobility.periods",
            remedy="Let the clock give every hour of the day to one period",
        )
    return told


@dataclass(frozen=True)
class Profile:
    """Shares of a day's traffic by hour, and the hours of each period.

    Attributes
    ----------
    share : ndarray, shape (hours,)
        Positive; only ratios within a period matter.
    hours : tuple of ndarray of int
        By period.
    """

    share: FloatArray
    hours: tuple[NDArray[np.int64], ...]

    def operator(self, weight: FloatArray) -> FloatArray:
        """Hours by periods: an hour's flow is this matrix times the periods' flows, shape (hours, periods).

        Its columns sum to the periods' weights, so that a day's traffic is kept.

        Examples
        --------
        >>> two = (np.arange(12), np.arange(12, 24))
        >>> Profile(np.ones(24), two).operator(np.array([6.0, 12.0]))[[0, 23]].tolist()
        [[0.5, 0.0], [0.0, 1.0]]
        """
        matrix = np.zeros((HOURS, len(self.hours)))
        for p, hours in enumerate(self.hours):
            matrix[hours, p] = weight[p] * self.share[hours] / self.share[hours].sum()
        return matrix


def estimate_profile(counted: Counted, periods: int) -> Profile:
    """Profile of these counts; that of the mobility model where no site counted every hour.

    Flows are summed over sites, so that the profile is that of traffic and not of the mean street.
    """
    full = np.isfinite(counted.flow).all(axis=1)
    share = counted.flow[full].sum(axis=0) if full.any() else np.asarray(clock.HOURLY, dtype=float)
    return Profile(np.maximum(share / share.sum(), 1e-4), hours_of_periods(periods))


def by_period(hourly: FloatArray, profile: Profile) -> FloatArray:
    """Mean flow over the counted hours of each period, shape (..., periods); missing where none was counted."""
    with np.errstate(invalid="ignore"):
        means = [
            np.nansum(hourly[..., h], axis=-1) / np.maximum(np.isfinite(hourly[..., h]).sum(axis=-1), 1)
            for h in profile.hours
        ]
        none = [~np.isfinite(hourly[..., h]).any(axis=-1) for h in profile.hours]
    return np.where(np.stack(none, axis=-1), np.nan, np.stack(means, axis=-1))


def hourly_flows(flows: FloatArray, weight: FloatArray, counted: Counted, profile: Profile) -> FloatArray:
    """What each row of the counts would have counted, shape (members, rows, hours).

    Parameters
    ----------
    flows : ndarray, shape (members, regimes, periods, links)
        Flows of the counted links.
    weight : ndarray, shape (members, regimes, periods)
        Weights of the periods.
    counted : Counted
        `link` indexes the last axis of `flows`.
    profile : Profile
    """
    found = np.empty((len(flows), len(counted.site), HOURS))
    for m in range(len(flows)):
        for r in range(flows.shape[1]):
            rows = np.flatnonzero(counted.regime == r)
            found[m, rows] = (profile.operator(weight[m, r]) @ flows[m, r][:, counted.link[rows]]).T
    return found
