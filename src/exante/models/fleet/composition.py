"""Composition of a fleet by kind of vehicle: groups split by age, kilometres by age and fuel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.kernels.survival import standard_shares
from exante.quantities.errors import MissingLayerError
from exante.quantities.vehicle_kinds import KINDS, STANDARDS, STARTS, known_standards

FloatArray = NDArray[np.float64]

#: Shape of the law of survival.
SHAPE = 3.0

#: Year of a fleet that does not tell its own (statistic fleet_year).
YEAR = 2023.0


def ages(year: float, scale: float) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Share and mean age of every standard in a steady stock, by vehicle class, shape (standards,) each."""
    both = {v: standard_shares(np.array(s), year, scale, SHAPE) for v, s in STARTS.items()}
    return {v: b[0] for v, b in both.items()}, {v: b[1] for v, b in both.items()}


def kind_shares(
    vehicle: np.ndarray, fuel: np.ndarray, euro: np.ndarray, share: FloatArray, year: float, scale: float
) -> FloatArray:
    """Share of each kind among the vehicles of its class, shape (kinds,).

    A row that stands for a group of standards is split by their shares in a steadily renewed stock of that year.

    Raises
    ------
    MissingLayerError
        If a row names no kind of vehicle.
    """
    place = {kind: k for k, kind in enumerate(KINDS)}
    stock, _ = ages(year, scale)
    found = np.zeros(len(KINDS))
    for v, f, e, s in zip(vehicle.tolist(), fuel.tolist(), euro.tolist(), share.tolist(), strict=True):
        standards = known_standards(v, f, e)
        if not standards:
            raise MissingLayerError(
                f"the fleet has {v}, {f}, {e}, which is no kind of vehicle exante knows",
                where="table fleet",
                remedy="Use fuels and Euro classes of quantities/vehicle_kinds.py; electric vehicles have none",
            )
        if f == "electric":
            found[place[v, f, "none"]] += s
            continue
        part = np.array([stock[v][STANDARDS.index(x)] for x in standards])
        part = part / part.sum() if part.sum() > 0 else np.full(len(part), 1.0 / len(part))
        for standard, p in zip(standards, part, strict=True):
            found[place[v, f, standard]] += s * p
    return _to_one(found)


def on_the_road(shares: FloatArray, year: float, p: dict[str, float]) -> FloatArray:
    """Share of each kind in the kilometres of its class, from its share of vehicles, shape (kinds,)."""
    _, age = ages(year, p["survival_age"])
    driven = np.ones(len(KINDS))
    for k, (v, f, e) in enumerate(KINDS):
        if e != "none":
            driven[k] = np.exp(-p["mileage_decline"] * age[v][STANDARDS.index(e)])
        if v == "car" and f == "diesel":
            driven[k] *= p["diesel_distance"]
    return _to_one(shares * driven)


def _to_one(shares: FloatArray) -> FloatArray:
    """The shares, each class scaled to one; a class without vehicles stays without."""
    of = np.array([v for v, _, _ in KINDS])
    total = np.array([shares[of == v].sum() for v in of])
    return np.divide(shares, total, out=np.zeros(len(shares)), where=total > 0)
