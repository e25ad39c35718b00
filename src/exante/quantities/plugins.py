"""Parts of other institutes: packages that declare models, indicators and variables by entry point.

A package says in its `pyproject.toml`::

    [project.entry-points."exante.models"]
    trees = "citytrees.model:MODEL"
    [project.entry-points."exante.indicators"]
    trees = "citytrees.indicators:INDICATORS"
    [project.entry-points."exante.vocabulary"]
    trees = "citytrees.variables:TEXT"

`MODEL` is a `Model` or a sequence of them, `INDICATORS` likewise, `TEXT` a text in the form of `vocabulary.toml` that
adds variables and changes none.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from exante.quantities.errors import WiringError

T = TypeVar("T")


def load(group: str, wanted: type[T]) -> list[T]:
    """What installed packages declare under `group`, in alphabetical order of the entry points' names.

    Raises
    ------
    WiringError
        If an entry point cannot be loaded, or gives something else.
    """
    found: list[T] = []
    for entry in sorted(entry_points(group=group), key=lambda e: (e.name, e.value)):
        made: Any = _loaded(entry, group)
        for part in made if isinstance(made, list | tuple) else [made]:
            if not isinstance(part, wanted):
                raise WiringError(
                    f"the entry point '{entry.name}' of {group} gives a {type(part).__name__}, not a {wanted.__name__}",
                    where=entry.value,
                    remedy="Correct the package that declares it, or uninstall it",
                )
            found.append(part)
    return found


def _loaded(entry: EntryPoint, group: str) -> Any:
    try:
        return entry.load()
    except Exception as error:
        raise WiringError(
            f"the entry point '{entry.name}' of {group} cannot be loaded ({type(error).__name__}: {error})",
            where=entry.value,
            remedy="Correct the package that declares it, or uninstall it",
        ) from error
