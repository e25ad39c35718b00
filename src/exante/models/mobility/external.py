"""Traffic that residents' trips inside the city do not make: across the edge, and through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.kernels.fitting import furness
from exante.kernels.skims import skim
from exante.models.mobility.demand import Demand
from exante.models.mobility.network import Network
from exante.quantities.declarations import Inputs

FloatArray = NDArray[np.float64]

#: Least share of a gate's traffic that starts or ends in the city.
LEAST_OWN = 0.1


@dataclass(frozen=True)
class External:
    """Trips with an end outside the city, on a working day, between centroids (zones, then gates).

    Attributes
    ----------
    commuting, other : ndarray, shape (centroids, centroids)
        Person trips by all modes, home in rows, activity in columns, both directions counted.
    through : ndarray, shape (centroids, centroids)
        Vehicles per day from gate to gate.
    gate_share : ndarray, shape (gates,)
        Share of gates in the traffic that starts or ends in the city.
    """

    commuting: FloatArray
    other: FloatArray
    through: FloatArray
    gate_share: FloatArray


def external_trips(inputs: Inputs, demand: Demand, network: Network, empty: FloatArray | None = None) -> External:
    """Commuters and other visitors by gate and zone, and through traffic between gates.

    Gates take shares of the persons by their traffic without what passes through, zones by jobs and places of study
    (other visitors: by services); which zone a gate serves is gravity between both margins,
    ``exp(-sensitivity theta c)`` with the cost `c` of driving on empty streets. Through traffic has a motorway gate at
    one end at least. Where the city has no gate, nobody crosses its edge.
    """
    p = inputs.parameters
    zones, gates = len(demand.with_car), len(inputs["gates.weight"])
    n = zones + gates
    commuting, other, through = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
    weight = inputs["gates.weight"]
    if gates == 0 or not weight.sum() > 0:
        return External(commuting, other, through, weight)
    through[zones:, zones:] = _through(inputs, p, weight)
    gate_share = _own_share(inputs, weight, through[zones:, zones:])
    minutes = _driving(network, p) if empty is None else 0.5 * (empty[:zones, zones:] + empty[zones:, :zones].T)
    seeds = {
        group: np.exp(-p[f"sensitivity_{group}"] * p[f"theta_{group}"] * (minutes - minutes.min()))
        for group in ("work", "other")
    }

    def spread(rows: FloatArray, columns: FloatArray, seed: FloatArray) -> FloatArray:
        return furness(seed, rows, columns, tolerance=1e-9).matrix if rows.sum() > 0 else np.zeros(seed.shape)

    entering = inputs.statistic("commuters_in", 0.0) * p["rate_work"]
    places = _shares(inputs["zones.jobs"] + inputs["zones.school_places"])
    leaving = demand.leaving
    commuting[zones:, :zones] = spread(entering * gate_share, entering * places, seeds["work"].T)
    commuting[:zones, zones:] = spread(leaving, leaving.sum() * gate_share, seeds["work"])
    half = 0.5 * p["external_other"] * commuting.sum()
    drawn, homes = _shares(inputs["zones.services"]), _shares(inputs["zones.population"])
    other[zones:, :zones] = spread(half * gate_share, half * drawn, seeds["other"].T)
    other[:zones, zones:] = spread(half * homes, half * gate_share, seeds["other"])
    return External(commuting, other, through, gate_share)


def _through(inputs: Inputs, p: dict[str, float], weight: FloatArray) -> FloatArray:
    """Vehicles a day from gate to gate, by the product of their weights, one of them a motorway's."""
    motorway = inputs["gates.motorway"].astype(bool)
    pairs = np.outer(weight, weight) * (motorway[:, None] | motorway)
    np.fill_diagonal(pairs, 0.0)
    passing = inputs.statistic("through_traffic", 0.0) * p["through_share"]
    return np.asarray(passing * pairs / pairs.sum()) if pairs.sum() > 0 else pairs


def _own_share(inputs: Inputs, weight: FloatArray, through: FloatArray) -> FloatArray:
    """Share of gates in traffic that starts or ends in the city: theirs without what passes through.

    Where nothing is counted at the edge (statistic `gate_traffic`, vehicles a day in), the weight.
    """
    counted = inputs.statistic("gate_traffic", 0.0) * weight / weight.sum()
    own = np.maximum(counted - through.sum(axis=1), LEAST_OWN * counted)
    return _shares(own) if own.sum() > 0 else _shares(weight)


def _driving(network: Network, p: dict[str, float]) -> FloatArray:
    """Generalised minutes by car between zones and gates on empty streets, mean of both ways, shape (zones, gates)."""
    per_metre = 60.0 * p["car_cost"] / (1000.0 * p["value_of_time"] * p["car_occupancy"])
    cost, _ = skim(network.graph, network.free_time / 60.0 + per_metre * network.length)
    zones = network.zones
    return np.asarray(0.5 * (cost[:zones, zones:] + cost[zones:, :zones].T))


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
