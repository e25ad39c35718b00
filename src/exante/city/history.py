"""Dated policies of a city's history: ordinary policy documents, read by the floor above.

The city cannot know the measures (they are above it), so whoever reads policy documents registers the
reader once; `exante.policy` does so when it is imported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from exante.quantities.errors import CityError


class Applicable(Protocol):
    """A policy that can be applied to a city."""

    def apply(self, city: Any) -> Any:
        """The city with the policy in force."""


_readers: list[Callable[[Mapping[str, Any], str], Applicable]] = []


def register_reader(reader: Callable[[Mapping[str, Any], str], Applicable]) -> None:
    """Let `reader(document, where)` turn the documents of a history into policies."""
    if reader not in _readers:
        _readers.append(reader)


def in_force(documents: Sequence[Mapping[str, Any]], *, after: dt.date, until: dt.date) -> list[Applicable]:
    """Policies that start after one day and not later than another, in order of their start.

    Raises
    ------
    CityError
        If a document has no start, a policy that is in force already ends in between, or no reader of
        policy documents is at hand.
    """
    chosen = []
    for number, document in enumerate(documents, start=1):
        starts = _day(document, "starts", number)
        ends = _day(document, "ends", number) if "ends" in document else None
        if ends is not None and starts <= after < ends <= until:
            raise CityError(
                f"entry {number} of the history is in force on {after} and ends on {ends}: the city cannot undo it",
                where="history.toml",
                remedy="Open the city again and take it to the later date in one step, or build it with a later as_of",
            )
        if after < starts <= until and (ends is None or until < ends):
            chosen.append((starts, number, document))
    if chosen and not _readers:
        raise CityError(
            "the city's history holds policies, but nothing that reads policy documents is loaded",
            where="history.toml",
            remedy="import exante.policy",
        )
    return [_readers[-1](doc, f"history.toml, entry {n}") for _, n, doc in sorted(chosen, key=lambda c: c[:2])]


def _day(document: Mapping[str, Any], key: str, number: int) -> dt.date:
    value = document.get(key)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise CityError(
        f"entry {number} of the history has no date '{key}'",
        where="history.toml",
        remedy=f"Write {key} = YYYY-MM-DD",
    )
