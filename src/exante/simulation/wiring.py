"""Wiring: models joined by the variables they read and write, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exante.quantities.declarations import Model
from exante.quantities.errors import WiringError


@dataclass(frozen=True)
class Wiring:
    """Models in an order in which every input is written before it is read.

    Parameters
    ----------
    models : tuple of Model
        In running order.
    writer : dict of str to str
        Name of the model that writes each result.
    """

    models: tuple[Model, ...]
    writer: dict[str, str]

    def tables(self) -> list[str]:
        """Tables of the city that any model reads, in alphabetical order."""
        return sorted({name.split(".")[0] for m in self.models for name in m.reads if "." in name})

    def edges(self) -> list[tuple[str, str, str]]:
        """Writer, variable and reader of every variable that passes between models."""
        return [
            (self.writer[name], name, model.name)
            for model in self.models
            for name in (*model.reads, *model.uses)
            if name in self.writer
        ]


def wire(models: Iterable[Model]) -> Wiring:
    """Join models by variable name.

    Raises
    ------
    WiringError
        If two models write one variable, nobody writes one that is read, or models form a loop.
    """
    models = sorted(models, key=lambda m: m.name)
    writer: dict[str, str] = {}
    for model in models:
        for name in model.writes:
            if name in writer:
                raise WiringError(
                    f"'{name}' is written by both {writer[name]} and {model.name}",
                    where="models",
                    remedy="Leave one of them out",
                )
            writer[name] = model.name
    for model in models:
        lost = [name for name in model.reads if "." not in name and name not in writer]
        if lost:
            raise WiringError(
                f"model {model.name} reads {', '.join(lost)}, which no model writes",
                where="models",
                remedy="Add a model that writes it",
            )
    ordered: list[Model] = []
    waiting = list(models)
    done: set[str] = set()
    while waiting:
        ready = [m for m in waiting if all(writer[n] in done for n in (*m.reads, *m.uses) if n in writer)]
        if not ready:
            raise WiringError(
                f"models {', '.join(m.name for m in waiting)} form a loop that nobody declared",
                where="models",
                remedy="Declare the loop with its stopping rule",
            )
        ordered += ready
        done |= {m.name for m in ready}
        waiting = [m for m in waiting if m.name not in done]
    return Wiring(tuple(ordered), writer)
