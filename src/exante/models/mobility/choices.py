"""Where residents go and by which mode: nested logit, mode below destination."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.kernels.choice import logit
from exante.kernels.fitting import furness
from exante.quantities.labels import LABELS, place

FloatArray = NDArray[np.float64]

#: Driving a car.
CAR = place("mode", "car")
MOTORCYCLE = place("mode", "motorcycle")
PASSENGER = place("mode", "car_passenger")
TAXI = place("mode", "taxi")
TRANSIT = place("mode", "transit")
N_MODES = len(LABELS["mode"])


@dataclass(frozen=True)
class Chosen:
    """Trips of one purpose on a working day, from home to activity, both directions counted.

    Attributes
    ----------
    trips : ndarray, shape (modes, segments, zones, zones)
        Home in rows, activity in columns.
    surplus : ndarray, shape (zones,)
        Sum of the trips' maximum expected utility in minutes, by zone of residence; minutes of people whose hour is
        worth more than the mean count for more, so that it is money over the mean value of time.
    column_factor : ndarray, shape (zones,)
        Balancing factors of the activities' margins; ones where there is no such margin.
    by_segment : ndarray, shape (segments, zones)
        The same in each segment's own minutes.
    access : float
        Mean over the trips of what they reach: logsum of destinations and modes, without unit.
    """

    trips: FloatArray
    surplus: FloatArray
    column_factor: FloatArray
    by_segment: FloatArray
    access: float = 0.0


def choose(
    cost: FloatArray,
    produced: FloatArray,
    attraction: FloatArray,
    sensitivity: float,
    theta: float,
    *,
    doubly: bool,
    start: FloatArray | None = None,
) -> Chosen:
    """Trips by mode and destination: `distribute` over the logsums of modes with these costs.

    Parameters
    ----------
    cost : ndarray, shape (modes, segments, zones, zones)
        Generalised minutes, infinite where a segment cannot use a mode.
    produced, attraction, sensitivity, theta, doubly, start
        As in `distribute`.
    """
    modes, segments, zones, _ = cost.shape
    share, logsum = logit(cost.reshape(modes, segments * zones, zones), sensitivity)
    logsum = logsum.reshape(segments, zones, zones)
    return distribute(
        share.reshape(cost.shape), logsum, produced, attraction, sensitivity, theta, doubly=doubly, start=start
    )


def distribute(
    share: FloatArray,
    logsum: FloatArray,
    produced: FloatArray,
    attraction: FloatArray,
    sensitivity: float,
    theta: float,
    *,
    doubly: bool,
    start: FloatArray | None = None,
    worth: FloatArray | None = None,
    induced: tuple[float, float] = (0.0, 0.0),
) -> Chosen:
    """Trips by destination.

    ``P(j | i)`` proportional to ``B_j A_j exp(theta L_ij)`` with the logsum ``L`` of the modes; ``B`` makes the trips
    to each zone its attraction where `doubly` (Williams 1977, Wilson 1967).
    The surplus is ``O_i ln(sum_j B_j A_j exp(theta L_ij)) - sum_j T_ij ln B_j`` over ``s theta``: the second term
    takes out the shadow price of full destinations, so that the city's sum is the dual of the entropy programme
    and does not depend on the scale of `B` (Williams 1976).

    Where trips answer to access, ``O_i = O_i0 exp(m (V_i - V_0))`` with ``V_i = ln(sum_j a_j exp(theta L_ij))`` over
    the shares `a` of attractions; the surplus, the integral of trips over it, is then ``O_i / (m s theta)``.

    Parameters
    ----------
    share : ndarray, shape (modes, segments, zones, zones)
        Shares of modes; overwritten with the trips.
    logsum : ndarray, shape (segments, zones, zones)
    produced : ndarray, shape (segments, zones)
        Trips of the day.
    attraction : ndarray, shape (zones,)
    sensitivity : float
        1/minute.
    theta : float
    doubly : bool
    start : ndarray, shape (zones,), optional
        Column factors of a related run.
    worth : ndarray, shape (segments,), optional
        Value of time over its mean; ones by default.
    induced : tuple of float
        `m` and `V_0`; trips do not answer where the first is zero. Not used where `doubly`.
    """
    segments, zones, _ = logsum.shape
    level = logsum.max()
    weight = np.exp(theta * (logsum.reshape(segments * zones, zones) - level)) * attraction
    rows = produced.reshape(-1)
    total = weight.sum(axis=1)
    whole = float(attraction.sum())
    access = np.log(total / whole) + theta * level if whole > 0 else np.zeros(len(rows))
    elasticity, usual = induced
    if doubly:
        fit = furness(weight, rows, attraction, start=start)
        matrix, factor = fit.matrix, fit.column_factor
        balanced = (weight * factor).sum(axis=1)
        log_factor = np.log(factor, out=np.zeros(zones), where=factor > 0)
        scale = np.log(whole) if whole > 0 else 0.0  # attractions count by their shares: more places are no gain
        gain = rows * (np.log(balanced) + theta * level - scale) - (matrix * log_factor).sum(axis=1)
    else:
        factor = np.ones(zones)
        if elasticity > 0.0:
            rows = rows * np.exp(elasticity * (access - usual))
        matrix = weight * (rows / total)[:, None]
        gain = rows / elasticity if elasticity > 0.0 else rows * access
    by_segment = gain.reshape(segments, zones) / (sensitivity * theta)
    surplus = by_segment.sum(axis=0) if worth is None else np.einsum("s,sz->z", worth, by_segment)
    share *= matrix.reshape(segments, zones, zones)
    made = float(rows.sum())
    return Chosen(share, surplus, factor, by_segment, float((rows * access).sum()) / made if made > 0 else 0.0)
