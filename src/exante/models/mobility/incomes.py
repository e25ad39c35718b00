"""Income classes of travellers: who is in them, where they live, and what an hour is worth to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]

#: Income classes, as fifths of the city's residents: lowest two, next two, highest.
CLASSES = ((0, 1), (2, 3), (4,))

#: Columns of the city that tell incomes and ages; without them there is one income class and one rate of trips.
USES = (
    "people.zone_id",
    "people.age",
    "people.income_band",
    "people.car",
    "people.persons",
    "income_bands.income_band",
    "income_bands.mean",
)


@dataclass(frozen=True)
class Incomes:
    """Income classes of adults.

    Attributes
    ----------
    worth : ndarray, shape (incomes,)
        Value of time over its mean in the city.
    with_car, without_car : ndarray, shape (zones, incomes)
        Shares of the classes among adults who have a car, and who have none; each row sums to one.
    """

    worth: FloatArray
    with_car: FloatArray
    without_car: FloatArray

    @property
    def number(self) -> int:
        """Number of classes."""
        return len(self.worth)


def one_income(zones: int) -> Incomes:
    """Everybody alike: for a city that does not know its people's incomes."""
    return Incomes(np.ones(1), np.ones((zones, 1)), np.ones((zones, 1)))


def read_incomes(inputs: Inputs) -> Incomes:
    """Income classes of the city's adults.

    ``VOT_k = VOT (y_k / mean y)^e / mean((y / mean y)^e)`` with the mean income `y_k` of the class: the mean over
    adults stays the drawn value of time, whatever the elasticity `e` (parameter `value_of_time_income`).

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Incomes
        One class where the city has no table of people.
    """
    zones = len(inputs["zones.zone_id"])
    people = inputs["people.persons"]
    if not len(people) or not len(inputs["income_bands.mean"]):
        return one_income(zones)
    adults = cube(inputs)[:, 1:].sum(axis=1)  # zones, bands, cars
    classes = np.stack([adults[:, list(bands)].sum(axis=1) for bands in CLASSES], axis=1)
    mean = dict(zip(inputs["income_bands.income_band"].tolist(), inputs["income_bands.mean"].tolist(), strict=True))
    by_band = np.array([mean[band] for band in LABELS["income_band"]])
    held = adults.sum(axis=(0, 2))
    income = np.array([by_band[list(bands)] @ held[list(bands)] / held[list(bands)].sum() for bands in CLASSES])
    weight = classes.sum(axis=(0, 2)) / classes.sum()
    worth = (income / (weight @ income)) ** inputs.parameters["value_of_time_income"]
    return Incomes(worth / (weight @ worth), _shares(classes[:, :, 1]), _shares(classes[:, :, 0]))


def cube(inputs: Inputs) -> FloatArray:
    """Residents by zone, age, income band and car, shape (zones, ages, bands, cars)."""
    global _kept
    names = ("people.zone_id", "people.age", "people.income_band", "people.car", "people.persons", "zones.zone_id")
    read = tuple(inputs[name] for name in names)
    kept = _kept
    if kept is not None and all(a is b for a, b in zip(read, kept[0], strict=True)):
        return kept[1]
    members = (inputs["zones.zone_id"].tolist(), LABELS["age"], LABELS["income_band"], LABELS["car"])
    at = [pd.Index(known).get_indexer(pd.Index(column)) for known, column in zip(members, read[:4], strict=True)]
    shape = tuple(len(known) for known in members)
    flat = np.bincount(np.ravel_multi_index(at, shape), weights=read[4], minlength=int(np.prod(shape)))
    counted: FloatArray = np.asarray(flat, dtype=np.float64).reshape(shape)
    counted.setflags(write=False)
    _kept = (read, counted)
    return counted


#: Columns read last and their cube: all draws of a city share its people.
_kept: tuple[tuple[np.ndarray, ...], FloatArray] | None = None


def _shares(held: FloatArray) -> FloatArray:
    """Shares by row; those of the whole city where a row is empty."""
    total = held.sum(axis=1, keepdims=True)
    city = held.sum(axis=0) / held.sum() if held.sum() > 0 else np.full(held.shape[1], 1.0 / held.shape[1])
    return np.where(total > 0, held / np.where(total > 0, total, 1.0), city)
