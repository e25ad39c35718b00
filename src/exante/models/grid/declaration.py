"""What the two models of electricity read and write."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from exante.models.grid import photovoltaics
from exante.models.grid.run import run
from exante.quantities.declarations import Model
from exante.quantities.parameters import read_parameters

_FOLDER = files("exante.models.grid")

PHOTOVOLTAICS = Model(
    name="photovoltaics",
    reads=(
        "zones.zone_id",
        "rooftops.zone_id",
        "rooftops.facing",
        "rooftops.azimuth",
        "rooftops.tilt",
        "rooftops.potential",
        "rooftops.installed",
        "weather.dry_bulb",
        "weather.direct_normal",
        "weather.diffuse_horizontal",
        "weather.wind_speed",
        "weather.latitude",
        "weather.longitude",
        "weather.altitude",
        "weather.time_zone",
    ),
    writes=("pv_yield", "pv_capacity", "roof_potential", "zone_pv"),
    parameters=read_parameters(Path(str(_FOLDER / "parameters_photovoltaics.toml")), "photovoltaics"),
    run=photovoltaics.run,
    modules=("exante.models.grid",),
    optional=True,
)

MODEL = Model(
    name="grid",
    reads=(
        "zones.zone_id",
        "zones.population",
        "weather.global_horizontal",
        "grid_mix.intensity_direct",
        "grid_mix.intensity_lifecycle",
        "grid_mix.intensity_marginal",
        "grid_mix.solar_dip",
        "grid_hours.direct",
        "grid_hours.lifecycle",
        "tariffs.carrier",
        "tariffs.consumer",
        "tariffs.price",
        "tariffs.base_price",
        "building_electricity",
        "pv_yield",
        "pv_capacity",
        "roof_potential",
    ),
    uses=("public_lighting.zone_id", "public_lighting.electricity", "vehicle_electricity"),
    writes=(
        "city_load",
        "city_import",
        "city_export",
        "zone_electricity",
        "zone_peak",
        "zone_self_consumed",
        "electricity_by_consumer",
        "grid_co2_direct",
        "grid_co2_lifecycle",
        "grid_co2_marginal",
        "grid_cost",
    ),
    parameters=read_parameters(Path(str(_FOLDER / "parameters.toml")), "grid"),
    run=run,
    modules=("exante.models.grid",),
    optional=True,
)
