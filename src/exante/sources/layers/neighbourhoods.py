"""What is published by barri or census section of Barcelona: noise exposure, rents, income and its inequality."""

from __future__ import annotations

from collections.abc import Mapping

from exante.city import Table
from exante.sources.barcelona import noise, rents, section_income
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.report import Report

#: Beginning of the source's name for every measure of income; the year follows.
INCOME = {
    "net_household_income": "income_net",
    "gini": "income_gini",
    "gross_personal_income": "income_gross",
}


def read_neighbourhoods(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `noise_exposure`, `rents`, `section_income`, those that the city has sources for."""
    files, report = assembly.files, Report("", assembly.lines, assembly.findings)
    tables: dict[str, Table] = {}
    if assembly.has("noise"):
        table = noise.read_exposure(files.paths["noise"], report.of("noise"))
        tables["noise_exposure"] = Table.from_frame("noise_exposure", table)
    if assembly.has("rents"):
        barris = assembly.named[assembly.named["area_id"].str.startswith("barri-")]
        known = dict(zip(barris["name"], barris["area_id"], strict=True))
        tables["rents"] = Table.from_frame("rents", rents.read_rents(files.paths["rents"], known, report.of("rents")))
    parts = []
    for measure, prefix in INCOME.items():
        for name in files.names(prefix):
            year = int(name.rpartition("_")[2])
            parts.append(section_income.read_measure(files.paths[name], measure, year, report.of(name)))
    if parts:
        table = section_income.join(parts, files.paths["census_sections"], report)
        tables["section_income"] = Table.from_frame("section_income", table)
    return tables


STEP = Step(
    "neighbourhoods",
    (
        Makes("noise_exposure", ("noise",), note="Results of the strategic noise map's model, not measurements."),
        Makes("rents", ("rents",), note="Means of new contracts, not what residents pay."),
        Makes("section_income", (*INCOME.values(), "census_sections")),
    ),
    read_neighbourhoods,
    after=("areas",),
    when=lambda assembly: any(assembly.has(name) for name in ("noise", "rents", *INCOME.values())),
)
