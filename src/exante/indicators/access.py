"""Access on foot and by bicycle: who reaches how many jobs, services and places of study in 15 minutes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from exante.indicators.inequality import gini, group_means, share_below
from exante.quantities.declarations import Indicator, Inputs
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

SHORT = 0.5
"""Share of the city's mean below which supply is short: a judgement, as half the median is in income poverty."""

ADDRESS = ("address_node", "address_zone", "address_share", "zones.population")


STOP_REACH = 500.0
"""Distance (m) within which a stop counts as near: a convention, about six minutes on foot."""


WALK = 1200.0
"""Distance (m) counted as 15 minutes on foot, as the model's `walk_reach`."""


def _reads(mode: str, *columns: str) -> tuple[str, ...]:
    return (*ADDRESS, *(f"{mode}_reach_{part}" for part in ("node", "zone", "share")), *columns)


def residents(x: Mapping[str, np.ndarray]) -> FloatArray:
    """Residents at every address, persons, shape (addresses,)."""
    return x["address_share"] * x["zones.population"][x["address_zone"]]


def within_reach(x: Mapping[str, np.ndarray], mode: str, supply: FloatArray) -> FloatArray:
    """Supply within reach of every address, shape (addresses,), in the unit of the supply.

    Parameters
    ----------
    x : mapping of str to ndarray
        Results of the access model.
    mode : str
        `"walk"` or `"cycle"`.
    supply : ndarray, shape (zones,)
        Jobs, services, places; spread over the addresses of its zone.
    """
    node, zone, share = (x[f"{mode}_reach_{part}"] for part in ("node", "zone", "share"))
    size = 1 + int(max(x["address_node"].max(initial=-1), node.max(initial=-1)))
    return np.bincount(node, share * supply[zone], minlength=size)[x["address_node"]]


def supply_per_head(x: Mapping[str, np.ndarray], mode: str, supply: FloatArray, demand: FloatArray) -> FloatArray:
    """Supply per head of demand at every address, by the two-step floating catchment area (Luo and Wang 2003).

    A zone's supply is divided among all who reach it, as far as they reach it; every address sums what it reaches.

    Parameters
    ----------
    supply, demand : ndarray, shape (zones,)

    Returns
    -------
    ndarray, shape (addresses,)
        Weighed by demand it sums to the supply that anybody reaches.
    """
    node, zone, share = (x[f"{mode}_reach_{part}"] for part in ("node", "zone", "share"))
    size = 1 + int(max(x["address_node"].max(initial=-1), node.max(initial=-1)))
    at_node = np.bincount(x["address_node"], x["address_share"] * demand[x["address_zone"]], minlength=size)
    crowd = np.bincount(zone, share * at_node[node], minlength=len(supply))
    ratio = np.divide(supply, crowd, out=np.zeros(len(supply)), where=crowd > 0)
    return within_reach(x, mode, ratio)


def access_by_group(x: Mapping[str, np.ndarray], values: FloatArray, group: np.ndarray) -> dict[str, float]:
    """Mean of an outcome of addresses per resident of every group of zones.

    Parameters
    ----------
    values : ndarray, shape (addresses,)
    group : ndarray of str, shape (zones,)
        `zones.district`, or fifths by income (`income_fifths`).
    """
    return group_means(values, residents(x), group[x["address_zone"]])


def income_fifths(income: FloatArray, population: FloatArray) -> np.ndarray:
    """Fifth of the residents by mean income of their zone, `"1"` poorest to `"5"`, None where it is missing.

    A zone belongs to the fifth in which the middle of its residents falls; people within a zone are not told apart.

    Examples
    --------
    >>> income_fifths(np.array([30.0, 10.0, np.nan]), np.array([5.0, 5.0, 5.0])).tolist()
    ['4', '2', None]
    """
    fifth = np.full(len(income), None, dtype=object)
    known = np.flatnonzero(np.isfinite(income))
    order = known[np.argsort(income[known], kind="stable")]
    persons = population[order]
    if persons.sum() > 0:
        middle = (np.cumsum(persons) - 0.5 * persons) / persons.sum()
        fifth[order] = [str(1 + min(4, int(5.0 * m))) for m in middle]
    return fifth


def _mean(x: Inputs, values: FloatArray) -> float:
    people = residents(x)
    return float(values @ people / people.sum()) if people.sum() > 0 else 0.0


def _reached(mode: str, column: str) -> Callable[[Inputs], float]:
    """Mean resident's share of the city's supply, percent."""

    def compute(x: Inputs) -> float:
        supply = x[column]
        return 100.0 * _mean(x, within_reach(x, mode, supply)) / float(supply.sum()) if supply.sum() > 0 else 0.0

    return compute


def _gini_services(x: Inputs) -> float:
    people = residents(x)
    return 100.0 * gini(within_reach(x, "walk", x["zones.services"]), people) if people.sum() > 0 else 0.0


