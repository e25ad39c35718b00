"""Deaths and years of life by pollutant, each by itself."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np

from exante.quantities.declarations import Inputs, Model, Outputs
from exante.quantities.parameters import read_parameters

GUIDELINE = {"no2": 10.0, "pm25": 5.0}
"""Annual means (ug/m3) from which deaths are counted (WHO 2021), as the European Environment Agency does."""


def run(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Deaths a year and years of life lost, ``D (1 - RR^(-(C - C0) / 10))`` over residents above the guideline `C0`.

    `D` are the city's deaths from natural causes; everyone has the city's risk, whatever the age of the zone.
    """
    p = inputs.parameters
    people = inputs["facade_share"] * inputs["zones.population"][inputs["facade_zone"]]
    total = float(people.sum())
    deaths = inputs.statistic("deaths_year", p["deaths_rate"] / 1000.0 * total) * p["natural_share"]
    counted = np.array(
        [
            deaths * float(people @ attributable(inputs[f"home_{name}"], p[f"risk_{name}"], low)) / max(total, 1e-300)
            for name, low in GUIDELINE.items()
        ]
    )
    return Outputs({"attributable_deaths": counted, "attributable_years": counted * p["years_per_death"]})


def attributable(concentration: np.ndarray, risk: float, low: float) -> np.ndarray:
    """Share of deaths attributed to what is above `low`, with the relative risk for 10 ug/m3.

    Examples
    --------
    >>> np.round(attributable(np.array([5.0, 15.0]), 1.08, 5.0), 4).tolist()
    [0.0, 0.0741]
    """
    share: np.ndarray = 1.0 - risk ** (-np.maximum(concentration - low, 0.0) / 10.0)
    return share


AIR = (
    "links.from_node_id", "links.to_node_id", "links.length", "links.lanes", "links.road_class", "links.ramp",
    "links.zone_id", "links.built_density", "links.geometry", "zones.zone_id", "zones.geometry", "wind.direction",
    "wind.stability", "wind.speed", "wind.traffic_share",
)  # fmt: skip
"""What air rests on: a city that cannot have air cannot have this model either."""

MODEL = Model(
    name="health",
    reads=(
        *AIR,
        "zones.population",
        "statistics.name",
        "statistics.value",
        "facade_zone",
        "facade_share",
        "home_no2",
        "home_pm25",
    ),
    writes=("attributable_deaths", "attributable_years"),
    parameters=read_parameters(Path(str(files("exante.models.health") / "parameters.toml")), "health"),
    run=run,
    modules=("exante.models.health",),
    optional=True,
)
