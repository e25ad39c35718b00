"""What the emissions model reads and writes."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from exante.models.emissions.run import run
from exante.quantities.declarations import Model
from exante.quantities.parameters import read_parameters

MODEL = Model(
    name="emissions",
    reads=(
        "links.length",
        "links.road_class",
        "fleet.vehicle_class",
        "fleet.fuel",
        "fleet.euro_class",
        "fleet.share",
        "period_weight",
        "link_flow_by_vehicle",
        "link_speed",
        "link_cruise_speed",
        "link_free_time",
    ),
    writes=("link_co2", "link_nox", "link_pm25"),
    parameters=read_parameters(Path(str(files("exante.models.emissions") / "parameters.toml")), "emissions"),
    run=run,
    modules=("exante.models.emissions",),
)
