"""What is known of a city's people where no register by small area is open: figures of the city, and the age grid.

The city's document says in `[people]` what is published: shares of ages and women, of households of one person, and
shares of single ages in some districts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from exante.kernels.raking import Margin, rake
from exante.quantities.errors import SourceError
from exante.quantities.labels import LABELS, place
from exante.sources.income import plain
from exante.sources.people import bands
from exante.sources.people.cube import Known, Origin
from exante.sources.people.seed import medians, read_tables

#: Published shares of districts are met within this, in odds.
DISTRICT_TOLERANCE = 1e-9
DISTRICT_ROUNDS = 200

NEEDED = ("age_share", "women_share", "one_person_households", "source")


def ages_by_zone(
    residents: np.ndarray,
    share: np.ndarray,
    over_64: np.ndarray | None,
    district: Sequence[str],
    told: Mapping[str, Mapping[str, float]],
) -> np.ndarray:
    """Residents by zone and age: the city's ages, leaned by the grid and by published shares of districts.

    Parameters
    ----------
    residents : ndarray, shape (zones,)
    share : ndarray, shape (ages,)
        Of the city; sums to one.
    over_64 : ndarray, shape (zones,), optional
        Share over 64 by zone; NaN where not known.
    district : sequence of str, shape (zones,)
    told : mapping
        Published shares, %, by district and age.

    Returns
    -------
    ndarray, shape (zones, ages)
        Sums by zone are the residents, by age the city's; shares of districts are those published.

    Raises
    ------
    SourceError
        If the shares of city and districts contradict each other.
    """
    old = place("age", "over_64")
    seed = np.tile(share, (len(residents), 1))
    if over_64 is not None:
        known = np.isfinite(over_64) & (over_64 > 0) & (over_64 < 1)
        lean = np.where(known, over_64, share[old])
        seed = seed * ((1.0 - lean) / (1.0 - share[old]))[:, None]
        seed[:, old] = lean
    wanted = share * residents.sum()
    margins = [Margin((0,), residents, "residents"), Margin((1,), wanted, "ages of the city")]
    targets = [
        (np.array([plain(str(d)) == plain(name) for d in district]), place("age", age), percent / 100.0)
        for name, ages in told.items()
        for age, percent in ages.items()
    ]
    for _ in range(DISTRICT_ROUNDS):
        table = rake(residents[:, None] * seed, margins).table
        worst = 1.0
        for inside, age, target in targets:
            mean = table[inside, age].sum() / table[inside].sum()
            ratio = target / mean * (1.0 - mean) / (1.0 - target)
            seed[inside, age] *= ratio
            worst = max(worst, ratio, 1.0 / ratio)
        if worst < 1.0 + DISTRICT_TOLERANCE:
            return table * (residents / np.maximum(table.sum(axis=1), 1e-300))[:, None]
    raise SourceError(
        "ages of the city and of its districts cannot both be met",
        where="[people.district]",
        remedy="Check the shares, and that every district has zones",
    )


def sizes_of_city(residents: float, households: float, alone: float) -> np.ndarray:
    """Persons by household size: those who live alone as published, the others tilted to the mean size.

    National shares of households of two and more are multiplied by ``theta ** size`` such that their mean size is that
    of the city's.

    Parameters
    ----------
    residents, households : float
    alone : float
        Share of households of one person.

    Raises
    ------
    SourceError
        If residents per household of two and more are not between two and the largest size.
    """
    table = read_tables()["households"]
    size = np.array([1.0, 2.0, 3.0, 4.0, float(table["mean_of_largest"])])
    mean = (residents - alone * households) / ((1.0 - alone) * households)
    if not size[1] < mean < size[-1]:
        raise SourceError(
            f"{residents:,.0f} residents in {households:,.0f} households, {100 * alone:.1f} % of one person, leave "
            f"{mean:.2f} persons in each of the others",
            where="[people]",
            remedy="Correct the figures of the city's document",
        )
    share = np.array(table["italy"][1:], dtype=float)
    low, high = 1e-3, 1e3
    weights = share
    for _ in range(200):
        theta = np.sqrt(low * high)
        weights = share * theta ** (size[1:] - 2.0)
        below = weights @ size[1:] / weights.sum() < mean
        low, high = (theta, high) if below else (low, theta)
    others = (1.0 - alone) * households * weights / weights.sum()
    return np.concatenate([[alone * households], others * size[1:]])


def know(
    zone_id: np.ndarray,
    district: Sequence[str],
    residents: np.ndarray,
    area: np.ndarray,
    income: np.ndarray,
    over_64: np.ndarray | None,
    figures: Mapping[str, float],
    document: Mapping[str, Any],
    car_share: float,
) -> Known:
    """What is known of the people of a city by its figures.

    Parameters
    ----------
    residents, area, income : ndarray, shape (zones,)
        Persons, m2, mean income of taxpayers (NaN where not known).
    over_64 : ndarray, shape (zones,), optional
        Share over 64 by zone.
    figures : mapping of str to float
        `households`.
    document : mapping
        `[people]` of the city's document.
    car_share : float
        Share of the city's adults with a car they can use.

    Raises
    ------
    SourceError
        If `[people]` lacks a figure.
    """
    absent = [key for key in NEEDED if key not in document]
    if absent:
        raise SourceError(
            f"[people] lacks {', '.join(absent)}", where="the city's document", remedy="Type them in with their source"
        )
    share = np.array([float(document["age_share"][age]) for age in LABELS["age"]])
    share /= share.sum()
    ages = ages_by_zone(residents, share, over_64, district, document.get("district", {}))
    women = float(document["women_share"]) / 100.0
    alone = float(document["one_person_households"]) / 100.0
    sizes = sizes_of_city(float(residents.sum()), figures["households"], alone)
    money, sigma = _incomes(income, residents, medians()["taxpayer_log_spread"])
    found = bands.fifths(money, sigma, residents, np.arange(len(residents)), len(residents))
    return Known(
        zone_id=zone_id,
        ages=ages,
        sexes=residents.sum() * np.array([women, 1.0 - women]),
        groups=np.zeros(len(residents), dtype=np.int64),
        sizes=sizes[None, :],
        bands=found,
        density=residents / area,
        car_share=car_share,
        origins=_origins(document, over_64 is not None, bool(np.isfinite(income).any())),
    )


def _incomes(income: np.ndarray, residents: np.ndarray, log_spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Means by zone, and the spread within zones that the city's leaves beside that between them."""
    known = np.isfinite(income)
    if not known.any():
        return np.ones(len(income)), np.full(len(income), log_spread)
    mean = np.where(known, income, np.average(income[known], weights=np.maximum(residents[known], 1e-9)))
    weight = np.maximum(residents, 1e-9)
    logs = np.log(mean)
    between = float(np.average((logs - np.average(logs, weights=weight)) ** 2, weights=weight))
    within = np.sqrt(max(log_spread**2 - between, (0.5 * log_spread) ** 2))
    return mean, np.full(len(income), within)


