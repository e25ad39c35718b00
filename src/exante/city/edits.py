"""Edits: the one way in which a city changes, whoever asks (policy, scenario, yearly transition)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from exante.city.table import Table, as_kind
from exante.quantities import vocabulary
from exante.quantities.errors import CityError

if TYPE_CHECKING:
    from exante.city.city import City


@dataclass(frozen=True)
class Edit:
    """New values of one column for some rows, under outside identifiers.

    Parameters
    ----------
    table, column : str
        What is edited.
    ids : ndarray of str, shape (edited,)
        Keys of the rows.
    new : ndarray, shape (edited,)
        Values after the edit, in the vocabulary's unit.
    why : str
        Reason in plain words.
    old : ndarray, shape (edited,), optional
        Values before; filled when the edit is applied. If given, they must agree with the city.
    """

    table: str
    column: str
    ids: np.ndarray
    new: np.ndarray
    why: str
    old: np.ndarray | None = field(default=None)

    def apply(self, city: City) -> City:
        """The city after the edit; only the edited column is copied.

        Raises
        ------
        CityError
            If an identifier is unknown, or `old` does not agree with the city.
        """
        table = city.table(self.table)
        rows = self._rows(table)
        values = np.array(table[self.column])
        if self.old is not None and not _equal(values[rows], self.old):
            raise CityError(
                f"the values that an edit of {self.table}.{self.column} expects are not those of the city",
                where=f"table {self.table}",
                remedy="Apply edits in the order in which they were made",
            )
        kind = vocabulary.get(f"{self.table}.{self.column}").kind
        values[rows] = as_kind(self._fit(self.new, rows), kind, f"{self.table}.{self.column}")
        return city.with_table(table.with_columns(**{self.column: values}))

    def filled(self, city: City) -> Edit:
        """The same edit with the city's present values as `old`."""
        table = city.table(self.table)
        rows = self._rows(table)
        old = table[self.column][rows]
        return Edit(self.table, self.column, self.ids, self._fit(self.new, rows), self.why, old)

    def _rows(self, table: Table) -> np.ndarray:
        rows = table.positions(self.ids)
        if (rows < 0).any():
            lost = [str(self.ids[i]) for i in np.flatnonzero(rows < 0)[:5]]
            raise CityError(
                f"{int((rows < 0).sum())} identifiers of an edit are not in the city, first {', '.join(lost)}",
                where=f"table {self.table}",
                remedy="The edit was made for another network: rebuild it on this city",
            )
        return rows

    def _fit(self, values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """One value for each row, a single one repeated."""
        given = np.asarray(values)
        if given.shape not in ((), (1,), rows.shape):
            raise CityError(
                f"an edit of {self.table}.{self.column} has {given.size} values for {rows.size} rows",
                where=f"table {self.table}",
                remedy="Give one value for all rows, or one for each",
            )
        return np.broadcast_to(given, rows.shape)

    def reverse(self) -> Edit:
        """The edit that takes this one back.

        Raises
        ------
        CityError
            If `old` was never filled.
        """
        if self.old is None:
            raise CityError("an edit without old values cannot be reversed", remedy="Use Edit.filled(city) first")
        return Edit(self.table, self.column, self.ids, self.old, f"reverse of: {self.why}", np.asarray(self.new))


@dataclass(frozen=True)
class Append:
    """New rows of a table (a toll, a transit line); rules are mostly written this way.

    Parameters
    ----------
    table : str
        Table that grows.
    rows : mapping of str to array-like
        Column to values of the new rows.
    why : str
        Reason in plain words.
    """

    table: str
    rows: Mapping[str, Any]
    why: str

    def apply(self, city: City) -> City:
        """The city with the rows added."""
        table = city.tables.get(self.table) or Table.empty(self.table)
        return city.with_table(table.append(self.rows))


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind == "f" and b.dtype.kind == "f":
        return bool(np.array_equal(a, b, equal_nan=True))
    return bool(np.array_equal(a, b))
