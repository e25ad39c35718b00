"""What the model of air reads and writes."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from exante.models.air.paths import MODEL as PATHS
from exante.models.air.run import run
from exante.quantities.declarations import Model
from exante.quantities.parameters import read_parameters

OWN = (
    "statistics.name",
    "statistics.value",
    "link_nox",
    "link_pm25",
    "street_of_link",
    "facade_street",
    "air_path_receptor",
    "air_path_street",
    "air_path_gain",
    "air_source_street",
    "air_source_cell",
    "air_source_share",
    "air_far_gain",
    "air_grid_size",
    "air_receptor_row",
    "air_receptor_column",
    "air_other_shape",
    "street_right",
    "street_left",
    "street_length",
    "street_open_gain",
    "street_canyon_gain",
    "street_canyon_share",
)

MODEL = Model(
    name="air",
    # A city that cannot have the paths cannot have air: both stay or both are left out.
    reads=(*(name for name in PATHS.reads if name not in OWN), *OWN),
    writes=("street_no2", "street_pm25", "street_pm10", "cell_no2", "cell_pm25", "home_no2", "home_pm25"),
    parameters=read_parameters(Path(str(files("exante.models.air") / "parameters.toml")), "air"),
    run=run,
    modules=("exante.models.air",),
    optional=True,
)
