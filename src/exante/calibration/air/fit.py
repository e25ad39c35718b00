"""Bayesian fit of the few parameters of air to stations, and what it says of a station it has not seen."""

from __future__ import annotations

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

MEMBERS = 16_384
"""Draws of the prior that are weighed by the measurements (importance sampling)."""

DISCREPANCY = (0.15, 2.0)
"""Error of the model at a station: share of the value, and least, ug/m3 (position, building, year)."""

PRIOR = {"canyon": Distribution("lognormal", (0.5, 0.5), 0.12, 2.0)}
"""Priors from before any station, where the parameter of the model is a posterior: no station may judge itself."""

FITTED = (
    "background_scale_no2", "background_ratio", "other_nox", "dispersion", "canyon", "primary_no2", "mixing_time",
)  # fmt: skip


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

    def error(self, key: str) -> float:
        """Root mean square error of an estimate over the stations, ug/m3."""
        return float(np.sqrt(np.mean([(r[key] - r["measured"]) ** 2 for r in self.rows])))

    def document(self) -> dict[str, Any]:
        """As a JSON object."""
        covered = [r["left_out_p05"] <= r["measured"] <= r["left_out_p95"] for r in self.rows]
        mean = [r["measured"] for r in self.rows]
        others = [np.mean(mean[:i] + mean[i + 1 :]) for i in range(len(mean))]
        return {
            "stations": self.rows,
            "rmse_prior": self.error("prior"),
            "rmse_fitted": self.error("fitted"),
            "rmse_left_out": self.error("left_out"),
            "rmse_mean_of_others": float(np.sqrt(np.mean((np.array(others) - mean) ** 2))),
            "covered_by_90": sum(covered) / len(covered),
            "effective_members": self.members,
            "posterior": self.posterior,
        }


def prior_members(members: int = MEMBERS) -> dict[str, FloatArray]:
    """Draws of every parameter of air, shape (members,) each."""
    names, values = Draws(MODEL.parameters, members).table()
    found = {n.split(".", 1)[1]: values[:, k] for k, n in enumerate(names)}
    for name, prior in PRIOR.items():
        rank = np.argsort(np.argsort(found[name]))
        found[name] = np.asarray(prior.quantile((rank + 0.5) / members))
    return found


def estimate(stations: Stations, draws: dict[str, FloatArray], known: dict[str, float]) -> FloatArray:
    """NO2 at every station in every draw, ug/m3, shape (members, stations).

    Parameters
    ----------
    known : dict of str to float
        The city's statistics `background_no2`, `background_o3`, where it has them.
    """
    p = {name: values[:, None] for name, values in draws.items()}
    p |= {name: np.asarray(value) for name, value in known.items()}
    no2 = p["background_no2"] * p["background_scale_no2"]
    added = p["dispersion"] * (stations.above[:, 0] + stations.open_air[:, 0]) + p["canyon"] * stations.canyon[:, 0]
    return nitrogen_dioxide(
        no2, no2 / p["background_ratio"], added + p["other_nox"] * stations.other,
        p["primary_no2"], p["background_o3"], p["mixing_time"],
    )  # fmt: skip


def fit(stations: Stations, measured: dict[str, float], known: dict[str, float]) -> Fit:
    """Weigh the prior by the measured means of all stations, and of all but each."""
    kept = [i for i, s in enumerate(stations.site) if s in measured]
    draws = prior_members()
    found = estimate(stations, draws, known)[:, kept]
    truth = np.array([measured[stations.site[i]] for i in kept])
    error = np.hypot(DISCREPANCY[0] * truth, DISCREPANCY[1])
    loss = -0.5 * ((found - truth) / error) ** 2
    rows = []
    everything = _weights(loss.sum(axis=1))
    noise = np.random.default_rng(1).standard_normal(len(found))
    for k, i in enumerate(kept):
        alone = _weights(loss.sum(axis=1) - loss[:, k])
        told = found[:, k] + noise * np.maximum(np.hypot(DISCREPANCY[0] * found[:, k], DISCREPANCY[1]), 0.0)
        low, high = _quantiles(told, alone, (0.05, 0.95))
        rows.append(
            {
                "site": stations.site[i],
                "kind": stations.kind[i],
                "measured": float(truth[k]),
                "prior": float(np.median(found[:, k])),
                "fitted": float(everything @ found[:, k]),
                "left_out": float(alone @ found[:, k]),
                "left_out_p05": float(low),
                "left_out_p95": float(high),
            }
        )
    even = np.full(len(found), 1.0 / len(found))
    posterior = {
        n: {"prior": _quantiles(draws[n], even).tolist(), "posterior": _quantiles(draws[n], everything).tolist()}
        for n in FITTED
    }
    return Fit(rows, posterior, float(1.0 / (everything**2).sum()))


def _weights(loss: FloatArray) -> FloatArray:
    weight = np.exp(loss - loss.max())
    share: FloatArray = weight / weight.sum()
    return share


def _quantiles(values: FloatArray, weight: FloatArray, at: tuple[float, ...] = (0.05, 0.5, 0.95)) -> FloatArray:
    order = np.argsort(values)
    found: FloatArray = np.interp(at, np.cumsum(weight[order]) - 0.5 * weight[order], values[order])
    return found
