"""What the model of buildings reads and writes."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from exante.models.buildings.run import PLACE, WEATHER, run
from exante.quantities.declarations import Model
from exante.quantities.parameters import read_parameters

MODEL = Model(
    name="buildings",
    reads=(
        "zones.zone_id",
        "zones.population",
        *(f"weather.{name}" for name in (*WEATHER, *PLACE)),
        *(
            f"archetypes.{name}"
            for name in (
                *("archetype_id", "state", "floor_area", "bridges", "air_change", "room_height"),
                *("internal_gains", "capacity", "hot_water"),
            )
        ),
        *(f"archetype_elements.{name}" for name in ("archetype_id", "element", "area", "u", "factor")),
        *(f"archetype_windows.{name}" for name in ("archetype_id", "plane", "area", "aperture")),
        *(f"building_stock.{name}" for name in ("zone_id", "archetype_id", "floor_area")),
        *(f"heating_systems.{name}" for name in ("zone_id", "system", "share")),
        *(f"homes.{name}" for name in ("set_point", "appliances", "cooled_share")),
        *(f"service_stock.{name}" for name in ("floor_area", "electricity", "heat")),
        "carriers.carrier",
        "carriers.intensity_direct",
        "tariffs.carrier",
        "tariffs.consumer",
        "tariffs.price",
        "statistics.name",
        "statistics.value",
    ),
    writes=(
        "building_energy",
        "building_electricity",
        "building_heat_need",
        "building_cooling_need",
        "dwelling_area",
        "building_co2",
        "building_bill",
    ),
    parameters=read_parameters(Path(str(files("exante.models.buildings") / "parameters.toml")), "buildings"),
    run=run,
    modules=("exante.models.buildings", "exante.kernels"),
    optional=True,
)
