"""Elements of one construction joined: exact, because the balance is linear with constant coefficients."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from exante.kernels.heat.buildings import Buildings, IntArray, Series
from exante.kernels.heat.elements import FloatArray

HEAVY = ("conductance", "capacity", "outer", "convective", "radiative")
LIGHT = ("light_conductance", "light_convective", "light_radiative")


def lump(buildings: Buildings, series: Series) -> tuple[Buildings, Series]:
    """Join the elements of each building that have the same coefficients (its four walls, its windows).

    The joined element has the sum of areas and sun, and the exterior temperature weighted by area. Loads and zone
    temperatures are those of the separate elements, up to rounding.

    Parameters
    ----------
    buildings : Buildings
    series : Series

    Returns
    -------
    buildings : Buildings
        With as many elements as the building with most constructions has.
    series : Series
        With the weighted exterior temperatures, one column for each different mix.
    """
    b = buildings
    heavy = _groups(b.area, [getattr(b, name) for name in HEAVY])
    light = _groups(b.light_area, [getattr(b, name) for name in LIGHT])
    area, exterior, mixed = _join(b.area, b.exterior, heavy, series.exterior, 0)
    light_area, light_exterior, light_mixed = _join(
        b.light_area, b.light_exterior, light, series.exterior, mixed.shape[1]
    )
    coefficients: dict[str, Any] = {name: _first(getattr(b, name), heavy) for name in HEAVY}
    coefficients |= {name: _first(getattr(b, name), light) for name in LIGHT}
    joined = replace(
        b,
        area=area,
        exterior=exterior,
        solar_share=_sum(b.solar_share, heavy),
        light_area=light_area,
        light_exterior=light_exterior,
        light_solar_share=_sum(b.light_solar_share, light),
        **coefficients,
    )
    return joined, replace(series, exterior=np.concatenate([mixed, light_mixed], axis=1))


def _groups(area: FloatArray, values: list[FloatArray]) -> IntArray:
    """Group of each element, shape (N, E); -1 where it is absent."""
    n, elements = area.shape
    group = np.full((n, elements), -1, np.int64)
    used = np.zeros(n, np.int64)
    for e in range(elements):
        here = area[:, e] > 0
        for g in range(e):
            same = here & (group[:, e] < 0) & (area[:, g] > 0)
            for v in values:
                same &= (v[:, e] == v[:, g]).reshape(n, -1).all(axis=1)
            group[same, e] = group[same, g]
        new = here & (group[:, e] < 0)
        group[new, e] = used[new]
        used[new] += 1
    return group


def _count(group: IntArray) -> int:
    return int(group.max(initial=-1)) + 1


def _sum(values: FloatArray, group: IntArray) -> FloatArray:
    total = np.zeros((values.shape[0], _count(group)))
    rows, elements = np.nonzero(group >= 0)
    np.add.at(total, (rows, group[rows, elements]), values[rows, elements])
    return total


def _first(values: FloatArray, group: IntArray) -> FloatArray:
    out = np.zeros((values.shape[0], _count(group), *values.shape[2:]))
    for e in reversed(range(group.shape[1])):
        rows = np.flatnonzero(group[:, e] >= 0)
        out[rows, group[rows, e]] = values[rows, e]
    return out


def _join(
    area: FloatArray, exterior: IntArray, group: IntArray, series: FloatArray, first: int
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Areas, columns and mixed exterior temperatures of the joined elements."""
    n, groups = area.shape[0], _count(group)
    total = _sum(area, group)
    if not groups:
        return total, np.zeros((n, 0), np.int64), np.zeros((series.shape[0], 0))
    weight = np.zeros((n, groups, series.shape[1]))
    rows, elements = np.nonzero(group >= 0)
    at = group[rows, elements]
    np.add.at(weight, (rows, at, exterior[rows, elements]), area[rows, elements] / total[rows, at])
    mixes, index = np.unique(weight.reshape(n * groups, -1).round(12), axis=0, return_inverse=True)
    return total, index.reshape(n, groups) + first, series @ mixes.T
