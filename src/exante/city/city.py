"""The frozen city."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from exante.city.rules import RULES, Rules
from exante.city.table import Table
from exante.quantities.errors import CityError, MissingLayerError

#: What the levels of a layer mean, in the words every output uses.
LEVELS = {
    0: "sketched from published statistics",
    1: "open data",
    2: "calibrated to observation, hold-out error stated",
}


@dataclass(frozen=True)
class Provenance:
    """Where a layer came from.

    Parameters
    ----------
    title, url, licence, attribution : str
        As the publisher asks to be cited.
    date : str
        Date of the data or of its retrieval at the source (ISO 8601), never of the build.
    sha256 : str
        Hash of the file that was read; empty for typed-in statistics.
    """

    title: str
    url: str
    licence: str
    attribution: str = ""
    date: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Layer:
    """Provenance and maturity of one table.

    Parameters
    ----------
    level : int
        0 sketched from published statistics, 1 open data, 2 calibrated with a stated hold-out error.
    sources : tuple of Provenance
        Every source the table rests on.
    note : str
        What a reader has to know before relying on it.
    """

    level: int
    sources: tuple[Provenance, ...] = ()
    note: str = ""


class EditLike(Protocol):
    """Anything that turns a city into another."""

    def apply(self, city: City) -> City:
        """The city after the edit."""


@dataclass(frozen=True)
class City:
    """A city on a date: frozen tables, their provenance, and the dated policies of its history.

    Parameters
    ----------
    name, title : str
        Short name (of its folder) and the name a reader is shown.
    as_of : datetime.date
        The day whose rules and networks the tables describe.
    crs : str
        Projected reference system of every geometry, as `EPSG:code`.
    tables : mapping of str to Table
        By name; the rules' tables may be absent, which means empty.
    layers : mapping of str to Layer
        Provenance of each table.
    history : tuple of mappings
        Policy documents in force around `as_of`, each with `starts`; see `City.at`.
    """

    name: str
    title: str
    as_of: dt.date
    crs: str
    tables: Mapping[str, Table] = field(default_factory=dict)
    layers: Mapping[str, Layer] = field(default_factory=dict)
    history: tuple[Mapping[str, Any], ...] = ()

    def table(self, name: str) -> Table:
        """The table `name`.

        Raises
        ------
        MissingLayerError
            If the city does not have it; it says which layer to add.
        """
        if name in self.tables:
            return self.tables[name]
        if name in RULES:
            return Table.empty(name)
        raise MissingLayerError(
            f"city '{self.name}' has no layer '{name}'",
            where=f"city {self.name}, layers {', '.join(sorted(self.tables))}",
            remedy=f"Add the table '{name}': build the city again from a source that holds it",
        )

    def has_column(self, name: str) -> bool:
        """Whether the city has the column `table.column`; columns of rules are always there."""
        table, column = name.split(".", 1)
        return column in self.table(table) if table in self.tables or table in RULES else False

    def column(self, name: str) -> np.ndarray:
        """The column `table.column`, shape (rows,)."""
        table, column = name.split(".", 1)
        return self.table(table)[column]

    def sha256(self, name: str) -> str:
        """Content hash of the column `table.column`."""
        table, column = name.split(".", 1)
        return self.table(table).sha256(column)

    @property
    def rules(self) -> Rules:
        """Tolls, bans, prices and hours in force: always there, mostly empty."""
        return Rules(self.table)

    def with_table(self, table: Table) -> City:
        """A copy with this table in place of the one of the same name."""
        return replace(self, tables={**self.tables, table.name: table})

    def edit(self, edits: Iterable[EditLike]) -> City:
        """The city after these edits, in order."""
        city = self
        for edit in edits:
            city = edit.apply(city)
        return city

    def level(self, table: str) -> int:
        """Maturity of a table; 0 where nothing is stated."""
        return self.layers[table].level if table in self.layers else 0

    @property
    def is_sketch(self) -> bool:
        """True where streets or zones are sketched: numbers teach the tool, they decide nothing."""
        return any(name in self.layers and self.layers[name].level == 0 for name in ("links", "zones"))

    def at(self, date: dt.date) -> City:
        """The city under the rules of another day, by the dated policies of its history.

        Policies of the history that start after `as_of` and not later than `date` are applied in
        order of their start (and, if they expire, only before their end).

        Raises
        ------
        CityError
            If `date` is before the city's own: what was in force then is not known.
        """
        from exante.city.history import in_force

        if date < self.as_of:
            raise CityError(
                f"city '{self.name}' describes {self.as_of} and cannot be taken back to {date}",
                where=f"city {self.name}",
                remedy="Build the city with an earlier as_of",
            )
        city = self
        for policy in in_force(self.history, after=self.as_of, until=date):
            city = policy.apply(city)
        return replace(city, as_of=date)
