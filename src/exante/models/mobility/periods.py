"""The five modelled hours, what they stand for, and when trips are made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.quantities.day import HOURLY as HOURLY
from exante.quantities.day import HOURLY_TRUCK, HOURLY_VAN
from exante.quantities.day import STANDS_FOR as STANDS_FOR
from exante.quantities.errors import ParameterError
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]

#: How the trips that leave home outside the morning peak fall on the other periods, and those that go home outside
#: the afternoon peak, by purpose (work, study, other). Assumed; together with the drawn shares of the peaks they give
#: the counted share of each period in a day's traffic within about one point.
REST_OUT = np.array([[0.0, 0.44, 0.15, 0.06, 0.35], [0.0, 0.65, 0.20, 0.0, 0.15], [0.0, 0.50, 0.36, 0.10, 0.04]])
REST_BACK = np.array([[0.05, 0.63, 0.0, 0.17, 0.15], [0.0, 0.94, 0.0, 0.06, 0.0], [0.05, 0.63, 0.0, 0.15, 0.17]])
MORNING, AFTERNOON = 0, 2


def mean_hours(profile: FloatArray) -> FloatArray:
    """Hours of the day that the modelled hour of each period stands for, shape (periods,).

    The modelled hour is the mean hour of the period's vehicles (each hour weighted by its flow), not its busiest: flow
    of the period over flow-weighted mean flow, ``(sum q)^2 / sum q^2``.

    Examples
    --------
    >>> mean_hours(np.ones(24)).tolist()
    [3.0, 6.0, 4.0, 2.0, 9.0]
    """
    return np.array([float(profile[h].sum() ** 2 / (profile[h] ** 2).sum()) for h in STANDS_FOR])


#: Hours per day of each period.
WEIGHT = mean_hours(HOURLY)


@dataclass(frozen=True)
class Timing:
    """When a day's trips are made.

    Attributes
    ----------
    weight : ndarray, shape (periods,)
        Hours per day.
    out, back : ndarray, shape (purposes, periods)
        Share of a day's trips of a purpose that leave home, or go home, in the modelled hour; with `weight`
        they sum to a half each, so that a day's trips are the same whatever the shares.
    traffic, van, truck : ndarray, shape (periods,)
        Share of a day's through traffic, vans and lorries in the modelled hour; with `weight` they sum to one.
    """

    weight: FloatArray
    out: FloatArray
    back: FloatArray
    traffic: FloatArray
    van: FloatArray
    truck: FloatArray


def timing(p: dict[str, float]) -> Timing:
    """Timing by the drawn shares of the two peaks; the other periods take the rest of the day.

    Raises
    ------
    ParameterError
        If a peak takes more than all trips that leave home, or that go home.
    """
    purposes = LABELS["purpose"]
    shares = []
    for name, peak, rest in (("out", MORNING, REST_OUT), ("back", AFTERNOON, REST_BACK)):
        taken = np.array([p[f"peak_{name}_{purpose}"] for purpose in purposes])
        if (taken > 0.5).any():
            worst = purposes[int(taken.argmax())]
            label = LABELS["period"][peak].replace("_", " ")
            raise ParameterError(
                f"the {label} takes more than all {worst} trips that {'leave' if name == 'out' else 'go'} home",
                where=f"mobility.peak_{name}_{worst}",
                remedy="Lower the share to at most one half",
            )
        by_period = rest / rest.sum(axis=1, keepdims=True) * (0.5 - taken)[:, None]
        by_period[:, peak] = taken
        shares.append(by_period / WEIGHT)
    of_day = [period_shares(profile) / WEIGHT for profile in (HOURLY, HOURLY_VAN, HOURLY_TRUCK)]
    return Timing(WEIGHT, *shares, *of_day)


def period_shares(profile: FloatArray) -> FloatArray:
    """Share of each period in a day's traffic, shape (periods,)."""
    return np.array([float(profile[h].sum()) for h in STANDS_FOR]) / float(profile.sum())


def charged_share(start: float, end: float) -> FloatArray:
    """Share of the traffic of each period that travels between two hours of day, shape (periods,).

    Examples
    --------
    >>> charged_share(0.0, 24.0).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    >>> charged_share(7.0, 20.0).tolist()
    [1.0, 1.0, 1.0, 0.0, 0.0]
    """
    hour = np.arange(24)
    if end <= start:  # across midnight
        return charged_share(start, 24.0) + charged_share(0.0, end) if end > 0 else charged_share(start, 24.0)
    inside = np.clip(np.minimum(hour + 1.0, end) - np.maximum(hour, start), 0.0, 1.0)
    return np.array([float((HOURLY * inside)[h].sum() / HOURLY[h].sum()) for h in STANDS_FOR])
