"""Reading policy documents: every fault with its line and remedy, all reported together."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from functools import reduce
from importlib.resources import files
from operator import add
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from exante.policy.document import nearest
from exante.policy.measures import MEASURES
from exante.policy.policy import Policy
from exante.policy.toml_lines import Path as KeyPath
from exante.policy.toml_lines import key_lines, line_of
from exante.quantities.errors import PolicyError


def list_policies() -> list[str]:
    """Names of the policy documents that ship with exante."""
    folder = files("exante.policy").joinpath("documents")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def read_policy(name_or_path: str | Path) -> Policy:
    """The policy of a document: a path ending in `.toml`, or the name of a shipped one.

    Raises
    ------
    PolicyError
        If there is no such document, or with every fault it has.

    Examples
    --------
    >>> read_policy("citta-30").title
    'Città 30'
    """
    text = str(name_or_path)
    if not text.endswith(".toml") and not Path(text).is_file():
        shipped = list_policies()
        if text not in shipped:
            raise PolicyError(
                f"there is no policy called '{text}'",
                remedy=f"{nearest(text, shipped, noun='Shipped')}. Or give the path of a .toml document",
            )
        entry = files("exante.policy").joinpath("documents", f"{text}.toml")
        return read_text(entry.read_text(encoding="utf-8"), f"{text}.toml")
    path = Path(text)
    try:
        content = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PolicyError("the document is not UTF-8 text", where=text, remedy="Save it as UTF-8") from error
    except OSError as error:
        raise PolicyError(
            f"the document cannot be read ({error.strerror})",
            where=text,
            remedy=f"Check the path, or use a shipped policy: {', '.join(list_policies())}",
        ) from error
    return read_text(content, text, folder=path.parent)


def read_text(text: str, where: str, *, folder: Path | None = None) -> Policy:
    """The policy of a TOML text; `where` names it in errors, `folder` holds the files it names.

    Raises
    ------
    PolicyError
        With every fault and its line.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        told, _, place = str(error).partition(" (at ")
        line = place.split(",")[0].removesuffix(")")
        number = line.removeprefix("line ")
        written = _DATE_LINE.match(text.splitlines()[int(number) - 1]) if number.isdigit() else None
        if written and not _is_date(written["date"]):
            raise PolicyError(
                f"{written['key']} = {written['date']}: there is no such date",
                where=f"{where}, {line}",
                remedy="Write a day of the calendar as YYYY-MM-DD",
            ) from error
        raise PolicyError(
            f"the document is not valid TOML: {told[:1].lower()}{told[1:]}",
            where=f"{where}, {line}" if line else where,
            remedy='Text stands in quotes, keys are followed by =, e.g. speed = { value = 30, unit = "km/h" }',
        ) from error
    return read_document(document, where, folder=folder, lines=key_lines(text))


_DATE_LINE = re.compile(r"\s*(?P<key>[A-Za-z0-9_-]+)\s*=\s*(?P<date>\d{4}-\d{2}-\d{2})\s*(?:#.*)?$")


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def read_document(
    document: Mapping[str, Any], where: str, *, folder: Path | None = None, lines: dict[KeyPath, int] | None = None
) -> Policy:
    """The policy of a document that is already a mapping (an entry of a city's history, JSON).

    Raises
    ------
    PolicyError
        With every fault.
    """
    if set(document) == {"policy"}:
        entries = document["policy"]
        if not isinstance(entries, list) or not entries:
            raise PolicyError("the document holds no policy", where=where, remedy="Write [[policy]] entries")
        return reduce(add, [_read(entry, where, folder, lines or {}, ("policy", i)) for i, entry in enumerate(entries)])
    return _read(document, where, folder, lines or {}, ())


def _read(
    document: Mapping[str, Any], where: str, folder: Path | None, lines: dict[KeyPath, int], prefix: KeyPath
) -> Policy:
    try:
        return Policy.model_validate(document, context={"folder": folder})
    except ValidationError as error:
        faults = [_told(dict(entry), lines, prefix) for entry in error.errors(include_url=False)]
    if len(faults) == 1:
        line, what, remedy = faults[0]
        raise PolicyError(what, where=f"{where}, line {line}" if line else where, remedy=remedy)
    faults.sort(key=lambda fault: fault[0] or 0)
    shown = " ".join(
        f"[{number}] {f'line {line}: ' if line else ''}{what}. {remedy.rstrip('.')}."
        for number, (line, what, remedy) in enumerate(faults, start=1)
    )
    raise PolicyError(f"the document has {len(faults)} faults", where=where, remedy=shown)


