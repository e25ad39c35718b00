"""Published figures and the fleet, typed in with their source in the city's document."""

from __future__ import annotations

from collections.abc import Mapping

from exante.city import Table
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.statistics import read_fleet, read_published, read_statistics


def typed_in(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `statistics`, `fleet` and `published`; their layers cite the publications themselves."""
    tables = {}
    tables["statistics"], assembly.layers["statistics"] = read_statistics(assembly.document)
    if "fleet" in assembly.document:
        tables["fleet"], assembly.layers["fleet"] = read_fleet(assembly.document)
    published = read_published(assembly.document)
    if published:
        tables["published"], assembly.layers["published"] = published
    return tables


STEP = Step("statistics", (Makes("statistics", ()), Makes("fleet", ()), Makes("published", ())), typed_in)
