"""Measures of a policy, one module each, told apart by `kind`.

A new measure is a module of this package with a subclass of `base.Measure` that has its own `kind`; it is found by
itself.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from exante.policy.measures.base import Measure


def _found() -> dict[str, type[Measure]]:
    """Every measure of this package by its kind, in alphabetical order."""
    classes: dict[str, type[Measure]] = {}
    for entry in sorted(iter_modules(__path__), key=lambda m: m.name):
        module = import_module(f"{__name__}.{entry.name}")
        for made in vars(module).values():
            is_measure = isinstance(made, type) and issubclass(made, Measure) and made.__module__ == module.__name__
            if is_measure and isinstance(made.model_fields["kind"].default, str):
                classes[made.model_fields["kind"].default] = made
    return classes


#: Every measure by its kind.
MEASURES: dict[str, type[Measure]] = _found()

if TYPE_CHECKING:
    AnyMeasure = Measure
else:
    #: Any measure, discriminated by `kind`.
    AnyMeasure = Annotated[Union[tuple(MEASURES.values())], Field(discriminator="kind")]  # noqa: UP007

__all__ = ["MEASURES", "AnyMeasure", "Measure"]
