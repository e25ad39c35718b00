"""Dated policies of a city's history: ordinary policy documents, read by the floor above.

The city cannot know the measures (they are above it), so whoever reads policy documents registers the
reader once; `exante.policy` does so when it is imported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from exante.quantities.errors import CityError

if TYPE_CHECKING:
    from exante.city.city import City


class Applicable(Protocol):
    """A policy that can be applied to a city."""

    def apply(self, city: City) -> City:
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
        If a document has no start, or no reader of policy documents is at hand.
    """
    chosen = []
    for number, document in enumerate(documents, start=1):
        starts = document.get("starts")
        if not isinstance(starts, dt.date):
            raise CityError(
                f"entry {number} of the history has no date 'starts'",
                where="history.toml",
                remedy="Write starts = YYYY-MM-DD",
            )
        ends = document.get("ends")
        if after < starts <= until and (ends is None or until < ends):
            chosen.append((starts, number, document))
    if chosen and not _readers:
        raise CityError(
            "the city's history holds policies, but nothing that reads policy documents is loaded",
            where="history.toml",
            remedy="import exante.policy",
        )
    return [_readers[-1](doc, f"history.toml, entry {n}") for _, n, doc in sorted(chosen, key=lambda c: c[:2])]
