"""People, households, jobs, places of study and services by zone, from rasters and published city totals.

No register by zone is open for the first cities, so totals are distributed by stated rules; every rule returns
a sentence for the layer's note. All of it is weaker than a census table by zone and is marked so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

FEWEST_RESIDENTS = 200.0  # zones with fewer say nothing about dwelling volume per resident
DENSE = 3000.0  # persons/km2 above which a zone is mostly housing
GROUND_FLOORS = 0.15  # least share of a zone's volume that is not housing: shops and offices in houses (judgement)
SPARSE, MIXED = 500.0, 5000.0  # persons/km2 of an industrial estate and of a mixed quarter (judgement)
SHED = 0.2  # jobs per volume of a shed beside those of an office: some 500 m3 a job against 100 (judgement)
DENSITY_ELASTICITY = -0.10  # of car availability to density (judgement; the literature finds 0 to -0.2)
STUDY_BY_RESIDENTS = 0.5  # share of places of study spread as residents are; the rest as work places (judgement)
SERVICES_BY_RESIDENTS = 0.5  # the same for shops and services (judgement)


def scaled(weights: np.ndarray, total: float) -> np.ndarray:
    """`weights` brought to a total, shape unchanged."""
    return weights * (total / weights.sum())


def population(raster_sums: np.ndarray, districts: np.ndarray, total: float, known: Mapping[str, float]) -> np.ndarray:
    """Residents by zone: raster sums scaled to the register, district by district where it is known.

    Parameters
    ----------
    raster_sums : ndarray, shape (zones,)
        Persons by zone in the raster.
    districts : ndarray of str, shape (zones,)
    total : float
        Residents of the city in the register.
    known : mapping of str to float
        Residents of some districts, same register.
    """
    result = np.zeros(len(raster_sums))
    rest = np.ones(len(raster_sums), dtype=bool)
    for district, residents in known.items():
        inside = districts == district
        result[inside] = scaled(raster_sums[inside], residents)
        rest &= ~inside
    if rest.any():
        result[rest] = scaled(raster_sums[rest], total - float(result.sum()))
    return result


def workplaces(volume: np.ndarray, residents: np.ndarray, area: np.ndarray) -> tuple[np.ndarray, float]:
    """Weight of every zone as a place of work, and the housing volume per resident taken, m3.

    Housing volume per resident is the lowest decile over dense zones (estates with little else than housing);
    what a zone has beyond that is work places, at least `GROUND_FLOORS` of it. Where hardly anyone lives they
    are sheds, halls and stores, which hold fewer jobs per volume than the offices and shops of a mixed
    quarter: the weight falls from 1 to `SHED` as density falls from `MIXED` to `SPARSE`.

    Parameters
    ----------
    volume, residents, area : ndarray, shape (zones,)
        m3, persons, m2.

    Examples
    --------
    A quarter and an industrial estate of the same surplus volume:

    >>> w, per_head = workplaces(np.array([3e6, 1e6]), np.array([1e4, 0.0]), np.array([1e6, 1e6]))
    >>> per_head, w
    (300.0, array([450000., 200000.]))
    """
    density = residents / (area / 1e6)
    dense = (residents >= FEWEST_RESIDENTS) & (density >= DENSE)
    if not dense.any():
        dense = residents > 0
    per_head = float(np.percentile(volume[dense] / residents[dense], 10)) if dense.any() else 0.0
    surplus = np.maximum(volume - per_head * residents, GROUND_FLOORS * volume)
    mixed = np.log(np.maximum(density, 1.0) / SPARSE) / np.log(MIXED / SPARSE)
    return surplus * (SHED + (1.0 - SHED) * np.clip(mixed, 0.0, 1.0)), per_head


def car_availability(cars_per_person: float, adults: float, residents: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Share of adults with a car they can use, by zone: the city's mean, tilted by density.

    Parameters
    ----------
    cars_per_person : float
        Cars per resident of the city.
    adults : float
        Share of residents of driving age.
    """
    density = np.maximum(residents, 1.0) / (area / 1e6)
    typical = np.average(np.log(density), weights=np.maximum(residents, 1e-9))
    tilt = np.exp(DENSITY_ELASTICITY * (np.log(density) - typical))
    level = cars_per_person / adults
    mean = np.average(tilt, weights=np.maximum(residents, 1e-9))
    return np.clip(level * tilt / mean, 0.05, 0.95)


def parking_price(middles: np.ndarray, groups: np.ndarray, settings: Mapping[str, Any], crs: str) -> np.ndarray:
    """Kerbside price by zone from the tariff's rings, EUR/hour, shape (zones,).

    Parameters
    ----------
    middles : ndarray of Point, shape (zones,)
    groups : ndarray of str, shape (zones,)
        The larger zones the tariff's centre is named by.
    settings : mapping
        `heart = [longitude, latitude]`, and `ring`: a list from the inside out with `price` and either
        `groups` (names) or `within` (m from the heart).
    """
    from pyproj import Transformer

    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*settings["heart"])
    away = shapely.distance(middles, shapely.Point(x, y))
    price = np.zeros(len(middles))
    open_ = np.ones(len(middles), dtype=bool)
    for ring in settings["ring"]:
        inside = open_ & (np.isin(groups, ring["groups"]) if "groups" in ring else open_)
        if "within" in ring:
            inside &= away <= float(ring["within"])
        price[inside] = float(ring["price"])
        open_ &= ~inside
    return price