def _short_of_schools(x: Inputs) -> float:
    supply, students = x["zones.school_places"], x["zones.students"]
    whom = x["address_share"] * students[x["address_zone"]]
    if not (whom.sum() > 0 and supply.sum() > 0):
        return 0.0
    per_head = supply_per_head(x, "walk", supply, students)
    return 100.0 * share_below(per_head, whom, SHORT * float(supply.sum() / students.sum()))


def _stop_on_foot(x: Inputs) -> float:
    near = x["node_stop_distance"][x["address_node"]] <= STOP_REACH
    return 100.0 * _mean(x, near.astype(float))


def near_every_kind(x: Mapping[str, np.ndarray]) -> FloatArray:
    """1 at every address with a place of every kind that the city knows within 15 minutes on foot, else 0.

    Returns
    -------
    ndarray, shape (addresses,)
    """
    known = np.isin(LABELS["place_kind"], x["places.kind"].astype(str))
    near = x["node_place_distance"][known][:, x["address_node"]] <= WALK
    return near.all(axis=0).astype(float)


def _every_kind(x: Inputs) -> float:
    return 100.0 * _mean(x, near_every_kind(x))


def _worst_district(x: Inputs) -> float:
    reached = within_reach(x, "walk", x["zones.services"])
    mean = _mean(x, reached)
    districts = access_by_group(x, reached, x["zones.district"])
    return 100.0 * min(districts.values()) / mean if mean > 0 and districts else 0.0


def _poorest_fifth(x: Inputs) -> float:
    reached = within_reach(x, "walk", x["zones.services"])
    fifths = access_by_group(x, reached, income_fifths(x["zones.income"], x["zones.population"]))
    mean = _mean(x, reached)
    return 100.0 * fifths[min(fifths)] / mean if mean > 0 and fifths else 0.0


PLACED = "residents and supply spread along the walkable streets of their zone"

INDICATORS = (
    Indicator(
        name="jobs_on_foot",
        title="Jobs within 15 minutes on foot",
        better="higher",
        counted=f"Residents; 1,200 m along streets; share of the city's jobs; {PLACED}",
        reads=_reads("walk", "zones.jobs"),
        compute=_reached("walk", "zones.jobs"),
    ),
    Indicator(
        name="jobs_by_bicycle",
        title="Jobs within 15 minutes by bicycle",
        better="higher",
        counted=f"Residents; 3,500 m along streets in either direction; share of the city's jobs; {PLACED}",
        reads=_reads("cycle", "zones.jobs"),
        compute=_reached("cycle", "zones.jobs"),
    ),
    Indicator(
        name="services_on_foot",
        title="Shops and services within 15 minutes on foot",
        better="higher",
        counted=f"Residents; 1,200 m along streets; share of the city's shops and services; {PLACED}",
        reads=_reads("walk", "zones.services"),
        compute=_reached("walk", "zones.services"),
    ),
    Indicator(
        name="services_on_foot_gini",
        title="Inequality of shops and services on foot",
        better="lower",
        counted="Gini index between residents of shops and services within 1,200 m; 0 % where all reach the same",
        reads=_reads("walk", "zones.services"),
        compute=_gini_services,
    ),
    Indicator(
        name="services_worst_district",
        title="Shops and services on foot, worst-served district",
        better="higher",
        counted="Mean of residents in the district that reaches least, against the city's mean",
        reads=_reads("walk", "zones.services", "zones.district"),
        compute=_worst_district,
    ),
    Indicator(
        name="services_poorest_fifth",
        title="Shops and services on foot, poorest fifth",
        better="higher",
        counted="Mean of the fifth of residents in the zones of lowest mean income, against the city's mean",
        reads=_reads("walk", "zones.services", "zones.income"),
        compute=_poorest_fifth,
    ),
    Indicator(
        name="school_places_short",
        title="Students short of places of study on foot",
        better="lower",
        counted=(
            "Residents who study and whose catchments of 1,200 m hold less than half of the city's mean places a "
            "student (floating catchment); universities counted with schools"
        ),
        reads=_reads("walk", "zones.school_places", "zones.students"),
        compute=_short_of_schools,
    ),
    Indicator(
        name="stop_on_foot",
        title="Residents near a stop of public transport",
        better="higher",
        counted="Residents with a stop within 500 m along streets, whatever calls there and how often",
        reads=(*ADDRESS, "node_stop_distance"),
        compute=_stop_on_foot,
    ),
    Indicator(
        name="places_on_foot",
        title="Residents with every known kind of place on foot",
        better="higher",
        counted=(
            "Residents within 1,200 m along streets of each kind of place that the city's data know "
            "(exante verify access tells which); kinds without data count for nothing"
        ),
        reads=(*ADDRESS, "node_place_distance", "places.kind"),
        compute=_every_kind,
    ),
)
