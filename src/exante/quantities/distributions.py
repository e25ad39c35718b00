"""Bounded distributions, given by name in documents and parameter files.

A distribution is written as a table with one of these keys: `value` (known), `uniform = [low, high]`,
`triangular = [low, mode, high]`, `normal = [mean, sd]`, `lognormal = [median, sigma]`, `beta = [a, b]`;
`low` and `high` bound it (required for `normal` and `lognormal`; for `beta` they default to 0 and 1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from exante.quantities.errors import ParameterError

SHAPES = {"value": 1, "uniform": 2, "triangular": 3, "normal": 2, "lognormal": 2, "beta": 2}

#: A distribution cut to bounds that hold less than this share of it is refused: its quantiles would be noise.
SMALLEST_MASS = 1e-6


#: Quantiles nearer than this to 0 and 1 are those at this distance; 0 and 1 themselves are the bounds.
EDGE = 1e-15

@dataclass(frozen=True)
class Distribution:
    """A bounded distribution of one number.

    Parameters
    ----------
    shape : str
        A key of `SHAPES`.
    numbers : tuple of float
        The shape's numbers, as in the module's text.
    low, high : float
        Bounds; the distribution is truncated to them (`beta` is stretched between them).
    """

    shape: str
    numbers: tuple[float, ...]
    low: float = -math.inf
    high: float = math.inf

    @classmethod
    def read(cls, document: object, *, where: str) -> Distribution:
        """Distribution written as a number or a table.

        Raises
        ------
        ParameterError
            With every fault of the table, if it is not a bounded distribution.

        Examples
        --------
        >>> Distribution.read({"beta": [4, 4]}, where="example").mean()
        0.5
        """
        if isinstance(document, bool) or not isinstance(document, int | float | Mapping):
            raise ParameterError(f"{document!r} is neither a number nor a distribution", where=where, remedy=_HOW)
        if not isinstance(document, Mapping):
            return cls("value", (_finite(document, where),), float(document), float(document))
        table: dict[str, Any] = dict(document)
        shapes = [key for key in table if key in SHAPES]
        unknown = sorted(set(table) - set(SHAPES) - {"low", "high"})
        if len(shapes) != 1 or unknown:
            told = f"unknown key {', '.join(unknown)}" if unknown else f"found {shapes or 'none'}"
            raise ParameterError(f"a distribution has exactly one shape, {told}", where=where, remedy=_HOW)
        shape = shapes[0]
        given = table[shape]
        numbers = tuple(_finite(x, where) for x in (given if isinstance(given, list | tuple) else [given]))
        if len(numbers) != SHAPES[shape]:
            raise ParameterError(
                f"'{shape}' takes {SHAPES[shape]} numbers, {len(numbers)} given", where=where, remedy=_HOW
            )
        low, high = _bounds(shape, numbers, table, where)
        result = cls(shape, numbers, low, high)
        result._check(where)
        return result

    def _check(self, where: str) -> None:
        faults = []
        n = self.numbers
        if self.low > self.high:
            faults.append(f"low {self.low:g} is above high {self.high:g}")
        if self.shape == "triangular" and not n[0] <= n[1] <= n[2]:
            faults.append("triangular is [low, mode, high] in rising order")
        if self.shape in ("normal", "lognormal") and n[1] <= 0:
            faults.append(f"{self.shape} needs a spread above zero")
        if self.shape == "lognormal" and n[0] <= 0:
            faults.append("lognormal needs a median above zero")
        if self.shape == "beta" and min(n) <= 0:
            faults.append("beta needs both numbers above zero")
        if self.shape == "value" and not self.low <= n[0] <= self.high:
            faults.append(f"{n[0]:g} is outside {self.low:g} to {self.high:g}")
        if not faults and not self.known and self._mass() < SMALLEST_MASS:
            faults.append(f"{self.shape} has nothing between low {self.low:g} and high {self.high:g}")
        if faults:
            raise ParameterError("; ".join(faults), where=where, remedy=_HOW)

    @property
    def known(self) -> bool:
        """True when there is nothing to draw."""
        return self.shape == "value" or self.low == self.high

    def quantile(self, probability: float | np.ndarray) -> np.ndarray:
        """Value below which the share `probability` of the distribution lies (same shape)."""
        p = np.asarray(probability, dtype=float)
        if self.known:
            return np.full_like(p, self.numbers[0] if self.shape == "value" else self.low)
        law, low, high = self._law()
        inner = np.clip(p, EDGE, 1 - EDGE)  # scipy gives NaN for beta at 1e-230
        found = np.clip(law.ppf(law.cdf(low) + inner * (law.cdf(high) - law.cdf(low))), self.low, self.high)
        return np.where(p <= 0, self.low, np.where(p >= 1, self.high, found))

    def mean(self) -> float:
        """Mean of the bounded distribution, by its quantiles at 2,001 mid-points."""
        if self.known:
            return float(self.quantile(0.5))
        p = (np.arange(2001) + 0.5) / 2001
        return float(f"{self.quantile(p).mean():.12g}")

    def _mass(self) -> float:
        """Share of the shape between its bounds, without loading scipy; 1 for shapes that fill them."""
        n = self.numbers
        if self.shape in ("uniform", "triangular"):
            return max(0.0, min(self.high, n[-1]) - max(self.low, n[0])) / (n[-1] - n[0])
        if self.shape not in ("normal", "lognormal"):
            return 1.0
        return _normal_share(self._score(self.high)) - _normal_share(self._score(self.low))

    def _score(self, value: float) -> float:
        """Standard deviations of `value` from the middle of a normal or lognormal shape."""
        middle, spread = self.numbers
        if self.shape == "normal":
            return (value - middle) / spread
        return math.log(value / middle) / spread if value > 0 else -math.inf

    def _law(self) -> tuple[Any, float, float]:
        from scipy import stats  # 0.7 s to load: not for commands that draw nothing

        n, low, high = self.numbers, self.low, self.high
        if self.shape == "uniform":
            return stats.uniform(n[0], n[1] - n[0]), low, high
        if self.shape == "triangular":
            span = n[2] - n[0]
            return stats.triang((n[1] - n[0]) / span, n[0], span), low, high
        if self.shape == "normal":
            return stats.norm(n[0], n[1]), low, high
        if self.shape == "lognormal":
            return stats.lognorm(n[1], scale=n[0]), low, high
        return stats.beta(n[0], n[1], low, high - low), low, high

    def document(self) -> dict[str, Any]:
        """The distribution as a table that `read` understands."""
        numbers = self.numbers[0] if self.shape == "value" else list(self.numbers)
        table: dict[str, Any] = {self.shape: numbers}
        if (self.low, self.high) != _natural_bounds(self.shape, self.numbers):
            table |= {"low": self.low, "high": self.high}
        return table

    def in_words(self, unit: str = "") -> str:
        """The distribution in plain words: its value, or its central 90 % range."""
        tail = f" {unit}" if unit and unit != "1" else ""
        if self.known:
            return f"{float(self.quantile(0.5)):g}{tail}"
        low, mid, high = self.quantile(np.array([0.05, 0.5, 0.95]))
        return f"{mid:.3g}{tail} (90 % between {low:.3g} and {high:.3g})"


_HOW = (
    "Write a number or one of value, uniform = [low, high], triangular = [low, mode, high], "
    "normal = [mean, sd] with low and high, lognormal = [median, sigma] with low and high, beta = [a, b]"
)


def _normal_share(score: float) -> float:
    return 0.5 * math.erfc(-score / math.sqrt(2))


def _finite(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ParameterError(f"{value!r} is not a finite number", where=where, remedy=_HOW)
    return float(value)


def _natural_bounds(shape: str, numbers: tuple[float, ...]) -> tuple[float, float] | None:
    """Bounds that a shape has by itself, if any."""
    return {
        "value": (numbers[0], numbers[0]),
        "uniform": (numbers[0], numbers[-1]),
        "triangular": (numbers[0], numbers[-1]),
        "beta": (0.0, 1.0),
    }.get(shape)


def _bounds(shape: str, numbers: tuple[float, ...], table: dict[str, Any], where: str) -> tuple[float, float]:
    natural = _natural_bounds(shape, numbers)
    if natural is None and not {"low", "high"} <= set(table):
        raise ParameterError(f"'{shape}' has no bounds", where=where, remedy="Add low and high")
    low, high = natural or (0.0, 0.0)
    return _finite(table.get("low", low), where), _finite(table.get("high", high), where)
