"""Scenarios: what changes with and without the policy until a year (population, fleet, grid, prices, climate).

A scenario is a policy document with one thing more: wherever a number stands, ``by_year`` may stand with numbers for
some years. For a year it is an ordinary policy, between two years in a straight line; outside the years given it is an
error, because a forecast that silently stops a trend is wrong.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from exante.policy.document import nearest
from exante.policy.policy import Policy
from exante.policy.reading import read_document
from exante.quantities.errors import PolicyError

BY_YEAR = "by_year"
#: Years that a scenario may speak of.
FIRST, LAST = 1990, 2100


@dataclass(frozen=True)
class Scenario:
    """A document whose numbers depend on the year.

    Attributes
    ----------
    title, source : str
    text : str
        As it was read.
    where : str
        Where it came from, for errors.
    """

    title: str
    source: str
    text: str
    where: str
    raw: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def years(self) -> tuple[int, int]:
        """First and last year for which every number is given; no bounds where none depends on the year."""
        spans = [(min(table), max(table)) for table in _tables(self.raw, self.where)]
        return (max(s[0] for s in spans), min(s[1] for s in spans)) if spans else (FIRST, LAST)

    def at_year(self, year: int) -> Policy:
        """The scenario as an ordinary policy.

        Raises
        ------
        PolicyError
            If a number is not given for the year, or the document has faults.
        """
        first, last = self.years
        if not first <= year <= last:
            raise PolicyError(
                f"the scenario '{self.title}' is given from {first} to {last}, not for {year}",
                where=self.where,
                remedy=f"Ask for a horizon up to {last}, or add values for {year} with their source",
            )
        return read_document(_filled(self.raw, year, self.where), self.where)


def list_scenarios() -> list[str]:
    """Names of the scenarios that ship with exante."""
    folder = files("exante.policy").joinpath("scenarios")
    return sorted(e.name.removesuffix(".toml") for e in folder.iterdir() if e.name.endswith(".toml"))


def read_scenario(name_or_path: str | Path) -> Scenario:
    """A scenario by path (ending in `.toml`) or shipped name.

    Raises
    ------
    PolicyError
        If there is none, or it has faults (those of one year are found when the year is asked for).

    Examples
    --------
    >>> read_scenario("no-change").at_year(2040).edits.__name__
    'edits'
    """
    text = str(name_or_path)
    if text.endswith(".toml"):
        try:
            content = Path(text).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PolicyError(f"the scenario cannot be read ({error})", where=text, remedy="Check the path") from error
    else:
        if text not in list_scenarios():
            raise PolicyError(
                f"there is no scenario called '{text}'",
                where="--scenario",
                remedy=f"{nearest(text, list_scenarios(), noun='Shipped')}. Or give the path of a .toml document",
            )
        content = files("exante.policy").joinpath("scenarios", f"{text}.toml").read_text(encoding="utf-8")
        text = f"{text}.toml"
    try:
        raw = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"the scenario is not valid TOML: {error}", where=text, remedy="Correct the line") from error
    if not isinstance(raw.get("title"), str) or not raw["title"]:
        raise PolicyError("the scenario has no title", where=text, remedy='Write title = "…"')
    found = Scenario(str(raw["title"]), str(raw.get("source", "")), content, text, raw)
    first, last = found.years
    if first > last:
        raise PolicyError(
            f"the numbers of the scenario '{found.title}' share no year",
            where=text,
            remedy="Give every number for the same span of years",
        )
    found.at_year(min(max(first, FIRST), last))
    return found


def _tables(node: Any, where: str) -> Iterator[dict[int, Any]]:
    """Every table by year of a document."""
    if isinstance(node, Mapping):
        if BY_YEAR in node:
            yield _table(node[BY_YEAR], where)
        else:
            for value in node.values():
                yield from _tables(value, where)
    elif isinstance(node, list):
        for value in node:
            yield from _tables(value, where)


def _table(given: Any, where: str) -> dict[int, Any]:
    remedy = "Write for example by_year = { 2025 = 1.0, 2030 = 0.8 }"
    if not isinstance(given, Mapping) or not given:
        raise PolicyError("by_year is not a table of years", where=where, remedy=remedy)
    table = {}
    for key, value in given.items():
        if not (key.isdigit() and FIRST <= int(key) <= LAST):
            raise PolicyError(f"'{key}' is not a year between {FIRST} and {LAST}", where=where, remedy=remedy)
        table[int(key)] = value
    return table


def _filled(node: Any, year: int, where: str) -> Any:
    """The document with every table by year replaced by its value for the year."""
    if isinstance(node, Mapping):
        if BY_YEAR in node:
            value = _value(_table(node[BY_YEAR], where), year, where)
            rest = {k: v for k, v in node.items() if k != BY_YEAR}
            if not rest:
                return value
            return {**rest, **(value if isinstance(value, dict) else {"value": value})}
        return {k: _filled(v, year, where) for k, v in node.items()}
    return [_filled(v, year, where) for v in node] if isinstance(node, list) else node


def _value(table: dict[int, Any], year: int, where: str) -> Any:
    years = sorted(table)
    at = bisect_left(years, year)
    if years[at] == year or at == 0:
        return table[years[at]]
    before, after = years[at - 1], years[at]
    return _between(table[before], table[after], (year - before) / (after - before), where)


def _between(a: Any, b: Any, share: float, where: str) -> Any:
    """Value between two, number by number.

    Examples
    --------
    >>> _between({"uniform": [0.0, 1.0]}, {"uniform": [1.0, 3.0]}, 0.5, "")
    {'uniform': [0.5, 2.0]}
    """
    number = (int, float)
    if isinstance(a, number) and isinstance(b, number) and not isinstance(a, bool) and not isinstance(b, bool):
        return (1.0 - share) * a + share * b
    if isinstance(a, Mapping) and isinstance(b, Mapping) and set(a) == set(b):
        return {k: _between(a[k], b[k], share, where) for k in a}
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [_between(x, y, share, where) for x, y in zip(a, b, strict=True)]
    if a == b:
        return a
    raise PolicyError(
        f"nothing lies between {a!r} and {b!r}", where=where, remedy="Give numbers, or distributions of one shape"
    )
