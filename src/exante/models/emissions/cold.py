"""What cars and vans emit more while their engine is cold, by trips that start in each zone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.models.emissions.factors import read_exhaust
from exante.models.emissions.fold import GRID, OF, POLLUTANTS, Curves
from exante.quantities.declarations import Inputs
from exante.quantities.labels import place
from exante.quantities.vehicle_kinds import KINDS

FloatArray = NDArray[np.float64]

#: Speed of a car while it warms up, km/h: that of the start of a trip on streets.
STARTING_SPEED = 25.0

FUEL = np.array([fuel for _, fuel, _ in KINDS])


def cold_share(length: float, temperature: float) -> float:
    """Share of a trip driven with a cold engine: ``0.6474 - 0.02545 l - (0.00974 - 0.000385 l) t``.

    Parameters
    ----------
    length : float
        Mean length of trips, km.
    temperature : float
        Air, degrees C.

    References
    ----------
    EMEP/EEA guidebook 2019, 1.A.3.b.i-iv, tier 3, parameter beta.

    Examples
    --------
    >>> round(cold_share(12.0, 15.0), 3)
    0.265
    """
    share = 0.6474 - 0.02545 * length - (0.00974 - 0.000385 * length) * temperature
    return float(np.clip(share, 0.0, 1.0))


def cold_ratio(temperature: float) -> dict[str, float]:
    """Fuel that a cold engine burns over a warm one, by fuel: petrol ``1.47 - 0.009 t``, diesel ``1.34 - 0.008 t``."""
    petrol, diesel = 1.47 - 0.009 * temperature, 1.34 - 0.008 * temperature
    return {"petrol": max(petrol, 1.0), "gas": max(petrol, 1.0), "hybrid": max(petrol, 1.0), "diesel": max(diesel, 1.0)}


def cold_starts(
    inputs: Inputs, curves: Curves, by_car: FloatArray, p: dict[str, float]
) -> tuple[FloatArray, FloatArray]:
    """What cold starts add on a working day, g, shape (pollutants, links), and in sum, shape (pollutants,).

    Half of residents' car trips start at home and half where they end, by jobs; half of the trips across the
    edge of the city start inside, by jobs. What a zone's starts add falls on its streets, by kilometres of cars.

    Parameters
    ----------
    inputs : Inputs
    curves : Curves
        Of the fleet elsewhere.
    by_car : ndarray, shape (links,)
        Kilometres of cars.
    p : dict of str to float
    """
    temperature = inputs.statistic("mean_temperature", p["temperature"])
    jobs = inputs["zones.jobs"]
    jobs = jobs / jobs.sum() if jobs.sum() > 0 else np.full(len(jobs), 1.0 / max(len(jobs), 1))
    occupancy = inputs.statistic("car_occupancy", p["occupancy"])
    at_home = inputs["zone_car_trips"] / occupancy
    starts = 0.5 * at_home + (0.5 * at_home.sum() + 0.5 * float(inputs["external_car_trips"])) * jobs
    length = float(inputs["trip_length_by_mode"][place("mode", "car")])
    each = _each_start(curves, length, temperature, p)
    total = each * starts.sum()
    return total[:, None] * _where(inputs, starts, by_car), total


def _each_start(curves: Curves, length: float, temperature: float, p: dict[str, float]) -> FloatArray:
    """What one start of a mean car adds, g, shape (pollutants,)."""
    added = np.zeros(len(POLLUTANTS))
    no2, nox, pm = read_exhaust()
    cars = OF == "car"
    share = curves.by_kind[POLLUTANTS.index("pm10_wear")][:, 0]  # in proportion to kilometres, whatever the fuel
    share = np.where(cars, share, 0.0)
    share = share / share.sum() if share.sum() > 0 else share
    at = int(np.clip(np.searchsorted(GRID, STARTING_SPEED), 1, len(GRID) - 1))
    part = (STARTING_SPEED - GRID[at - 1]) / (GRID[at] - GRID[at - 1])
    ratio = cold_ratio(temperature)
    far = cold_share(length, temperature) * length * p["cold_engine"]
    for k in np.flatnonzero(cars & (FUEL != "electric")):
        for name in ("co2", "co2_upstream"):
            row = curves.by_kind[POLLUTANTS.index(name), k]
            warm = row[at - 1] + part * (row[at] - row[at - 1])
            added[POLLUTANTS.index(name)] += warm * far * (ratio[str(FUEL[k])] - 1.0)
    start = p["cold_engine"] * p["scale_cold"] * share
    extra = p["scale_nox"] * float(start @ nox)
    added[POLLUTANTS.index("nox")] = max(extra, 0.0)
    added[POLLUTANTS.index("no2")] = max(p["scale_nox"] * p["scale_no2"] * float(start @ (no2 * nox)), 0.0)
    added[POLLUTANTS.index("no2")] = min(added[POLLUTANTS.index("no2")], added[POLLUTANTS.index("nox")])
    added[POLLUTANTS.index("pm_exhaust")] = max(p["scale_pm25"] * float(start @ pm), 0.0)
    return added


def _where(inputs: Inputs, starts: FloatArray, by_car: FloatArray) -> FloatArray:
    """Share of all starts whose emissions fall on each link, shape (links,)."""
    streets = np.where(np.isin(inputs["links.road_class"].astype(str), ("motorway", "trunk")), 0.0, by_car)
    spread = streets / streets.sum() if streets.sum() > 0 else np.zeros(len(by_car))
    if not starts.sum() > 0:
        return np.zeros(len(by_car))
    if not len(inputs["links.zone_id"]):
        return spread
    zones = {z: k for k, z in enumerate(inputs["zones.zone_id"].tolist())}
    at = np.array([zones.get(z, -1) for z in inputs["links.zone_id"].tolist()])
    known = at >= 0
    in_zone = np.bincount(at[known], streets[known], minlength=len(starts))
    share = starts / starts.sum()
    lost = float(share[in_zone <= 0].sum())
    per_km = np.divide(share, in_zone, out=np.zeros(len(starts)), where=in_zone > 0)
    result = lost * spread
    result[known] += streets[known] * per_km[at[known]]
    return result
