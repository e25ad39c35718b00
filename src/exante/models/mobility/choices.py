"""Where residents go and by which mode: nested logit, mode below destination."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.kernels.choice import logit
from exante.kernels.fitting import furness
from exante.quantities.labels import LABELS, place

FloatArray = NDArray[np.float64]

CAR = place("mode", "car")
MOTORCYCLE = place("mode", "motorcycle")
N_MODES = len(LABELS["mode"])


@dataclass(frozen=True)
class Chosen:
    """Trips of one purpose on a working day, from home to activity, both directions counted.

    Attributes
    ----------
    trips : ndarray, shape (modes, segments, zones, zones)
        Home in rows, activity in columns.
    surplus : ndarray, shape (zones,)
        Sum of the trips' maximum expected utility in minutes, by zone of residence.
    column_factor : ndarray, shape (zones,)
        Balancing factors of the activities' margins; ones where there is no such margin.
    """

    trips: FloatArray
    surplus: FloatArray
    column_factor: FloatArray


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
    """Trips by mode and destination.

    ``P(m | ij) = logit(-s c_mij)``, ``P(j | i)`` proportional to ``B_j A_j exp(theta L_ij)`` with the logsum ``L``
    of the modes; ``B`` makes the trips to each zone its attraction where `doubly` (Williams 1977, Wilson 1967).
    The surplus is ``O_i ln(sum_j B_j A_j exp(theta L_ij)) - sum_j T_ij ln B_j`` over ``s theta``: the second term
    takes out the shadow price of full destinations, so that the city's sum is the dual of the entropy programme
    and does not depend on the scale of `B` (Williams 1976).

    Parameters
    ----------
    cost : ndarray, shape (modes, segments, zones, zones)
        Generalised minutes, infinite where a segment cannot use a mode.
    produced : ndarray, shape (segments, zones)
        Trips of the day.
    attraction : ndarray, shape (zones,)
    sensitivity : float
        1/minute.
    theta : float
    doubly : bool
    start : ndarray, shape (zones,), optional
        Column factors of a related run.

    Returns
    -------
    Chosen
    """
    modes, segments, zones, _ = cost.shape
    share, logsum = logit(cost.reshape(modes, segments * zones, zones), sensitivity)
    level = logsum.max()
    weight = np.exp(theta * (logsum - level)) * attraction
    rows = produced.reshape(-1)
    if doubly:
        fit = furness(weight, rows, attraction, start=start)
        matrix, factor = fit.matrix, fit.column_factor
    else:
        factor = np.ones(zones)
        matrix = weight * (rows / weight.sum(axis=1))[:, None]
    total = (weight * factor).sum(axis=1)
    log_factor = np.log(factor, out=np.zeros(zones), where=factor > 0)
    gain = rows * (np.log(total) + theta * level) - (matrix * log_factor).sum(axis=1)
    surplus = gain.reshape(segments, zones).sum(axis=0) / (sensitivity * theta)
    trips = share.reshape(cost.shape) * matrix.reshape(segments, zones, zones)
    return Chosen(trips, surplus, factor)
