"""Draws of uncertain parameters: stratified, and the same for every policy and every machine.

Draw *k* of a parameter depends on the seed and the parameter's name only: each name has a nested Latin hypercube
sequence of its own (McKay, Beckman and Conover 1979; doubled in the manner of Sallaberry, Helton and Hora 2008).
Every power of two of draws has one value in each of as many equal strata, fewer draws are the first of more, and
names are independent of each other. Adding a policy, a model or a draw moves no other draw (common random numbers).

Parameters that a city's posterior holds are drawn from it: one uniform picks a whole member, so that correlations are
kept. All other parameters keep their draws.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np

from exante.quantities.distributions import Distribution
from exante.quantities.errors import ParameterError
from exante.quantities.parameters import Parameter, Spread, list_uncertain
from exante.simulation.posterior import Posterior

#: Name of the sequence that picks the member of a posterior.
POSTERIOR = "posterior"

#: Uniforms keep this far from 0 and 1, where quantiles of unbounded shapes are infinite.
SMALLEST = 2.0**-33


class Draws:
    """The draws of one study.

    Parameters
    ----------
    parameters : iterable of Parameter
        All parameters of all models.
    number : int
        How many draws; a power of two keeps every parameter evenly spread.
    seed : int
        Seed of all sequences.
    posterior : Posterior, optional
        Of the city; parameters that it holds are drawn from it, the city's modes among them.

    Examples
    --------
    >>> from exante.quantities.distributions import Distribution
    >>> share = Parameter("m.share", "1", Distribution("uniform", (0.0, 1.0), 0.0, 1.0), "x",
    ...                   Spread.UNCERTAINTY, "a share")
    >>> values = [Draws([share], 4, seed=1).values(k)["m.share"] for k in range(4)]
    >>> sorted(int(4 * v) for v in values)
    [0, 1, 2, 3]
    """

    def __init__(
        self, parameters: Iterable[Parameter], number: int, seed: int = 2024, posterior: Posterior | None = None
    ) -> None:
        if number < 1:
            raise ParameterError(f"{number} draws asked for", where="--draws", remedy="Ask for 1 or more; 64 is usual")
        self.number = number
        self.seed = seed
        self.parameters = tuple(sorted(parameters, key=lambda p: p.name))
        self._uncertain = list_uncertain(self.parameters)
        self._uniforms = {p.name: self._sequence(p.name) for p in self._uncertain}
        self._drawn = {p.name: p.distribution.quantile(self._uniforms[p.name]) for p in self._uncertain}
        self._fixed = {
            p.name: float(p.distribution.quantile(0.5))
            for p in self.parameters
            if p.spread is Spread.UNCERTAINTY and p.name not in self._uniforms
        }
        self._medians = {p.name: float(p.distribution.quantile(0.5)) for p in self._uncertain}
        if posterior is not None:
            self._use(posterior)

    def _use(self, posterior: Posterior) -> None:
        """Draw what the posterior holds from it; parameters that no model has any more are left out."""
        from exante.city.modes import PREFIX

        members = posterior.drawn(self._sequence(POSTERIOR))
        middle = posterior.medians()
        for k, name in enumerate(posterior.names):
            if name in self._drawn or name.startswith(PREFIX):
                self._drawn[name] = members[:, k]
                self._medians[name] = middle[name]

    def _sequence(self, name: str) -> np.ndarray:
        """Uniforms in (0, 1) of one name; shape (draws,)."""
        digest = hashlib.sha256(f"{self.seed}:{name}".encode()).digest()
        random = np.random.default_rng(int.from_bytes(digest[:16], "little"))
        values = random.random(1)
        while len(values) < self.number:
            strata = 2 * len(values)
            empty = np.setdiff1d(np.arange(strata), np.floor(values * strata).astype(np.int64))
            values = np.concatenate([values, (random.permutation(empty) + random.random(len(empty))) / strata])
        return np.clip(values[: self.number], SMALLEST, 1 - SMALLEST)

    def values(self, draw: int) -> dict[str, float]:
        """Value of every parameter in draw `draw`, by full name."""
        return self._fixed | {name: float(values[draw]) for name, values in self._drawn.items()}

    def medians(self) -> dict[str, float]:
        """Every parameter at its median: the central state that all draws start from."""
        return self._fixed | self._medians

    def policy_uniforms(self, paths: Mapping[str, Distribution]) -> list[dict[str, float]]:
        """Uniforms of a policy's own distributions in every draw, by path."""
        columns = {path: self._sequence(path) for path in paths}
        return [{path: float(column[k]) for path, column in columns.items()} for k in range(self.number)]

    def table(self) -> tuple[list[str], np.ndarray]:
        """Names of the uncertain parameters and their values, shape (draws, parameters)."""
        names = list(self._drawn)
        return names, np.column_stack([self._drawn[n] for n in names]) if names else np.empty((self.number, 0))

