"""The cube of expected counts: raked to what is known, completed by the seed, with what is known marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from exante.kernels.raking import Margin, rake
from exante.quantities.errors import SourceError
from exante.quantities.labels import LABELS
from exante.sources.people.bands import Bands
from exante.sources.people.seed import Seed, read_tables

#: Dimensions of the cube, in the order of its axes.
DIMS = ("zone", "age", "sex", "income_band", "car", "household_size")
#: Origins of a margin, best first.
ORIGINS = ("observed", "derived", "assumed")
#: Adults are those of 15 and more: the register's groups have no other limit.
CHILDREN = 0


@dataclass(frozen=True)
class Origin:
    """How a margin of the cube is known.

    Parameters
    ----------
    dims : tuple of str
        Names in `DIMS`.
    origin : str
        `observed`: counted by the source at this place; `derived`: computed from what it counts by a stated rule;
        `assumed`: a judgement.
    resolution : str
        Smallest areas the source counts: `zone`, `larger area` or `city`.
    source : str
        In words, with the rule.
    """

    dims: tuple[str, ...]
    origin: str
    resolution: str
    source: str


@dataclass(frozen=True)
class Known:
    """What is known of a city's people.

    Parameters
    ----------
    zone_id : ndarray of str, shape (zones,)
    ages : ndarray, shape (zones, ages)
        Residents by age; their sums are the zones' residents.
    sexes : ndarray, shape (zones, sexes) or (sexes,)
        Residents by sex, by zone or for the city.
    groups : ndarray of int, shape (zones,)
        Group of zones (barri, or the city) that household sizes are known for.
    sizes : ndarray, shape (groups, sizes)
        Persons by household size; scaled to the residents of the group.
    bands : Bands
        Fifths of income; a zone without gets the city's.
    density : ndarray, shape (zones,)
        Residents per area, any unit.
    car_share : float
        Share of the city's adults who have a car they can use.
    origins : tuple of Origin
    """

    zone_id: np.ndarray
    ages: np.ndarray
    sexes: np.ndarray
    groups: np.ndarray
    sizes: np.ndarray
    bands: Bands
    density: np.ndarray
    car_share: float
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class People:
    """The cube and what is known of it.

    Parameters
    ----------
    persons : ndarray, shape (zones, ages, sexes, bands, cars, sizes)
        Expected counts.
    zone_id : ndarray of str, shape (zones,)
    bands : Bands
    origins : tuple of Origin
    rounds : int
        Rounds of raking.
    """

    persons: np.ndarray
    zone_id: np.ndarray
    bands: Bands
    origins: tuple[Origin, ...]
    rounds: int

    def frame(self) -> pd.DataFrame:
        """The cube as a long table, cells of zero left out."""
        filled = np.nonzero(self.persons > 0.0)
        columns: dict[str, np.ndarray] = {"zone_id": self.zone_id[filled[0]]}
        for dim, at in zip(DIMS[1:], filled[1:], strict=True):
            columns[dim] = np.array(LABELS[dim], dtype=object)[at]
        return pd.DataFrame({**columns, "persons": self.persons[filled]})

    def margins_frame(self) -> pd.DataFrame:
        """How each margin is known, as a table."""
        rows = [(",".join(o.dims), o.origin, o.resolution, o.source) for o in self.origins]
        return pd.DataFrame(rows, columns=["margin", "origin", "resolution", "source"])

    def bands_frame(self) -> pd.DataFrame:
        """Limits and mean of the bands of income, as a table."""
        return pd.DataFrame(
            {
                "income_band": list(LABELS["income_band"]),
                "lower": self.bands.lower,
                "upper": self.bands.upper,
                "mean": self.bands.mean,
            }
        )


def make_people(known: Known, seed: Seed) -> People:
    """The cube that meets everything known and else keeps the odds of the seed.

    Household sizes of each zone come from its ages and the sizes of its group; zone, age, sex, income and household
    size are raked together; adults of every cell are then split by car at odds of the seed, the constant such that
    the city's share is met.

    Raises
    ------
    SourceError
        If arrays do not fit each other.
    UserError
        If the margins contradict each other (`exante.kernels.raking`).
    """
    _require_fitting(known)
    residents = known.ages.sum(axis=1)
    sizes = sizes_by_zone(known, seed)
    share = np.where(np.isfinite(known.bands.share), known.bands.share, 1.0 / len(LABELS["income_band"]))
    joint = seed.women[:, :, None] * seed.size  # age, sex, size
    start = known.ages[:, :, None, None, None] * joint[None, :, :, None, :] * share[:, None, None, :, None]
    if known.sexes.ndim == 2:
        of_zone = known.sexes.sum(axis=1, keepdims=True)
        shares = np.divide(known.sexes, of_zone, out=np.full_like(known.sexes, 0.5), where=of_zone > 0)
        by_sex = Margin((0, 2), residents[:, None] * shares, "zone and sex")
    else:
        by_sex = Margin((2,), known.sexes * (residents.sum() / known.sexes.sum()), "sex of the city")
    found = rake(
        start,
        [
            Margin((0, 1), known.ages, "zone and age"),
            by_sex,
            Margin((0, 3), residents[:, None] * share, "zone and income"),
            Margin((0, 4), sizes, "zone and household size"),
        ],
    )
    persons = _split_by_car(found.table, known, seed)
    return People(persons, known.zone_id, known.bands, known.origins, found.rounds)


def sizes_by_zone(known: Known, seed: Seed) -> np.ndarray:
    """Persons by household size in every zone: ages of the zone, sizes of its group, odds of the seed.

    Returns
    -------
    ndarray, shape (zones, sizes)
    """
    by_age = (seed.women[:, :, None] * seed.size).sum(axis=1)
    result = np.zeros((len(known.ages), by_age.shape[1]))
    for group in range(len(known.sizes)):
        inside = np.flatnonzero(known.groups == group)
        ages = known.ages[inside]
        if ages.sum() <= 0:
            continue
        wanted = known.sizes[group] * (ages.sum() / known.sizes[group].sum())
        start = ages[:, :, None] * by_age
        fitted = rake(start, [Margin((0, 1), ages, "age"), Margin((2,), wanted, "household size")])
        result[inside] = fitted.table.sum(axis=1)
    # sums over ages carry rounding: the zone's residents are exact
    return result * (known.ages.sum(axis=1) / np.maximum(result.sum(axis=1), 1e-300))[:, None]


def _split_by_car(persons: np.ndarray, known: Known, seed: Seed) -> np.ndarray:
    """Cells of (zone, age, sex, band, size) split by car, shape of the cube."""
    adults = persons.copy()
    adults[:, CHILDREN] = 0.0
    weight = adults.sum(axis=(1, 2, 3, 4))
    density = np.log(np.maximum(known.density, 1e-9))
    tilt = density - np.average(density, weights=np.maximum(weight, 1e-9))
    slope = seed.car_density_elasticity / (1.0 - known.car_share)
    with np.errstate(divide="ignore"):
        odds = np.log(seed.car)[None] + slope * tilt[:, None, None, None, None]
    target = known.car_share * weight.sum()
    low, high = -30.0, 30.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        if float((adults * expit(odds + middle)).sum()) < target:
            low = middle
        else:
            high = middle
    have = adults * expit(odds + 0.5 * (low + high))
    have *= target / have.sum()
    return np.stack([persons - have, have], axis=4)


def _require_fitting(known: Known) -> None:
    zones = len(known.zone_id)
    wanted = {
        "ages": (known.ages.shape, (zones, len(LABELS["age"]))),
        "groups": (known.groups.shape, (zones,)),
        "sizes": (known.sizes.shape[1:], (len(LABELS["household_size"]),)),
        "shares of income": (known.bands.share.shape, (zones, len(LABELS["income_band"]))),
        "density": (known.density.shape, (zones,)),
        "sexes": (known.sexes.shape[-1:], (len(LABELS["sex"]),)),
    }
    wrong = [f"{name} have shape {found}, not {told}" for name, (found, told) in wanted.items() if found != told]
    if not 0.0 < known.car_share < 1.0:
        wrong.append(f"the share of adults with a car is {known.car_share:g}, not between 0 and 1")
    if (known.groups < 0).any() or (known.groups >= len(known.sizes)).any():
        wrong.append("a zone lies in a group without household sizes")
    unknown = [o for o in known.origins if o.origin not in ORIGINS or not set(o.dims) <= set(DIMS)]
    wrong += [f"margin {', '.join(o.dims)} ({o.origin}) is not one the cube knows" for o in unknown]
    if wrong:
        raise SourceError("; ".join(wrong), where="people")


def car_share(cars_per_person: float, share_of_adults: float, drivers_per_car: float = 1.0) -> float:
    """Share of adults with a car they can use, from cars registered per resident.

    Examples
    --------
    >>> round(car_share(0.534, 0.886), 3)
    0.603
    """
    return float(np.clip(cars_per_person * drivers_per_car / share_of_adults, 0.02, 0.98))


def households_by_zone(persons: np.ndarray, total: float) -> np.ndarray:
    """Households by zone from persons by household size, scaled to the city's total.

    Parameters
    ----------
    persons : ndarray, shape (zones, ..., sizes)
        The cube.
    total : float
        Households of the city.
    """
    by_size = persons.reshape(len(persons), -1, persons.shape[-1]).sum(axis=1)
    size = np.array([1.0, 2.0, 3.0, 4.0, float(read_tables()["households"]["mean_of_largest"])])
    homes = by_size @ (1.0 / size)
    return np.asarray(homes * (total / homes.sum()))


def availability_by_zone(persons: np.ndarray) -> np.ndarray:
    """Share of adults with a car they can use, shape (zones,); the city's where a zone has no adults."""
    adults = persons[:, CHILDREN + 1 :].sum(axis=(1, 2, 3, 5))
    whole = adults.sum(axis=1)
    mean = adults[:, 1].sum() / whole.sum()
    return np.where(whole > 0, adults[:, 1] / np.where(whole > 0, whole, 1.0), mean)
