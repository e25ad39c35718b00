"""The cube as tables of the city, and what follows from it for the table of zones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from exante.city import Table
from exante.sources.people import spread
from exante.sources.people.cube import Known, People, availability_by_zone, households_by_zone, make_people
from exante.sources.people.seed import make_seed, medians


def make_tables(zones: Table, known: Known, households: float) -> tuple[People, dict[str, Table]]:
    """The cube at the medians of its assumptions, and the tables it makes or changes.

    Parameters
    ----------
    zones : Table
        Before the cube; its households, car availability and spreads are replaced.
    known : Known
    households : float
        Of the city.

    Returns
    -------
    people : People
    tables : dict of str to Table
        `people`, `people_margins`, `income_bands`, `zones`.
    """
    people = make_people(known, make_seed())
    return people, {
        "people": Table.from_frame("people", people.frame()),
        "people_margins": Table.from_frame("people_margins", people.margins_frame()),
        "income_bands": Table.from_frame("income_bands", people.bands_frame()),
        "zones": zones.with_columns(
            car_availability=availability_by_zone(people.persons),
            households=households_by_zone(people.persons, households),
            **_spreads(zones, medians()),
        ),
    }


def _spreads(zones: Table, assumed: Mapping[str, float]) -> dict[str, np.ndarray]:
    """Coefficients of variation of jobs, places of study and services by zone."""
    halves = spread.of_two_proxies(zones["population"], zones["jobs"], assumed["agreed_log_spread"])
    jobs = zones.get("jobs_cv")
    if jobs is None:
        jobs = np.full(zones.rows, float(spread.coefficient_of_variation(assumed["jobs_log_spread"])))
    return {"jobs_cv": jobs, "school_places_cv": halves, "services_cv": halves}


def note(people: People) -> str:
    """What a reader has to know of the table `people`."""
    observed = [" x ".join(o.dims) for o in people.origins if o.origin == "observed"]
    return (
        f"Expected counts, no persons. Observed: {', '.join(observed) or 'no margin'}. Other margins are derived or "
        "assumed (table people_margins), and cells of several columns are raked from a seed: show them with bounds "
        "(exante.city.people.publish)."
    )
