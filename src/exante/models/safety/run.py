"""One run of the model of safety: traffic and speed to crashes and casualties of a year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.quantities.declarations import Inputs, Outputs
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]

DAYS = 365.25
MILLION = 1e6
REFERENCE_FLOW = 10_000.0  # vehicles a day, of both the rates and the exponent of volume
SLOWEST = 10.0  # km/h: the power model has no studies below
CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary", "residential", "living_street")

#: Speed (km/h) that the rates of the classes are for; speeds are compared with it, so that models see no baseline.
REFERENCE_SPEED = {
    "motorway": 70.0,
    "trunk": 60.0,
    "primary": 40.0,
    "secondary": 36.0,
    "tertiary": 32.0,
    "residential": 27.0,
    "living_street": 18.0,
}

#: Classes without a rate of their own.
LIKE = {"unclassified": "residential", "busway": "tertiary"}


def run(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Crashes, injured and killed of a year.

    ``N = level rate_c K (Q / 10000)^(b - 1) (v / v_c)^e`` on a link of class `c` with `K` million vehicle-kilometres a
    year, `Q` vehicles a day and the speed `v` that is driven between junctions; deaths have an exponent of their own
    (power model: Nilsson 2004; Elvik 2009).

    Returns
    -------
    Outputs
        `link_crashes`, `link_fatalities` (links,), `casualties` (severity, casualty_mode), per year.
    """
    p = inputs.parameters
    crashes, killed = link_risk(inputs)
    per_crash = inputs.statistic("killed_per_crash", p["killed_per_crash"])
    fatalities = killed * per_crash
    injured = float(crashes.sum()) * inputs.statistic("injured_per_crash", p["injured_per_crash"])
    return Outputs(
        {
            "link_crashes": crashes,
            "link_fatalities": fatalities,
            "casualties": np.stack(
                [injured * _shares(inputs, "injured"), float(fatalities.sum()) * _shares(inputs, "killed")]
            ),
        }
    )


def link_risk(inputs: Inputs) -> tuple[FloatArray, FloatArray]:
    """Crashes of a year by link, and the same with the exponent of speed for deaths."""
    p = inputs.parameters
    exposure, relative, road = exposure_and_speed(inputs)
    rate = np.array([p[f"rate_{c}"] for c in CLASSES])[road]
    base = inputs.statistic("crash_level", 1.0) * p["level"] * rate * exposure
    crashes: FloatArray = base * relative ** p["exponent_crashes"]
    killed: FloatArray = base * relative ** p["exponent_killed"]
    return crashes, killed


def exposure_and_speed(inputs: Inputs) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
    """Million vehicle-kilometres a year weighted for volume, speed over its reference, class, (links,) each."""
    p = inputs.parameters
    flow, weight = inputs["link_flow_by_vehicle"].sum(axis=1), inputs["period_weight"]
    daily = weight @ flow
    free = inputs["links.length"] / inputs["link_free_time"] * 3.6
    slowed = inputs["link_cruise_speed"] * np.minimum(inputs["link_speed"] / free, 1.0)
    driven = np.divide(
        weight @ (flow * slowed), daily, out=inputs["link_cruise_speed"].astype(np.float64), where=daily > 0
    )
    road = class_of(inputs["links.road_class"])
    kilometres = daily * inputs["links.length"] / 1000.0 * DAYS * p["year_factor"] / MILLION
    volume = np.maximum(daily / REFERENCE_FLOW, 1e-3) ** (p["volume_exponent"] - 1.0)
    reference = np.array([REFERENCE_SPEED[c] for c in CLASSES])[road]
    return kilometres * volume, np.maximum(driven, SLOWEST) / reference, road


def class_of(road_class: np.ndarray) -> NDArray[np.int64]:
    """Row in `CLASSES` of every link.

    Examples
    --------
    >>> class_of(np.array(["primary", "unclassified"], dtype=object)).tolist()
    [2, 5]
    """
    names, row = np.unique(road_class.astype(str), return_inverse=True)
    place = np.array([CLASSES.index(LIKE.get(name, name)) for name in names.tolist()], dtype=np.int64)
    return place[row]


def _shares(inputs: Inputs, severity: str) -> FloatArray:
    """Share of every mode among the injured or killed; the city's figures where it has any."""
    shares = np.array(
        [
            inputs.statistic(f"{severity}_share_{mode}", inputs.parameters[f"{severity}_{mode}"])
            for mode in LABELS["casualty_mode"]
        ]
    )
    total: FloatArray = shares / shares.sum()
    return total
