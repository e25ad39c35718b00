"""The state of a city in one draw: every model's outputs, and how they were got."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from exante.city.city import City
from exante.quantities import vocabulary
from exante.quantities.declarations import Indicator, Inputs, Model, Outputs
from exante.quantities.errors import WiringError
from exante.simulation.cache import OutputCache, content_key, run_key
from exante.simulation.wiring import Wiring

#: Bytes of a result that is known by its values.
FEW = 8192


@dataclass(frozen=True)
class ModelRun:
    """One run of one model."""

    content: str
    key: str
    outputs: Outputs


@dataclass(frozen=True)
class CityState:
    """What all models say of one city in one draw.

    Parameters
    ----------
    city : City
        The city they read.
    runs : dict of str to ModelRun
        By model name.
    parameters : dict of str to float
        Drawn values by full name.
    """

    city: City
    runs: Mapping[str, ModelRun]
    parameters: Mapping[str, float]
    results: dict[str, np.ndarray] = field(default_factory=dict)

    def read(self, name: str) -> np.ndarray:
        """A city column (`table.column`) or a model's result."""
        return self.city.column(name) if "." in name else self.results[name]

    def value(self, indicator: Indicator) -> float:
        """Value of an indicator in the vocabulary's unit."""
        return float(indicator.compute(Inputs({n: self.read(n) for n in indicator.reads}, {})))

    def diagnostics(self) -> dict[str, float]:
        """Diagnostics of all models as `model.name`."""
        return {f"{m}.{k}": v for m, run in self.runs.items() for k, v in run.outputs.diagnostics.items()}


class Simulator:
    """Runs all models on a city.

    Parameters
    ----------
    wiring : Wiring
        Models in order.
    cache : OutputCache, optional
        Where outputs are kept between runs.
    """

    def __init__(self, wiring: Wiring, cache: OutputCache | None = None) -> None:
        self.wiring = wiring
        self.cache = cache or OutputCache(None)

    def run(self, city: City, parameters: Mapping[str, float], start: CityState | None = None) -> CityState:
        """State of `city` under drawn `parameters` (by full name).

        Parameters
        ----------
        city : City
            Any city: a model cannot tell a baseline from a policy.
        parameters : mapping of str to float
            Value of every uncertain parameter.
        start : CityState, optional
            Related state that iterations start from. A model whose content key equals the start's is not
            run: its outputs are the start's.
        """
        runs: dict[str, ModelRun] = {}
        results: dict[str, np.ndarray] = {}
        for model in self.wiring.models:
            own = {n.split(".", 1)[1]: v for n, v in parameters.items() if n.startswith(f"{model.name}.")}
            used = [n for n in model.uses if (city.has_column(n) if "." in n else n in results)]
            hashes = [
                (n, city.sha256(n) if "." in n else _known_by(results[n], runs[self.wiring.writer[n]].content + n))
                for n in (*model.reads, *used)
            ]
            content = content_key(model, hashes, own)
            before = start.runs.get(model.name) if start else None
            if before is not None and before.content == content:
                runs[model.name] = before
            else:
                key = run_key(content, before.key if before else "")
                outputs = self.cache.get(key)
                if outputs is None:
                    arrays = {n: city.column(n) if "." in n else results[n] for n in model.reads}
                    arrays |= {n: np.zeros(0) for n in model.uses}
                    arrays |= {n: city.column(n) if "." in n else results[n] for n in used}
                    inputs = Inputs(arrays, own)
                    outputs = _checked(model, model.run(inputs, before.outputs.state if before else None))
                    self.cache.put(key, outputs)
                runs[model.name] = ModelRun(content, key, outputs)
            results |= runs[model.name].outputs.arrays
        return CityState(city, runs, parameters, results)


def _known_by(array: np.ndarray, content: str) -> str:
    """Hash that stands for an input: its values where they are few, else the content key of what wrote it.

    A policy that changes the fleet and not which cars are barred then leaves traffic as it is.
    """
    if array.nbytes > FEW:
        return content
    return hashlib.sha256(array.dtype.str.encode() + np.ascontiguousarray(array).tobytes()).hexdigest()


def _checked(model: Model, outputs: Outputs) -> Outputs:
    """The outputs, if they are those the model declared.

    Raises
    ------
    WiringError
        If a result is missing or undeclared, has other dims than the vocabulary, or holds NaN.
    """
    faults = [f"{n} is missing" for n in model.writes if n not in outputs.arrays]
    faults += [f"{n} is not declared" for n in outputs.arrays if n not in model.writes]
    for name, array in outputs.arrays.items():
        dims = vocabulary.get(name).dims
        if np.ndim(array) != len(dims):
            faults.append(f"{name} has {np.ndim(array)} dims, the vocabulary says {dims}")
        elif not np.isfinite(array).all():
            faults.append(f"{name} holds values that are not finite")
    if faults:
        raise WiringError(f"model {model.name}: {'; '.join(faults)}", where=f"model {model.name}")
    for array in outputs.arrays.values():
        array.setflags(write=False)
    return outputs
