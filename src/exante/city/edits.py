"""Edits: the one way in which a city changes, whoever asks (policy, scenario, yearly transition)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from exante.city.table import Table, as_kind, missing
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
        values = _column(table, self.column)
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
        old = _column(table, self.column)[rows]
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


def _column(table: Table, column: str) -> np.ndarray:
    """A copy of the column; missing values where the city has none and need not have it."""
    variable = vocabulary.get(f"{table.name}.{column}")
    if column in table or variable.required:
        return np.array(table[column])
    return missing(variable.kind, table.rows)


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind == "f" and b.dtype.kind == "f":
        return bool(np.array_equal(a, b, equal_nan=True))
    return bool(np.array_equal(a, b))


@dataclass(frozen=True)
class Scale:
    """A column times a factor in the rows that a column of the table names; several of them commute.

    Parameters
    ----------
    table, column : str
        What is multiplied.
    by : str
        Column of the table whose values choose the rows (its key, or another such as `zone_id`).
    ids : ndarray of str, shape (chosen,)
        Values of `by`.
    factor : ndarray, shape (chosen,) or ()
        Dimensionless, >= 0.
    why : str
        Reason in plain words.
    """

    table: str
    column: str
    by: str
    ids: np.ndarray
    factor: np.ndarray
    why: str

    def apply(self, city: City) -> City:
        """The city after the change; missing values stay missing.

        Raises
        ------
        CityError
            If a value of `by` is in no row, or a factor is negative or missing.
        """
        place, rows = _chosen(city, self.table, self.by, self.ids)
        factor = np.broadcast_to(np.asarray(self.factor, dtype=float), (len(self.ids),))
        if not (np.isfinite(factor) & (factor >= 0)).all():
            raise CityError(f"a factor of {self.table}.{self.column} is negative or missing", where=self.why)
        values = np.array(city.table(self.table)[self.column])
        values[rows] = values[rows] * factor[place]
        return city.with_table(city.table(self.table).with_columns(**{self.column: values}))


@dataclass(frozen=True)
class Add:
    """Amounts added to a column of keyed rows; several of them commute.

    Parameters
    ----------
    table, column : str
        What grows or shrinks.
    ids : ndarray of str, shape (chosen,)
        Keys of the rows.
    amount : ndarray, shape (chosen,) or ()
        In the vocabulary's unit.
    why : str
        Reason in plain words.
    """

    table: str
    column: str
    ids: np.ndarray
    amount: np.ndarray
    why: str

    def apply(self, city: City) -> City:
        """The city after the change.

        Raises
        ------
        CityError
            If a key is unknown, or a value would fall below the vocabulary's minimum.
        """
        table = city.table(self.table)
        place, rows = _chosen(city, self.table, table.key, self.ids)
        values = np.array(table[self.column])
        amount = np.broadcast_to(np.asarray(self.amount, dtype=float), (len(self.ids),))
        values[rows] = values[rows] + amount[place]
        least = vocabulary.get(f"{self.table}.{self.column}").minimum
        if least is not None and (values[rows] < least).any():
            worst = int(rows[np.argmin(values[rows])])
            raise CityError(
                f"{self.table}.{self.column} of {table[table.key][worst]} would be {float(values[worst]):g}",
                where=self.why,
                remedy="Take away less than there is",
            )
        return city.with_table(table.with_columns(**{self.column: values}))


def _chosen(city: City, table: str, by: str, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For every chosen row the place of its value in `ids`, and the row."""
    column = city.table(table)[by].astype(str)
    wanted = np.asarray(ids).astype(str)
    order = np.argsort(wanted, kind="stable")
    at = np.minimum(np.searchsorted(wanted[order], column), max(len(wanted) - 1, 0))
    hit = wanted[order][at] == column if len(wanted) else np.zeros(len(column), dtype=bool)
    lost = np.setdiff1d(wanted, column)
    if len(lost):
        raise CityError(
            f"{len(lost)} values of {table}.{by} that an edit names are not in the city, first {', '.join(lost[:5])}",
            where=f"table {table}",
            remedy="The edit was made for another city: rebuild it on this one",
        )
    rows = np.flatnonzero(hit)
    return order[at[rows]], rows
