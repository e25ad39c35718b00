"""Cycling: facilities along the links, stations of shared bicycles and their hours."""

from __future__ import annotations

from collections.abc import Mapping

from exante.city import Table
from exante.sources import connectors, cycle_lanes
from exante.sources.barcelona import bicing
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.report import Report
from exante.sources.zones import read_vector

#: Source of every kind of facility.
LINES = {"lane": "cycle_lanes", "shared": "cycle_ways"}


def read_bicycles(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `links` (its column `cycle_facility`), `bike_stations`, `bike_hours`, as the city has sources."""
    files, report = assembly.files, Report("", assembly.lines, assembly.findings)
    tables: dict[str, Table] = {}
    if any(assembly.has(name) for name in LINES.values()):
        drawn = {
            kind: read_vector(files.paths[name]).to_crs(assembly.crs)
            for kind, name in LINES.items()
            if assembly.has(name)
        }
        for kind, lines in drawn.items():
            report.of(LINES[kind]).account("links", "cycle lines", len(lines))
        facility = cycle_lanes.facilities(assembly.tables["links"].frame(), drawn, report)
        tables["links"] = assembly.tables["links"].with_columns(cycle_facility=facility)
    if assembly.has("bike_stations", "bike_statistics"):
        paths, own = files.paths, report.of("bike_stations")
        stations = bicing.read_stations(paths["bike_stations"], paths["bike_statistics"], assembly.crs, own)
        stations["zone_id"] = connectors.zone_of_points(assembly.area, stations["geometry"].to_numpy())
        tables["bike_stations"] = Table.from_frame("bike_stations", stations)
    if assembly.has("bike_flow"):
        hours = bicing.read_hours(files.paths["bike_flow"], report.of("bike_flow"))
        tables["bike_hours"] = Table.from_frame("bike_hours", hours)
    return tables


STEP = Step(
    "bicycles",
    (
        Makes(
            "links",
            ("cycle_lanes", "cycle_ways"),
            note="Cycle facilities are joined by following their lines (state of January 2018); one drawn lane counts "
            "for both directions of its street.",
            amends=True,
        ),
        Makes("bike_stations", ("bike_stations", "bike_statistics"), note="Only shares of the stations are used."),
        Makes("bike_hours", ("bike_flow",), note="One day, 5 September 2023, smoothed by its source."),
    ),
    read_bicycles,
    after=("network", "connectors"),
    when=lambda assembly: any(assembly.has(name) for name in (*LINES.values(), "bike_stations", "bike_flow")),
)
