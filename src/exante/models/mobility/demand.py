"""How many trips residents make, from which zones, and which zones draw them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.quantities.declarations import Inputs
from exante.quantities.errors import MissingLayerError

FloatArray = NDArray[np.float64]

#: Share of resident commuters who leave the city where no figure is published (Bologna 2011: 19 %).
LEAVING = 0.19


@dataclass(frozen=True)
class Demand:
    """Residents' trips inside the city on a working day, both directions counted.

    Attributes
    ----------
    produced : ndarray, shape (purposes, zones)
        Trips by zone of residence.
    attraction : ndarray, shape (purposes, zones)
        Trips that end at activities in each zone, of the same sum as `produced`; a margin for work and
        study, a weight for other purposes.
    with_car : ndarray, shape (zones,)
        Share of the trips made by people with a car at hand.
    leaving : ndarray, shape (zones,)
        Daily trips (both ways) of commuters who live in the zone and work or study outside the city.
    """

    produced: FloatArray
    attraction: FloatArray
    with_car: FloatArray
    leaving: FloatArray


def generate(inputs: Inputs) -> Demand:
    """Trips of residents by zone and purpose.

    Raises
    ------
    MissingLayerError
        If residents make trips of a purpose and no zone holds a place for it.
    """
    p = inputs.parameters
    employed, students = inputs["zones.employed"], inputs["zones.students"]
    commuters = float(employed.sum() + students.sum())
    away = inputs.statistic("residents_commuting_out", LEAVING * commuters)
    share = min(away / commuters, 1.0) if commuters > 0 else 0.0
    all_work, all_study = p["rate_work"] * employed, p["rate_study"] * students
    produced = np.stack(
        [
            (1.0 - share) * all_work,
            (1.0 - share) * all_study,
            (1.0 - p["other_outside"]) * p["rate_other"] * inputs["zones.population"],
        ]
    )
    pull = np.stack([inputs["zones.jobs"], inputs["zones.school_places"], inputs["zones.services"]])
    for purpose, (made, places, layer) in enumerate(
        zip(produced, pull, ("jobs", "school_places", "services"), strict=True)
    ):
        if made.sum() > 0 and not places.sum() > 0:
            raise MissingLayerError(
                f"residents travel, but no zone has any {layer}",
                where=f"zones.{layer}",
                remedy=f"Give the city's zones their {layer}",
            )
        pull[purpose] = places * (made.sum() / places.sum()) if made.sum() > 0 else 0.0
    return Demand(
        produced=produced,
        attraction=pull,
        with_car=np.asarray(inputs["zones.car_availability"]),
        leaving=share * (all_work + all_study),
    )
