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
        "zones.zone_id",
        "zones.jobs",
        "road_fleet",
        "link_low_emission",
        "period_weight",
        "link_flow_by_vehicle",
        "link_speed",
        "link_cruise_speed",
        "link_free_time",
        "zone_car_trips",
        "external_car_trips",
        "trip_length_by_mode",
    ),
    writes=(
        "link_co2",
        "link_co2_upstream",
        "link_nox",
        "link_nox_by_period",
        "link_no2",
        "link_pm_exhaust",
        "link_pm25",
        "link_pm10",
        "emission_by_kind",
        "emission_cold",
        "vehicle_electricity",
    ),
    parameters=read_parameters(Path(str(files("exante.models.emissions") / "parameters.toml")), "emissions"),
    run=run,
    modules=("exante.models.emissions", "exante.quantities.vehicle_kinds"),
    uses=("links.zone_id", "statistics.name", "statistics.value"),
)
