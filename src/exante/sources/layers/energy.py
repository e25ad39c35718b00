"""The grid that the city draws from, prices of energy, fuels, and its street lamps."""

from __future__ import annotations

from collections.abc import Mapping

from exante.city import Layer, Table
from exante.sources.energy import grid, roofs, tables
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.statistics import list_provenance


def make(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `grid_mix`, `grid_hours`, `tariffs`, `carriers`, `public_lighting`, those the document tells of."""
    document, made = assembly.document, dict[str, Table]()
    if "grid" in document:
        told, hours = document["grid"], None
        if assembly.has("grid_hours") and "hours_year" in told:
            zone = document.get("climate", {}).get("time_zone", 1)
            path = assembly.files.paths["grid_hours"]
            hours = grid.read_hours(path, told["hours_zone"], int(told["hours_year"]), int(zone))
            assembly.lines.append(
                f"grid: shape of {told['hours_zone']} {told['hours_year']} ({hours.filled} hours filled; generation "
                f"alone: {hours.mean_direct:.0f} g/kWh direct, {hours.mean_lifecycle:.0f} lifecycle), level of "
                f"{told['zone']} {told['year']}: {told['intensity_lifecycle']:g} g/kWh lifecycle"
            )
            assembly.notes["grid_hours"] = f"Shape of {told['hours_zone']} {told['hours_year']}; imports not counted."
        made |= tables.grid_tables(document, hours)
        assembly.layers["grid_mix"] = Layer(0, list_provenance([told]), told.get("note", ""))
        if hours is None:
            assembly.layers["grid_hours"] = Layer(0, list_provenance([told]), tables.FLAT)
    prices = tables.tariffs(document)
    if prices:
        made["tariffs"], assembly.layers["tariffs"] = prices
    made["carriers"], assembly.layers["carriers"] = tables.carriers()
    if "public_lighting" in document:
        made["public_lighting"] = roofs.lighting(document, assembly.tables["zones"], assembly.tables["links"])
        assembly.layers["public_lighting"] = Layer(0, list_provenance([document["public_lighting"]]), tables.LAMPS)
    return made


STEP = Step(
    "energy",
    (
        Makes("grid_mix", ()),
        Makes("grid_hours", ("grid_hours",)),
        Makes("tariffs", ()),
        Makes("carriers", ()),
        Makes("public_lighting", ()),
    ),
    make,
    after=("zones", "network", "people"),
)
