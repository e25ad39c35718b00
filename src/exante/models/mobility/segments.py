"""Segments of travellers who choose alike: kind of driver by income, and people without a car by income."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.models.mobility.drivers import Drivers

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Segments:
    """Behavioural classes: first those with a car, then those without.

    Attributes
    ----------
    kind : tuple of int
        Kind of driver (`Drivers.kinds`) of each segment with a car.
    income : tuple of int
        Income class of each segment.
    share : ndarray, shape (segments, zones)
        Share of each zone's trips; sums to one.
    mean : ndarray, shape (segments,)
        The same in the city.
    home : ndarray, shape (segments, zones)
        Where the people of each segment live; rows sum to one.
    worth : ndarray, shape (segments,)
        Value of time over its mean in the city.
    kinds : ndarray, shape (kinds,)
        Share of each kind among drivers of the city.
    """

    kind: tuple[int, ...]
    income: tuple[int, ...]
    share: FloatArray
    mean: FloatArray
    home: FloatArray
    worth: FloatArray
    kinds: FloatArray


def list_segments(drivers: Drivers, with_car: FloatArray, residents: FloatArray) -> Segments:
    """Segments of a city.

    Parameters
    ----------
    drivers : Drivers
    with_car : ndarray, shape (zones,)
        Share of trips by people with a car at hand.
    residents : ndarray, shape (zones,)
    """
    incomes, zones = drivers.incomes, len(with_car)
    kind: list[int] = []
    income: list[int] = []
    rows = []
    for k, driver in enumerate(drivers.kinds):
        here = with_car * driver.share[:zones]
        for i in range(incomes.number) if driver.income is None else (driver.income,):
            kind.append(k)
            income.append(i)
            rows.append(here if driver.income is not None else here * incomes.with_car[:zones, i])
    for i in range(incomes.number):
        income.append(i)
        rows.append((1.0 - with_car) * incomes.without_car[:zones, i])
    share = np.stack(rows)
    people = share * residents
    total = people.sum(axis=1)
    city = float(residents.sum())
    mean = total / city if city > 0 else share.mean(axis=1)
    home = np.where(total[:, None] > 0, people / np.where(total > 0, total, 1.0)[:, None], 1.0 / zones)
    driving = np.array([sum(mean[s] for s, of in enumerate(kind) if of == k) for k in range(len(drivers.kinds))])
    whole = driving.sum()
    last = np.eye(len(driving))[-1]
    return Segments(
        tuple(kind),
        tuple(income),
        share,
        mean,
        home,
        np.array([incomes.worth[i] for i in income]),
        driving / whole if whole > 0 else last,
    )
