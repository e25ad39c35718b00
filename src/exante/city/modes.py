"""Low-rank modes of a city: free parameters that scale a column along a declared pattern.

What no source observed row by row (jobs by area, traffic by gate) is wrong in patterns more than in single rows. A
mode is such a pattern: rows of the table `demand_modes` with a loading each. Its value is a parameter like any
other: drawn, fitted, or zero, which leaves the city as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from exante.quantities.errors import CityError

if TYPE_CHECKING:
    from exante.city.city import City

#: Names of modes begin so; the rest is told by their declaration.
PREFIX = "city."
#: Columns whose sum a mode keeps: it moves what they count and makes none.
KEPT = ("zones.jobs", "zones.services", "gates.weight")
#: Least capacity of a link, pce/hour/lane: the vocabulary's own.
LEAST_CAPACITY = 50.0


def apply_modes(city: City, parameters: Mapping[str, float]) -> City:
    """The city with its modes at the values that `parameters` give.

    ``value_i' = value_i exp(sum_k a_k loading_ik)``, scaled so that sums of demand stay; modes without a
    value are zero.

    Parameters
    ----------
    city : City
        With a table `demand_modes`; without one it is returned as it is.
    parameters : mapping of str to float
        By full name; names that are no modes are not looked at.

    Raises
    ------
    CityError
        If a mode has a value and the city does not declare it, or a loading's row is not in the city.
    """
    told = {name: value for name, value in parameters.items() if name.startswith(PREFIX) and value != 0.0}
    if not told:
        return city
    modes = city.tables.get("demand_modes")
    names = modes["parameter"] if modes is not None else np.array([], dtype=object)
    lost = sorted(set(told) - set(names.tolist()))
    if lost:
        raise CityError(
            f"the city declares no mode {', '.join(lost)}",
            where="table demand_modes",
            remedy="Use the posterior with the city it was fitted on",
        )
    assert modes is not None
    amount = np.array([told.get(name, 0.0) for name in names]) * modes["loading"]
    for column in dict.fromkeys(modes["column"].tolist()):
        at = (modes["column"] == column) & (amount != 0.0)
        if at.any():
            city = _scaled(city, column, modes["id"][at], amount[at])
    return city


def _scaled(city: City, column: str, ids: np.ndarray, amount: np.ndarray) -> City:
    name, field = column.split(".", 1)
    table = city.table(name)
    rows = table.positions(ids)
    if (rows < 0).any():
        raise CityError(
            f"'{ids[int(np.flatnonzero(rows < 0)[0])]}' of a mode is not in {name}",
            where="table demand_modes",
            remedy="Calibrate the city again: its tables have changed",
        )
    total = np.zeros(table.rows)
    np.add.at(total, rows, amount)
    before = table[field]
    after = before * np.exp(total)
    if column in KEPT and after.sum() > 0:
        after *= before.sum() / after.sum()
    if column == "links.capacity":
        after = np.maximum(after, np.minimum(before, LEAST_CAPACITY))
    return city.with_table(table.with_columns(**{field: after}))
