"""The forecast of a policy on a city."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from exante import __version__
from exante.city.check import require_sound
from exante.city.city import City
from exante.indicators import list_indicators
from exante.models import list_models
from exante.policy import Policy
from exante.quantities import vocabulary
from exante.quantities.declarations import Indicator, Model
from exante.quantities.errors import MissingLayerError
from exante.simulation import Draws, Ensemble, Simulator, run_ensemble, wire
from exante.simulation.cache import OutputCache
from exante.simulation.ensemble import Progress
from exante.simulation.footprint import Footprint, Meter
from exante.simulation.posterior import read_posterior
from exante.study.fields import LINK_FIELDS, ZONE_FIELDS, map_fields
from exante.study.summary import Outcome, summarise

SCENARIOS = ("baseline", "policy")


@dataclass(frozen=True)
class Forecast:
    """What a policy will do to a city: the distribution of the paired difference.

    Parameters
    ----------
    city : City
        The baseline.
    policy : Policy
        What is forecast.
    indicators : xarray.Dataset
        One variable per indicator, dims (scenario, draw); attrs unit, title, better, counted.
    links, zones : xarray.Dataset
        Fields for maps, dims (scenario, draw, link or zone); attrs unit, title.
    parameters : xarray.DataArray
        Drawn values of the uncertain parameters, dims (draw, parameter).
    noise_floor : dict of str to float
        Numerical noise of each indicator, in its unit.
    levels : dict of str to int
        Maturity of every layer the models read.
    footprint : dict
        CPU-seconds, peak memory, energy with its method, gCO2e.
    command : str
        The command line that made it, if one did.
    """

    city: City
    policy: Policy
    indicators: xr.Dataset
    links: xr.Dataset
    zones: xr.Dataset
    parameters: xr.DataArray
    diagnostics: xr.Dataset
    noise_floor: dict[str, float]
    levels: dict[str, int]
    footprint: dict[str, Any]
    seed: int
    warnings: list[str] = field(default_factory=list)
    target: dict[str, Any] | None = None
    version: str = __version__
    command: str = ""

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.indicators.sizes["draw"])

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """Every indicator, summarised."""
        return summarise(self.indicators, self.noise_floor)

    def summary(self) -> list[dict[str, Any]]:
        """Every indicator as a JSON object."""
        return [outcome.document() for outcome in self.outcomes]

    def table(self) -> Any:
        """The summary as a DataFrame, a row per indicator."""
        import pandas as pd

        rows = [{**{k: v for k, v in r.items() if k != "change"}, **r["change"]} for r in self.summary()]
        return pd.DataFrame(rows).set_index("name")

    def document(self) -> dict[str, Any]:
        """The forecast as a JSON object (without draws; those are in the run folder)."""
        return {
            "exante": self.version,
            "city": {
                "name": self.city.name,
                "title": self.city.title,
                "as_of": self.city.as_of.isoformat(),
                "sketch": self.city.is_sketch,
            },
            "policy": {
                "title": self.policy.title,
                "starts": self.policy.starts.isoformat() if self.policy.starts else None,
                "source": self.policy.source,
                "says": self.policy.describe(),
            },
            "draws": self.draws,
            "seed": self.seed,
            "indicators": self.summary(),
            "levels": self.levels,
            "warnings": self.warnings,
            "footprint": self.footprint,
        }

    def report(self, path: str | Path) -> Path:
        """Write the one-file HTML report; needs `exante.evidence` (a floor above, loaded on use)."""
        from importlib import import_module

        written: Path = import_module("exante.evidence.report").write_report(self, Path(path))
        return written


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
    with Meter(intensity, source) as meter:
        ensemble = run_ensemble(
            Simulator(wiring, cache if cache is not None else OutputCache.of_user()),
            city,
            policy,
            sampled := Draws((p for m in wiring.models for p in m.parameters), draws, seed, read_posterior(city)),
            wanted,
            map_fields,
            workers=workers,
            progress=progress,
        )
    levels = {t: city.level(t) for t in (*wiring.tables(), "posterior") if t in city.tables}
    return _assembled(city, policy, sampled, wanted, ensemble, levels, meter.footprint)


def present_models(city: City, models: Sequence[Model]) -> list[Model]:
    """The models without the optional ones whose layers the city lacks."""
    return [m for m in models if not m.optional or all(_holds(city, n) for n in m.reads if "." in n)]


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
    draws: Draws,
    wanted: Sequence[Indicator],
    ensemble: Ensemble,
    levels: dict[str, int],
    footprint: Footprint,
) -> Forecast:
    coords = {"scenario": list(SCENARIOS), "draw": np.arange(draws.number)}
    names, values = draws.table()
    paths = sorted(policy.uncertain())
    laws = policy.uncertain()
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
        zones=_fields(ensemble.fields, ZONE_FIELDS, {**coords, "zone": city.table("zones")["zone_id"]}, "zone"),
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
