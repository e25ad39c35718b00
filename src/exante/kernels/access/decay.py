"""Decay of the worth of an opportunity with distance; every form but steps is one at distance zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exante.quantities.errors import ParameterError

FORMS = ("exponential", "gaussian", "power", "linear", "logistic", "steps")


@dataclass(frozen=True)
class Decay:
    """A decay form with its figures, in the unit of the distances it is used on.

    Make one by the class methods, which say the formula.

    Examples
    --------
    >>> Decay.linear(400.0)([0.0, 100.0, 500.0]).tolist()
    [1.0, 0.75, 0.0]
    >>> Decay.steps([300.0, 600.0], [1.0, 0.5])([300.0, 301.0, 601.0]).tolist()
    [1.0, 0.5, 0.0]
    """

    form: str
    figures: tuple[float, ...]

    @classmethod
    def exponential(cls, scale: float) -> Decay:
        """exp(-d / scale)."""
        return cls("exponential", (_positive("exponential", "scale", scale),))

    @classmethod
    def gaussian(cls, scale: float) -> Decay:
        """exp(-d² / (2 scale²))."""
        return cls("gaussian", (_positive("gaussian", "scale", scale),))

    @classmethod
    def power(cls, scale: float, exponent: float) -> Decay:
        """(1 + d / scale)^-exponent: a power law that stays finite at distance zero."""
        return cls("power", (_positive("power", "scale", scale), _positive("power", "exponent", exponent)))

    @classmethod
    def linear(cls, reach: float) -> Decay:
        """max(0, 1 - d / reach)."""
        return cls("linear", (_positive("linear", "reach", reach),))

    @classmethod
    def logistic(cls, middle: float, scale: float) -> Decay:
        """(1 + exp(-middle / scale)) / (1 + exp((d - middle) / scale))."""
        return cls("logistic", (_positive("logistic", "middle", middle), _positive("logistic", "scale", scale)))

    @classmethod
    def steps(cls, bounds: ArrayLike, weights: ArrayLike) -> Decay:
        """Weight of the first bound that is not below d, zero beyond the last (Luo and Qi 2009).

        Parameters
        ----------
        bounds, weights : array_like, shape (K,)
            Bounds rise; weights lie between 0 and 1.
        """
        edges, worth = np.asarray(bounds, float), np.asarray(weights, float)
        sound = edges.ndim == 1 and edges.size > 0 and edges.shape == worth.shape
        if not (sound and np.all(np.diff(edges, prepend=0.0) > 0) and np.all((worth >= 0) & (worth <= 1))):
            raise ParameterError(
                f"Steps with bounds {edges.tolist()} and weights {worth.tolist()} are no decay",
                where="access decay",
                remedy="Give as many weights between 0 and 1 as bounds that rise above 0",
            )
        return cls("steps", (*edges.tolist(), *worth.tolist()))

    def __call__(self, distance: ArrayLike) -> NDArray[np.float64]:
        """Weights between 0 and 1 at these distances, of the same shape."""
        d = np.asarray(distance, float)
        f = self.figures
        if self.form == "exponential":
            return np.exp(-d / f[0])
        if self.form == "gaussian":
            return np.exp(-0.5 * (d / f[0]) ** 2)
        if self.form == "power":
            return (1.0 + d / f[0]) ** -f[1]
        if self.form == "linear":
            return np.maximum(0.0, 1.0 - d / f[0])
        if self.form == "logistic":
            with np.errstate(over="ignore"):
                return (1.0 + np.exp(-f[0] / f[1])) / (1.0 + np.exp((d - f[0]) / f[1]))
        if self.form == "steps":
            half = len(f) // 2
            return np.array([*f[half:], 0.0])[np.searchsorted(f[:half], d, side="left")]
        raise ParameterError(
            f"'{self.form}' is no decay", where="access decay", remedy=f"Use one of {', '.join(FORMS)}"
        )


def _positive(form: str, name: str, value: float) -> float:
    if not 0 < value < np.inf:
        raise ParameterError(
            f"The {name} of {form} decay is {value}", where="access decay", remedy="Give a number above 0"
        )
    return float(value)
