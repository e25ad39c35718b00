"""Generalised costs of the modes that do not depend on traffic, in minutes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.models.mobility.network import Network
from exante.quantities.declarations import Inputs

FloatArray = NDArray[np.float64]

#: Access and wait at the densest and thinnest zones stay between these multiples of the city's mean.
DENSITY_RANGE = (0.7, 1.8)


def walk_cost(network: Network, p: dict[str, float]) -> FloatArray:
    """Walking, weighted minutes, shape (zones, zones)."""
    return network.walk_distance / p["walk_speed"] * 60.0 * p["walk_weight"]


def cycle_cost(network: Network, p: dict[str, float]) -> FloatArray:
    """Cycling, weighted minutes, shape (zones, zones)."""
    return network.walk_distance / p["cycle_speed"] * 60.0 * p["cycle_weight"]


def transit_cost(inputs: Inputs, network: Network) -> FloatArray:
    """Public transport by a stated simple skim, generalised minutes, shape (zones, zones).

    In-vehicle time is street distance over the speed of buses; access and wait fall with the density of people
    and jobs at both ends; transfers grow with distance to at most one; the fare enters at the value of time.
    """
    p = inputs.parameters
    density = (inputs["zones.population"] + inputs["zones.jobs"]) / inputs["zones.area"]
    mean = (inputs["zones.population"] + inputs["zones.jobs"]).sum() / inputs["zones.area"].sum()
    thin = np.full(len(density), DENSITY_RANGE[1])
    np.divide(mean, density, out=thin, where=density > 0)
    thin = np.clip(thin ** p["transit_density"], *DENSITY_RANGE)
    ends = 0.5 * (thin[:, None] + thin[None, :])
    waits = (p["transit_access"] + p["transit_wait"]) * p["transit_walk_wait_weight"] * ends
    ride = network.walk_distance / p["transit_speed"] * 60.0
    transfers = np.minimum(p["transit_transfers"] * network.walk_distance, 1.0) * p["transit_transfer_penalty"]
    return ride + waits + transfers + p["transit_fare"] / p["value_of_time"] * 60.0


def parking_cost(inputs: Inputs, hours: float) -> FloatArray:
    """Parking at the destination, generalised minutes per person and trip, shape (zones,).

    A stay is paid once for the trips out and back, by all in the car.
    """
    p = inputs.parameters
    return 0.5 * inputs["zones.parking_price"] * hours / (p["value_of_time"] * p["car_occupancy"]) * 60.0


def inner_car_time(network: Network) -> FloatArray:
    """Driving time of car trips that stay in a zone, minutes, shape (zones,): not on the modelled network."""
    return np.diag(network.walk_distance) / 20.0 * 60.0
