"""Vans and lorries: how many a day, between which places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.kernels.fitting import furness
from exante.models.mobility.network import Network
from exante.quantities.declarations import Inputs

FloatArray = NDArray[np.float64]

#: Goods vehicles of the model, besides cars and motorcycles.
GOODS = ("van", "truck")


@dataclass(frozen=True)
class Goods:
    """Vehicles a working day between centroids (zones, then gates), symmetric: what goes in comes out.

    Attributes
    ----------
    van, truck : ndarray, shape (centroids, centroids)
    """

    van: FloatArray
    truck: FloatArray


def goods_trips(inputs: Inputs, network: Network, through: FloatArray, gate_share: FloatArray | None = None) -> Goods:
    """Daily trips of vans and lorries.

    ``V = r_jobs jobs + r_homes residents`` inside the city, between zones with the same weights and
    ``exp(-distance / mean)`` (gravity, both margins kept); `external` times as many across the edge, by the shares of
    gates; and their share of the through traffic. They deliver what is ordered: their number does not answer to costs.

    Parameters
    ----------
    inputs : Inputs
    network : Network
    through : ndarray, shape (centroids, centroids)
        Vehicles of all classes a day from gate to gate.
    gate_share : ndarray, shape (gates,), optional
        Share of gates in traffic that starts or ends in the city; their weights by default.
    """
    p = inputs.parameters
    share = inputs["gates.weight"] if gate_share is None else gate_share
    return Goods(*(_vehicles(inputs, network, p, name, share) + p[f"through_{name}"] * through for name in GOODS))


def _vehicles(inputs: Inputs, network: Network, p: dict[str, float], name: str, weight: FloatArray) -> FloatArray:
    zones = network.zones
    n = zones + network.gates
    day = np.zeros((n, n))
    drawn = p[f"{name}_per_job"] * inputs["zones.jobs"] + p[f"{name}_per_resident"] * inputs["zones.population"]
    total = float(drawn.sum())
    if total <= 0:
        return day
    near = np.exp(-network.walk_distance / p[f"{name}_distance"])
    matrix = furness(near * drawn[:, None] * drawn / total, drawn, drawn, tolerance=1e-8).matrix
    day[:zones, :zones] = 0.5 * (matrix + matrix.T)
    if network.gates and weight.sum() > 0:
        across = 0.5 * p[f"{name}_external"] * np.outer(drawn, weight / weight.sum())
        day[:zones, zones:] = across
        day[zones:, :zones] = across.T
    np.fill_diagonal(day, 0.0)  # trips inside a zone stay off the modelled network
    return day
