"""Residents by zone and age: from the register where the city has it by section, else from the 1 km census grid."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from exante.city import Table
from exante.sources import age_grid, raster
from exante.sources.barcelona import census
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.report import Report

GROUPS = {"under_15": "0-14", "age_15_24": "15-24", "age_25_64": "25-64", "over_64": "65+"}


def read_ages(assembly: Assembly) -> Mapping[str, Table]:
    """Table `zone_ages`."""
    files, report = assembly.files, Report("age_grid", assembly.lines, assembly.findings)
    zones, grid = assembly.area, None
    if assembly.has("age_grid"):
        cells = age_grid.read_cells(files.paths["age_grid"], report)
        people = raster.read_raster(files.paths["population"]) if assembly.has("population") else None
        grid = age_grid.by_zone(cells, zones, people, report)
    if grid is not None and not assembly.has("register", "census_sections"):
        assembly.notes["zone_ages"] = (
            "From the 1 km census grid of 2021, shared by area; sums to fewer than the register."
        )
        return {"zone_ages": Table.from_frame("zone_ages", grid)}
    sections = census.read_register(files.paths["register"], files.paths["income"], files.paths["census_sections"], [])
    summed = sections.groupby("zone_id")[list(GROUPS)].sum().rename(columns=GROUPS)
    summed = summed.reindex(zones["zone_id"]).fillna(0.0).reset_index()
    table = summed.melt("zone_id", var_name="age_group", value_name="people").sort_values(["zone_id", "age_group"])
    if grid is not None:
        old = summed["65+"].sum() / summed[list(GROUPS.values())].to_numpy().sum()
        other = grid.loc[grid["age_group"] == "65+", "people"].sum() / grid["people"].sum()
        report.tell(f"ages: {old:.1%} over 64 by the register, which is used, {other:.1%} by the census grid")
    return {"zone_ages": Table.from_frame("zone_ages", pd.DataFrame(table.reset_index(drop=True)))}


STEP = Step(
    "ages",
    (Makes("zone_ages", ("age_grid", "population", "register", "census_sections", "zones")),),
    read_ages,
    after=("areas",),
    when=lambda assembly: assembly.has("age_grid"),
)
