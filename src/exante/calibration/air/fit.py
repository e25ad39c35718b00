"""Bayesian fit of the few parameters of air to stations of cities, and what it says of a station it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exante.calibration.air.stations import Stations
from exante.kernels.plume.chemistry import nitrogen_dioxide
from exante.models.air import MODEL
from exante.quantities.distributions import Distribution
from exante.simulation import Draws

FloatArray = NDArray[np.float64]

MEMBERS = 32_768
"""Draws of the prior that are weighed by the measurements (importance sampling)."""

SHARED = {
    "canyon": Distribution("lognormal", (0.5, 0.5), 0.12, 2.0),
    "dispersion": Distribution("lognormal", (1.0, 0.4), 0.3, 3.0),
}
"""Priors from before any station of what is one number for all cities: the model has their posterior."""

OWN = ("background_scale_no2", "background_ratio", "other_nox")
"""Drawn anew for every city, from the model's priors."""

CHEMISTRY = ("primary_no2", "mixing_time")

SPREAD = {
    "spread_traffic": Distribution("lognormal", (0.35, 0.5), 0.10, 1.2),
    "spread_elsewhere": Distribution("lognormal", (0.20, 0.5), 0.05, 0.6),
}
"""Priors of the model's own error at a station (position, houses, wind, year), standard deviation of the logarithm."""

LEAST = 1.5
"""Error of a measured mean, ug/m3."""


@dataclass(frozen=True)
class Measured:
    """Stations of a city with what they measured.

    Attributes
    ----------
    city : str
    stations : Stations
    means : dict of str to float
        NO2 by station, ug/m3.
    known : dict of str to float
        The city's statistics `background_no2`, `background_o3`, where it has them.
    """

    city: str
    stations: Stations
    means: dict[str, float]
    known: dict[str, float]


@dataclass(frozen=True)
class Fit:
    """A fit and its check by leaving one station out.

    Attributes
    ----------
    rows : list of dict
        By station: measured, prior, fitted and left-out estimates with 90 % intervals.
    posterior : dict
        Parameter to 5, 50 and 95 % quantiles, prior and posterior.
    members : float
        Number of prior draws that carry the posterior (effective sample size).
    """

    rows: list[dict[str, Any]]
    posterior: dict[str, dict[str, list[float]]]
    members: float

    def document(self) -> dict[str, Any]:
        """As a JSON object, with the errors by city."""
        cities = sorted({r["city"] for r in self.rows})
        return {
            "stations": self.rows,
            "cities": {c: _errors([r for r in self.rows if r["city"] == c]) for c in cities},
            "covered_by_90": float(np.mean([_covered(r) for r in self.rows])),
            "effective_members": self.members,
            "posterior": self.posterior,
        }


def _covered(row: dict[str, Any]) -> bool:
    return bool(row["left_out_p05"] <= row["measured"] <= row["left_out_p95"])


def _errors(rows: list[dict[str, Any]]) -> dict[str, float]:
    mean = np.array([r["measured"] for r in rows])
    others = (mean.sum() - mean) / max(len(mean) - 1, 1)

    def rms(estimate: FloatArray) -> float:
        return float(np.sqrt(((estimate - mean) ** 2).mean()))

    told = {f"rmse_{k}": rms(np.array([r[k] for r in rows])) for k in ("prior", "fitted", "left_out")}
    return told | {"rmse_mean_of_others": rms(others), "covered_by_90": float(np.mean([_covered(r) for r in rows]))}


def prior_members(members: int = MEMBERS, city: int = 0) -> dict[str, FloatArray]:
    """Draws of every parameter of air and of its error, shape (members,) each; those in `OWN` differ by city."""
    names, values = Draws(MODEL.parameters, members).table()
    found = {n.split(".", 1)[1]: values[:, k] for k, n in enumerate(names)}
    for k, (name, prior) in enumerate((SHARED | SPREAD).items()):
        order = np.random.default_rng([7, k]).permutation(members)
        found[name] = np.asarray(prior.quantile((order + 0.5) / members))
    for k, name in enumerate(OWN):
        found[name] = np.random.default_rng([11, city, k]).permutation(found[name])
    return found


