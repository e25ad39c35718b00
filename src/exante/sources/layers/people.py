"""People by zone, age, sex, income, car and household size; what follows from them by zone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from exante.city import Table
from exante.sources import age_grid
from exante.sources.barcelona import people as barcelona
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.people import from_figures
from exante.sources.people.cube import Known, car_share
from exante.sources.people.tables import make_tables, note
from exante.sources.report import Report

#: Sources of the cube beyond those of the zones.
SOURCES = ("register", "census_sections", "barri_profile", "gini", "income", "age_grid", "population", "statistics")

#: What a reader of the zones has to know beyond the note of their own step.
ZONES = (
    "Households and car availability are replaced by those of the table people, whatever is told of them before: the "
    "city's total and mean are published, differences between zones follow household sizes (observed by barri in "
    "Barcelona only) and assumed odds of a car by age, sex, income, household size and density. jobs_cv, "
    "school_places_cv and services_cv say how far a zone may be off (lognormal)."
)


def make(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `people`, `people_margins`, `income_bands`; `zones` with cars, households and spreads."""
    zones = assembly.tables["zones"]
    level = car_share(
        assembly.statistic("car_ownership") / 1000.0,
        1.0 - assembly.statistic("share_under_15") / 100.0,
    )
    known = _known(assembly, zones, level)
    people, tables = make_tables(zones, known, assembly.statistic("households"))
    before, after = zones["car_availability"], tables["zones"]["car_availability"]
    assembly.lines.append(
        f"people: cube of {people.persons.sum():,.0f} residents in {int((people.persons > 0).sum()):,} cells, "
        f"{people.rounds} rounds of raking; car availability by zone from it, {after.min():.2f} to {after.max():.2f} "
        f"(by density alone {before.min():.2f} to {before.max():.2f})"
    )
    assembly.notes["people"] = note(people)
    assembly.notes["zones"] = ZONES
    return tables


def _known(assembly: Assembly, zones: Table, level: float) -> Known:
    """What the city's sources say of its people."""
    if assembly.has("register", "barri_profile", "gini"):
        return barcelona.know(assembly.files.paths, zones["zone_id"], zones["area"], level, assembly.lines)
    over_64 = None
    if assembly.has("age_grid"):
        report = Report("age_grid")  # the step `ages` reads the same cells and tells of them
        cells = age_grid.read_cells(assembly.files.paths["age_grid"], report)
        found = age_grid.by_zone(cells, assembly.area, None, report)
        wide = found.pivot(index="zone_id", columns="age_group", values="people").reindex(zones["zone_id"])
        young, old = (wide[group].to_numpy(dtype=float) for group in age_grid.GROUPS)
        over_64 = np.divide(old, young + old, out=np.full(len(old), np.nan), where=young + old > 0)
    return from_figures.know(
        zones["zone_id"],
        zones["district"].tolist(),
        zones["population"],
        zones["area"],
        zones["income"],
        over_64,
        {"households": assembly.statistic("households")},
        assembly.document["people"],
        level,
    )


STEP = Step(
    "people",
    (
        Makes("people", SOURCES, assumed=True),
        Makes("people_margins", SOURCES, note="How each margin of the table people is known."),
        Makes("income_bands", ("income", "gini"), note="Fifths of the residents; lognormal within the source's areas."),
        Makes(
            "zones",
            ("barri_profile", "gini", "age_grid"),
            amends=True,
        ),
    ),
    make,
    after=("zones", "statistics"),
    when=lambda a: a.has("register", "barri_profile", "gini") or "people" in a.document,
)
