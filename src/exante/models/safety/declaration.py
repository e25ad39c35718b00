"""What the model of safety reads and writes."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from exante.models.safety.run import run
from exante.quantities.declarations import Model
from exante.quantities.parameters import read_parameters

MODEL = Model(
    name="safety",
    reads=(
        "links.length",
        "links.road_class",
        "statistics.name",
        "statistics.value",
        "period_weight",
        "link_flow_by_vehicle",
        "link_speed",
        "link_cruise_speed",
        "link_free_time",
    ),
    writes=("link_crashes", "link_fatalities", "casualties"),
    parameters=read_parameters(Path(str(files("exante.models.safety") / "parameters.toml")), "safety"),
    run=run,
    modules=("exante.models.safety",),
    optional=True,
)
