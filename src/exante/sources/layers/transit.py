"""Public transport of Barcelona: timetables of FGC and TRAM, lines of TMB with assumed headways."""

from __future__ import annotations

from collections.abc import Mapping

from exante.city import Table
from exante.sources.barcelona import observed
from exante.sources.layers.step import Assembly, Makes, Step


def read_transit(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `stops`, `routes`, `route_stops`, `headways`."""
    rule = assembly.settings["transit"]
    paths, findings = assembly.files.paths, assembly.findings
    return observed.transit(paths, rule, assembly.area, assembly.crs, assembly.lines, findings)


STEP = Step(
    "transit",
    (
        Makes("stops", ("gtfs", "bus_stops", "metro_stations")),
        Makes("routes", ("gtfs", "bus_lines")),
        Makes("route_stops", ("gtfs", "bus_lines", "bus_stops", "metro_stations"), assumed=True),
        Makes("headways", ("gtfs",), assumed=True),
    ),
    read_transit,
    after=("areas", "connectors"),
    when=lambda assembly: assembly.has("gtfs_fgc"),
)
