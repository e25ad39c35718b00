"""The cases of ASHRAE 140-2020 as data: a base case, and changes to it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from exante.quantities.errors import UserError


@dataclass(frozen=True)
class Case:
    """One case: what differs from the base case, with everything else filled in; see `ashrae140.toml` for units."""

    name: str
    wall: str
    roof: str
    floor: str
    glazing: str
    glazed: dict[str, int]
    shade: str
    infiltration: float
    gains: float
    gains_radiant: float
    outer_absorptance: float
    inner_absorptance: float
    outer_emittance: float
    inner_emittance: float
    heating: float
    cooling: float
    setback: float
    night_ventilation: float
    free_float: bool
    films_inside: str
    films_outside: str
    sunspace: bool = False


@cache
def specification() -> dict[str, Any]:
    """The whole of `ashrae140.toml`."""
    return tomllib.loads(files(__package__).joinpath("ashrae140.toml").read_text(encoding="utf-8"))


def list_cases() -> list[str]:
    """Names of all cases, in the order of the file."""
    return list(specification()["cases"])


def get_case(name: str) -> Case:
    """A case by its name.

    Raises
    ------
    UserError
        For a case that the standard's envelope tests do not have.
    """
    document = specification()
    known = {key.upper(): key for key in document["cases"]}
    key = known.get(name.strip().upper())
    if key is None:
        raise UserError(
            f"ASHRAE 140 has no case {name!r}", where="--cases", remedy=f"Choose from {', '.join(known.values())}"
        )
    chain = []
    at: str | None = key
    while at is not None:
        chain.append(document["cases"][at])
        at = chain[-1].get("from")
    merged = dict(document["defaults"])
    for change in reversed(chain):
        merged |= change
    names = {f.name for f in fields(Case)}
    return Case(name=key, **{k: v for k, v in merged.items() if k in names})