def estimate(stations: Stations, draws: dict[str, FloatArray], known: dict[str, float]) -> FloatArray:
    """NO2 at every station in every draw without the model's own error, ug/m3, shape (members, stations)."""
    p = {name: values[:, None] for name, values in draws.items()}
    p |= {name: np.asarray(value) for name, value in known.items()}
    no2 = p["background_no2"] * p["background_scale_no2"]
    added = p["dispersion"] * (stations.above[:, 0] + stations.open_air[:, 0]) + p["canyon"] * stations.canyon[:, 0]
    return nitrogen_dioxide(
        no2, no2 / p["background_ratio"], added + p["other_nox"] * stations.other,
        p["primary_no2"], p["background_o3"], p["mixing_time"],
    )  # fmt: skip


def fit(cities: Sequence[Measured], members: int = MEMBERS) -> Fit:
    """Weigh the prior by the measured means of all stations of all cities, and of all but each.

    A station's logarithm is that of the estimate with a normal error, wider at traffic stations (`SPREAD`).
    """
    found, truth, spread, sites = [], [], [], []
    priors = [prior_members(members, k) for k in range(len(cities))]
    for there, draws in zip(cities, priors, strict=True):
        s = there.stations
        kept = [i for i, site in enumerate(s.site) if site in there.means]
        told = estimate(s, draws, there.known)[:, kept]
        own = np.where(s.street[kept] >= 0, draws["spread_traffic"][:, None], draws["spread_elsewhere"][:, None])
        found.append(told)
        spread.append(np.hypot(own, LEAST / told))
        truth += [there.means[s.site[i]] for i in kept]
        sites += [(there.city, s.site[i], s.kind[i]) for i in kept]
    value, error, mean = np.concatenate(found, axis=1), np.concatenate(spread, axis=1), np.array(truth)
    loss = -0.5 * (np.log(mean / value) / error) ** 2 - np.log(error)
    everything = _weights(loss.sum(axis=1))
    noise = np.random.default_rng(1).standard_normal(len(value))
    rows = []
    for k, (city, site, kind) in enumerate(sites):
        alone = _weights(loss.sum(axis=1) - loss[:, k])
        low, middle, high = _quantiles(value[:, k] * np.exp(noise * error[:, k]), alone)
        rows.append(
            {
                "city": city,
                "site": site,
                "kind": kind,
                "measured": float(mean[k]),
                "prior": float(np.median(value[:, k])),
                "fitted": float(_quantiles(value[:, k], everything)[1]),
                "left_out": float(middle),
                "left_out_p05": float(low),
                "left_out_p95": float(high),
            }
        )
    return Fit(rows, _posterior(cities, priors, everything), float(1.0 / (everything**2).sum()))


def _posterior(
    cities: Sequence[Measured], priors: list[dict[str, FloatArray]], weight: FloatArray
) -> dict[str, dict[str, list[float]]]:
    even = np.full(len(weight), 1.0 / len(weight))
    draws = {name: priors[0][name] for name in (*SHARED, *CHEMISTRY, *SPREAD)}
    draws |= {f"{n}, {c.city}": p[n] for c, p in zip(cities, priors, strict=True) for n in OWN}
    return {
        n: {"prior": _quantiles(x, even).tolist(), "posterior": _quantiles(x, weight).tolist()}
        for n, x in draws.items()
    }  # fmt: skip


def _weights(loss: FloatArray) -> FloatArray:
    weight = np.exp(loss - loss.max())
    share: FloatArray = weight / weight.sum()
    return share


def _quantiles(values: FloatArray, weight: FloatArray, at: tuple[float, ...] = (0.05, 0.5, 0.95)) -> FloatArray:
    order = np.argsort(values)
    found: FloatArray = np.interp(at, np.cumsum(weight[order]) - 0.5 * weight[order], values[order])
    return found
