"""What all parts of a policy document share: frozen models without unknown keys, and faults with a remedy."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Part(BaseModel):
    """A part of a policy document: frozen, and unknown keys are forbidden."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def fault(what: str, remedy: str) -> PydanticCustomError:
    """A fault of a document's value; the reader adds file and line."""
    return PydanticCustomError("exante", "{what}", {"what": what, "remedy": remedy})


#: Names of a city (zones, streets, links) that a remedy offers at most.
OFFERED = 8


def nearest(names: str | Iterable[str], known: Iterable[str], *, noun: str = "Known", most: int = 12) -> str:
    """Remedy for unknown names: those close to any of them, and `most` that are known, close ones first."""
    at_hand = list(dict.fromkeys(known))
    plain = {n.casefold(): n for n in reversed(at_hand)}
    wanted = (names,) if isinstance(names, str) else names
    close = list(
        dict.fromkeys(plain[n] for name in wanted for n in get_close_matches(name.casefold(), plain, n=3, cutoff=0.7))
    )[:most]
    first = at_hand if len(at_hand) <= most else [*close, *(n for n in at_hand if n not in close)][:most]
    more = f" and {len(at_hand) - most} more" if len(at_hand) > most else ""
    listed = f"{noun}: {', '.join(_legible(n) for n in first) or 'none'}{more}"
    return f"Did you mean {' or '.join(_legible(n) for n in close)}? {listed}" if close else listed


def _legible(name: str) -> str:
    """The name, in quotes where a comma in it would read as two."""
    return f"'{name}'" if "," in name else name


def any_of(names: Iterable[str]) -> str:
    """Unknown names in a sentence: `'x', 'y' or 'z'`."""
    return in_list([f"'{name}'" for name in names], "or")


def as_names(value: object) -> tuple[str, ...]:
    """One name or a list of names, as a tuple.

    Raises
    ------
    PydanticCustomError
        If it is neither, or empty.
    """
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names or not all(isinstance(n, str) and n.strip() for n in names):
        raise fault(f"{value!r} is not a name or a list of names", 'Write "name" or ["name", "other name"]')
    return tuple(names)


def counted(number: float, noun: str = "link") -> str:
    """A number of things: `1 link`, `4,012 links`."""
    return f"{int(number):,} {noun}{'' if int(number) == 1 else 's'}"


def in_list(items: Iterable[Any], joint: str = "and") -> str:
    """Items in a sentence: `a, b and c`."""
    words = [str(item) for item in items]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"
