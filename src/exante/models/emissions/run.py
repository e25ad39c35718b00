"""One run of the emissions model: traffic and fleet to emissions of every link on a working day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.models.emissions.factors import FAMILIES, POLLUTANTS, fleet_curves, read_factors, read_wear
from exante.quantities.declarations import Inputs, Outputs
from exante.quantities.errors import MissingLayerError

FloatArray = NDArray[np.float64]

#: Vehicle classes in the modelled traffic; buses are not in it in this version.
CLASSES = ("car", "van", "truck", "motorcycle")


def run(inputs: Inputs, state: dict[str, np.ndarray] | None = None) -> Outputs:  # noqa: ARG001
    """Emissions of motor traffic by link on a working day.

    ``E = sum_t w_t q_t l f``. On motorways and trunk roads `f` is the average-speed factor. On streets it is
    ``W f_cycle(v) + (1 - W) f_stops(v_cruise) f_cycle(v) / f_cycle(v_free)``: the first takes a slower link for
    one with more stops, the second keeps the stops and lowers the top speed, and takes congestion alone from
    the average-speed curve. `W` is the parameter `cycle_weight`.

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
    weight, flow, speed = inputs["period_weight"], inputs["link_flow"], inputs["link_speed"]
    cruise = inputs["link_cruise_speed"]
    free = length / inputs["link_free_time"] * 3600.0
    driven = weight[:, None] * flow * length
    curves, speeds = _curves(inputs)
    wear = _wear(inputs)
    grams = np.zeros((len(POLLUTANTS), len(length)))
    for group, here in (("street", ~motorway), ("motorway", motorway)):
        by_family = curves[group]
        for k in range(len(POLLUTANTS)):
            cycle = np.interp(speed[:, here], speeds, by_family["cycle"][k])
            if group == "motorway":
                factor = cycle
            else:
                at_free = np.interp(free[here], speeds, by_family["cycle"][k])
                congestion = np.divide(cycle, at_free, out=np.ones_like(cycle), where=at_free > 0)
                same_stops = np.interp(cruise[here], speeds, by_family["stops"][k]) * congestion
                factor = p["cycle_weight"] * cycle + (1.0 - p["cycle_weight"]) * same_stops
            grams[k, here] = (driven[:, here] * factor).sum(axis=0)
    day = driven.sum(axis=0)
    outside = (speed < speeds[0]) | (speed > speeds[-1])
    worn = day * np.where(motorway, wear["motorway"], wear["street"])
    return Outputs(
        arrays={
            "link_co2": p["scale_co2"] * grams[0] / 1000.0,
            "link_nox": p["scale_nox"] * grams[1],
            "link_pm25": p["scale_pm25"] * grams[2] + p["scale_wear"] * worn,
        },
        diagnostics={"clamped_share": float((driven * outside).sum() / max(driven.sum(), 1e-300))},
    )


def _mix(p: dict[str, float]) -> dict[str, dict[str, float]]:
    """Shares of vehicle classes in the traffic of streets and of motorways."""
    mix = {}
    for group, prefix in (("street", ""), ("motorway", "motorway_")):
        others = {v: p[f"{prefix}{v}_share"] for v in CLASSES[1:]}
        mix[group] = {"car": 1.0 - sum(others.values()), **others}
    return mix


def _curves(inputs: Inputs) -> tuple[dict[str, dict[str, FloatArray]], FloatArray]:
    """Factor curves of the mixed traffic by road group and family, shape (pollutants, speeds), g/km.

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
    mix = _mix(inputs.parameters)
    curves = {
        group: {f: np.sum([s * by_family[f][v] for v, s in shares.items()], axis=0) for f in FAMILIES}
        for group, shares in mix.items()
    }
    return curves, factors.speeds


def _wear(inputs: Inputs) -> dict[str, float]:
    """PM2.5 of wear of the mixed traffic by road group, g/km."""
    wear = read_wear()
    return {group: sum(s * wear[v] for v, s in shares.items()) for group, shares in _mix(inputs.parameters).items()}
