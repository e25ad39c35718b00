"""Single buildings with heights, from CityJSON or a vector file."""

from __future__ import annotations

from collections.abc import Mapping

import shapely

from exante.city import Table
from exante.sources import building_shapes, cityjson, connectors
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.report import Report


def read_shapes(assembly: Assembly) -> Mapping[str, Table]:
    """Table `building_shapes`."""
    path, report = assembly.files.paths["buildings"], Report("buildings", assembly.lines, assembly.findings)
    if path.suffix == ".json":
        table = cityjson.read_buildings(path, assembly.crs, report)
    else:
        fields = assembly.files.settings("buildings").get("fields", {})
        table = building_shapes.read_footprints(path, fields, assembly.crs, report)
    middles = shapely.point_on_surface(table["geometry"].to_numpy())
    table["zone_id"] = connectors.zone_of_points(assembly.area, middles)
    return {"building_shapes": Table.from_frame("building_shapes", table)}


STEP = Step(
    "building_shapes",
    (Makes("building_shapes", ("buildings",)),),
    read_shapes,
    after=("areas", "connectors"),
    when=lambda assembly: assembly.has("buildings"),
)