def _origins(document: Mapping[str, Any], grid: bool, income: bool) -> tuple[Origin, ...]:
    source = str(document["source"])
    where = "Eurostat census grid 2021 by area for over 64" if grid else "the same in every zone"
    return (
        Origin(("zone",), "derived", "larger area", "Residents of the table zones: raster scaled to the register"),
        Origin(("age",), "derived", "city", f"{source}; groups split where the bands cut them"),
        Origin(("zone", "age"), "derived", "larger area", f"The city's ages, leaned to zones: {where}"),
        Origin(("sex",), "observed", "city", source),
        Origin(("zone", "sex"), "assumed", "city", "Follows the ages of the zone; women by age are a seed"),
        Origin(("household_size",), "derived", "city", f"{source}; two and more tilted from Italy's to the mean size"),
        Origin(("zone", "household_size"), "assumed", "city", "Follows the ages of the zone; sizes by age are a seed"),
        Origin(
            ("zone", "income_band"),
            "derived" if income else "assumed",
            "larger area" if income else "city",
            "Mean income of taxpayers of the larger zone, lognormal with the spread the city's mean and median give"
            if income
            else "The same in every zone",
        ),
        Origin(("car",), "derived", "city", "Registered cars a resident, one adult a car"),
        Origin(("zone", "car"), "assumed", "city", "Odds by age, sex, income, household size and density (parameters)"),
    )
