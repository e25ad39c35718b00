"""Draws of uncertain parameters: quasi-random, and the same for every policy and every machine.

Draw *k* of a parameter depends on the seed, its name and its Sobol dimension only. Models' parameters take
the first dimensions in the order of their names, policies' the later ones by a hash of their path, so that
adding a policy never moves a model's draws (common random numbers). Each dimension is scrambled by its own
random lower-triangular matrix and shift (Matoušek 1998), which keeps every power of two of draws stratified.

Parameters that a city's posterior holds are drawn from it: one uniform, of a dimension that no model takes, picks a
whole member, so that correlations are kept. All other parameters keep their dimension and their draws.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping

import numpy as np
from scipy.stats import qmc

from exante.quantities.distributions import Distribution
from exante.quantities.errors import ParameterError
from exante.quantities.parameters import Parameter, Spread, list_uncertain
from exante.simulation.posterior import Posterior

MODEL_DIMENSIONS = 512
POLICY_DIMENSIONS = 512
#: Dimension that picks the member of a posterior: the last of the models'.
POSTERIOR_DIMENSION = MODEL_DIMENSIONS - 1
_BITS = 32


class Draws:
    """The draws of one study.

    Parameters
    ----------
    parameters : iterable of Parameter
        All parameters of all models.
    number : int
        How many draws; a power of two keeps every parameter evenly spread.
    seed : int
        Seed of the scrambling.
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
        if len(self._uncertain) > POSTERIOR_DIMENSION:
            raise ParameterError(f"{len(self._uncertain)} uncertain parameters, at most {POSTERIOR_DIMENSION}")
        self._points = _sobol(number)
        self._uniforms = {p.name: self._scrambled(i, p.name) for i, p in enumerate(self._uncertain)}
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

        members = posterior.drawn(self._scrambled(POSTERIOR_DIMENSION, "posterior"))
        middle = posterior.medians()
        for k, name in enumerate(posterior.names):
            if name in self._drawn or name.startswith(PREFIX):
                self._drawn[name] = members[:, k]
                self._medians[name] = middle[name]

    def _scrambled(self, dimension: int, name: str) -> np.ndarray:
        """Uniforms in (0, 1) of one dimension, scrambled by its own name; shape (draws,)."""
        digest = hashlib.sha256(f"{self.seed}:{name}".encode()).digest()
        random = np.random.default_rng(int.from_bytes(digest[:16], "little"))
        matrix = np.tril(random.integers(0, 2, (_BITS, _BITS)), -1) + np.eye(_BITS, dtype=np.int64)
        shift = random.integers(0, 2, _BITS)
        bits = (self._points[:, dimension, None] >> np.arange(_BITS - 1, -1, -1)) & 1
        mixed = (bits @ matrix.T + shift) % 2
        weights = 0.5 ** np.arange(1, _BITS + 1)
        return mixed @ weights + 0.5 ** (_BITS + 1)

    def values(self, draw: int) -> dict[str, float]:
        """Value of every parameter in draw `draw`, by full name."""
        return self._fixed | {name: float(values[draw]) for name, values in self._drawn.items()}

    def medians(self) -> dict[str, float]:
        """Every parameter at its median: the central state that all draws start from."""
        return self._fixed | self._medians

    def policy_uniforms(self, paths: Mapping[str, Distribution]) -> list[dict[str, float]]:
        """Uniforms of a policy's own distributions in every draw, by path."""
        taken: dict[int, str] = {}
        columns: dict[str, np.ndarray] = {}
        for path in sorted(paths):
            slot = int.from_bytes(hashlib.sha256(path.encode()).digest()[:8], "little") % POLICY_DIMENSIONS
            while slot in taken:
                slot = (slot + 1) % POLICY_DIMENSIONS
            taken[slot] = path
            columns[path] = self._scrambled(MODEL_DIMENSIONS + slot, path)
        return [{path: float(column[k]) for path, column in columns.items()} for k in range(self.number)]

    def table(self) -> tuple[list[str], np.ndarray]:
        """Names of the uncertain parameters and their values, shape (draws, parameters)."""
        names = list(self._drawn)
        return names, np.column_stack([self._drawn[n] for n in names]) if names else np.empty((self.number, 0))


def _sobol(number: int) -> np.ndarray:
    """Unscrambled Sobol points as 32-bit integers, shape (draws, all dimensions)."""
    sobol = qmc.Sobol(MODEL_DIMENSIONS + POLICY_DIMENSIONS, scramble=False, bits=_BITS)
    points = sobol.random_base2(max(0, math.ceil(math.log2(number))))[:number]
    return np.floor(points * 2.0**_BITS).astype(np.int64)
