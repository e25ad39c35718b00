"""Income by named zone (a table of names and amounts) to the areas inside.

Traps of the Bologna file: semicolons, a byte-order mark, 18 zones for 90 areas, and names that differ in
abbreviation ("S. Viola" for "Santa Viola", "S. Vitale" for "San Vitale").
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd

from exante.quantities.errors import SourceError

#: Words that stand for "saint" and are dropped where names are compared.
SAINTS = {"s", "san", "santa", "santo", "sant"}


def plain(name: str) -> str:
    """A name for comparing: no accents, case, points or saints.

    Examples
    --------
    >>> plain("S. Viola") == plain("Santa Viola"), plain("Costa Saragozza")
    (True, 'costa saragozza')
    """
    text = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()
    words = "".join(c if c.isalnum() else " " for c in text).split()
    return " ".join(w for w in words if w not in SAINTS)


def read_income(path: Path, name: str, amount: str) -> dict[str, float]:
    """Income by zone name as `plain` gives it, EUR per year.

    Raises
    ------
    SourceError
        If a column is absent, or an amount is no positive number.
    """
    frame = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    absent = [c for c in (name, amount) if c not in frame]
    if absent:
        raise SourceError(
            f"the income table lacks {', '.join(absent)}: expected {name}, {amount}; found {', '.join(frame.columns)}",
            where=path.name,
            remedy="Correct the columns in the city's file",
        )
    value = pd.to_numeric(frame[amount].str.replace(".", "", regex=False).str.replace(",", "."), errors="coerce")
    bad = np.flatnonzero(~(value.to_numpy() > 0))
    if bad.size:
        raise SourceError(
            f"'{frame[amount].iloc[bad[0]]}' for {frame[name].iloc[bad[0]]} is no income",
            where=f"{path.name}, line {bad[0] + 2}",
            remedy="Correct the row or leave it out",
        )
    return {plain(n): float(v) for n, v in zip(frame[name], value, strict=True)}


def by_group(groups: pd.Series, income: dict[str, float], notes: list[str]) -> np.ndarray:
    """Income of every zone from the larger zone it lies in, NaN where there is none, shape (zones,)."""
    found = np.array([income.get(plain(str(g)), np.nan) for g in groups])
    lost = sorted({str(g) for g, v in zip(groups, found, strict=True) if np.isnan(v)})
    unused = sorted(set(income) - {plain(str(g)) for g in groups})
    text = f"income: {int(np.isfinite(found).sum())} of {len(found)} zones from {len(income)} larger zones"
    if lost:
        text += f"; none for {', '.join(lost)}"
    if unused:
        text += f"; unused: {', '.join(unused)}"
    notes.append(text)
    return found
