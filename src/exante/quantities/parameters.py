"""Uncertain parameters: a distribution, a unit, a source, and whose spread it is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from exante.quantities.distributions import Distribution
from exante.quantities.errors import ExanteError, ParameterError
from exante.quantities.units import factor


class Spread(StrEnum):
    """Whose spread a distribution describes; a parameter has one of them, never both."""

    UNCERTAINTY = "uncertainty"
    BETWEEN_PEOPLE = "between people"


@dataclass(frozen=True)
class Parameter:
    """A number of a model that is not known exactly, or differs between people.

    Parameters
    ----------
    name : str
        `model.name`, unique in exante.
    unit : str
        Unit in pint's notation.
    distribution : Distribution
        Prior, in that unit.
    source : str
        Key of an entry in `docs/references.bib`.
    spread : Spread
        `UNCERTAINTY` is drawn; `BETWEEN_PEOPLE` is integrated within every draw.
    meaning : str
        One sentence.
    verified : bool
        False where the figure has not been checked in its source.
    """

    name: str
    unit: str
    distribution: Distribution
    source: str
    spread: Spread
    meaning: str
    verified: bool = True


def read_parameters(path: Path, prefix: str) -> tuple[Parameter, ...]:
    """Parameters of one model from its `parameters.toml`, named `prefix.key`, in the file's order.

    Raises
    ------
    ParameterError
        With every fault of the file.
    """
    faults: list[str] = []
    found: list[Parameter] = []
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"the file is not valid TOML ({error})", where=path.name, remedy="Mend it") from error
    for key, entry in document.items():
        where = f"{path.name}, {key}"
        if not isinstance(entry, dict):
            faults.append(f"{key} is not a table")
            continue
        missing = {"unit", "source", "meaning", "distribution"} - set(entry)
        if missing:
            faults.append(f"{key} lacks {', '.join(sorted(missing))}")
            continue
        try:
            factor(entry["unit"], entry["unit"])
            found.append(
                Parameter(
                    name=f"{prefix}.{key}",
                    unit=entry["unit"],
                    distribution=Distribution.read(entry["distribution"], where=where),
                    source=entry["source"],
                    spread=Spread(entry.get("spread", "uncertainty")),
                    meaning=entry["meaning"],
                    verified=entry.get("verified", True),
                )
            )
        except ExanteError as error:
            faults.append(f"{key}: {error.what}")
        except ValueError as error:
            faults.append(f"{key}: {error}")
    if faults:
        raise ParameterError("; ".join(faults), where=str(path.name), remedy="Mend these entries")
    return tuple(found)


def list_uncertain(parameters: Iterable[Parameter]) -> list[Parameter]:
    """The parameters that are drawn: uncertain and not known exactly."""
    return [p for p in parameters if p.spread is Spread.UNCERTAINTY and not p.distribution.known]
