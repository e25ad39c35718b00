"""Jobs, places of study and services by zone, varied within their stated uncertainty, the city's total kept."""

from __future__ import annotations

import numpy as np

from exante.city.city import City
from exante.quantities.errors import UserError

#: Columns of zones that carry a coefficient of variation, `NAME_cv`.
COLUMNS = ("jobs", "school_places", "services")


def vary(city: City, column: str, scores: np.ndarray) -> np.ndarray:
    """The column under one draw of its zones' factors.

    ``value_i exp(sigma_i z_i) * total / sum``, with ``sigma_i^2 = ln(1 + cv_i^2)``: medians are the city's values, and
    the total stays.

    Parameters
    ----------
    city : City
    column : str
        A name in `COLUMNS`.
    scores : ndarray, shape (zones,)
        Standard normal numbers, one a zone.

    Returns
    -------
    ndarray, shape (zones,)
        In the column's own unit.

    Raises
    ------
    UserError
        If the column has no stated spread, or there is not one number for each zone.
    """
    zones = city.table("zones")
    if column not in COLUMNS or f"{column}_cv" not in zones:
        stated = ", ".join(c for c in COLUMNS if f"{c}_cv" in zones) or "none"
        raise UserError(f"zones.{column} has no stated spread", where=f"city {city.name}", remedy=f"Stated: {stated}")
    if np.shape(scores) != (zones.rows,) or not np.isfinite(scores).all():
        raise UserError(f"{zones.rows} finite numbers are needed, one a zone", where=f"zones.{column}")
    value = zones[column]
    varied = value * np.exp(np.sqrt(np.log1p(zones[f"{column}_cv"] ** 2)) * scores)
    whole = varied.sum()
    return np.asarray(varied * (value.sum() / whole)) if whole > 0 else value.copy()
