"""What the noise model reads and writes."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from exante.models.noise.paths import MODEL as PATHS
from exante.models.noise.run import run
from exante.quantities.declarations import Model
from exante.quantities.parameters import read_parameters

OWN = (
    "nodes.node_id",
    "nodes.ctrl_type",
    "links.from_node_id",
    "links.to_node_id",
    "links.length",
    "links.lanes",
    "links.road_class",
    "zones.population",
    "zones.area",
    "statistics.name",
    "statistics.value",
    "period_weight",
    "link_flow_by_vehicle",
    "link_speed",
    "link_cruise_speed",
    "link_free_time",
    "facade_street",
    "facade_zone",
    "street_of_link",
    "sound_path_facade",
    "sound_path_link",
    "sound_path_gain",
    "sound_path_distance",
)

MODEL = Model(
    name="noise",
    # A city that cannot have the paths cannot have noise: both stay or both are left out.
    reads=(*(name for name in PATHS.reads if name not in OWN), *OWN),
    writes=("facade_lden", "facade_lnight", "courtyard_lden", "courtyard_lnight", "courtyard_share"),
    parameters=read_parameters(Path(str(files("exante.models.noise") / "parameters.toml")), "noise"),
    run=run,
    modules=("exante.models.noise",),
    optional=True,
)
