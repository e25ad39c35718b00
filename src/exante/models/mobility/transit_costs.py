"""Cost of public transport between zones: the city's lines where they are known, the distance formula elsewhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.models.mobility.costs import transit_cost as formula_cost
from exante.models.mobility.network import Network
from exante.models.mobility.periods import HOURLY, period_shares
from exante.quantities.declarations import Inputs

FloatArray = NDArray[np.float64]

#: Results of the model `transit`; without them all public transport is that of the formula.
USES = ("transit_ride", "transit_street", "transit_lane", "transit_wait", "transit_walk", "transit_boardings")

#: Statistic of a city: one where its tables of lines are its whole public transport.
COMPLETE = "transit_network_complete"


def transit_cost(inputs: Inputs, network: Network) -> FloatArray:
    """Generalised minutes by public transport, mean of the day, shape (zones, zones).

    Where the city's lines are complete: their skims, and the formula between zones that no line joins. Elsewhere the
    lines that are drawn are added to the formula: a trip takes the least of the formula alone, the lines alone, and
    one after the other with a transfer at a zone, which is paid once. The formula is the mean of zones whose people
    walk little; who gains by a line is told by the spread of walks to its stops, or no zone would.
    """
    formula = formula_cost(inputs, network)
    boardings = inputs["transit_boardings"]
    if not boardings.any():
        return formula
    complete = inputs.statistic(COMPLETE, 0.0) >= 1.0
    p = inputs.parameters
    fare = p["transit_fare"] / p["value_of_time"] * 60.0
    total = np.zeros(formula.shape)
    done: list[tuple[FloatArray, FloatArray]] = []  # periods with the same lines have the same costs
    for h, weight in enumerate(period_shares(HOURLY)):
        lines = line_cost(inputs, h)
        cost = next((c for known, c in done if np.array_equal(known, lines)), None)
        if cost is None:
            if complete:
                cost = np.where(np.isfinite(lines), lines + fare, formula)
            else:
                walk = p["transit_walk_wait_weight"] * inputs["transit_walk"][h]
                cost = joined(formula, lines, walk, fare, p["transit_transfer_penalty"])
            done.append((lines, cost))
        total += weight * cost
    return total


def line_cost(inputs: Inputs, period: int) -> FloatArray:
    """Generalised minutes on the city's lines in a period, fare not counted; infinite where no line joins the zones.

    ``ride - b lane + w (walk + wait) + t (boardings - 1)``: `b` minutes/km saved along lanes of the table `bus_lanes`,
    `w` and `t` the weight of walks and waits and the minutes of a transfer.
    """
    p = inputs.parameters
    ride, _, lane, wait, walk, boardings = (inputs[name][period] for name in USES)
    slow = p["transit_walk_wait_weight"] * (walk + wait)
    changes = p["transit_transfer_penalty"] * np.maximum(boardings - 1.0, 0.0)
    riding = np.maximum(ride - p["transit_lane_saving"] * lane, 0.0)
    return np.where(boardings > 0, riding + slow + changes, np.inf)


def joined(formula: FloatArray, lines: FloatArray, walk: FloatArray, fare: float, transfer: float) -> FloatArray:
    """Expected least cost by the formula, the lines, or one after the other (a min-plus product), shape (zones, zones).

    Parameters
    ----------
    formula : ndarray, shape (zones, zones)
        Fare included.
    lines : ndarray, shape (zones, zones)
        Fare not included; infinite where no line joins the zones.
    walk : ndarray, shape (zones, zones)
        Weighted minutes on foot in `lines`: some people of a zone live at the stop, others as far again.
    fare, transfer : float
        Generalised minutes.

    Examples
    --------
    From the second zone the line of the first is reached by the formula (30, of which 10 is the fare):

    >>> formula = np.array([[5.0, 30.0, 90.0], [30.0, 5.0, 95.0], [90.0, 95.0, 5.0]])
    >>> lines = np.full((3, 3), np.inf)
    >>> lines[0, 2] = lines[2, 0] = 20.0
    >>> joined(formula, lines, np.zeros((3, 3)), fare=10.0, transfer=8.0).tolist()
    [[5.0, 30.0, 30.0], [30.0, 5.0, 58.0], [30.0, 58.0, 5.0]]
    """
    spread = walk / np.sqrt(2.0)
    gain = expected_gain(formula - (lines + fare), spread)
    np.fill_diagonal(gain, 0.0)
    useful = gain > 0.0
    onward = formula + transfer  # its fare is that of the whole trip
    np.fill_diagonal(onward, np.inf)  # a zone is left by its lines, not by a ride inside it
    for z in np.flatnonzero(useful.any(axis=1)):
        d = np.flatnonzero(useful[z])
        left = formula[:, d] - onward[:, z, None] - lines[z, d]
        gain[:, d] = np.maximum(gain[:, d], expected_gain(left, np.broadcast_to(spread[z, d], left.shape)))
    for z in np.flatnonzero(useful.any(axis=0)):
        o = np.flatnonzero(useful[:, z])
        left = formula[o] - lines[o, z, None] - onward[None, z]
        gain[o] = np.maximum(gain[o], expected_gain(left, np.broadcast_to(spread[o, z, None], left.shape)))
    np.fill_diagonal(gain, 0.0)
    return formula - gain


def expected_gain(difference: FloatArray, spread: FloatArray) -> FloatArray:
    """Mean of what people gain who take the better of two ways, minutes.

    Gains are uniform within `spread` of their mean `difference` ``D``: nothing below ``-h``, ``D`` above ``h``,
    ``(D + h)^2 / (4 h)`` between. Two walks that are each uniform between zero and twice their mean have together the
    variance of such gains with ``h = walk / sqrt(2)``.

    Examples
    --------
    >>> expected_gain(np.array([-9.0, 0.0, 4.0, 9.0, 3.0]), np.array([8.0, 8.0, 8.0, 8.0, 0.0])).tolist()
    [0.0, 2.0, 4.5, 9.0, 3.0]
    """
    half = np.maximum(spread, 1e-9)
    inside = np.clip(difference + half, 0.0, 2.0 * half)
    return inside * inside / (4.0 * half) + np.maximum(difference - half, 0.0)
