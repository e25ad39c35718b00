"""Tables of text as portals publish them: every cell read as written, columns and numbers checked before use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from exante.quantities.errors import SourceError


def require(found: Iterable[object], expected: Sequence[str], file: str, reader: str) -> None:
    """Refuse a table that lacks a column, and show both sides.

    Parameters
    ----------
    found, expected : sequence of str
        Columns of the file, and those that are read.
    file : str
        Name of the file.
    reader : str
        Module that would have to follow the change.

    Raises
    ------
    SourceError
        If one is absent.
    """
    have = [str(c) for c in found]
    absent = [c for c in expected if c not in have]
    if absent:
        raise SourceError(
            f"the table lacks {', '.join(absent)}: expected {', '.join(expected)}; found {', '.join(have[:60])}",
            where=file,
            remedy=f"The publisher changed its columns: adapt {reader}",
        )


def read_text(path: Path, expected: Sequence[str], reader: str, sep: str = ",") -> pd.DataFrame:
    """A CSV (or the only file of a zip) with every cell as text, blanks as `""`.

    Raises
    ------
    SourceError
        If it cannot be read or lacks a column.
    """
    try:
        frame = pd.read_csv(path, sep=sep, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (ValueError, OSError) as error:
        raise SourceError(f"the table cannot be read ({error})", where=path.name, remedy="Fetch it again") from error
    require(frame.columns, expected, path.name, reader)
    return frame


def to_numbers(
    texts: pd.Series, file: str, *, low: float = -np.inf, high: float = np.inf, blanks: Sequence[str] = ("", "NA")
) -> np.ndarray:
    """Numbers of a column of text, NaN where blank, shape (rows,).

    Parameters
    ----------
    texts : Series of str
        Its name is that of the column.
    file : str
        Name of the file.
    low, high : float
        Bounds that a number must keep, both included.
    blanks : sequence of str
        What stands for a missing value.

    Raises
    ------
    SourceError
        If a cell is neither blank nor a number within the bounds, with its line.
    """
    numbers = pd.to_numeric(texts.where(~texts.isin(blanks)), errors="coerce").to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero(~texts.isin(blanks).to_numpy() & ~((numbers >= low) & (numbers <= high)))
    if bad.size:
        bounds = "" if np.isinf(low) and np.isinf(high) else f" between {low:g} and {high:g}"
        raise SourceError(
            f"'{texts.iloc[bad[0]]}' in column {texts.name} is no number{bounds}",
            where=f"{file}, line {int(bad[0]) + 2}",
            remedy="Correct the row or leave it blank",
        )
    return numbers
