"""The steps of a build, a module each; a new layer is a new module here with its `STEP`."""

from __future__ import annotations

import importlib
import pkgutil

from exante.sources.layers.step import Assembly, Makes, Step, in_order, run_steps

__all__ = ["Assembly", "Makes", "Step", "list_steps", "run_steps"]


def list_steps() -> tuple[Step, ...]:
    """Every step, in running order.

    Raises
    ------
    SourceError
        If a step names one that is not there, or steps wait for each other.
    """
    modules = (importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__))
    return in_order(tuple(m.STEP for m in modules if hasattr(m, "STEP")))
