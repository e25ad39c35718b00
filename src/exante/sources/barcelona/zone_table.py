"""The zones of Barcelona: residents and income from the census sections, the rest by stated rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from exante.sources import activities
from exante.sources.barcelona import accidents, census
from exante.sources.people import spread
from exante.sources.people.seed import medians
from exante.sources.quality import Finding

#: Share of jobs spread by building volume beyond housing, the rest by day-time crashes (judgement: volume alone puts
#: 106,000 jobs in Les Corts and only 150,000 in the Eixample, whose offices and shops stand in blocks of housing).
VOLUME_SHARE = 0.4


def make_zones(
    area: gpd.GeoDataFrame,
    paths: Mapping[str, Path],
    built: np.ndarray,
    figures: Mapping[str, float],
    settings: Mapping[str, Any],
    crs: str,
    lines: list[str],
    findings: list[Finding],
) -> tuple[pd.DataFrame, str]:
    """The vocabulary's table of zones, and the note of its layer.

    Parameters
    ----------
    area : GeoDataFrame
        Zones as `census.read_areas` gives them.
    paths : mapping of str to Path
        `register`, `income`, `census_sections`.
    built : ndarray, shape (zones,)
        Building volume, m3.
    figures : mapping of str to float
        The city's published figures by name.
    settings : mapping
        `[build]` of the city's document.
    """
    register = census.read_register(paths["register"], paths["income"], paths["census_sections"], lines, findings)
    totals = {
        "households": figures["households"],
        "employed": figures["employed_residents"],
        "students": figures["students"],
    }
    people = census.by_zone(register, area, totals)
    residents, ground = people["population"].to_numpy(), area["area"].to_numpy()
    work, per_head = activities.workplaces(built, residents, ground)
    crashes = accidents.read_accidents([p for n, p in sorted(paths.items()) if n.startswith("crashes")], crs, [])
    busy = accidents.working_hours(crashes, area.geometry.to_numpy())
    jobs_cv = spread.of_two_proxies(work, busy, medians()["agreed_log_spread"])
    work = VOLUME_SHARE * work / work.sum() + (1.0 - VOLUME_SHARE) * busy / busy.sum()
    lines.append(
        f"jobs: {figures['jobs']:,.0f} spread, {100 * VOLUME_SHARE:.0f} % by what remains of "
        f"{built.sum() / 1e6:.0f} million m3 of buildings beyond {per_head:.0f} m3 of housing per resident (sheds "
        f"weighted {activities.SHED:g}), the rest by {busy.sum():,.0f} crashes from 7 to 20 h off the rondes"
    )
    half = 0.5 * residents / residents.sum() + 0.5 * work / work.sum()
    adults = 1.0 - figures["share_under_15"] / 100.0
    cars = activities.car_availability(figures["car_ownership"] / 1000.0, adults, residents, ground)
    districts = area["district"].to_numpy(dtype=object)
    frame = pd.DataFrame(
        {
            "zone_id": area["zone_id"],
            "name": area["name"],
            "district": area["district"],
            "area": ground,
            **{column: people[column] for column in ("population", "households", "employed", "students")},
            "jobs": activities.scaled(work, figures["jobs"]),
            "school_places": activities.scaled(half, figures["school_places"]),
            "jobs_cv": jobs_cv,
            "services": activities.scaled(half, float(len(area))),
            "income": people["income"],
            "car_availability": cars,
            "parking_price": activities.parking_price(
                area.geometry.centroid.to_numpy(), districts, settings["parking"], crs
            ),
            "geometry": area.geometry.to_numpy(),
        }
    )
    note = (
        "Residents: register by census section, summed by the sections' own area code, not scaled. Income: mean net "
        "income per household of 2020, weighted by residents. Employed and students: the city's totals (assumed, see "
        "statistics) spread by age groups. Households follow residents. Jobs are NOT observed by zone: the city's "
        f"total follows building volume beyond housing ({100 * VOLUME_SHARE:.0f} %) and day-time crashes (the rest, as "
        "a sign of where people are by day); an error of a factor of two in a single zone is likely. Places of study "
        "and services: half follows residents, half jobs. Car availability: cars per adult of the city, tilted by "
        f"density (elasticity {activities.DENSITY_ELASTICITY:g}, assumed; 1.3 cars per dwelling are printed for Sarrià "
        "and Les Corts, so that income counts too). Parking: the tariff of 2020 by district, assumed."
    )
    return frame, note
