"""The people of a city as a cube: sums for models, and what may be shown of it.

A sum over a margin that a source observed, or that was derived from one by a stated rule, is shown as it is. A joint
count that no margin holds is the expectation of a raked seed: it is shown with bounds that hold whatever the truth
behind the margins is. Small counts are not shown at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from exante.city.city import City
from exante.kernels.bounds import frechet_bounds
from exante.quantities.errors import CityError, UserError
from exante.quantities.labels import LABELS

#: Dimensions of the cube, in the order of its axes.
DIMS = ("zone", "age", "sex", "income_band", "car", "household_size")
#: Counts below this are not shown (persons; judgement, in the range that statistical offices suppress).
SMALLEST_SHOWN = 10.0
_WORST = ("observed", "derived", "assumed")


def cube(city: City) -> np.ndarray:
    """Expected residents, shape (zones, ages, sexes, income bands, cars, household sizes).

    Zones are in the order of the table `zones`, the others in that of `exante.quantities.labels`.

    Raises
    ------
    MissingLayerError
        If the city has no table `people`.
    CityError
        If a cell names a zone or label that is not known.
    """
    table = city.table("people")
    zone = city.table("zones").positions(table["zone_id"])
    where = [zone]
    for dim in DIMS[1:]:
        index = pd.Index(LABELS[dim])
        where.append(index.get_indexer(pd.Index(table[dim])))
    for dim, at in zip(DIMS, where, strict=True):
        if (at < 0).any():
            raise CityError(f"row {int(np.flatnonzero(at < 0)[0])} of people has a {dim} nobody knows", where="people")
    shape = (city.table("zones").rows, *(len(LABELS[dim]) for dim in DIMS[1:]))
    flat = np.ravel_multi_index(where, shape)
    return np.bincount(flat, weights=table["persons"], minlength=int(np.prod(shape))).reshape(shape)


def count(city: City, *dims: str) -> np.ndarray:
    """Expected residents by the named dimensions, axes in the order asked.

    Parameters
    ----------
    city : City
    *dims : str
        Names in `DIMS`; none gives the total.

    Raises
    ------
    UserError
        If a name is not a dimension of the cube, or stands twice.

    Examples
    --------
    ``count(city, "zone", "car")`` has shape (zones, 2): without and with a car.
    """
    return _summed(cube(city), dims)


def car_availability(city: City) -> np.ndarray:
    """Share of adults (15 and more) with a car they can use, by zone; NaN where nobody lives, shape (zones,)."""
    adults = count(city, "zone", "age", "car")[:, 1:].sum(axis=1)
    whole = adults.sum(axis=1)
    return np.divide(adults[:, 1], whole, out=np.full(len(whole), np.nan), where=whole > 0)


def list_margins(city: City) -> dict[frozenset[str], str]:
    """Margins of the cube that are met exactly, with their origin (`observed`, `derived`, `assumed`)."""
    table = city.table("people_margins")
    pairs = zip(table["margin"].tolist(), table["origin"].tolist(), strict=True)
    return {frozenset(name.split(",")): origin for name, origin in pairs}


def publish(city: City, *dims: str, smallest: float = SMALLEST_SHOWN) -> pd.DataFrame:
    """Residents by the named dimensions as they may be shown.

    Parameters
    ----------
    city : City
    *dims : str
        Names in `DIMS`, or `district` for zones taken together.
    smallest : float
        Counts below this are left blank.

    Returns
    -------
    DataFrame
        A row a cell: the labels, `persons`, `low`, `high`; `basis`: `margin` where one holds the cell, `bounds` where
        none does, or `too small to show`; `margins`: how the margins are known, the worst of them
        (`observed`, `derived`, `assumed`).

    Raises
    ------
    UserError
        If a name is not a dimension of the cube, or stands twice.
    """
    by_district = "district" in dims
    if by_district and "zone" in dims:
        raise UserError("zone and district cannot be shown together", where="publish", remedy="Leave one out")
    asked = tuple("zone" if d == "district" else d for d in dims)
    people = cube(city)
    persons = _summed(people, asked)
    inner = frozenset(asked) - {"zone"}
    margins = list_margins(city)
    wanted = inner | ({"zone"} if "zone" in asked else set())
    origin = _best([o for m, o in margins.items() if wanted <= m])
    low, high, basis = persons, persons, "margin"
    if not origin and "zone" not in asked:
        origin = _best([o for m, o in margins.items() if inner | {"zone"} <= m])
    if not origin:
        low, high, worst = _bounds(people, asked, inner, margins)
        origin, basis = worst, "bounds"
    labels: list[Sequence[str]] = []
    for dim in asked:
        labels.append(city.table("zones")["zone_id"].tolist() if dim == "zone" else LABELS[dim])
    if by_district:
        axis = asked.index("zone")
        names = city.table("zones")["district"].tolist()
        labels[axis] = list(dict.fromkeys(names))
        persons, low, high = (_grouped(a, axis, names, labels[axis]) for a in (persons, low, high))
    frame = pd.DataFrame(
        {d: np.asarray(column) for d, column in zip(dims, _crossed(labels), strict=True)}
        | {"persons": persons.ravel(), "low": low.ravel(), "high": high.ravel()}
    )
    frame["basis"], frame["margins"] = basis, origin
    small = (frame["persons"] > 0) & (frame["persons"] < smallest)
    frame.loc[small, ["persons", "low", "high"]] = np.nan
    frame.loc[small, "basis"] = "too small to show"
    return frame


def _bounds(
    people: np.ndarray, asked: tuple[str, ...], inner: frozenset[str], margins: dict[frozenset[str], str]
) -> tuple[np.ndarray, np.ndarray, str]:
    """Bounds of joint counts zone by zone, summed where zones are not asked for; the worst origin they rest on."""
    useful = {m & inner for m in margins if "zone" in m}
    parts = sorted((p for p in useful if p and not any(p < other for other in useful)), key=sorted)
    axes = ("zone", *(d for d in asked if d != "zone"))
    shape = (len(people), *(len(LABELS[a]) for a in axes[1:]))

    def spread(dims: frozenset[str]) -> np.ndarray:
        kept = tuple(a for a in axes if a == "zone" or a in dims)
        summed = _summed(people, kept)
        return np.broadcast_to(summed.reshape([shape[k] if a in kept else 1 for k, a in enumerate(axes)]), shape)

    whole = spread(frozenset())
    least, most = [spread(p) for p in parts], [spread(p) for p in parts]
    if {frozenset({"age"}), frozenset({"car"})} <= set(parts):
        # nobody under 15 has a car: bounds are those among adults
        children = np.broadcast_to(people[:, :1].sum(axis=(1, 2, 3, 4, 5)).reshape(-1, *[1] * len(axes[1:])), shape)
        young = np.moveaxis(np.zeros(shape, dtype=bool), axes.index("age"), 0)
        young[0] = True
        young = np.moveaxis(young, 0, axes.index("age"))
        without = np.moveaxis(np.zeros(shape, dtype=bool), axes.index("car"), 0)
        without[0] = True
        without = np.moveaxis(without, 0, axes.index("car"))
        for k, part in enumerate(parts):
            if part == {"car"}:
                among = np.where(young, np.where(without, whole, 0.0), most[k] - without * children)
                least[k] = most[k] = among
            elif part != {"age"}:
                least[k] = np.where(young, least[k], np.maximum(least[k] - children, 0.0))
        whole = np.where(young, whole, whole - children)
    low, high = frechet_bounds(least or [whole], whole)[0], frechet_bounds(most or [whole], whole)[1]
    low = np.minimum(low, high)
    if inner - frozenset().union(*parts):
        low = np.zeros(shape)
    worst = max((_best([o for m, o in margins.items() if p | {"zone"} <= m]) for p in parts), key=_WORST.index)
    if "zone" not in asked:
        return low.sum(axis=0), high.sum(axis=0), worst
    order = [axes.index(d) for d in asked]
    return np.transpose(low, order), np.transpose(high, order), worst


def _summed(people: np.ndarray, dims: tuple[str, ...]) -> np.ndarray:
    unknown = [d for d in dims if d not in DIMS]
    if unknown or len(set(dims)) < len(dims):
        raise UserError(
            f"{', '.join(unknown) or ', '.join(dims)}: not dimensions of the people, each once",
            where="people",
            remedy=f"Use {', '.join(DIMS)}",
        )
    kept = [DIMS.index(d) for d in dims]
    summed = people.sum(axis=tuple(k for k in range(len(DIMS)) if k not in kept))
    order = sorted(kept)
    return np.transpose(np.asarray(summed), [order.index(k) for k in kept])


def _best(origins: list[str]) -> str:
    return min(origins, key=_WORST.index) if origins else ""


def _grouped(values: np.ndarray, axis: int, names: list[str], groups: Sequence[str]) -> np.ndarray:
    row = {name: k for k, name in enumerate(groups)}
    moved = np.moveaxis(values, axis, 0)
    result = np.zeros((len(groups), *moved.shape[1:]))
    np.add.at(result, np.array([row[name] for name in names]), moved)
    return np.moveaxis(result, 0, axis)


def _crossed(labels: list[Sequence[str]]) -> list[np.ndarray]:
    if not labels:
        return []
    grids = np.meshgrid(*(np.array(list(x), dtype=object) for x in labels), indexing="ij")
    return [g.ravel() for g in grids]
