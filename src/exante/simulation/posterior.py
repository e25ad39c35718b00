"""The posterior that a calibrated city carries: members of an ensemble, drawn whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exante.city.city import City
from exante.quantities.errors import CityError


@dataclass(frozen=True)
class Posterior:
    """Joint values of fitted parameters.

    Attributes
    ----------
    names : tuple of str
        Full names, of models' parameters and of the city's modes.
    members : ndarray, shape (members, parameters)
    """

    names: tuple[str, ...]
    members: np.ndarray

    def medians(self) -> dict[str, float]:
        """Median of every parameter by itself."""
        return dict(zip(self.names, np.median(self.members, axis=0).tolist(), strict=True))

    def drawn(self, uniforms: np.ndarray) -> np.ndarray:
        """The member of each uniform in (0, 1), whole, so that correlations are kept; shape (draws, parameters)."""
        count = len(self.members)
        return np.asarray(self.members[np.minimum((uniforms * count).astype(int), count - 1)])


def read_posterior(city: City) -> Posterior | None:
    """The city's posterior, or None where it was not calibrated.

    Raises
    ------
    CityError
        If members lack parameters.
    """
    table = city.tables.get("posterior")
    if table is None or table.rows == 0:
        return None
    names, column = np.unique(table["parameter"].astype(str), return_inverse=True)
    draws, row = np.unique(table["draw"], return_inverse=True)
    members = np.full((len(draws), len(names)), np.nan)
    members[row, column] = table["value"]
    if np.isnan(members).any():
        draw, lost = np.argwhere(np.isnan(members))[0]
        raise CityError(
            f"member {draws[draw]} of the posterior has no value of {names[lost]}",
            where="table posterior",
            remedy="Calibrate the city again with `exante calibrate`",
        )
    return Posterior(tuple(names.tolist()), members)
