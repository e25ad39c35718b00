"""Deaths that walking and cycling prevent, in the manner of WHO's tool HEAT."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np

from exante.quantities.declarations import Inputs, Model, Outputs
from exante.quantities.labels import place
from exante.quantities.parameters import read_parameters

MINUTES = {"walk": 168.0, "cycle": 100.0}
"""Minutes a week that the relative risks are for."""

MOST = {"walk": 0.30, "cycle": 0.45}
"""Largest reduction of risk that HEAT allows."""

WEEK = 7 * 0.9
"""Working days that a week's trips amount to."""


def run(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Deaths a year prevented, ``adults x rate x min(1 - RR^(minutes / reference), most)``.

    Minutes are those of residents' trips inside the city, the same for every adult.
    """
    p = inputs.parameters
    people = float(inputs["zones.population"].sum())
    adults = people * p["adult_share"]
    prevented = []
    for mode, word in (("walk", "walking"), ("cycle", "cycling")):
        at = place("mode", mode)
        hours = float(inputs["trips_by_mode"][at] * inputs["trip_length_by_mode"][at]) / p[f"{word}_speed"]
        minutes = 60.0 * hours * WEEK / max(people, 1e-300)
        gain = min(1.0 - p[f"risk_{word}"] ** (minutes / MINUTES[mode]), MOST[mode])
        prevented.append(adults * p["adult_death_rate"] / 1000.0 * gain)
    return Outputs({"activity_deaths": np.array(prevented)})


MODEL = Model(
    name="activity",
    reads=("zones.population", "trips_by_mode", "trip_length_by_mode"),
    writes=("activity_deaths",),
    parameters=read_parameters(Path(str(files("exante.models.health") / "parameters_activity.toml")), "activity"),
    run=run,
    modules=("exante.models.health",),
    optional=True,
)
