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


def nearest(name: str, known: Iterable[str], *, noun: str = "Known") -> str:
    """Remedy for an unknown name: the close ones, or the first twelve that are known."""
    names = list(dict.fromkeys(known))
    folded = {n.casefold(): n for n in reversed(names)}
    close = [folded[n] for n in get_close_matches(name.casefold(), folded, n=3, cutoff=0.7)]
    shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    listed = f"{noun}: {shown or 'none'}"
    return f"Did you mean {' or '.join(close)}? {listed}" if close else listed


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
