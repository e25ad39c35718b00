"""How many trips residents make, from which zones, and which zones draw them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.models.mobility.incomes import cube
from exante.quantities.declarations import Inputs
from exante.quantities.errors import MissingLayerError

FloatArray = NDArray[np.float64]

#: Share of resident commuters who leave the city where no figure is published (Bologna 2011: 19 %).
LEAVING = 0.19

#: Groups of purposes in which people choose, and the surveyed purpose whose constants, timing and parking they have.
GROUPS = {"work": "work", "study": "study", "other": "other", "away_from_home": "other"}

#: Purposes other than work and study: they differ in who makes trips and in what draws them.
OTHER = ("shopping", "services_care", "leisure", "escort")

#: Trips per person relative to the mean by age (under 15, 15-24, 25-39, 40-64, over 64). Assumed, in the order that
#: national surveys show: parents escort, the retired shop and look after themselves, the young go out.
BY_AGE = {
    "shopping": (0.3, 0.5, 0.9, 1.2, 1.5),
    "services_care": (0.5, 0.6, 0.8, 1.0, 1.6),
    "leisure": (0.9, 1.3, 1.1, 0.9, 0.95),
    "escort": (0.1, 0.2, 1.9, 1.4, 0.6),
}

#: What draws each purpose: shares of shops and services, residents, places of study. Assumed.
DRAWN_BY = {
    "shopping": (1.0, 0.0, 0.0),
    "services_care": (0.8, 0.2, 0.0),
    "leisure": (0.6, 0.4, 0.0),
    "escort": (0.2, 0.1, 0.7),
}


@dataclass(frozen=True)
class Demand:
    """Residents' trips inside the city on a working day, both directions counted.

    Attributes
    ----------
    produced : ndarray, shape (groups, zones)
        Trips by zone of residence; those away from home by the zone where they start.
    attraction : ndarray, shape (groups, zones)
        Trips that end at activities in each zone, of the same sum as `produced`; a margin for work and
        study, a weight for others.
    with_car : ndarray, shape (zones,)
        Share of the trips made by people with a car at hand.
    leaving : ndarray, shape (zones,)
        Daily trips (both ways) of commuters who live in the zone and work or study outside the city.
    purpose : ndarray, shape (purposes but work and study,)
        Share of each purpose of `OTHER` in the trips of the group other.
    """

    produced: FloatArray
    attraction: FloatArray
    with_car: FloatArray
    leaving: FloatArray
    purpose: FloatArray


def generate(inputs: Inputs) -> Demand:
    """Trips of residents by zone and group of purposes.

    Raises
    ------
    MissingLayerError
        If residents make trips of a purpose and no zone holds a place for it.
    """
    p = inputs.parameters
    employed, students, residents = inputs["zones.employed"], inputs["zones.students"], inputs["zones.population"]
    commuters = float(employed.sum() + students.sum())
    away = inputs.statistic("residents_commuting_out", LEAVING * commuters)
    share = min(away / commuters, 1.0) if commuters > 0 else 0.0
    all_work, all_study = p["rate_work"] * employed, p["rate_study"] * students
    mix = _mix(p)
    services, places = inputs["zones.services"], inputs["zones.school_places"]
    made = (1.0 - p["other_outside"]) * p["rate_other"] * residents
    at_home = (1.0 - p["away_from_home"]) * made * _by_age(inputs, mix)
    # A chain of trips passes where people work, shop and are served.
    halts = _shares(_shares(inputs["zones.jobs"]) + _shares(services))
    produced = np.stack(
        [(1.0 - share) * all_work, (1.0 - share) * all_study, at_home, p["away_from_home"] * made.sum() * halts]
    )
    drawn = np.array([DRAWN_BY[name] for name in OTHER])
    weights = np.stack([_shares(services), _shares(residents), _shares(places)])
    pull = np.stack([inputs["zones.jobs"], places, np.einsum("p,pd,dz->z", mix, drawn, weights), halts])
    layers = ("jobs", "school_places", "services", "services")
    needed = (inputs["zones.jobs"], places, services, services)
    for group, (trips, held, layer) in enumerate(zip(produced, needed, layers, strict=True)):
        if trips.sum() > 0 and not held.sum() > 0:
            raise MissingLayerError(
                f"residents travel, but no zone has any {layer}",
                where=f"zones.{layer}",
                remedy=f"Give the city's zones their {layer}",
            )
        pull[group] = pull[group] * (trips.sum() / pull[group].sum()) if trips.sum() > 0 else 0.0
    return Demand(
        produced=produced,
        attraction=pull,
        with_car=np.asarray(inputs["zones.car_availability"]),
        leaving=share * (all_work + all_study),
        purpose=mix,
    )


def _mix(p: dict[str, float]) -> FloatArray:
    """Shares of the purposes of `OTHER`: shopping, services and escort as drawn, leisure the rest."""
    shares = {name: p[f"share_{name}"] for name in OTHER if name != "leisure"}
    return np.array([shares.get(name, 1.0 - sum(shares.values())) for name in OTHER])


def _by_age(inputs: Inputs, mix: FloatArray) -> FloatArray:
    """Trips of the mean resident of a zone over those of the city's, shape (zones,): who is there and how old.

    Ones where the city does not know its people. The city's number of trips is the same.
    """
    residents = inputs["zones.population"]
    if not len(inputs["people.persons"]):
        return np.ones(len(residents))
    by_age = cube(inputs).sum(axis=(2, 3))
    rate = np.einsum("p,pa->a", mix, np.array([BY_AGE[name] for name in OTHER]))
    counted = by_age.sum(axis=1)
    mean = np.einsum("za,a->z", by_age, rate)
    if not mean.sum() > 0:
        return np.ones(len(residents))
    relative = np.where(counted > 0, mean / np.where(counted > 0, counted, 1.0) / (mean.sum() / counted.sum()), 1.0)
    return np.asarray(relative * (residents.sum() / (residents * relative).sum()))


def _shares(values: FloatArray) -> FloatArray:
    total = values.sum()
    return values / total if total > 0 else np.zeros(len(values))
