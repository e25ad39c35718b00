"""The modelled hours, what they stand for, and when trips are made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.quantities.errors import ParameterError
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]

#: Share of a working day's traffic by hour of day, percent: 56 induction loops of Bologna, January to April 2024,
#: 1,520 loop-days (bologna_loops_2024).
HOURLY = np.array(
    [
        [1.05, 0.46, 0.25, 0.22, 0.39, 0.80, 2.25, 6.60, 7.58, 6.34, 5.61, 5.59],
        [5.68, 5.72, 5.98, 5.97, 6.83, 7.47, 7.40, 6.51, 4.52, 2.51, 2.16, 2.10],
    ]
).ravel()

#: Share of a day's traffic in the morning peak hour, 08-09.
PEAK_SHARE = float(HOURLY[8] / HOURLY.sum())

#: Hours of the day that each modelled hour stands for.
STANDS_FOR = (np.arange(7, 10), np.concatenate([np.arange(7), np.arange(10, 24)]))


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
    """

    weight: FloatArray
    out: FloatArray
    back: FloatArray


def timing(p: dict[str, float]) -> Timing:
    """Timing by the drawn shares of the morning peak; the off-peak hour takes the rest of the day.

    Raises
    ------
    ParameterError
        If the peak takes more than all trips that leave home.
    """
    weight = np.array([p["peak_weight"], p["off_peak_weight"]])
    out = np.array([p["peak_out_work"], p["peak_out_study"], p["peak_out_other"]])
    back = np.array([0.0, 0.0, p["peak_return_other"]])
    rest_out, rest_back = 0.5 - weight[0] * out, 0.5 - weight[0] * back
    if (rest_out < 0).any():
        worst = LABELS["purpose"][int(rest_out.argmin())]
        raise ParameterError(
            f"the morning peak takes more than all {worst} trips that leave home",
            where=f"mobility.peak_out_{worst}",
            remedy="Lower the share or peak_weight",
        )
    return Timing(weight, np.stack([out, rest_out / weight[1]], 1), np.stack([back, rest_back / weight[1]], 1))


def charged_share(start: float, end: float) -> FloatArray:
    """Share of the traffic of each period that travels between two hours of day, shape (periods,).

    Examples
    --------
    >>> charged_share(0.0, 24.0).tolist()
    [1.0, 1.0]
    """
    hour = np.arange(24)
    if end <= start:  # across midnight
        return charged_share(start, 24.0) + charged_share(0.0, end) if end > 0 else charged_share(start, 24.0)
    inside = np.clip(np.minimum(hour + 1.0, end) - np.maximum(hour, start), 0.0, 1.0)
    return np.array([float((HOURLY * inside)[h].sum() / HOURLY[h].sum()) for h in STANDS_FOR])
