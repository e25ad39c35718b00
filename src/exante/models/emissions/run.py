"""One run of the emissions model: traffic and fleet to emissions of every link on a working day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.models.emissions.factors import FAMILIES, POLLUTANTS, fleet_curves, read_factors, read_wear
from exante.quantities.declarations import Inputs, Outputs
from exante.quantities.errors import MissingLayerError
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]

#: Vehicle classes in the modelled traffic; buses are not in it in this version.
CLASSES = LABELS["vehicle"]


def run(inputs: Inputs, state: dict[str, np.ndarray] | None = None) -> Outputs:  # noqa: ARG001
    """Emissions of motor traffic by link on a working day.

    ``E = sum_t sum_v w_t q_tv l f_v`` over hours `t` and vehicle classes `v`. On motorways and trunk roads `f` is the
    average-speed factor. On streets it is ``W f_cycle(v) + (1 - W) f_stops(v_cruise) f_cycle(v) / f_cycle(v_free)``:
    the first takes a slower link for one with more stops, the second keeps the stops and lowers the top speed, and
    takes congestion alone from the average-speed curve. `W` is the parameter `cycle_weight`.

    Parameters
    ----------
    inputs : Inputs
    state : dict, optional
        Not used: nothing iterates here.

    Returns
    -------
    Outputs
        `link_co2` (kg/day), `link_nox`, `link_pm25` (g/day), shape (links,); diagnostics: share of
        vehicle-kilometres at speeds outside the factors' range.
    """
    p = inputs.parameters
    length = inputs["links.length"] / 1000.0
    motorway = np.isin(inputs["links.road_class"].astype(str), ("motorway", "trunk"))
    weight, flow, speed = inputs["period_weight"], inputs["link_flow_by_vehicle"], inputs["link_speed"]
    cruise = inputs["link_cruise_speed"]
    free = length / inputs["link_free_time"] * 3600.0
    driven = weight[:, None, None] * flow * length
    curves, speeds = _curves(inputs)
    wear = read_wear()
    day = driven.sum(axis=0)
    grams = np.zeros((len(POLLUTANTS), len(length)))
    worn = np.zeros(len(length))
    for v, vehicle in enumerate(CLASSES):
        by_family = curves[vehicle]
        worn += day[v] * wear[vehicle]
        for k in range(len(POLLUTANTS)):
            factor = np.interp(speed, speeds, by_family["cycle"][k])
            streets = factor[:, ~motorway]
            at_free = np.interp(free[~motorway], speeds, by_family["cycle"][k])
            congestion = np.divide(streets, at_free, out=np.ones_like(streets), where=at_free > 0)
            same_stops = np.interp(cruise[~motorway], speeds, by_family["stops"][k]) * congestion
            factor[:, ~motorway] = p["cycle_weight"] * streets + (1.0 - p["cycle_weight"]) * same_stops
            grams[k] += (driven[:, v] * factor).sum(axis=0)
    outside = (speed < speeds[0]) | (speed > speeds[-1])
    everything = driven.sum(axis=1)
    return Outputs(
        arrays={
            "link_co2": p["scale_co2"] * grams[0] / 1000.0,
            "link_nox": p["scale_nox"] * grams[1],
            "link_pm25": p["scale_pm25"] * grams[2] + p["scale_wear"] * worn,
        },
        diagnostics={"clamped_share": float((everything * outside).sum() / max(everything.sum(), 1e-300))},
    )


def _curves(inputs: Inputs) -> tuple[dict[str, dict[str, FloatArray]], FloatArray]:
    """Factor curves by vehicle class and family, shape (pollutants, speeds), g/km.

    Raises
    ------
    MissingLayerError
        If the city's fleet lacks a class of the traffic, or a row of it has no factor.
    """
    factors = read_factors()
    vehicle = inputs["fleet.vehicle_class"].astype(str)
    absent = [v for v in CLASSES if v not in vehicle]
    if absent:
        raise MissingLayerError(
            f"the fleet has no {', no '.join(absent)}", where="fleet.vehicle_class", remedy="Add rows for them"
        )
    by_family = {
        family: fleet_curves(
            factors,
            vehicle,
            inputs["fleet.fuel"].astype(str),
            inputs["fleet.euro_class"].astype(str),
            inputs["fleet.share"],
            family,
        )
        for family in FAMILIES
    }
    return {v: {f: by_family[f][v] for f in FAMILIES} for v in CLASSES}, factors.speeds
