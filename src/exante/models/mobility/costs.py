"""Generalised costs of the modes that do not depend on traffic, in minutes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.kernels.skims import skim
from exante.models.mobility.cycling import ELECTRIC, cycle_distance
from exante.models.mobility.network import Network
from exante.models.mobility.transit_lanes import bus_minutes, share_of_day
from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]

#: Access and wait at the densest and thinnest zones stay between these multiples of the city's mean.
DENSITY_RANGE = (0.7, 1.8)

#: Working days of a week.
WORKING_DAYS = 5.0

#: Length of the trip on which a mode's odds against the car are stated, km: mean length of its trips in Bologna.
REFERENCE_TRIP = {"walk": 1.4, "cycle": 3.3, "transit": 3.7, "motorcycle": 4.5, "car_passenger": 4.5, "taxi": 4.0}

#: Prices that a policy may change: item of the table `prices`, and the parameter that says it in the surveys' year.
PRICES = {"car_running": "car_cost", "taxi_flag": "taxi_flag", "taxi_km": "taxi_km"}
#: Parameters whose value in the surveys' year the constants rest on.
SURVEYED = (*PRICES.values(), "transit_fare")

#: Speed of the car on that trip, km/h, junctions included.
REFERENCE_SPEED = 25.0


def walk_cost(network: Network, p: dict[str, float]) -> FloatArray:
    """Walking, weighted minutes, shape (zones, zones)."""
    return network.walk_distance / p["walk_speed"] * 60.0 * p["walk_weight"]


def cycle_speed(p: dict[str, float], electric: float) -> float:
    """Mean cycling speed, km/h, where a share of the bicycles is electric."""
    return p["cycle_speed"] * (1.0 + (ELECTRIC - 1.0) * electric)


def cycle_cost(inputs: Inputs, network: Network) -> FloatArray:
    """Cycling, weighted minutes, shape (zones, zones)."""
    p = inputs.parameters
    speed = cycle_speed(p, inputs.statistic("ebike_share", p["ebike_share"]))
    return cycle_distance(inputs, network) / speed * 60.0 * p["cycle_weight"]


def transit_cost(inputs: Inputs, network: Network) -> FloatArray:
    """Public transport by a stated simple skim, generalised minutes, shape (zones, zones).

    In-vehicle time is street distance over the speed of buses; access and wait fall with the density of people
    and jobs at both ends; transfers grow with distance to at most one; the fare enters at the value of time.
    """
    p = inputs.parameters
    density = (inputs["zones.population"] + inputs["zones.jobs"]) / inputs["zones.area"]
    mean = (inputs["zones.population"] + inputs["zones.jobs"]).sum() / inputs["zones.area"].sum()
    thin = np.full(len(density), DENSITY_RANGE[1])
    np.divide(mean, density, out=thin, where=density > 0)
    thin = np.clip(thin ** p["transit_density"], *DENSITY_RANGE)
    ends = 0.5 * (thin[:, None] + thin[None, :])
    waits = (p["transit_access"] + p["transit_wait"] / _departures(inputs)) * p["transit_walk_wait_weight"] * ends
    ride = bus_minutes(inputs, network)
    transfers = np.minimum(p["transit_transfers"] * network.walk_distance, 1.0) * p["transit_transfer_penalty"]
    return ride + waits + transfers + p["transit_fare"] / p["value_of_time"] * 60.0


def _departures(inputs: Inputs) -> float:
    """Departures of services not drawn as lines, under the rules over those without them, mean of the day's trips."""
    columns = ("route_id", "start_hour", "end_hour", "factor")
    rows = zip(*(inputs[f"transit_frequencies.{c}"].tolist() for c in columns), strict=True)
    factor = 1.0
    for route, start, end, times in rows:
        if route is None:
            factor *= 1.0 + share_of_day(start, end) * (times - 1.0)
    return max(factor, 0.05)


def of_city(inputs: Inputs) -> Inputs:
    """The inputs with parameters of the city: what the city's own document says in place of Bologna's numbers.

    Statistics ``odds_MODE_PURPOSE`` replace the log-odds of modes; ``other_trips_ratio`` and ``external_other_ratio``
    multiply the rates of other trips inside and across the edge; ``external_alternative_shift`` (minutes) moves the
    cost at which people who cross the edge go by car as often as not. They are typed into the city's document once
    (`benchmarks/mobility_constants.py`), are the same under every policy; a run never looks at shares.
    """
    p = dict(inputs.parameters)
    for purpose in LABELS["purpose"]:
        for mode in REFERENCE_TRIP:
            name = f"constant_{mode}_{purpose}"
            p[name] = inputs.statistic(f"odds_{mode}_{purpose}", p[name])
    p["rate_other"] *= inputs.statistic("other_trips_ratio", 1.0)
    p["external_other"] *= inputs.statistic("external_other_ratio", 1.0)
    p["external_alternative"] += inputs.statistic("external_alternative_shift", 0.0)
    _at_prices(inputs, p)
    _at_home(inputs, p)
    return Inputs(dict(inputs), p)


def _at_prices(inputs: Inputs, p: dict[str, float]) -> None:
    """Prices of the city's day in the place of those of the surveys' year, which are kept for the constants."""
    for name in SURVEYED:
        p[f"surveyed_{name}"] = p[name]
    rows = zip(*(inputs[f"prices.{column}"].tolist() for column in ("item", "factor", "added")), strict=True)
    for item, times, added in rows:
        name = PRICES[item]
        p[name] = max(p[name] * times + added, 0.0)
    columns = ("start_hour", "end_hour", "factor", "share")
    for start, end, times, share in zip(*(inputs[f"transit_fares.{c}"].tolist() for c in columns), strict=True):
        p["transit_fare"] *= 1.0 + share_of_day(start, end) * share * (times - 1.0)


