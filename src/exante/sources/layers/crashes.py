"""Crashes of Barcelona by zone, class of the nearest link and year."""

from __future__ import annotations

from collections.abc import Mapping

from exante.city import Table
from exante.sources.barcelona import observed
from exante.sources.layers.step import Assembly, Makes, Step


def count_crashes(assembly: Assembly) -> Mapping[str, Table]:
    """Table `crashes`."""
    paths, lines, findings = assembly.files.paths, assembly.lines, assembly.findings
    return {"crashes": observed.crashes(paths, assembly.area, assembly.links, assembly.crs, lines, findings)}


STEP = Step(
    "crashes",
    (Makes("crashes", ("crashes",)),),
    count_crashes,
    after=("network", "transit"),
    when=lambda assembly: assembly.has("crashes_2019"),
)
