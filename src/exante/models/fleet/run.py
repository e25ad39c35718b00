"""One run of the fleet model: the vehicles on the road, where they are kept, and their answer to a standard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.models.fleet.answer import OF, Standard, answered_fleet, read_standard, replaced_share, staying_share
from exante.models.fleet.composition import YEAR, kind_shares, on_the_road
from exante.quantities.declarations import Inputs, Outputs
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]

#: Cars a resident who has one to drive; where the city publishes no car_ownership.
CARS_EACH = 0.8


def run(inputs: Inputs, state: dict[str, np.ndarray] | None = None) -> Outputs:  # noqa: ARG001
    """Vehicles on the road by kind, cars by zone, and who answers an emission standard how.

    Returns
    -------
    Outputs
        `road_fleet` (2, kinds), `link_low_emission` (links,), `zone_cars`, `zone_barred_cars`, `zone_replaced_cars`
        (zones,), `barred_by_vehicle` (vehicles,). Diagnostics: share of cars' kilometres below the standard.
    """
    p = inputs.parameters
    year = inputs.statistic("fleet_year", YEAR)
    shares = kind_shares(
        inputs["fleet.vehicle_class"].astype(str),
        inputs["fleet.fuel"].astype(str),
        inputs["fleet.euro_class"].astype(str),
        inputs["fleet.share"],
        year,
        p["survival_age"],
    )
    road = shares if inputs.statistic("fleet_on_road", 0.0) else on_the_road(shares, year, p)
    cars = _cars(inputs)
    zones, links = len(cars), len(inputs["links.length"])
    standard = read_standard(inputs)
    if standard is None:
        return Outputs(
            {
                "road_fleet": np.stack([road, road]),
                "link_low_emission": np.zeros(links),
                "zone_cars": cars,
                "zone_barred_cars": np.ones(zones),
                "barred_by_vehicle": np.ones(len(LABELS["vehicle"])),
                "zone_replaced_cars": np.zeros(zones),
            },
            diagnostics={"below_standard": 0.0},
        )
    inside, reach = _reach(inputs, standard, p["reach"])
    old = {v: float(road[(v == OF) & standard.below].sum()) for v in LABELS["vehicle"]}
    gone = {v: replaced_share(v, standard, p) for v in LABELS["vehicle"]}
    # What mobility multiplies with the share that is not exempt: 1 - exempt leaves it.
    leave = {
        v: (1.0 - gone[v] / max(1.0 - standard.exempt.get(v, 1.0), 1e-12)) * (1.0 - staying_share(standard, p))
        for v in LABELS["vehicle"]
    }
    by_zone = _older(old["car"], inputs, cars, p["income_gradient"])
    return Outputs(
        {
            "road_fleet": answered_fleet(road, standard, reach, p),
            "link_low_emission": standard.links,
            "zone_cars": cars,
            "zone_barred_cars": np.clip(by_zone * leave["car"], 0.0, 1.0) if standard.in_traffic else np.ones(zones),
            "barred_by_vehicle": np.array(
                [min(old[v] * leave[v], 1.0) if standard.in_traffic else 1.0 for v in LABELS["vehicle"]]
            ),
            "zone_replaced_cars": cars * by_zone * gone["car"] * (inside + (1.0 - inside) * reach),
        },
        diagnostics={"below_standard": old["car"]},
    )


def _cars(inputs: Inputs) -> FloatArray:
    """Cars of the zone's residents: the city's ownership spread by people with a car, shape (zones,)."""
    drivers = inputs["zones.population"] * inputs["zones.car_availability"]
    owned = inputs.statistic("car_ownership", 0.0) / 1000.0 * inputs["zones.population"].sum()
    return drivers * (owned / drivers.sum() if owned > 0 and drivers.sum() > 0 else CARS_EACH)


def _older(mean: float, inputs: Inputs, cars: FloatArray, gradient: float) -> FloatArray:
    """Share of a zone's cars below the standard by its income, with the city's mean kept, shape (zones,)."""
    income = inputs["zones.income"]
    known = np.isfinite(income) & (income > 0) if len(income) else np.zeros(len(cars), dtype=bool)
    if not known.any() or not cars.sum() > 0:
        return np.full(len(cars), mean)
    factor = np.ones(len(cars))
    factor[known] = (income[known] / np.average(income[known], weights=cars[known] + 1e-9)) ** -gradient
    return np.minimum(mean * factor / np.average(factor, weights=cars + 1e-9), 1.0)


def _reach(inputs: Inputs, standard: Standard, multiplier: float) -> tuple[FloatArray, float]:
    """Share of each zone's streets inside, shape (zones,), and share of the city's vehicles that it concerns."""
    zones = inputs["zones.zone_id"].astype(str)
    held = standard.links > 0
    if not len(inputs["links.zone_id"]):
        share = float(inputs["links.length"] @ held / inputs["links.length"].sum())
        return np.full(len(zones), share), min(share * multiplier, 1.0)
    place = {z: k for k, z in enumerate(zones.tolist())}
    at = np.array([place.get(z, -1) for z in inputs["links.zone_id"].tolist()])
    length = inputs["links.length"]
    known = at >= 0
    whole = np.bincount(at[known], length[known], minlength=len(zones))
    part = np.bincount(at[known], (length * held)[known], minlength=len(zones))
    inside = np.divide(part, whole, out=np.zeros(len(zones)), where=whole > 0)
    jobs = inputs["zones.jobs"]
    share = float(jobs @ inside / jobs.sum()) if jobs.sum() > 0 else float(inside.mean())
    return inside, min(share * multiplier, 1.0)
