"""Who travels how, and who gains: residents' trips by purpose, and their surplus by zone and income."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.models.mobility.choices import CAR
from exante.models.mobility.response import Answer, Response
from exante.quantities.labels import LABELS, place

FloatArray = NDArray[np.float64]


def tell(response: Response, answer: Answer) -> dict[str, np.ndarray]:
    """Results by purpose and by income.

    Parameters
    ----------
    response : Response
    answer : Answer

    Returns
    -------
    dict of str to ndarray
        `trips_by_purpose`, `zone_car_arrivals`, `zone_surplus_by_income` and `zone_minutes_by_income`.
    """
    segments, zones = response.segments, response.network.zones
    classes = len(LABELS["income_class"])
    by_purpose = np.zeros((len(LABELS["purpose"]), len(LABELS["mode"])))
    arrivals = np.zeros(zones)
    minutes = np.zeros((zones, classes))
    money = np.zeros((zones, classes))
    known = response.drivers.incomes.number == classes
    for row, choice in zip(response.row, answer.chosen, strict=True):
        by_purpose[row] += choice.trips.sum(axis=(1, 2, 3))
        arrivals += choice.trips[CAR].sum(axis=(0, 1))
        for s, income in enumerate(segments.income):
            held = income if known else place("income_class", "middle")
            minutes[:, held] += choice.by_segment[s]
            money[:, held] += choice.by_segment[s] * segments.worth[s] / response.per_euro
    return {
        "trips_by_purpose": by_purpose,
        "zone_car_arrivals": arrivals,
        "zone_surplus_by_income": money,
        "zone_minutes_by_income": minutes,
    }
