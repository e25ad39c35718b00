"""What the access model reads and writes."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from exante.models.access.run import run
from exante.quantities.declarations import Model
from exante.quantities.parameters import read_parameters

MODEL = Model(
    name="access",
    reads=(
        "nodes.node_id",
        "links.from_node_id",
        "links.to_node_id",
        "links.length",
        "links.allowed_uses",
        "links.zone_id",
        "zones.zone_id",
        "connectors.zone_id",
        "connectors.node_id",
    ),
    writes=(
        "address_node",
        "address_zone",
        "address_share",
        "walk_reach_node",
        "walk_reach_zone",
        "walk_reach_share",
        "cycle_reach_node",
        "cycle_reach_zone",
        "cycle_reach_share",
    ),
    parameters=read_parameters(Path(str(files("exante.models.access") / "parameters.toml")), "access"),
    run=run,
    modules=("exante.models.access",),
    optional=True,
)
