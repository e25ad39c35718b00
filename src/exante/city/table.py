"""Tables whose columns are frozen, shared between copies, and known by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from exante.quantities import vocabulary
from exante.quantities.errors import CityError, VocabularyError


class Column:
    """One frozen column; its content hash is computed once and travels with it.

    Parameters
    ----------
    values : ndarray, shape (rows,)
        Values in the vocabulary's kind: float64, int64, bool, or objects (str, geometry).
    """

    __slots__ = ("_sha256", "values")

    def __init__(self, values: np.ndarray) -> None:
        values.setflags(write=False)
        self.values = values
        self._sha256: str | None = None

    @property
    def sha256(self) -> str:
        """Content hash, equal for equal values whatever file they came from."""
        if self._sha256 is None:
            self._sha256 = _content_hash(self.values)
        return self._sha256


def _content_hash(values: np.ndarray) -> str:
    digest = hashlib.sha256(f"{len(values)}".encode())
    if values.dtype != object:
        digest.update(values.dtype.str.encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    elif isinstance(next((v for v in values if v is not None), None), shapely.Geometry):
        digest.update(b"geometry")
        for wkb in shapely.to_wkb(values):
            digest.update(wkb or b"\0")
    else:
        digest.update(b"text")
        for value in values:
            data = b"\0missing" if value is None else str(value).encode()
            digest.update(len(data).to_bytes(4, "little") + data)
    return digest.hexdigest()


def as_kind(values: Any, kind: str, name: str) -> np.ndarray:
    """`values` as the array the vocabulary's kind asks for, missing text as None.

    Raises
    ------
    CityError
        If a value cannot be read as that kind, with the first such row.
    """
    if kind == "geometry":
        result = np.empty(len(values), dtype=object)
        result[:] = list(values)
        return result
    if kind in ("str", "date"):
        series = pd.Series(values, dtype=object)
        result = np.empty(len(series), dtype=object)
        result[:] = [None if v is None or v is pd.NA or v != v else str(v) for v in series.tolist()]
        return result
    dtype = {"float": np.float64, "int": np.int64, "bool": np.bool_}[kind]
    array = np.asarray(values)
    if kind == "bool" and array.dtype != bool:
        texts = {True: True, False: False}  # 1 and 0 are equal to these keys
        bad = [i for i, v in enumerate(array.tolist()) if v not in texts]
        if bad:
            raise CityError(f"row {bad[0]} of {name} is {array.tolist()[bad[0]]!r}, not true or false", where=name)
        return np.array([texts[v] for v in array.tolist()], dtype=bool)
    try:
        numbers = array.astype(np.float64)
        if kind == "int" and not (np.isfinite(numbers).all() and np.array_equal(numbers, np.round(numbers))):
            raise ValueError("not whole numbers")
        return numbers.astype(dtype)
    except (TypeError, ValueError) as error:
        raise CityError(f"{name} holds values that are not numbers ({error})", where=name) from error


class Table(Mapping[str, np.ndarray]):
    """A frozen table of one kind of thing; copies share the columns they do not change.

    Parameters
    ----------
    name : str
        Name of the table in the vocabulary.
    columns : mapping of str to array-like, shape (rows,)
        Every column has an entry `name.column` in the vocabulary.

    Raises
    ------
    VocabularyError
        If a column is not in the vocabulary.
    CityError
        If columns differ in length or hold values of another kind.
    """

    def __init__(self, name: str, columns: Mapping[str, Any]) -> None:
        self.name = name
        self._columns: dict[str, Column] = {}
        for key, values in columns.items():
            variable = vocabulary.get(f"{name}.{key}")
            self._columns[key] = (
                values if isinstance(values, Column) else Column(as_kind(values, variable.kind, f"{name}.{key}").copy())
            )
        lengths = {key: len(column.values) for key, column in self._columns.items()}
        if len(set(lengths.values())) > 1:
            raise CityError(f"columns of table {name} differ in length: {lengths}", where=f"table {name}")
        self._rows = next(iter(lengths.values()), 0)

    @classmethod
    def empty(cls, name: str) -> Table:
        """A table with all of its columns and no row."""
        return cls(name, {v.column: [] for v in vocabulary.list_columns(name)})

    @classmethod
    def from_frame(cls, name: str, frame: pd.DataFrame) -> Table:
        """Table from a (Geo)DataFrame; columns that the vocabulary does not have are refused."""
        return cls(name, {key: frame[key].to_numpy() for key in frame.columns})

    def __getitem__(self, column: str) -> np.ndarray:
        try:
            return self._columns[column].values
        except KeyError:
            vocabulary.get(f"{self.name}.{column}")
            raise VocabularyError(
                f"this city's table {self.name} has no column '{column}'",
                where=f"table {self.name}",
                remedy=f"Columns at hand: {', '.join(self._columns)}",
            ) from None

    def get(self, column: str, default: Any = None) -> Any:
        """The column, or `default` where the table does not have it."""
        found = self._columns.get(column)
        return default if found is None else found.values

    def __contains__(self, column: object) -> bool:
        return column in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __eq__(self, other: object) -> bool:
        """Equal tables hold equal columns, in any order."""
        if not isinstance(other, Table):
            return NotImplemented
        mine, theirs = ({c: t.sha256(c) for c in t} for t in (self, other))
        return self.name == other.name and mine == theirs

    __hash__ = None  # type: ignore[assignment]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self._rows

    def sha256(self, column: str) -> str:
        """Content hash of one column."""
        self[column]
        return self._columns[column].sha256

    @property
    def key(self) -> str:
        """Name of the key column, or `""` where rows have no identifier."""
        return next((v.column for v in vocabulary.list_columns(self.name) if v.key), "")

    def with_columns(self, **columns: Any) -> Table:
        """A copy with these columns replaced or added; the others are shared."""
        return Table(self.name, {**self._columns, **columns})

    def append(self, rows: Mapping[str, Any]) -> Table:
        """A copy with `rows` (column to values) added at the end; absent columns are missing.

        Raises
        ------
        CityError
            If a required column is absent.
        VocabularyError
            If a column is not in the vocabulary.
        """
        for column in rows:
            vocabulary.get(f"{self.name}.{column}")
        count = len(next(iter(rows.values())))
        joined: dict[str, Any] = {}
        for variable in vocabulary.list_columns(self.name):
            column = variable.column
            if column not in self and column not in rows:
                continue
            if column in rows:
                new = as_kind(rows[column], variable.kind, variable.name)
            elif variable.required:
                raise CityError(f"new rows of table {self.name} lack '{column}'", where=f"table {self.name}")
            else:
                new = missing(variable.kind, count)
            old = self[column] if column in self else missing(variable.kind, self.rows)
            joined[column] = np.concatenate([old, new])
        return Table(self.name, joined)

    def positions(self, ids: np.ndarray) -> np.ndarray:
        """Row of each identifier; -1 where the table does not have it (shape of `ids`).

        Raises
        ------
        CityError
            If rows of this table have no identifier.
        """
        if not self.key:
            raise CityError(f"rows of table {self.name} have no identifier", where=f"table {self.name}")
        index = {value: i for i, value in enumerate(self[self.key])}
        return np.array([index.get(value, -1) for value in ids], dtype=np.int64)

    def frame(self) -> pd.DataFrame:
        """The table as a DataFrame (geometry as shapely objects)."""
        return pd.DataFrame({key: column.values for key, column in self._columns.items()})


def missing(kind: str, rows: int) -> np.ndarray:
    """Missing values of a kind, shape (rows,); zero for numbers and flags that cannot be missing."""
    if kind == "float":
        return np.full(rows, np.nan)
    if kind in ("int", "bool"):
        return np.zeros(rows, dtype=np.int64 if kind == "int" else bool)
    return np.full(rows, None, dtype=object)
