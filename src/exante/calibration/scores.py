"""How well modelled hourly flows agree with counted ones, beside what a model-free guess gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exante.calibration.counted import Counted

FloatArray = NDArray[np.float64]

#: Hours 07-20.
DAY = np.arange(7, 20)
NIGHT = np.setdiff1d(np.arange(24), DAY)
#: GEH below which an hourly flow counts as right (DfT TAG M3.1).
GOOD = 5.0


@dataclass(frozen=True)
class Score:
    """Agreement over sites.

    Attributes
    ----------
    r2 : float
        Between sites, of mean hourly flows: 1 - squared errors over squared deviations from the sites' mean.
    correlation : float
        Squared correlation of the same: what scaling could not mend.
    geh_day, geh_night : float
        Share of site-hours with GEH below 5, in 07-20 h and in the other hours.
    bias : float
        All modelled over all counted traffic, less one.
    bias_by_hour : tuple of float
    sites : int
    """

    r2: float
    correlation: float
    geh_day: float
    geh_night: float
    bias: float
    bias_by_hour: tuple[float, ...]
    sites: int

    def document(self) -> dict[str, Any]:
        """The score as a JSON object; what cannot be computed is null."""

        def told(x: float) -> float | None:
            return round(float(x), 4) if np.isfinite(x) else None

        return {
            "sites": self.sites,
            "r2": told(self.r2),
            "squared_correlation": told(self.correlation),
            "geh_below_5": told(self.geh_day),
            "geh_below_5_night": told(self.geh_night),
            "bias": told(self.bias),
            "bias_by_hour": [told(b) for b in self.bias_by_hour],
        }


def geh(modelled: FloatArray, observed: FloatArray) -> FloatArray:
    """GEH statistic of hourly flows: ``sqrt(2 (m - c)^2 / (m + c))``, same shape.

    Examples
    --------
    >>> float(geh(np.array(550.0), np.array(450.0)).round(2))
    4.47
    """
    total = modelled + observed
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, np.sqrt(2.0 * (modelled - observed) ** 2 / total), 0.0 * total)


def by_site(counted: Counted, values: FloatArray) -> tuple[list[str], FloatArray]:
    """Profiles by site, regimes weighted by the days counted; shape (sites, hours)."""
    names = list(dict.fromkeys(counted.site.tolist()))
    seen = np.isfinite(counted.flow) * counted.days[:, None].astype(float)
    profiles = np.empty((len(names), values.shape[1]))
    for k, name in enumerate(names):
        rows = counted.site == name
        total = seen[rows].sum(axis=0)
        sums = (np.where(seen[rows] > 0, values[rows], 0.0) * seen[rows]).sum(axis=0)
        profiles[k] = np.divide(sums, total, out=np.full(len(total), np.nan), where=total > 0)
    return names, profiles


def naive_by_class(observed: FloatArray, street: np.ndarray, road_class: np.ndarray) -> FloatArray:
    """A better guess without a model: the mean profile of the same road class on other streets, shape (sites, hours).

    The mean of all other streets where no other street of the class was counted.
    """
    guess = np.full(observed.shape, np.nan)
    for k in range(len(observed)):
        others = street != street[k]
        alike = others & (road_class == road_class[k])
        at = alike if alike.any() else others
        seen = np.isfinite(observed[at])
        total = np.nansum(observed[at], axis=0)
        guess[k] = np.divide(total, seen.sum(axis=0), out=guess[k], where=seen.any(axis=0))
    return guess


def naive(observed: FloatArray) -> FloatArray:
    """A guess without a model: at each site the mean of the other sites' profiles, shape (sites, hours)."""
    seen = np.isfinite(observed)
    others = np.nansum(observed, axis=0) - np.nan_to_num(observed)
    count = seen.sum(axis=0) - seen
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, others / count, np.nan)


def score(modelled: FloatArray, observed: FloatArray) -> Score:
    """Score of hourly flows, shape (sites, hours) of both; hours not counted are left out."""
    seen = np.isfinite(observed) & np.isfinite(modelled)
    m, o = np.where(seen, modelled, np.nan), np.where(seen, observed, np.nan)
    kept = seen.any(axis=1)
    m, o = m[kept], o[kept]
    mean_m, mean_o = np.nanmean(m, axis=1) if kept.any() else m[:, 0], np.nanmean(o, axis=1) if kept.any() else o[:, 0]
    spread = float(((mean_o - mean_o.mean()) ** 2).sum()) if kept.any() else 0.0
    r2 = 1.0 - float(((mean_o - mean_m) ** 2).sum()) / spread if spread > 0 else np.nan
    both = spread > 0 and np.std(mean_m) > 0
    correlation = float(np.corrcoef(mean_m, mean_o)[0, 1] ** 2) if both else np.nan
    good = geh(m, o) < GOOD

    def share(hours: NDArray[np.int64]) -> float:
        at = np.isfinite(o[:, hours])
        return float(good[:, hours][at].mean()) if at.any() else np.nan

    with np.errstate(invalid="ignore", divide="ignore"):
        by_hour = np.nansum(m, axis=0) / np.nansum(o, axis=0) - 1.0
        bias = float(np.nansum(m) / np.nansum(o) - 1.0)
    return Score(r2, correlation, share(DAY), share(NIGHT), bias, tuple(by_hour.tolist()), int(kept.sum()))
