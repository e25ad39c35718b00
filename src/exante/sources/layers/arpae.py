"""Air-quality stations of Bologna and their hours and days."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from exante.city import Table
from exante.sources.bologna import air
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.report import Report


def read_air(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `air_sites`, `air_hours`."""
    files, report = assembly.files, Report("", assembly.lines, assembly.findings)
    kinds = files.settings("arpae_stations").get("kinds", {})
    sites = air.read_sites(files.paths["arpae_stations"], kinds, assembly.crs)
    known = set(sites["site_id"])
    found = [name for name in air.FILES if name in files.sources]
    values = pd.concat([air.read_values(files.paths[name], name, known, report.of(name)) for name in found])
    values = values.sort_values(["site_id", "pollutant", "time"]).reset_index(drop=True)
    return {"air_sites": Table.from_frame("air_sites", sites), "air_hours": Table.from_frame("air_hours", values)}


STEP = Step(
    "arpae",
    (
        Makes(
            "air_sites",
            ("arpae_stations",),
            note="Positions were looked up by name: San Lazzaro has the middle of its municipality, Giardini "
            "Margherita that of its park. Kinds of station are from the city's document, not from the file.",
        ),
        Makes("air_hours", tuple(air.FILES), note="Hours are in standard time the whole year; PM are daily means."),
    ),
    read_air,
    after=("areas",),
    when=lambda assembly: assembly.has("arpae_stations", "arpae_no2"),
)
