"""Declarations: what a model reads and writes, what an indicator counts, what a measure can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np

from exante.quantities import vocabulary
from exante.quantities.errors import WiringError
from exante.quantities.parameters import Parameter


class Inputs(Mapping[str, np.ndarray]):
    """What a model may see: the arrays it declared in `reads`, its parameters, and nothing else.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        City columns (`table.column`) and outputs of other models, by vocabulary name.
    parameters : mapping of str to float
        Drawn values by parameter name without the model's prefix.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray], parameters: Mapping[str, float]) -> None:
        self._arrays = dict(arrays)
        self.parameters = dict(parameters)

    def __getitem__(self, name: str) -> np.ndarray:
        try:
            return self._arrays[name]
        except KeyError:
            raise WiringError(f"a model reads '{name}' without declaring it", remedy="Add it to `reads`") from None

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def statistic(self, name: str, default: float | None = None) -> float:
        """A published figure of the whole city, from the table `statistics`.

        Raises
        ------
        MissingLayerError
            If the city does not have it and no default is given.
        """
        from exante.quantities.errors import MissingLayerError

        names = self["statistics.name"]
        hit = np.flatnonzero(names == name)
        if hit.size:
            return float(self["statistics.value"][hit[0]])
        if default is not None:
            return default
        raise MissingLayerError(
            f"the city has no published figure '{name}'",
            where="table statistics",
            remedy=f"Add a row '{name}' with its value, unit, year and source",
        )


@dataclass(frozen=True)
class Outputs:
    """What a run of a model gives.

    Parameters
    ----------
    arrays : dict of str to ndarray
        Every name in the model's `writes`, shaped as the vocabulary says.
    state : dict of str to ndarray, or None
        Warm start for the next run of the same model: a flat dict of arrays, so that the cache can keep
        it. Never part of a result.
    diagnostics : dict of str to float
        Gap reached, iterations, share of clamped factors and the like.
    """

    arrays: dict[str, np.ndarray]
    state: dict[str, np.ndarray] | None = None
    diagnostics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """Declaration of a model: wired by `simulation` through vocabulary names alone.

    Parameters
    ----------
    name : str
        Name, also of its folder and its page `docs/models/NAME.md`.
    reads, writes : tuple of str
        Vocabulary names.
    parameters : tuple of Parameter
        All of its parameters.
    run : callable
        `run(inputs, state) -> Outputs`; `state` is the warm start of a related run, or None.
    modules : tuple of str
        Packages whose source is the model's code version (the cache's key).
    optional : bool
        Left out, with the indicators that read it, where the city lacks a layer it reads.
    uses : tuple of str
        City columns and results of other models that it reads where they are to be had; where they are not, the model
        gets an array without rows.
    """

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    run: Callable[[Inputs, dict[str, np.ndarray] | None], Outputs]
    modules: tuple[str, ...]
    optional: bool = False
    uses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in (*self.reads, *self.writes, *self.uses):
            vocabulary.get(name)


@dataclass(frozen=True)
class Indicator:
    """Declaration of an outcome.

    Parameters
    ----------
    name : str
        Vocabulary name of the outcome; unit and meaning are there.
    title : str
        How a reader is told.
    better : str
        `"lower"`, `"higher"` or `"neither"`.
    counted : str
        Who and what is counted, in words.
    reads : tuple of str
        Vocabulary names.
    compute : callable
        `compute(inputs) -> float` in the vocabulary's unit.
    shown : bool
        False for a detail that is kept in the run folder and left out of tables.
    """

    name: str
    title: str
    better: str
    counted: str
    reads: tuple[str, ...]
    compute: Callable[[Inputs], float]
    shown: bool = True

    def __post_init__(self) -> None:
        if self.better not in ("lower", "higher", "neither"):
            raise WiringError(f"indicator {self.name}: better is lower, higher or neither, not {self.better!r}")
        for name in (self.name, *self.reads):
            vocabulary.get(name)

    @property
    def unit(self) -> str:
        """Unit of the outcome, from the vocabulary."""
        return vocabulary.get(self.name).unit


@runtime_checkable
class Measure(Protocol):
    """What every measure of a policy can do; the city is any frozen city."""

    kind: str

    def apply(self, city: Any) -> Any:
        """Another city, in which the measure is in force."""

    def describe(self) -> str:
        """What the measure does, in one plain sentence."""
