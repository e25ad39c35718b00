"""Induction loops of Bologna: counting sites joined to links, and their hourly counts."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from exante.city import Table
from exante.sources import loops
from exante.sources.layers.step import Assembly, Makes, Step


def read_counts(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `count_sites` and `counts` of every loop file, a site of two files once."""
    paths, crs, lines = assembly.files.paths, assembly.crs, assembly.lines
    read = []
    if assembly.has("counts_hourly"):
        read.append(loops.read_hourly(paths["counts_hourly"], crs))
    if assembly.has("counts_half_hourly"):
        read.append(loops.read_half_hourly(paths["counts_half_hourly"], paths["loops"], crs))
    for part in read:
        lines += part.notes
    sites = pd.concat([part.sites for part in read], ignore_index=True).drop_duplicates("site_id")
    sites = gpd.GeoDataFrame(sites.sort_values("site_id").reset_index(drop=True), geometry="geometry", crs=crs)
    counts = pd.concat([part.counts for part in read], ignore_index=True)
    counts = counts.drop_duplicates(["site_id", "date", "hour"]).sort_values(["site_id", "date", "hour"])
    found = loops.join(sites, assembly.links, lines)
    loops.compare_neighbours(found, sites, counts, lines)
    table = pd.concat([sites[["site_id", "name", "direction"]], found, sites[["geometry"]]], axis=1)
    return {
        "count_sites": Table.from_frame("count_sites", pd.DataFrame(table)),
        "counts": Table.from_frame("counts", counts.reset_index(drop=True)),
    }


STEP = Step(
    "counts",
    (
        Makes("count_sites", ("counts_hourly", "counts_half_hourly", "loops", "streets")),
        Makes(
            "counts",
            ("counts_hourly", "counts_half_hourly"),
            note="Each count belongs to the rules of its own day: compare with city.at(date).",
        ),
    ),
    read_counts,
    after=("network", "connectors"),
    when=lambda assembly: assembly.has("counts_hourly") or assembly.has("counts_half_hourly"),
)
