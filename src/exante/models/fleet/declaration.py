"""What the fleet model reads and writes."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from exante.models.fleet.run import run
from exante.quantities.declarations import Model
from exante.quantities.parameters import read_parameters

MODEL = Model(
    name="fleet",
    reads=(
        "fleet.vehicle_class",
        "fleet.fuel",
        "fleet.euro_class",
        "fleet.share",
        "links.link_id",
        "links.length",
        "zones.zone_id",
        "zones.population",
        "zones.car_availability",
        "zones.jobs",
        "bans.ban_id",
        "bans.link_id",
        "bans.vehicle_class",
        "bans.start_hour",
        "bans.end_hour",
        "bans.exempt_share",
        "emission_standards.ban_id",
        "emission_standards.vehicle_class",
        "emission_standards.fuel",
        "emission_standards.minimum_euro",
        "emission_standards.exempt_share",
        "emission_standards.charge",
    ),
    writes=(
        "road_fleet",
        "link_low_emission",
        "zone_cars",
        "zone_barred_cars",
        "barred_by_vehicle",
        "zone_replaced_cars",
    ),
    parameters=read_parameters(Path(str(files("exante.models.fleet") / "parameters.toml")), "fleet"),
    run=run,
    modules=("exante.models.fleet", "exante.kernels.survival", "exante.quantities.vehicle_kinds"),
    uses=("zones.income", "links.zone_id", "statistics.name", "statistics.value"),
)
