"""The forecast of a policy on a city."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from exante.city.check import require_sound
from exante.city.city import City
from exante.indicators import list_indicators
from exante.models import list_models
from exante.policy import Policy
from exante.policy.scenario import Scenario
from exante.quantities import vocabulary
from exante.quantities.declarations import Indicator, Model
from exante.quantities.distributions import Distribution
from exante.quantities.errors import MissingLayerError
from exante.simulation import Draws, Ensemble, Simulator, run_ensemble, wire
from exante.simulation.cache import OutputCache
from exante.simulation.ensemble import Progress
from exante.simulation.footprint import Footprint, Meter
from exante.simulation.posterior import read_posterior
from exante.study.fields import LINK_FIELDS, ZONE_FIELDS, map_fields
from exante.study.horizon import in_force, plan
from exante.study.money import draw_account
from exante.study.result import SCENARIOS, Forecast


def forecast(
    city: City,
    policy: Policy,
    *,
    draws: int = 64,
    seed: int = 2024,
    workers: int | None = None,
    cache: OutputCache | None = None,
    models: Sequence[Model] | None = None,
    progress: Progress | None = None,
    horizon: int | None = None,
    scenario: Scenario | None = None,
) -> Forecast:
    """Forecast what `policy` does to `city`.

    Parameters
    ----------
    city : City
        The baseline; checked before anything is computed.
    policy : Policy
        As read by `read_policy`.
    draws : int
        Number of draws of the uncertain parameters.
    seed : int
        Seed of the draws: the same seed gives the same bytes.
    workers : int, optional
        Threads; the processors at hand by default. Results do not depend on it.
    cache : OutputCache, optional
        The user's cache by default.
    models : sequence of Model, optional
        All known models by default.
    progress : callable, optional
        Called as `progress(done, total, what)`.
    horizon : int, optional
        Year for which the forecast is made, with milestones on the way; the city's own date by default.
    scenario : Scenario, optional
        What changes with and without the policy until then; nothing by default.

    Returns
    -------
    Forecast

    Raises
    ------
    CityError
        If the city has faults.
    MissingLayerError
        If a model needs a layer that the city does not have.
    PolicyError
        If the policy does not fit the city.
    """
    require_sound(city)
    wiring = wire(present_models(city, models if models is not None else list_models()))
    require_layers(city, wiring.models)
    intensity, source = _grid(city)
    wanted = present_indicators(city, wiring.models)
    sampled = Draws((p for m in wiring.models for p in m.parameters), draws, seed, read_posterior(city))
    simulator = Simulator(wiring, cache if cache is not None else OutputCache.of_user())
    planned = plan(city, policy, horizon) if horizon is not None else None
    years = planned.years if planned else (city.as_of.year,)
    with Meter(intensity, source) as meter:
        ensembles = [
            run_ensemble(
                simulator,
                city,
                in_force(policy, year) if planned else policy,
                sampled,
                wanted,
                map_fields,
                workers=workers,
                progress=_of_year(progress, year) if len(years) > 1 else progress,
                background=scenario.at_year(year) if scenario else None,
            )
            for year in years
        ]
    levels = {t: city.level(t) for t in (*wiring.tables(), "posterior") if t in city.tables}
    own = in_force(policy, years[-1]).uncertain() if planned else policy.uncertain()
    last = _assembled(city, policy, own, sampled, wanted, ensembles[-1], levels, meter.footprint)
    if planned is None:
        return replace(last, account=draw_account(last))
    told = [*last.warnings, *([] if scenario else [NO_SCENARIO])]
    paths = _paths(wanted, ensembles, years, draws)
    full = replace(last, scenario=scenario.title if scenario else "No change", paths=paths, warnings=told)
    return replace(full, account=draw_account(full))


NO_SCENARIO = "No scenario was given: people, fleet, grid, prices and climate stay as they are today until the horizon."


def _of_year(progress: Progress | None, year: int) -> Progress | None:
    return (lambda done, total, what: progress(done, total, f"{year}, {what}")) if progress else None


def _paths(wanted: Sequence[Indicator], ensembles: Sequence[Ensemble], years: Sequence[int], draws: int) -> xr.Dataset:
    """Indicators by scenario, draw and year."""
    values = np.stack([e.indicators for e in ensembles], axis=-1)
    noise = np.max([e.noise for e in ensembles], axis=0)
    return xr.Dataset(
        {
            i.name: (
                ("scenario", "draw", "year"),
                values[k],
                {"unit": i.unit, "title": i.title, "better": i.better, "shown": i.shown, "noise": float(noise[k])},
            )
            for k, i in enumerate(wanted)
        },
        coords={"scenario": list(SCENARIOS), "draw": np.arange(draws), "year": list(years)},
    )


def present_models(city: City, models: Sequence[Model]) -> list[Model]:
    """The models without the optional ones whose layers the city lacks, or that read what no model left writes."""
    left = [m for m in models if not m.optional or all(_holds(city, n) for n in m.reads if "." in n)]
    while True:
        written = {name for m in left for name in m.writes}
        kept = [m for m in left if not m.optional or all("." in n or n in written for n in m.reads)]
        if len(kept) == len(left):
            return kept
        left = kept


def present_indicators(city: City, models: Sequence[Model]) -> list[Indicator]:
    """The indicators without those of optional models that cannot be had.

    An indicator is left out if it reads what an optional model writes and that model, or a layer that the indicator
    reads besides, is absent. What a required model should write is never left out silently: reading it fails.
    """
    optional = {name for m in list_models() if m.optional for name in m.writes}
    written = {name for m in models for name in m.writes}

    def absent(indicator: Indicator) -> bool:
        return any(not _holds(city, n) if "." in n else n not in written for n in indicator.reads)

    return [i for i in list_indicators() if not (optional & set(i.reads) and absent(i))]


def _holds(city: City, name: str) -> bool:
    """Whether the city has the column, with a value in it unless its table is empty."""
    if not city.has_column(name):
        return False
    values = city.column(name)
    return values.dtype.kind != "f" or not values.size or bool(np.isfinite(values).any())


def require_layers(city: City, models: Sequence[Model]) -> None:
    """Check that the city has every column that models read.

    Raises
    ------
    MissingLayerError
        With every absent table and column and the models that need them.
    """
    faults = []
    for model in models:
        for name in model.reads:
            if "." in name and not city.has_column(name):
                faults.append(f"{name} (model {model.name})")
    if faults:
        raise MissingLayerError(
            f"city '{city.name}' lacks what models read: {', '.join(faults)}",
            where=f"city {city.name}",
            remedy="Add these layers: build the city again from a source that holds them",
        )


def _assembled(
    city: City,
    policy: Policy,
    laws: Mapping[str, Distribution],
    draws: Draws,
    wanted: Sequence[Indicator],
    ensemble: Ensemble,
    levels: dict[str, int],
    footprint: Footprint,
) -> Forecast:
    coords = {"scenario": list(SCENARIOS), "draw": np.arange(draws.number)}
    names, values = draws.table()
    paths = sorted(laws)
    own = np.array([[float(laws[p].quantile(u[p])) for p in paths] for u in ensemble.policy_uniforms])
    return Forecast(
        city=city,
        policy=policy,
        indicators=xr.Dataset(
            {
                i.name: (
                    ("scenario", "draw"),
                    ensemble.indicators[k],
                    {"unit": i.unit, "title": i.title, "better": i.better, "counted": i.counted, "shown": i.shown},
                )
                for k, i in enumerate(wanted)
            },
            coords=coords,
        ),
        links=_fields(ensemble.fields, LINK_FIELDS, {**coords, "link": city.table("links")["link_id"]}, "link"),
        zones=_fields(
            ensemble.fields,
            [n for n in ZONE_FIELDS if n in ensemble.fields],
            {**coords, "zone": city.table("zones")["zone_id"]},
            "zone",
        ),
        parameters=xr.DataArray(
            np.hstack([values, own.reshape(draws.number, len(paths))]),
            dims=("draw", "parameter"),
            coords={"draw": coords["draw"], "parameter": [*names, *paths]},
        ),
        diagnostics=xr.Dataset({n: (("scenario", "draw"), v) for n, v in ensemble.diagnostics.items()}, coords=coords),
        noise_floor={i.name: float(ensemble.noise[k]) for k, i in enumerate(wanted)},
        levels=levels,
        footprint=footprint.document(),
        seed=draws.seed,
        warnings=_warnings(city, draws),
    )


def _fields(fields: Mapping[str, np.ndarray], names: Sequence[str], coords: Mapping[str, Any], dim: str) -> xr.Dataset:
    attrs = {n: {"unit": vocabulary.get(n).unit, "title": vocabulary.get(n).meaning} for n in names}
    return xr.Dataset({n: (("scenario", "draw", dim), fields[n], attrs[n]) for n in names}, coords=dict(coords))


def _warnings(city: City, draws: Draws) -> list[str]:
    told = []
    weak = sorted(name for name, layer in city.layers.items() if layer.level == 0)
    if city.is_sketch:
        told.append(
            f"'{city.title}' is a sketch (level 0): streets and zones are made from published statistics, not "
            "surveyed. Use the numbers to learn the tool, not to decide."
        )
    elif weak:
        told.append(f"Layers made from published statistics or by rule, not measured (level 0): {', '.join(weak)}.")
    if draws.number < 32:
        told.append(f"{draws.number} draws give a coarse 90 % interval; ask for 64 before a decision.")
    return told


def _grid(city: City) -> tuple[float | None, str]:
    """Carbon intensity of the country's electricity, gCO2e/kWh, with its source."""
    table = city.table("statistics")
    for row in range(table.rows):
        if table["name"][row] == "grid_carbon_intensity":
            return float(table["value"][row]), f"{table['source'][row]}, {table['year'][row]}"
    return None, ""