def _at_home(inputs: Inputs, p: dict[str, float]) -> None:
    """Work trips of those who work at home, left out, and what they do instead.

    ``r = sum of the rows' share x days / 5`` of the working days of the employed are spent at home:
    `rate_work` falls by that share, other trips rise by `telework_rebound` for every such day. A logsum cannot value a
    trip that is no longer made: the surplus counts as many trips as before, at what each is worth now (`counted_work`,
    `counted_other`), so that what those at home save is no part of it.
    """
    away = float((inputs["telework.share"] * inputs["telework.days"]).sum()) / WORKING_DAYS
    away = min(away, 1.0)
    if away <= 0.0:
        return
    p["rate_work"] *= 1.0 - away
    p["external_other"] /= max(1.0 - away, 1e-9)  # visitors who do not come to work are as many as before
    p["counted_work"] = 1.0 / max(1.0 - away, 1e-9)
    residents = float(inputs["zones.population"].sum())
    if residents > 0:
        usual = p["rate_other"]
        p["rate_other"] += p["telework_rebound"] * away * float(inputs["zones.employed"].sum()) / residents
        p["counted_other"] = usual / p["rate_other"]


def reference_costs(p: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Cost of each mode and of the car on the mode's reference trip, generalised minutes.

    The trip has the mean length of the mode's trips, mean density, free parking and no charge; the car drives at
    `REFERENCE_SPEED`. It is a trip on paper and in no city, so that no policy changes it.

    Returns
    -------
    dict of str to (float, float)
        By mode: cost of the mode, cost of the car.
    """
    hour = 60.0 / p["value_of_time"]
    costs = {}
    for mode, km in REFERENCE_TRIP.items():
        price = {name: p.get(f"surveyed_{name}", p[name]) for name in SURVEYED}
        drive = km * (60.0 / REFERENCE_SPEED + price["car_cost"] * hour / p["car_occupancy"])
        costs[mode] = (
            {
                "walk": km / p["walk_speed"] * 60.0 * p["walk_weight"],
                "cycle": km / cycle_speed(p, p["ebike_share"]) * 60.0 * p["cycle_weight"],
                "transit": km / p["transit_speed"] * 60.0
                + (p["transit_access"] + p["transit_wait"]) * p["transit_walk_wait_weight"]
                + min(p["transit_transfers"] * km, 1.0) * p["transit_transfer_penalty"]
                + price["transit_fare"] * hour,
                "motorcycle": p["motorcycle_time"] * drive,
                "car_passenger": drive,
                "taxi": km * 60.0 / REFERENCE_SPEED
                + p["taxi_wait"]
                + (price["taxi_flag"] + price["taxi_km"] * km) / p["taxi_occupancy"] * hour,
            }[mode],
            drive + p["car_terminal"],
        )
    return costs


def mode_constants(p: dict[str, float], purpose: str, sensitivity: float) -> dict[str, float]:
    """Constant of each mode against the car, generalised minutes.

    Surveys tell shares, not constants. The parameter is therefore the log-odds ``o`` of the mode against the car
    on the reference trip, and the constant follows: ``o = -s (c_mode + K - c_car)``. A draw with heavier minutes on
    foot or another scale `s` then changes how shares answer to distance, time and money, and hardly their level.
    The parameters of costs are those of the surveys' year: a policy on fares or fuel acts on the city, not on them.

    Parameters
    ----------
    p : dict
        Drawn parameters.
    purpose : str
    sensitivity : float
        1/minute.

    Returns
    -------
    dict of str to float

    Examples
    --------
    At even odds the constant is what the car costs more:

    >>> p = {"constant_walk_work": 0.0, "constant_walk": 0.0}
    >>> _constant(p, "walk", "work", 0.05, (30.0, 18.0))
    -12.0
    """
    return {mode: _constant(p, mode, purpose, sensitivity, pair) for mode, pair in reference_costs(p).items()}


def _constant(
    p: dict[str, float], mode: str, purpose: str, sensitivity: float, reference: tuple[float, float]
) -> float:
    odds = p[f"constant_{mode}_{purpose}"] + p.get(f"constant_{mode}", 0.0)
    return -odds / sensitivity - (reference[0] - reference[1])


def parking_paid(inputs: Inputs, hours: float) -> FloatArray:
    """Parking at the destination, EUR per person and trip, shape (zones,).

    A stay is paid once for the trips out and back, by all in the car.
    """
    return 0.5 * inputs["zones.parking_price"] * hours / inputs.parameters["car_occupancy"]


def drive_on_empty_streets(network: Network, p: dict[str, float]) -> tuple[FloatArray, FloatArray]:
    """Generalised minutes by car between all centroids on empty streets, and km of the way, shape (n, n) of both."""
    per_km = 60.0 * p["car_cost"] / (p["value_of_time"] * p["car_occupancy"])
    cost, (metres,) = skim(network.graph, network.free_time / 60.0 + per_km * network.length / 1000.0, network.length)
    km = metres / 1000.0
    inside = np.arange(network.zones)
    km[inside, inside] = np.diag(network.walk_distance)
    return cost, km


def taxi_fare(km: FloatArray, p: dict[str, float]) -> FloatArray:
    """What each person in a taxi pays, EUR a trip, shape of `km`."""
    return (p["taxi_flag"] + p["taxi_km"] * km) / p["taxi_occupancy"]


def inner_car_time(network: Network) -> FloatArray:
    """Driving time of car trips that stay in a zone, minutes, shape (zones,): not on the modelled network."""
    return np.diag(network.walk_distance) / 20.0 * 60.0
