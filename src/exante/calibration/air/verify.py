"""A city's air at the medians, its stations' fit and who breathes what."""

from __future__ import annotations

from typing import Any

import numpy as np

from exante.calibration.air.fit import Measured
from exante.calibration.air.stations import annual_means, at_stations
from exante.city.city import City
from exante.city.modes import apply_modes
from exante.indicators import list_indicators
from exante.indicators.access import income_fifths
from exante.indicators.air import exposure_by_age, exposure_by_group
from exante.models import list_models
from exante.quantities.declarations import Model
from exante.quantities.errors import MissingLayerError
from exante.simulation import Draws, Simulator, wire
from exante.simulation.cache import OutputCache
from exante.simulation.posterior import read_posterior
from exante.simulation.state import CityState

AGES = ("people.zone_id", "people.age", "people.persons")


def needed_models(target: str) -> list[Model]:
    """The model of that name and all whose results it rests on."""
    by_result = {n: m for m in list_models() for n in m.writes}
    wanted = [next(m for m in list_models() if m.name == target)]
    for model in wanted:
        wanted += [by_result[n] for n in model.reads if n in by_result and by_result[n] not in wanted]
    return list({m.name: m for m in wanted}.values())


def median_state(city: City, target: str, cache: OutputCache | None = None) -> CityState:
    """State of a model and of all it rests on, every parameter at its median.

    Raises
    ------
    MissingLayerError
        With every column that the city lacks.
    """
    models = needed_models(target)
    lost = sorted({n for m in models for n in m.reads if "." in n and not city.has_column(n)})
    if lost:
        raise MissingLayerError(
            f"city '{city.name}' lacks what {target} needs: {', '.join(lost)}",
            where=f"city {city.name}",
            remedy="Build the city again with this version of exante",
        )
    medians = Draws((p for m in models for p in m.parameters), 1, posterior=read_posterior(city)).medians()
    kept = cache if cache is not None else OutputCache.of_user()
    return Simulator(wire(models), kept).run(apply_modes(city, medians), medians)


def air_state(city: City, cache: OutputCache | None = None) -> CityState:
    """State of traffic, emissions and air at the medians."""
    return median_state(city, "air", cache)


def measured_stations(state: CityState) -> Measured:
    """The city's stations with their means of NO2.

    Raises
    ------
    MissingLayerError
        If fewer than three stations have a usable mean.
    """
    measured = {str(k): float(v) for k, v in annual_means(state, "NO2").items()}
    if len(measured) < 3:
        raise MissingLayerError(
            f"{len(measured)} stations have a mean of NO2", where="air_hours", remedy="A fit needs three or more"
        )
    names = state.read("statistics.name")
    known = {
        name: float(state.read("statistics.value")[np.flatnonzero(names == name)[0]])
        for name in ("background_no2", "background_o3")
        if (names == name).any()
    }
    return Measured(state.city.title, at_stations(state), measured, known)


def exposure(state: CityState) -> dict[str, Any]:
    """Mean NO2 and PM2.5 at home by district, income and age, and shares of residents above limits, percent."""
    x = {n: state.read(n) for n in ("home_no2", "home_pm25", "facade_zone", "facade_share", "zones.population")}
    x |= {n: state.read(n) for n in ("zones.zone_id", "zones.district")}
    groups = {"city": np.full(len(x["zones.population"]), "all", dtype=object), "district": x["zones.district"]}
    if state.city.has_column("zones.income"):
        groups["income"] = income_fifths(state.read("zones.income"), x["zones.population"])
    told = {
        group: _pair({p: exposure_by_group(x, p, of) for p in ("no2", "pm25")}) for group, of in groups.items()
    }  # fmt: skip
    if all(state.city.has_column(n) for n in AGES):
        x |= {n: state.read(n) for n in AGES}
        told["age"] = _pair({p: exposure_by_age(x, p) for p in ("no2", "pm25")})
    limits = [i for i in list_indicators() if i.name.startswith(("no2_above", "pm25_above"))]
    above = {i.title.removeprefix("Residents "): state.value(i) for i in limits}
    return {"groups": told, "above": above}


def _pair(by_pollutant: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {name: {p: rows[name] for p, rows in by_pollutant.items()} for name in by_pollutant["no2"]}
