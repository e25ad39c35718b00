"""Several forecasts of one city side by side: paired by draw, never by their means alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exante.indicators import list_indicators
from exante.quantities.errors import UserError
from exante.study.runs import Run

FloatArray = NDArray[np.float64]

#: Largest relative difference between two runs' baselines of one draw (DESIGN section 4: other processors).
SAME = 1e-9
#: Probability from which one run is called better than another.
LIKELY = 0.9


@dataclass(frozen=True)
class Item:
    """One indicator of all runs.

    Attributes
    ----------
    name, title, unit, better : str
    change : ndarray, shape (runs, draws)
        Policy less baseline.
    noise : float
        Largest numerical noise floor of the runs.
    """

    name: str
    title: str
    unit: str
    better: str
    change: FloatArray
    noise: float

    @property
    def gain(self) -> FloatArray:
        """Change for the better, shape (runs, draws); all zero where neither is better."""
        return {"lower": -1.0, "higher": 1.0, "neither": 0.0}[self.better] * self.change

    def regret(self) -> FloatArray:
        """What each run gives away against the best of them (doing nothing among them) in each draw.

        Returns
        -------
        ndarray, shape (runs, draws)
            In the indicator's unit, >= 0 (Savage 1951).

        Examples
        --------
        >>> item = Item("x", "X", "1", "lower", np.array([[-2.0, 1.0], [-1.0, -1.0]]), 0.0)
        >>> item.regret().tolist()
        [[0.0, 2.0], [1.0, 0.0]]
        """
        best = np.maximum(self.gain.max(axis=0), 0.0)
        return best - self.gain


@dataclass(frozen=True)
class Pair:
    """Two runs on one indicator.

    Attributes
    ----------
    indicator : str
    first, second : int
        Places of the runs.
    wins, losses : int
        Draws in which the first is better, or worse, by more than the numerical noise; for an indicator without a
        better side: higher, or lower.
    """

    indicator: str
    first: int
    second: int
    wins: int
    losses: int


@dataclass(frozen=True)
class Interaction:
    """A package against the sum of its parts: ``(a + b) - (a) - (b)``, draw by draw.

    Attributes
    ----------
    indicator : str
    package : int
        Place of the run of all parts together.
    parts : tuple of int
        Places of the runs of each.
    draws : ndarray, shape (draws,)
        Negative where the parts together change less than they do one by one (or more downwards).
    """

    indicator: str
    package: int
    parts: tuple[int, ...]
    draws: FloatArray


@dataclass(frozen=True)
class Comparison:
    """Runs on the same draws of the same city."""

    runs: tuple[Run, ...]
    items: tuple[Item, ...]
    pairs: tuple[Pair, ...]
    dominated: dict[int, tuple[int, ...]]
    interactions: tuple[Interaction, ...]

    @property
    def draws(self) -> int:
        """Number of draws that all runs share."""
        return self.runs[0].draws

    def document(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "city": self.runs[0].document["city"],
            "draws": self.draws,
            "runs": [{"folder": str(r.folder), "title": r.title, "parts": len(r.parts)} for r in self.runs],
            "indicators": [
                {
                    "name": item.name,
                    "title": item.title,
                    "unit": item.unit,
                    "better": item.better,
                    "noise_floor": item.noise,
                    "runs": [
                        {
                            **spread(item.change[k]),
                            "mean_regret": float(item.regret()[k].mean()) if item.better != "neither" else None,
                            "largest_regret": float(item.regret()[k].max()) if item.better != "neither" else None,
                        }
                        for k in range(len(self.runs))
                    ],
                }
                for item in self.items
            ],
            "pairs": [
                {
                    "indicator": p.indicator,
                    "first": p.first,
                    "second": p.second,
                    "first_better": p.wins,
                    "second_better": p.losses,
                }
                for p in self.pairs
            ],
            "dominated": [{"run": k, "by": list(by)} for k, by in self.dominated.items()],
            "interactions": [
                {"indicator": i.indicator, "package": i.package, "parts": list(i.parts), **spread(i.draws)}
                for i in self.interactions
            ],
        }


def spread(draws: FloatArray) -> dict[str, float]:
    """Mean and 90 % interval of draws."""
    low, middle, high = (float(q) for q in np.quantile(draws, (0.05, 0.5, 0.95)))
    return {"mean": float(draws.mean()), "p05": low, "p50": middle, "p95": high}


def compare(runs: Sequence[Run]) -> Comparison:
    """Compare runs draw by draw.

    Draws pair if the baselines of all runs are the same in every draw: that is tested on the numbers, and holds for
    forecasts of one city with the same seed and number of draws.

    Parameters
    ----------
    runs : sequence of Run
        Two or more.

    Raises
    ------
    UserError
        If there is one run only, they share no indicator, or their draws do not pair.
    """
    if len(runs) < 2:
        raise UserError("one run cannot be compared", where="runs", remedy="Name two or more run folders")
    names = [n for n in runs[0].baseline if all(n in run.baseline for run in runs[1:])]
    if not names:
        raise UserError(
            "the runs share no indicator", where="runs", remedy="Forecast them with one version of exante and one city"
        )
    for run in runs[1:]:
        _require_paired(runs[0], run, names)
    items = tuple(_item(runs, name) for name in names)
    told = {i.name for i in list_indicators() if i.shown}
    known = {i.name for i in list_indicators()}
    shown = [item for item in items if item.name in told or item.name not in known]
    pairs = tuple(_pair(item, a, b) for item in shown for a, b in combinations(range(len(runs)), 2))
    return Comparison(tuple(runs), tuple(shown), pairs, _dominated(shown, len(runs)), _interactions(runs, shown))


def _require_paired(first: Run, other: Run, names: Sequence[str]) -> None:
    remedy = "Forecast all policies on the same city folder with the same --draws and --seed, and the same version"
    if first.draws != other.draws:
        raise UserError(
            f"{first.folder.name} has {first.draws} draws, {other.folder.name} {other.draws}",
            where="runs",
            remedy=remedy,
        )
    for name in names:
        a, b = first.baseline[name], other.baseline[name]
        noise = max(float(run.rows[name]["noise_floor"]) for run in (first, other))
        if not (np.abs(a - b) <= np.maximum(SAME * np.abs(a), noise)).all():
            raise UserError(
                f"the baselines of {first.folder.name} and {other.folder.name} differ in '{name}': their draws do not "
                "pair, and a difference between them would not be the policies'",
                where="runs",
                remedy=remedy,
            )


def _item(runs: Sequence[Run], name: str) -> Item:
    row = runs[0].rows[name]
    return Item(
        name,
        row["title"],
        row["unit"],
        row["better"],
        np.stack([run.change(name) for run in runs]),
        max(float(run.rows[name]["noise_floor"]) for run in runs),
    )


def _pair(item: Item, a: int, b: int) -> Pair:
    less = item.better == "lower"
    ahead = (item.change[b] - item.change[a]) if less else (item.change[a] - item.change[b])
    return Pair(item.name, a, b, int((ahead > item.noise).sum()), int((ahead < -item.noise).sum()))


def _dominated(items: Sequence[Item], runs: int) -> dict[int, tuple[int, ...]]:
    """Runs that another beats on some indicator, probably, and that beat it on none even possibly."""
    found: dict[int, tuple[int, ...]] = {}
    judged = [item for item in items if item.better != "neither"]
    for k in range(runs):
        by = [other for other in range(runs) if other != k and _dominates(judged, other, k)]
        if by:
            found[k] = tuple(by)
    return found


def _dominates(items: Sequence[Item], better: int, worse: int) -> bool:
    ahead = False
    for item in items:
        lead = item.gain[better] - item.gain[worse]
        if (lead < -item.noise).mean() > 1.0 - LIKELY:
            return False
        ahead = ahead or (lead > item.noise).mean() >= LIKELY
    return ahead


def _interactions(runs: Sequence[Run], items: Sequence[Item]) -> tuple[Interaction, ...]:
    alone = {run.parts[0]: k for k, run in enumerate(runs) if len(run.parts) == 1}
    found = []
    for k, run in enumerate(runs):
        if len(run.parts) > 1 and all(part in alone for part in run.parts):
            parts = tuple(alone[part] for part in run.parts)
            found += [
                Interaction(item.name, k, parts, item.change[k] - item.change[list(parts)].sum(axis=0))
                for item in items
            ]
    return tuple(found)
