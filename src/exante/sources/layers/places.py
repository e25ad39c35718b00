"""Places that people go to, and trees along the streets."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import shapely

from exante.city import Table
from exante.sources import connectors, places
from exante.sources.bologna import green
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.report import Report

#: Trees within this distance (m) of the centre line stand along the street.
ALONG = 20.0


def read_places(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `places`, and `links` with its column `trees`, those that the city has sources for."""
    report = Report("green_areas", assembly.lines, assembly.findings)
    tables: dict[str, Table] = {}
    kinds = assembly.files.settings("green_areas").get("places", {}) if assembly.has("green_areas") else {}
    if kinds:
        found = places.from_green(_frame(assembly.tables["green_areas"]), kinds, report)
        points = shapely.point_on_surface(found["geometry"].to_numpy())
        found["zone_id"] = connectors.zone_of_points(assembly.area, points)
        tables["places"] = Table.from_frame("places", found)
    if assembly.has("trees"):
        silent = Report("trees", [], [])  # the step `environment` tells of the same file
        trees = green.read_trees(assembly.files.paths["trees"], assembly.crs, silent)
        links = assembly.tables["links"]
        along = places.trees_along(links["geometry"], trees, ALONG)
        tables["links"] = links.with_columns(trees=along)
        assembly.lines.append(
            f"trees: {float((along > 0).mean()):.0%} of the links have one within {ALONG:g} m of their centre line"
        )
    return tables


def _frame(table: Table) -> pd.DataFrame:
    return pd.DataFrame({name: table[name] for name in ("name", "kind", "geometry")})


STEP = Step(
    "places",
    (
        Makes("places", ("green_areas", "zones"), note="Kinds of places that no source tells are absent."),
        Makes("links", ("trees",), note="Trees along the streets are public ones.", amends=True),
    ),
    read_places,
    after=("network", "connectors", "environment"),
    when=lambda assembly: assembly.has("green_areas") or assembly.has("trees"),
)
