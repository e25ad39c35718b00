"""Heat, trees and green by zone, and green areas."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from exante.city import Table
from exante.sources import zone_means
from exante.sources.bologna import green
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.report import Report


def read_environment(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `zone_environment` and, where there is a register of green, `green_areas`."""
    files, report = assembly.files, Report("", assembly.lines, assembly.findings)
    zones = assembly.area
    table = pd.DataFrame({"zone_id": zones["zone_id"]})
    tables: dict[str, Table] = {}
    if assembly.has("heat_days"):
        raster = zone_means.read_intensities(files.paths["heat_days"])
        table["heat_days"] = zone_means.zone_means(raster, zones, report.of("heat_days"), "heat days")
    if assembly.has("trees"):
        trees = green.read_trees(files.paths["trees"], assembly.crs, report.of("trees"))
        table["trees"] = green.trees_by_zone(trees, zones, report.of("trees"))
    if assembly.has("green_areas"):
        areas = green.read_green(files.paths["green_areas"], zones, report.of("green_areas"))
        table["green_area"] = green.green_by_zone(areas, zones)
        tables["green_areas"] = Table.from_frame("green_areas", areas)
    return tables | {"zone_environment": Table.from_frame("zone_environment", table)}


STEP = Step(
    "environment",
    (
        Makes(
            "zone_environment",
            ("zones", "heat_days", "trees", "green_areas"),
            note="Heat days are a projection for about 2030; trees and green are public ones.",
        ),
        Makes("green_areas", ("green_areas", "zones")),
    ),
    read_environment,
    after=("areas",),
    when=lambda assembly: any(assembly.has(name) for name in ("heat_days", "trees", "green_areas")),
)