def _told(entry: dict[str, Any], lines: dict[KeyPath, int], prefix: KeyPath) -> tuple[int | None, str, str]:
    """Line, fault and remedy of one of pydantic's errors."""
    path = _document_path(entry["loc"])
    line = line_of(lines, (*prefix, *path))
    key = str(path[-1]) if path else "the document"
    if path and isinstance(path[-1], int):
        key = f"measure {path[-1] + 1}"
    context = entry.get("ctx", {})
    match entry["type"]:
        case "exante":
            return line, context["what"], context["remedy"]
        case "extra_forbidden":
            return line, f"unknown key '{key}'", nearest(key, _keys_at(entry["loc"][:-1]), noun="Keys here")
        case "missing":
            owner = f"measure {path[1] + 1}" if len(path) == 3 and isinstance(path[1], int) else "the document"
            owner = "a table" if len(path) > 3 else owner
            return line, f"{owner} has no '{key}'", _MISSING.get(key, f"Add {key} = …")
        case "union_tag_not_found":
            return line, f"measure {key_number(path)} has no 'kind'", f"Write kind = one of {', '.join(MEASURES)}"
        case "union_tag_invalid":
            tag = str(context.get("tag"))
            return (
                line_of(lines, (*prefix, *path, "kind")),
                f"there is no measure of kind '{tag}'",
                nearest(tag, MEASURES, noun="Kinds"),
            )
        case "literal_error":
            return line, f"{key} = {entry['input']!r} is not known", f"Use {context['expected']}"
        case "string_too_short":
            return line, f"'{key}' is empty", _MISSING.get(key, "Fill it in or leave it out")
        case kind if kind in _FORMS:
            noun, remedy = _FORMS[kind]
            return line, f"{key} = {_shown(entry['input'])} is not {noun}", remedy
        case _:
            told = str(entry["msg"])
            return (
                line,
                f"{key} = {entry['input']!r} does not fit: {told[:1].lower()}{told[1:]}",
                _MISSING.get(key, "See docs/policies.md"),
            )


_MISSING = {
    "measure": 'Add at least one [[measure]] with its kind, e.g. kind = "speed_limit"',
    "title": 'Add title = "…"',
    "speed": 'Add speed = { value = 30, unit = "km/h" }',
    "where": 'Add where = { within = "built-up" }',
    "around": 'Add around = { within = "centre" }',
    "hours": 'Add hours = "07:30-19:00"',
    "amount": 'Add amount = { value = 5, unit = "EUR" }',
    "unit": 'Add unit = "EUR"',
}

_DATE = ("a date", "Write it as YYYY-MM-DD, without quotes")
_TRUTH = ("true or false", "Write true or false, without quotes")
_TABLE = ("a table", "Write { key = value }")
_FORMS = {
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "string_type": ("text", "Write it in quotes"),
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "tuple_type": ("a list of measures", "Write [[measure]] with double brackets"),
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
}


def _shown(value: object) -> str:
    """A value of the document as an error shows it, long ones cut."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}…"


def key_number(path: KeyPath) -> int:
    """Number of the measure, from 1, that a path leads to."""
    return next((part + 1 for part in path if isinstance(part, int)), 1)


def _document_path(loc: tuple[Any, ...]) -> KeyPath:
    """Pydantic's location without the kind that it inserts after a measure's number."""
    return tuple(part for i, part in enumerate(loc) if not (i == 2 and loc[0] == "measure" and part in MEASURES))


def _keys_at(loc: tuple[Any, ...]) -> list[str]:
    """Keys that the table at `loc` may hold."""
    model: type[BaseModel] = Policy
    for part in loc:
        if part in MEASURES:
            model = MEASURES[part]
            continue
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        nested = _models(fields[part].annotation) if part in fields and part != "measure" else []
        model = nested[0] if nested else model
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models(argument)]
