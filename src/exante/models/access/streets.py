"""Columns of streets as arrays of rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.quantities.errors import NetworkError


def open_links(allowed_uses: np.ndarray, use: str) -> NDArray[np.bool_]:
    """Which links a use (walk, bike) is allowed on, shape (links,).

    Examples
    --------
    >>> open_links(np.array(["auto,bus", "auto,walk"], dtype=object), "walk").tolist()
    [False, True]
    """
    uses, number = np.unique(allowed_uses.astype(str), return_inverse=True)
    return np.array([use in text.split(",") for text in uses], dtype=bool)[number]


def rows(index: dict[str, int], ids: np.ndarray, name: str) -> NDArray[np.int64]:
    """Row of each id.

    Raises
    ------
    NetworkError
        If an id is not in the index.
    """
    found = np.array([index.get(value, -1) for value in ids.tolist()], dtype=np.int64)
    if (found < 0).any():
        lost = ids[int(np.flatnonzero(found < 0)[0])]
        raise NetworkError(f"'{lost}' of {name} is not in the city", where=name, remedy="Check the city's tables")
    return found
