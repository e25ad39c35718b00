"""When cars travel: the period of a trip answers to what driving costs in each period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.kernels.choice import logit
from exante.models.mobility.periods import Timing

FloatArray = NDArray[np.float64]

#: Usual cost of driving in each period over that on empty streets (real Bologna, base, medians): the counted shares of
#: periods are those at these costs.
USUAL = np.array([1.09, 1.07, 1.09, 1.02, 1.00])


@dataclass(frozen=True)
class Departures:
    """When trips of one purpose by one kind of driver are made.

    Attributes
    ----------
    out, back : ndarray, shape (periods, n, n)
        Share of the day's trips between two places that leave home, and that go home, in the modelled hour of each
        period; home in rows in both. With the hours of the periods they sum to a half each.
    cost : ndarray, shape (n, n)
        Expected cost of a trip, mean of both ways, generalised minutes.
    """

    out: FloatArray
    back: FloatArray
    cost: FloatArray


def choose_departures(
    drive: FloatArray, empty: FloatArray, timing: Timing, purpose: int, sensitivity: float
) -> Departures:
    """Logit of the period: ``P_h`` proportional to ``t_h exp(-s (c_h - (u_h - 1) c_0))``.

    `t_h` is the usual share of the period, `u_h` its usual cost over that on empty streets `c_0`: at usual costs the
    usual shares come out, and a charge by hour moves trips to other hours. The cost is the logsum,
    ``-ln(sum_h t_h exp(-s (c_h - (u_h - 1) c_0))) / s`` (Williams 1977).

    Parameters
    ----------
    drive : ndarray, shape (periods, n, n)
        Generalised minutes by car.
    empty : ndarray, shape (n, n)
        The same on empty streets.
    timing : Timing
    purpose : int
        Row of `timing`.
    sensitivity : float
        1/minute; zero keeps the usual shares.
    """
    shares, costs = [], []
    for usual, forward in ((timing.out[purpose], True), (timing.back[purpose], False)):
        here = drive if forward else drive.transpose(0, 2, 1)
        calm = empty if forward else empty.T
        prior = 2.0 * timing.weight * usual
        if sensitivity <= 0.0:
            costs.append(np.einsum("h,hij->ij", prior, here))
            shares.append(np.broadcast_to(usual[:, None, None], here.shape))
            continue
        with np.errstate(divide="ignore"):
            level = -np.log(prior) / sensitivity
        usually = (USUAL - 1.0)[:, None, None] * calm
        share, logsum = logit(here - usually + level[:, None, None], sensitivity)
        costs.append(-logsum / sensitivity + np.einsum("h,hij->ij", prior, usually))
        shares.append(share * (0.5 / timing.weight)[:, None, None])
    return Departures(shares[0], shares[1], 0.5 * (costs[0] + costs[1]))
