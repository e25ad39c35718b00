"""One run of the emissions model: traffic and fleet to emissions of every link on a working day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.models.emissions.charging import charging_profile
from exante.models.emissions.cold import cold_starts
from exante.models.emissions.fold import GRID, OF, POLLUTANTS, VEHICLES, Curves, fold
from exante.quantities.declarations import Inputs, Outputs
from exante.quantities.labels import LABELS
from exante.quantities.vehicle_kinds import KINDS

FloatArray = NDArray[np.float64]

#: Vehicle classes in the modelled traffic; buses are added from the city's bus_distance where it tells it.
CLASSES = LABELS["vehicle"]

#: Roads that a city's buses use, where no line tells.
BUS_ROADS = ("primary", "secondary", "tertiary", "busway")

#: Wear and upstream do not answer to the choice between the two families of driving, or follow from what does.
DRIVEN = np.array([name not in ("pm25_wear", "pm10_wear") for name in POLLUTANTS])


def run(inputs: Inputs, state: dict[str, np.ndarray] | None = None) -> Outputs:  # noqa: ARG001
    """Emissions of motor traffic by link on a working day.

    ``E = sum_t sum_v w_t q_tv l f_v`` over periods `t` and vehicle classes `v`. On motorways and trunk roads `f` is
    the average-speed factor ``f(v)``. On streets it is ``f(v) (W + (1 - W) r)`` with
    ``r = f_stops(v_cruise) / f(v_free)``: the first part takes a slower link for one with more stops, the second keeps
    the stops and lowers the top speed, and takes congestion alone from the average-speed curve. `W` is `cycle_weight`.

    Parameters
    ----------
    inputs : Inputs
    state : dict, optional
        Not used: nothing iterates here.

    Returns
    -------
    Outputs
        Results by link, kind and hour as the vocabulary says; diagnostics: share of vehicle-kilometres at speeds
        outside the factors' range, share of NOx by the second source, share of CO2 from cold starts and from buses.
    """
    p = inputs.parameters | {
        "grid_intensity": inputs.statistic("grid_carbon_intensity", inputs.parameters["grid_intensity"])
    }
    length = inputs["links.length"] / 1000.0
    driven = _driven(inputs, length)
    traffic = _Traffic(inputs, length)
    mixes = inputs["road_fleet"]
    held = inputs["link_low_emission"]
    links = len(length)
    hourly = np.zeros((driven.shape[0], links))
    total = np.zeros((len(POLLUTANTS), links))
    by_kind = np.zeros((len(POLLUTANTS), len(KINDS)))
    for area in range(1 + int(held.any())):
        weight = held if area else 1.0 - held
        curves = fold(mixes[area], p)
        here, kinds = traffic.emit(driven * weight, curves, p["cycle_weight"])
        hourly += here[1]
        total += here.sum(axis=1)
        by_kind += kinds
    cold, cold_total = cold_starts(inputs, fold(mixes[0], p), driven[:, 0].sum(axis=0), p)
    grams = total + cold
    everything = driven.sum(axis=1)
    outside = (inputs["link_speed"] < GRID[0]) | (inputs["link_speed"] > GRID[-1])
    per_hour = np.divide(hourly, inputs["period_weight"][:, None])
    part = np.divide(hourly, hourly.sum(axis=0), out=np.zeros_like(hourly), where=hourly.sum(axis=0) > 0)
    at = {name: k for k, name in enumerate(POLLUTANTS)}
    kwh = grams[at["electricity"]].sum() / 1000.0
    return Outputs(
        arrays={
            "link_co2": grams[at["co2"]] / 1000.0,
            "link_co2_upstream": grams[at["co2_upstream"]] / 1000.0,
            "link_nox": grams[at["nox"]],
            "link_nox_by_period": per_hour + part * cold[at["nox"]] / inputs["period_weight"][:, None],
            "link_no2": grams[at["no2"]],
            "link_pm_exhaust": grams[at["pm_exhaust"]],
            "link_pm25": grams[at["pm_exhaust"]] + grams[at["pm25_wear"]],
            "link_pm10": grams[at["pm_exhaust"]] + grams[at["pm10_wear"]],
            "emission_by_kind": by_kind / 1000.0,
            "emission_cold": cold_total / 1000.0,
            "vehicle_electricity": kwh * charging_profile(p["home_charging"]),
        },
        diagnostics={
            "clamped_share": float((everything * outside).sum() / max(everything.sum(), 1e-300)),
            "cold_share_co2": float(cold[0].sum() / max(grams[0].sum(), 1e-300)),
            "bus_share_co2": float(by_kind[0, OF == "bus"].sum() * 1000.0 / max(grams[0].sum(), 1e-300)),
        },
    )


def _driven(inputs: Inputs, length: FloatArray) -> FloatArray:
    """Vehicle-kilometres of a working day, buses last, shape (periods, vehicles, links)."""
    weight, flow = inputs["period_weight"], inputs["link_flow_by_vehicle"]
    driven = np.zeros((len(weight), len(VEHICLES), len(length)))
    driven[:, : len(CLASSES)] = weight[:, None, None] * flow * length
    buses = inputs.statistic("bus_distance", 0.0) / 365.0
    if buses > 0:
        road = np.isin(inputs["links.road_class"].astype(str), BUS_ROADS) * length
        cars = driven[:, :1].sum(axis=(1, 2))
        driven[:, -1] = buses * (cars / cars.sum())[:, None] * (road / road.sum() if road.sum() > 0 else 0.0)
    return driven


class _Traffic:
    """Where every link lies on the grid of speeds: found once, used for every curve."""

    def __init__(self, inputs: Inputs, length: FloatArray) -> None:
        motorway = np.isin(inputs["links.road_class"].astype(str), ("motorway", "trunk"))
        self.streets = np.flatnonzero(~motorway)
        self.speed = _between(inputs["link_speed"])
        self.cruise = _between(inputs["link_cruise_speed"][self.streets])
        self.free = _between((length / inputs["link_free_time"] * 3600.0)[self.streets])

    def emit(self, driven: FloatArray, curves: Curves, weight: float) -> tuple[FloatArray, FloatArray]:
        """Grams by period and link, shape (pollutants, periods, links), and by kind, shape (pollutants, kinds)."""
        low, part = self.speed
        periods, vehicles, links = driven.shape
        grams = np.zeros((len(POLLUTANTS), periods, links))
        by_kind = np.zeros((len(POLLUTANTS), len(KINDS)))
        size = len(GRID)
        for v in range(vehicles):
            if not driven[:, v].any():
                continue
            mine = VEHICLES[v] == OF
            for k in range(len(POLLUTANTS)):
                curve = curves.mean[v, k]
                if not curve.any():
                    continue
                km = driven[:, v]
                if DRIVEN[k] and weight < 1.0:
                    top, free = _at(self.cruise, curves.stops[v, k]), _at(self.free, curves.free[v, k])
                    ratio = np.divide(top, free, out=np.ones_like(top), where=free > 0)
                    km = km.copy()
                    km[:, self.streets] *= weight + (1.0 - weight) * ratio
                grams[k] += km * (curve[low] + part * (curve[low + 1] - curve[low]))
                flat = low.ravel()
                on = np.bincount(flat, (km * (1.0 - part)).ravel(), size) + np.bincount(
                    flat + 1, (km * part).ravel(), size
                )
                by_kind[k, mine] += curves.by_kind[k, mine] @ on
        return grams, by_kind


def _between(speed: FloatArray) -> tuple[NDArray[np.int64], FloatArray]:
    """Place of each speed on the grid and its part of the way to the next, held at the ends of the grid."""
    step = GRID[1] - GRID[0]
    x = np.clip((speed - GRID[0]) / step, 0.0, len(GRID) - 1.0)
    low = np.minimum(x.astype(np.int64), len(GRID) - 2)
    return low, x - low


def _at(place: tuple[NDArray[np.int64], FloatArray], curve: FloatArray) -> FloatArray:
    low, part = place
    value: FloatArray = curve[low] + part * (curve[low + 1] - curve[low])
    return value
