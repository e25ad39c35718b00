"""Traffic that residents' trips inside the city do not make: across the edge, and through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.models.mobility.demand import Demand
from exante.quantities.declarations import Inputs

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class External:
    """Trips with an end outside the city, on a working day, between centroids (zones, then gates).

    Attributes
    ----------
    commuting, other : ndarray, shape (centroids, centroids)
        Person trips by all modes, home in rows, activity in columns, both directions counted.
    through : ndarray, shape (centroids, centroids)
        Vehicles per day from gate to gate.
    """

    commuting: FloatArray
    other: FloatArray
    through: FloatArray


def external_trips(inputs: Inputs, demand: Demand) -> External:
    """Commuters and other visitors by gate and zone, and through traffic between motorway gates.

    People who enter are spread over zones by jobs and places of study, other visitors by services; gates take
    shares by their weight. Where the city has no gate, nobody crosses its edge.
    """
    p = inputs.parameters
    zones, gates = len(demand.with_car), len(inputs["gates.weight"])
    n = zones + gates
    commuting, other, through = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
    weight = inputs["gates.weight"]
    if gates == 0 or not weight.sum() > 0:
        return External(commuting, other, through)
    gate_share = weight / weight.sum()
    entering = inputs.statistic("commuters_in", 0.0) * p["rate_work"]
    places = _shares(inputs["zones.jobs"] + inputs["zones.school_places"])
    commuting[zones:, :zones] = entering * gate_share[:, None] * places
    commuting[:zones, zones:] = demand.leaving[:, None] * gate_share
    visits = p["external_other"] * commuting.sum()
    other[zones:, :zones] = 0.5 * visits * gate_share[:, None] * _shares(inputs["zones.services"])
    other[:zones, zones:] = 0.5 * visits * _shares(inputs["zones.population"])[:, None] * gate_share
    motorway = np.where(inputs["gates.motorway"], weight, 0.0)
    passing = inputs.statistic("through_traffic", 0.0) * p["through_share"]
    pairs = motorway[:, None] * motorway
    np.fill_diagonal(pairs, 0.0)
    if pairs.sum() > 0:
        through[zones:, zones:] = passing * pairs / pairs.sum()
    return External(commuting, other, through)


def external_car_share(cost: FloatArray, parking: FloatArray, sensitivity: float, alternative: float) -> FloatArray:
    """Share of trips across the edge that go by car: logit against train or bus.

    ``P = 1 / (1 + exp(s (c - alternative)))`` with the cost of the part inside the city, because what happens
    outside is the same in every scenario and is part of the constant `alternative`.

    Parameters
    ----------
    cost : ndarray, shape (centroids, centroids)
        Generalised minutes by car, mean of both directions.
    parking : ndarray, shape (centroids,)
        Generalised minutes at the activity end.
    sensitivity : float
        1/minute.
    alternative : float
        Generalised minutes at which both are equal.

    Returns
    -------
    ndarray, shape (centroids, centroids)
    """
    return 1.0 / (1.0 + np.exp(np.clip(sensitivity * (cost + parking - alternative), -50.0, 50.0)))


def _shares(values: FloatArray) -> FloatArray:
    total = values.sum()
    return values / total if total > 0 else np.full(len(values), 1.0 / len(values))
