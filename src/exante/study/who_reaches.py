"""Who reaches what: shares of residents within 15 minutes of each kind of place, by district, income, age and sex."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from exante.city import City
from exante.city.people import count
from exante.indicators.access import STOP_REACH, WALK, access_by_group, income_fifths, residents, within_reach
from exante.indicators.green import NEAR
from exante.indicators.inequality import gini, palma
from exante.models import list_models
from exante.quantities.errors import MissingLayerError
from exante.quantities.labels import LABELS
from exante.simulation import Draws, Simulator, wire
from exante.simulation.cache import OutputCache
from exante.study.forecast import present_models

FloatArray = np.ndarray


@dataclass(frozen=True)
class Reached:
    """One outcome of residents.

    Attributes
    ----------
    name, unit : str
    mean : float
        Of residents.
    gini, palma : float or None
        Between residents; the Palma ratio is missing where the worst-off two fifths have nothing.
    district, fifth, age, sex : dict of str to float
        Means by district, by fifth of income by zone (`"1"` poorest), by age and by sex (people of a zone are taken to
        live along the same streets); empty where the city does not know them.
    """

    name: str
    unit: str
    mean: float
    gini: float | None
    palma: float | None
    district: dict[str, float]
    fifth: dict[str, float]
    age: dict[str, float]
    sex: dict[str, float]

    def document(self) -> dict[str, Any]:
        """The outcome as a table of plain values."""
        return asdict(self)


def list_reached(city: City) -> tuple[list[Reached], list[str]]:
    """Every outcome that the city's data allow, and the kinds of places that they do not.

    Raises
    ------
    MissingLayerError
        If the city does not know which zone its streets lie in.
    """
    models = present_models(city, [m for m in list_models() if m.name.split("_")[0] == "access"])
    if not models:
        raise MissingLayerError(
            f"{city.title} does not know which zone its streets lie in",
            where="links.zone_id",
            remedy="Build the city again",
        )
    medians = Draws((p for m in models for p in m.parameters), 1).medians()
    state = Simulator(wire(models), OutputCache.of_user()).run(city, medians)
    written = [name for m in models for name in m.writes]
    x = {name: state.read(name) for name in written}
    x |= {f"zones.{c}": city.column(f"zones.{c}") for c in ("population", "jobs", "services")}
    at, zone = x["address_node"], x["address_zone"]
    found: list[tuple[str, str, FloatArray, bool]] = []
    absent = list(LABELS["place_kind"])
    if "node_place_distance" in x:
        held = set(city.column("places.kind").tolist())
        for k, kind in enumerate(LABELS["place_kind"]):
            if kind in held:
                near = 100.0 * (x["node_place_distance"][k][at] <= WALK)
                found.append((f"{kind.replace('_', ' ')} within 15 minutes on foot", "percent", near, False))
                absent.remove(kind)
    if "node_green_distance" in x:
        found.append(
            ("park of a hectare within 300 m", "percent", 100.0 * (x["node_green_distance"][at] <= NEAR), False)
        )
    if "zone_trees_in_sight" in x:
        found.append(("three trees in sight", "percent", 100.0 * x["zone_trees_in_sight"][zone], False))
    if "node_stop_distance" in x:
        found.append(("stop within 500 m", "percent", 100.0 * (x["node_stop_distance"][at] <= STOP_REACH), False))
    for column in ("jobs", "services"):
        for mode, words in (("walk", "on foot"), ("cycle", "by bicycle")):
            supply = x[f"zones.{column}"]
            share = 100.0 * within_reach(x, mode, supply) / supply.sum()
            found.append((f"{column} within 15 minutes {words}", "percent of the city's", share, True))
    return [_reached(city, x, *each) for each in found], absent


def _reached(city: City, x: dict[str, np.ndarray], name: str, unit: str, values: FloatArray, spread: bool) -> Reached:
    people, zones = residents(x), city.table("zones")
    fifths = np.full(zones.rows, None, dtype=object)
    if "income" in zones:
        fifths = income_fifths(zones["income"], zones["population"])
    by: dict[str, dict[str, float]] = {}
    for dim in ("age", "sex"):
        by[dim] = {}
        if "people" in city.tables:
            persons = count(city, "zone", dim)
            for k, label in enumerate(LABELS[dim]):
                who = x["address_share"] * persons[x["address_zone"], k]
                if who.sum() > 0:
                    by[dim][label] = float(values @ who / who.sum())
    ratio = palma(values, people) if spread else float("inf")
    return Reached(
        name=name,
        unit=unit,
        mean=float(values @ people / people.sum()),
        gini=gini(values, people) if spread else None,
        palma=ratio if np.isfinite(ratio) else None,
        district=access_by_group(x, values, zones["district"]),
        fifth=access_by_group(x, values, fifths),
        age=by["age"],
        sex=by["sex"],
    )
