"""Summary of paired differences: numbers first, and no claim below the numerical noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

#: Share of the draws that lies between p05 and p95.
INTERVAL = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Outcome:
    """One indicator of a forecast: baseline, policy and their paired difference.

    Parameters
    ----------
    name, title, unit, better, counted : str
        From the indicator's declaration.
    baseline, policy : float
        Means over the draws.
    mean, p05, p50, p95 : float
        Of the paired difference policy - baseline.
    probability_of_sign : float
        Share of the draws in which the difference has the sign of its median and exceeds the noise floor.
    noise_floor : float
        Numerical noise of one difference.
    distinguishable : bool
        False where the median difference is within the noise floor.
    """

    name: str
    title: str
    unit: str
    better: str
    counted: str
    baseline: float
    policy: float
    mean: float
    p05: float
    p50: float
    p95: float
    probability_of_sign: float
    noise_floor: float
    distinguishable: bool

    def document(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "name": self.name,
            "title": self.title,
            "unit": self.unit,
            "better": self.better,
            "counted": self.counted,
            "baseline": self.baseline,
            "policy": self.policy,
            "change": {"mean": self.mean, "p05": self.p05, "p50": self.p50, "p95": self.p95},
            "probability_of_sign": self.probability_of_sign,
            "noise_floor": self.noise_floor,
            "distinguishable": self.distinguishable,
        }


def summarise(indicators: xr.Dataset, noise_floor: Mapping[str, float]) -> list[Outcome]:
    """Outcome of every indicator.

    Parameters
    ----------
    indicators : xarray.Dataset
        One variable per indicator, dims (scenario, draw), scenario in order baseline, policy.
    noise_floor : mapping of str to float
        By indicator.
    """
    outcomes = []
    for name, array in indicators.data_vars.items():
        base, policy = array.sel(scenario="baseline").values, array.sel(scenario="policy").values
        change = policy - base
        floor = float(noise_floor.get(str(name), 0.0))
        p05, p50, p95 = (float(x) for x in np.quantile(change, INTERVAL))
        certain = np.abs(change) > floor
        sign = np.sign(p50) if p50 else np.sign(change.mean())
        outcomes.append(
            Outcome(
                name=str(name),
                title=array.attrs["title"],
                unit=array.attrs["unit"],
                better=array.attrs["better"],
                counted=array.attrs["counted"],
                baseline=float(base.mean()),
                policy=float(policy.mean()),
                mean=float(change.mean()),
                p05=p05,
                p50=p50,
                p95=p95,
                probability_of_sign=float(((np.sign(change) == sign) & certain).mean()) if sign else 0.0,
                noise_floor=floor,
                distinguishable=bool(abs(p50) > floor),
            )
        )
    return outcomes
