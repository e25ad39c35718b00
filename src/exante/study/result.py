"""What a forecast says: the distribution of the paired difference, with everything it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from exante import __version__
from exante.city.city import City
from exante.policy import Policy
from exante.study.summary import INTERVAL, Outcome, summarise

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
    scenario : str
        Title of what changes with and without the policy until the horizon; empty without one.
    paths : xarray.Dataset, optional
        Indicators in every computed year, dims (scenario, draw, year); `indicators` are those of the last year.
    sites : SiteChanges, optional
        What sensors at named sites would see.
    account : Account, optional
        Who pays, what it is worth, and what a tonne costs.
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
    scenario: str = ""
    paths: xr.Dataset | None = None
    sites: Any = None
    account: Any = None

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
            **({"money": self.account.document()} if self.account is not None else {}),
            "levels": self.levels,
            "warnings": self.warnings,
            "footprint": self.footprint,
            **({"target": self.reached()} if self.target else {}),
            **({"horizon": self._horizon()} if self.paths is not None else {}),
            **({"sites": self.sites.document()} if self.sites is not None else {}),
        }

    def reached(self) -> dict[str, Any]:
        """The target, and the share of draws that reach it with and without the policy."""
        assert self.target is not None
        levels = self.indicators[self.target["indicator"]]
        below = self.target["better"] == "lower"
        value = float(self.target["value"])
        hit = levels <= value if below else levels >= value
        return {**self.target, **{s: float(hit.sel(scenario=s).mean()) for s in SCENARIOS}}

    def _horizon(self) -> dict[str, Any]:
        """Change of every indicator in every computed year."""
        assert self.paths is not None
        change = self.paths.sel(scenario="policy", drop=True) - self.paths.sel(scenario="baseline", drop=True)
        return {
            "scenario": self.scenario,
            "years": [int(y) for y in self.paths["year"].values],
            "indicators": [
                {
                    "name": str(name),
                    "unit": self.paths[name].attrs["unit"],
                    "baseline": [float(v) for v in self.paths[name].sel(scenario="baseline").mean("draw").values],
                    "change": [_interval(array.sel(year=y).values) for y in self.paths["year"].values],
                }
                for name, array in change.data_vars.items()
            ],
        }

    def report(self, path: str | Path) -> Path:
        """Write the one-file HTML report; needs `exante.evidence` (a floor above, loaded on use)."""
        from importlib import import_module

        written: Path = import_module("exante.evidence.report").write_report(self, Path(path))
        return written


def _interval(values: np.ndarray) -> dict[str, float]:
    """The 90 % interval and the median of draws."""
    return dict(zip(("p05", "p50", "p95"), map(float, np.quantile(values, INTERVAL)), strict=True))
