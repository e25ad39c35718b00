"""Air-quality stations of Barcelona and their hours."""

from __future__ import annotations

from collections.abc import Mapping

from exante.city import Table
from exante.sources.barcelona import observed
from exante.sources.layers.step import Assembly, Makes, Step


def read_air(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `air_sites`, `air_hours`."""
    return observed.air(assembly.files.paths, assembly.crs, assembly.lines, assembly.findings)


STEP = Step(
    "air",
    (Makes("air_sites", ("air_stations",)), Makes("air_hours", ("air_no2", "air_pm10", "air_pm25"))),
    read_air,
    after=("crashes",),
    when=lambda assembly: assembly.has("air_stations"),
)
