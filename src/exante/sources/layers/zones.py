"""Residents, jobs, places of study, services, income, cars and parking by zone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from exante.city import Table
from exante.sources import activities, income, raster
from exante.sources.barcelona import zone_table
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.quality import account


def make_zones(assembly: Assembly) -> Mapping[str, Table]:
    """Table `zones`."""
    area, paths = assembly.area, assembly.files.paths
    volume = raster.read_raster(paths["volume"])
    if "register" in assembly.files.sources:
        statistics = assembly.tables["statistics"]
        figures = dict(zip(statistics["name"], statistics["value"], strict=True))
        built = raster.zone_sums(volume, area)[0]
        frame, note = zone_table.make_zones(
            area, paths, built, figures, assembly.settings, assembly.crs, assembly.lines, assembly.findings
        )
    else:
        frame, note = _from_rasters(assembly, volume)
    assembly.notes["zones"] = note
    return {"zones": Table.from_frame("zones", frame)}


def _from_rasters(assembly: Assembly, volume: raster.Raster) -> tuple[pd.DataFrame, str]:
    """The vocabulary's table of zones, and the note of its layer."""
    area, statistic = assembly.area, assembly.statistic
    ground = area["area"].to_numpy()
    residents = _residents(assembly)
    work = _work(assembly, volume, residents)
    by_people, by_work = residents / residents.sum(), work / work.sum()

    def spread(share: float) -> np.ndarray:
        return share * by_people + (1.0 - share) * by_work

    adults = 1.0 - statistic("share_under_15") / 100.0
    cars = statistic("car_ownership") / 1000.0
    price = np.zeros(len(area))
    if "parking" in assembly.settings:
        group = area["group"].to_numpy(dtype=object)
        rings = assembly.settings["parking"]
        price = activities.parking_price(area.geometry.centroid.to_numpy(), group, rings, assembly.crs)
    frame = pd.DataFrame(
        {
            "zone_id": area["zone_id"],
            "name": area["name"],
            "district": area["district"],
            "area": ground,
            "population": residents,
            "households": activities.scaled(residents, statistic("households")),
            "employed": activities.scaled(residents, statistic("employed_residents")),
            "students": activities.scaled(residents, statistic("students")),
            "jobs": activities.scaled(work, statistic("jobs")),
            "school_places": activities.scaled(spread(activities.STUDY_BY_RESIDENTS), statistic("school_places")),
            "services": activities.scaled(spread(activities.SERVICES_BY_RESIDENTS), float(len(area))),
            "income": _income(assembly),
            "car_availability": activities.car_availability(cars, adults, residents, ground),
            "parking_price": price,
            "geometry": area.geometry.to_numpy(),
        }
    )
    note = (
        "Residents: GHS-POP scaled to the register. Households, employed residents and students follow residents. "
        "Jobs are NOT observed by zone: the city's total follows building volume beyond housing, less so where hardly "
        "anyone lives (sheds); an error of a factor of two in a single zone is likely. Places of study and services: "
        "half follows residents, half jobs. Income is "
        "that of the larger zone, per taxpayer. Car availability: cars per adult of the city, tilted by density "
        f"(elasticity {activities.DENSITY_ELASTICITY:g}, assumed). Parking: the tariff's rings, drawn by zone."
    )
    return frame, note


def _residents(assembly: Assembly) -> np.ndarray:
    """Residents by zone: the raster, scaled to the register of districts and city, shape (zones,)."""
    people = raster.read_raster(assembly.files.paths["population"])
    counted, outside = raster.zone_sums(people, assembly.area)
    _account(assembly, "population", "residents of the raster", counted, outside)
    district = assembly.area["district"].to_numpy(dtype=str)
    total = assembly.statistic("population")
    plain = {income.plain(d): d for d in set(district)}
    known = {
        plain[income.plain(d["name"])]: float(d["population"])
        for d in assembly.document.get("district", ())
        if d.get("verified") and income.plain(d["name"]) in plain
    }
    assembly.lines.append(
        f"population: raster {counted.sum():,.0f} in the zones ({outside:,.0f} outside) scaled to "
        f"{total:,.0f}; register totals used for {', '.join(sorted(known)) or 'no district'}"
    )
    return activities.population(counted, district, total, known)


def _work(assembly: Assembly, volume: raster.Raster, residents: np.ndarray) -> np.ndarray:
    """Weight of every zone as a place of work, shape (zones,)."""
    built, outside = raster.zone_sums(volume, assembly.area)
    _account(assembly, "volume", "m3 of buildings of the raster", built, outside)
    work, per_head = activities.workplaces(built, residents, assembly.area["area"].to_numpy())
    assembly.lines.append(
        f"jobs: {assembly.statistic('jobs'):,.0f} spread by what remains of {built.sum() / 1e6:.0f} million m3 of "
        f"buildings beyond {per_head:.0f} m3 of housing per resident, sheds weighted {activities.SHED:g} "
        f"({outside / 1e6:.1f} million m3 lie outside)"
    )
    return work


def _account(assembly: Assembly, source: str, item: str, inside: np.ndarray, outside: float) -> None:
    lost = round(outside)
    why = [("left_out", lost, "outside the zones")]
    assembly.findings += account("zones", source, item, round(float(inside.sum())) + lost, because=why)


def _income(assembly: Assembly) -> np.ndarray:
    """Income by zone, NaN where the city has none, shape (zones,)."""
    if "income" not in assembly.files.sources:
        return np.full(len(assembly.area), np.nan)
    fields = assembly.files.settings("income")["fields"]
    table = income.read_income(assembly.files.paths["income"], fields["name"], fields["amount"])
    found = income.by_group(assembly.area["group"], table, assembly.lines)
    unused = len(set(table) - {income.plain(str(group)) for group in assembly.area["group"]})
    why = [("unmatched", unused, "no zone lies in it")]
    assembly.findings += account("zones", "income", "larger zones with income", len(table), because=why)
    return found


STEP = Step(
    "zones",
    (
        Makes(
            "zones",
            ("zones", "population", "volume", "income", "register", "census_sections", "districts", "barris"),
        ),
    ),
    make_zones,
    after=("areas", "statistics", "network"),
)
