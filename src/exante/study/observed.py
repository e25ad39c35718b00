"""What a sensor will see: the effect at a counting site, and the observed change around it.

The *effect* is the policy against no policy. The *observed change* between a mean before and a mean after holds,
besides it, the trend that no policy made, what models do not know of one street, and the sensor's own error. Forecasts
are scored on the second (DESIGN section 6).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exante.city.city import City
from exante.quantities.errors import UserError
from exante.quantities.parameters import Parameter, read_parameters
from exante.study.result import Forecast
from exante.study.summary import INTERVAL

FloatArray = NDArray[np.float64]

#: Vehicles a day below which a change in per cent says nothing.
LEAST_FLOW = 50.0


@dataclass(frozen=True)
class SiteLinks:
    """Sites of a file and the links they count.

    Attributes
    ----------
    site, name, link : tuple of str
        Of each site that was joined.
    lost : tuple of (str, str)
        Sites that were not, and why.
    """

    site: tuple[str, ...]
    name: tuple[str, ...]
    link: tuple[str, ...]
    lost: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SiteChanges:
    """Changes at sites, draw by draw.

    Attributes
    ----------
    sites : SiteLinks
    baseline : ndarray, shape (draws, sites)
        vehicle/day.
    effect : ndarray, shape (draws, sites)
        Policy less baseline, vehicle/day.
    observed : ndarray, shape (draws, sites)
        Change that a sensor would see relative to its mean before, dimensionless; missing where fewer than
        `LEAST_FLOW` vehicles a day are modelled.
    """

    sites: SiteLinks
    baseline: FloatArray
    effect: FloatArray
    observed: FloatArray

    def document(self) -> dict[str, Any]:
        """As a JSON object."""
        rows = []
        for k, site in enumerate(self.sites.site):
            known = bool(np.isfinite(self.observed[:, k]).all())
            rows.append(
                {
                    "id": site,
                    "name": self.sites.name[k],
                    "link": self.sites.link[k],
                    "baseline": _spread(self.baseline[:, k]),
                    "effect": _spread(self.effect[:, k]),
                    "effect_percent": _spread(self._relative(k)) if known else None,
                    "observed_change_percent": _spread(100.0 * self.observed[:, k]) if known else None,
                }
            )
        sound = np.isfinite(self.observed).all(axis=0)
        flow = self.baseline[:, sound].sum(axis=1)
        mean = None
        if sound.any():
            mean = _spread(100.0 * (self.observed[:, sound] * self.baseline[:, sound]).sum(axis=1) / flow)
        return {
            "unit": "vehicle/day",
            "sites": rows,
            "all_sites_observed_change_percent": mean,
            "unmatched": [{"id": site, "reason": why} for site, why in self.sites.lost],
        }

    def frame(self) -> pd.DataFrame:
        """A row per draw and site."""
        draws, sites = self.baseline.shape
        return pd.DataFrame(
            {
                "draw": np.repeat(np.arange(draws, dtype=np.int32), sites),
                "site_id": np.tile(np.array(self.sites.site, dtype=object), draws),
                "link_id": np.tile(np.array(self.sites.link, dtype=object), draws),
                "baseline": self.baseline.ravel(),
                "effect": self.effect.ravel(),
                "observed_change": self.observed.ravel(),
            }
        )

    def _relative(self, k: int) -> FloatArray:
        return 100.0 * self.effect[:, k] / self.baseline[:, k]


def site_links(path: Path, city: City) -> SiteLinks:
    """Join the sites of a file to the city's links; dates and counts are not needed and not read.

    Raises
    ------
    SourceError
        If the file cannot be read.
    UserError
        If no site lies on a street of the city.
    """
    from exante.calibration.sites import read_sites

    table, _, _ = read_sites(path, city, counted=False)
    table = table.drop_duplicates("site_id")
    joined = table["link_id"].notna()
    lost = table[~joined]
    if not joined.any():
        raise UserError(
            f"none of the {len(table)} sites lies on a street of {city.title}",
            where=str(path),
            remedy="Check longitude, latitude (degrees) and direction, or name links in a column link_id",
        )
    held = table[joined]
    return SiteLinks(
        site=tuple(held["site_id"].astype(str)),
        name=tuple(held["name"].fillna("").astype(str)),
        link=tuple(held["link_id"].astype(str)),
        lost=tuple(zip(lost["site_id"].astype(str), lost["match_note"].fillna("").astype(str), strict=True)),
    )


def list_parameters() -> tuple[Parameter, ...]:
    """Trend, error of the sensor and error of one street, with their spreads."""
    return read_parameters(Path(str(files("exante.study") / "parameters.toml")), "observed")


def observed_change(forecast: Forecast, sites: SiteLinks) -> SiteChanges:
    """Effect and observed change at sites.

    ``observed = effect / baseline + trend + street + sensor``, each of the three relative to the flow before; the
    trend is one number for the city in each draw, the others are independent between sites.
    """
    rows = pd.Index(forecast.links["link"].values.astype(str)).get_indexer(pd.Index(sites.link))
    flow = forecast.links["link_flow_daily"].transpose("scenario", "draw", "link").values[:, :, rows].astype(float)
    baseline, effect = flow[0], flow[1] - flow[0]
    law = {p.name.removeprefix("observed."): p.distribution for p in list_parameters()}
    draws = len(baseline)

    def drawn(name: str) -> FloatArray:
        seed = hashlib.sha256(f"{forecast.seed}:observed.{name}".encode()).digest()
        uniform = np.random.default_rng(int.from_bytes(seed[:16], "little")).random(draws)
        return np.asarray(law[name.split(".")[0]].quantile(np.clip(uniform, 1e-9, 1 - 1e-9)), dtype=float)

    around = drawn("trend")[:, None] + np.column_stack(
        [drawn(f"street.{s}") + drawn(f"sensor.{s}") for s in sites.site]
    )
    enough = baseline.mean(axis=0) >= LEAST_FLOW
    share = np.divide(effect, baseline, out=np.zeros_like(effect), where=baseline > 0)
    observed = np.where(enough, share + around, np.nan)
    return SiteChanges(sites, baseline, effect, observed)


def _spread(draws: FloatArray) -> dict[str, float]:
    low, middle, high = (float(q) for q in np.quantile(draws, INTERVAL))
    return {"mean": float(draws.mean()), "p05": low, "p50": middle, "p95": high}
