"""What a forecast says, item by item: outcomes, streets, road classes, zones, groups and what drives them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from exante.quantities import vocabulary

#: Probability of the sign from which a change is coloured or named; see `needed`.
AGREEMENT = 0.9
#: The indicator of charges, told only where somebody pays any.
CHARGES = "toll_revenue"
#: Outcomes told first, in this order; the others follow as the forecast lists them.
HEADLINE = (
    *("vehicle_distance", "mean_speed", "co2_traffic", "delay_hours", "car_share", "surplus"),
    *("final_energy", "co2_buildings", "co2_electricity", "home_bill", "electricity_peak", "pv_generation"),
)


def probability(agreeing: int, draws: int) -> float:
    """Probability of a sign that `agreeing` of `draws` have, by Laplace's rule: few draws are never certain."""
    return (agreeing + 1) / (draws + 2)


def needed(draws: int) -> int:
    """Draws that have to agree on a sign before it is coloured or named; more than `draws` where these are too few.

    Examples
    --------
    >>> needed(64), needed(16), needed(8), needed(4)
    (59, 16, 8, 5)
    """
    return math.ceil(AGREEMENT * (draws + 2) - 1 - 1e-9)


@dataclass(frozen=True)
class Spread:
    """Paired differences of one item and what is told of them.

    Parameters
    ----------
    draws : ndarray, shape (draw,)
        Policy less baseline, draw by draw.
    noise : float
        Numerical noise; a mean change within it is never called agreed.
    """

    draws: np.ndarray
    noise: float = 0.0

    @property
    def mean(self) -> float:
        """Mean over the draws; never shown without the interval."""
        return float(self.draws.mean())

    @property
    def low(self) -> float:
        """5 % quantile."""
        return float(np.quantile(self.draws, 0.05))

    @property
    def high(self) -> float:
        """95 % quantile."""
        return float(np.quantile(self.draws, 0.95))

    @property
    def agreeing(self) -> int:
        """Draws that have the sign of the mean."""
        return int((np.sign(self.draws) == np.sign(self.mean)).sum()) if self.mean else 0

    @property
    def agreed(self) -> bool:
        """Whether enough draws agree on the sign."""
        return abs(self.mean) > self.noise and self.agreeing >= needed(len(self.draws))


@dataclass(frozen=True)
class Outcome:
    """One indicator of a forecast."""

    name: str
    title: str
    unit: str
    better: str
    counted: str
    baseline: np.ndarray
    policy: np.ndarray
    mean: float
    median: float
    low: float
    high: float
    agreeing: int
    distinguishable: bool
    noise: float

    @property
    def draws(self) -> np.ndarray:
        """Paired differences, shape (draw,)."""
        return self.policy - self.baseline

    @property
    def sign(self) -> int:
        """Direction of the change, that of its median."""
        return int(np.sign(self.median))

    @property
    def has_level(self) -> bool:
        """False where only the change means something (a logsum has no zero)."""
        entry = vocabulary.vocabulary().get(self.name)
        return entry is None or "only the change" not in entry.meaning

    @property
    def relative(self) -> float | None:
        """Size of the median change relative to the mean baseline; None without a baseline that means something."""
        level = float(self.baseline.mean())
        return abs(self.median / level) if self.has_level and level else None

    def is_better(self, value: float) -> bool | None:
        """Whether a change of `value` is for the better; None where neither is."""
        if self.better not in ("lower", "higher") or value == 0:
            return None
        return (value < 0) == (self.better == "lower")


def list_outcomes(forecast: Any) -> list[Outcome]:
    """Every indicator but details, as the forecast lists them; charges only where somebody pays any."""
    outcomes = []
    for row in forecast.summary():
        name = row["name"]
        values = forecast.indicators[name]
        if not values.attrs.get("shown", True):
            continue
        change = row["change"]
        baseline, policy = (_draws(values.sel(scenario=s)) for s in ("baseline", "policy"))
        if name == CHARGES and not baseline.any() and not policy.any():
            continue
        outcomes.append(
            Outcome(
                name=name,
                title=formulas(row["title"]),
                unit=row["unit"],
                better=row.get("better", values.attrs.get("better", "neither")),
                counted=str(values.attrs.get("counted", "")),
                baseline=baseline,
                policy=policy,
                mean=float(change["mean"]),
                median=float(change["p50"]),
                low=float(change["p05"]),
                high=float(change["p95"]),
                agreeing=round(float(row["probability_of_sign"]) * len(baseline)),
                distinguishable=bool(row["distinguishable"]),
                noise=float(forecast.noise_floor.get(name, 0.0)),
            )
        )
    return outcomes


def find_net(outcomes: list[Outcome]) -> Outcome | None:
    """The residents' surplus plus the charges paid, draw by draw; None where nobody pays or one is not forecast."""
    by_name = {o.name: o for o in outcomes}
    benefit, charges = by_name.get("surplus"), by_name.get(CHARGES)
    if benefit is None or charges is None:
        return None
    baseline, policy = benefit.baseline + charges.baseline, benefit.policy + charges.policy
    change = policy - baseline
    low, median, high = (float(q) for q in np.quantile(change, (0.05, 0.5, 0.95)))
    noise = benefit.noise + charges.noise
    return replace(
        benefit,
        name="surplus_with_charges",
        title=f"{benefit.title} plus charges returned",
        counted="",
        baseline=baseline,
        policy=policy,
        mean=float(change.mean()),
        median=median,
        low=low,
        high=high,
        agreeing=int(((np.sign(change) == np.sign(median)) & (np.abs(change) > noise)).sum()),
        distinguishable=abs(median) > noise,
        noise=noise,
    )


def formulas(title: str) -> str:
    """Chemical formulas with their subscript.

    Examples
    --------
    >>> formulas("CO2 of traffic")
    'CO₂ of traffic'
    """
    return title.replace("CO2", "CO₂").replace("NO2", "NO₂")


def list_headlines(outcomes: list[Outcome], target: dict[str, Any] | None, most: int = 6) -> list[Outcome]:
    """The outcomes told first: the target's, then what moves at all, in the standing order and then as listed."""
    order = ([target["indicator"]] if target else []) + list(HEADLINE)
    rank = {name: i for i, name in reversed(list(enumerate(order)))}

    def place(outcome: Outcome) -> tuple[bool, int]:
        wanted = target is not None and outcome.name == target["indicator"]
        return not (wanted or bool(outcome.draws.any())), rank.get(outcome.name, len(order))

    return sorted(outcomes, key=place)[:most]


def _draws(values: Any) -> np.ndarray:
    return np.asarray(values.transpose("draw", ...).values, dtype=np.float64)


def paired(dataset: Any, variable: str) -> np.ndarray:
    """Policy less baseline of a variable by item, shape (draw, item)."""
    return _draws(dataset[variable].sel(scenario="policy")) - _draws(dataset[variable].sel(scenario="baseline"))


def agreed(differences: np.ndarray, least: np.ndarray | float = 0.0) -> np.ndarray:
    """Sign on which the draws agree, shape (item,); 0 where they do not or the mean is not above `least`."""
    enough = needed(len(differences))
    up, down = (differences > 0).sum(axis=0), (differences < 0).sum(axis=0)
    sign = np.where(up >= enough, 1, np.where(down >= enough, -1, 0))
    return np.where(np.abs(differences.mean(axis=0)) > least, sign, 0)
