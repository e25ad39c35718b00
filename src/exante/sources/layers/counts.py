"""Induction loops of Bologna: counting sites joined to links, and their hourly counts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from exante.city import Table
from exante.sources import loops
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.quality import Finding, account


def read_counts(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `count_sites` and `counts` of every loop file, a site of two files once."""
    paths, crs, lines = assembly.files.paths, assembly.crs, assembly.lines
    read = []
    for name in (*assembly.files.names("counts_hourly"), *assembly.files.names("counts_later")):
        read.append((name, loops.read_hourly(paths[name], crs)))
    if assembly.has("counts_half_hourly"):
        name = "counts_half_hourly"
        read.append((name, loops.read_half_hourly(paths[name], paths["loops"], crs)))
    for name, part in read:
        lines += part.notes
        assembly.findings += [dataclasses.replace(finding, source=name) for finding in part.findings]
    sites = pd.concat([part.sites for _, part in read], ignore_index=True).drop_duplicates("site_id")
    sites = gpd.GeoDataFrame(sites.sort_values("site_id").reset_index(drop=True), geometry="geometry", crs=crs)
    counts = pd.concat([part.counts for _, part in read], ignore_index=True)
    twice = int(counts.duplicated(["site_id", "date", "hour"]).sum())
    told = [("duplicate", twice, "the hour stands in two files")]
    assembly.findings += account("counts", "all counts", "hours", len(counts), because=told)
    counts = counts.drop_duplicates(["site_id", "date", "hour"]).sort_values(["site_id", "date", "hour"])
    found = loops.join(sites, assembly.links, lines)
    for finding in _joined(sites, found):
        assembly.findings.append(finding)
    loops.compare_neighbours(found, sites, counts, lines)
    table = pd.concat([sites[["site_id", "name", "direction"]], found, sites[["geometry"]]], axis=1)
    return {
        "count_sites": Table.from_frame("count_sites", pd.DataFrame(table)),
        "counts": Table.from_frame("counts", counts.reset_index(drop=True)),
    }


def _joined(sites: pd.DataFrame, found: pd.DataFrame) -> list[Finding]:
    """Sites that have a link and those that have none, with the reason."""
    lost = found["link_id"].isna()
    why = [
        ("unmatched", 1, f"{site}: {note}")
        for site, note in zip(sites.loc[lost, "site_id"], found.loc[lost, "match_note"], strict=True)
    ]
    return account("count_sites", "all counts", "sites joined to a street", len(sites), because=why)


STEP = Step(
    "counts",
    (
        Makes("count_sites", ("counts_hourly", "counts_later", "counts_half_hourly", "loops", "streets")),
        Makes(
            "counts",
            ("counts_hourly", "counts_later", "counts_half_hourly"),
            note="Each count belongs to the rules of its own day: compare with city.at(date).",
        ),
    ),
    read_counts,
    after=("network", "connectors"),
    when=lambda assembly: assembly.has("counts_hourly") or assembly.has("counts_half_hourly"),
)
