"""Green: who lives near a park, who sees trees, and how much green there is for whom (3-30-300 without its 30)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from exante.indicators.access import ADDRESS, access_by_group, income_fifths, residents, within_reach
from exante.indicators.inequality import gini
from exante.quantities.declarations import Indicator, Inputs

FloatArray = NDArray[np.float64]

NEAR = 300.0
"""Distance (m) to green of one hectare in the 3-30-300 rule (Konijnendijk 2023)."""

GREEN = (*ADDRESS, "node_green_distance")
PEOPLE = ("zones.zone_id", "people.zone_id", "people.age", "people.sex", "people.persons")


def near_green(x: Inputs) -> FloatArray:
    """1 at every address with a park of a hectare or more within 300 m, else 0, shape (addresses,)."""
    return (x["node_green_distance"][x["address_node"]] <= NEAR).astype(float)


def _percent(values: FloatArray, people: FloatArray) -> float:
    return 100.0 * float(values @ people / people.sum()) if people.sum() > 0 else 0.0


def _near(x: Inputs) -> float:
    return _percent(near_green(x), residents(x))


def _near_poorest(x: Inputs) -> float:
    fifths = access_by_group(x, near_green(x), income_fifths(x["zones.income"], x["zones.population"]))
    return 100.0 * fifths[min(fifths)] if fifths else 0.0


def _near_worst(x: Inputs) -> float:
    return 100.0 * min(access_by_group(x, near_green(x), x["zones.district"]).values(), default=0.0)


def _among(column: str, label: str) -> Callable[[Inputs], float]:
    """Share of the residents of one label of the people's cube, who live in their zones as all do, percent."""

    def compute(x: Inputs) -> float:
        row = {str(z): k for k, z in enumerate(x["zones.zone_id"])}
        held = x[column] == label
        zone = np.array([row[str(z)] for z in x["people.zone_id"][held]], dtype=int)
        persons = np.bincount(zone, x["people.persons"][held], minlength=len(row))
        return _percent(near_green(x), x["address_share"] * persons[x["address_zone"]])

    return compute


def _trees(x: Inputs) -> float:
    return _percent(x["zone_trees_in_sight"], x["zones.population"])


def _per_head(x: Inputs) -> float:
    people = x["zones.population"].sum()
    return float(np.nansum(x["zone_environment.green_area"]) / people) if people > 0 else 0.0


def _gini(x: Inputs) -> float:
    row = {str(z): k for k, z in enumerate(x["zones.zone_id"])}
    area = np.zeros(len(row))
    area[[row[str(z)] for z in x["zone_environment.zone_id"]]] = np.nan_to_num(x["zone_environment.green_area"])
    people = residents(x)
    return 100.0 * gini(within_reach(x, "walk", area), people) if people.sum() > 0 else 0.0


WHO = "a park of one hectare or more (polygons within 10 m are one) within 300 m along streets"

INDICATORS = (
    Indicator(
        name="trees_in_sight",
        title="Residents who see three trees from home",
        better="higher",
        counted="Residents; public trees within 20 m of the street, in the stretch before the home; no private trees",
        reads=("zone_trees_in_sight", "zones.population"),
        compute=_trees,
    ),
    Indicator(
        name="green_near",
        title="Residents near a park",
        better="higher",
        counted=f"Residents with {WHO}",
        reads=GREEN,
        compute=_near,
    ),
    Indicator(
        name="green_near_poorest_fifth",
        title="Residents near a park, poorest fifth",
        better="higher",
        counted=f"Fifth of residents in the zones of lowest mean income, with {WHO}",
        reads=(*GREEN, "zones.income"),
        compute=_near_poorest,
    ),
    Indicator(
        name="green_near_worst_district",
        title="Residents near a park, worst-served district",
        better="higher",
        counted=f"Residents of the district where it is least, with {WHO}",
        reads=(*GREEN, "zones.district"),
        compute=_near_worst,
    ),
    Indicator(
        name="green_per_head",
        title="Public green per resident",
        better="higher",
        counted="Public green in the zones over residents, whatever its size and whoever reaches it",
        reads=(*ADDRESS, "zone_environment.green_area"),
        compute=_per_head,
    ),
    Indicator(
        name="green_on_foot_gini",
        title="Inequality of public green on foot",
        better="lower",
        counted="Gini index between residents of public green within 1,200 m; 0 % where all reach the same",
        reads=(
            *ADDRESS,
            "walk_reach_node",
            "walk_reach_zone",
            "walk_reach_share",
            "zones.zone_id",
            "zone_environment.zone_id",
            "zone_environment.green_area",
        ),
        compute=_gini,
    ),
    *(
        Indicator(
            name=f"green_near_{label}",
            title=f"Residents near a park, {words}",
            better="higher",
            counted=f"Residents {words}, who live in their zones as all others do, with {WHO}",
            reads=(*GREEN, *PEOPLE),
            compute=_among(column, name),
            shown=False,
        )
        for label, words, column, name in (
            ("under_15", "under 15", "people.age", "under_15"),
            ("over_64", "over 64", "people.age", "over_64"),
            ("women", "women", "people.sex", "women"),
        )
    ),
)
