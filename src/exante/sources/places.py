"""Places that people go to, from registers of green areas: parks, and grounds of schools and of sport.

Trap: one park is often several polygons, cut by paths and quarters; those within `TOGETHER` of each other are one park,
or a park of twenty hectares would fail a rule that asks for one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely

from exante.sources.report import Report

TOGETHER = 10.0  # m
COLUMNS = ("place_id", "kind", "name", "area", "geometry")


def from_green(green: pd.DataFrame, kinds: Mapping[str, str], report: Report) -> pd.DataFrame:
    """Places among green areas.

    Parameters
    ----------
    green : DataFrame
        `name`, `kind` as the register names it, `geometry`.
    kinds : mapping of str to str
        Kind of the register to kind of place (`exante.quantities.labels`, `place_kind`); others are no places.
    report : Report
        Grows by what was found.

    Returns
    -------
    DataFrame
        `place_id`, `kind`, `name`, `area` (m2, parks alone), `geometry`; parks joined, in a fixed order.
    """
    parts = []
    for kind in sorted(set(kinds.values())):
        own = green[green["kind"].map(kinds) == kind]
        if len(own):
            parts.append(_joined(own, kind) if kind == "park" else _single(own, kind))
    unused = sorted(set(green["kind"]) - set(kinds))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    counts = ", ".join(f"{n} {kind}" for kind, n in table["kind"].value_counts().sort_index().items())
    report.tell(
        f"places from green areas: {counts or 'none'}; parks of several polygons joined within {TOGETHER:g} m"
        + (f"; no places: {', '.join(unused)}" if unused else "")
    )
    return table


def _single(own: pd.DataFrame, kind: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place_id": [f"{kind}_{k + 1}" for k in range(len(own))],
            "kind": kind,
            "name": own["name"].to_numpy(),
            "area": np.full(len(own), np.nan),
            "geometry": own["geometry"].to_numpy(),
        }
    )


def _joined(own: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Polygons near each other as one place, named after the largest."""
    shapes = own["geometry"].to_numpy()
    grown = shapely.get_parts(shapely.union_all(shapely.buffer(shapes, TOGETHER / 2)))
    group, member = shapely.STRtree(shapes).query(grown, predicate="intersects")[:, :]
    order = np.lexsort((-shapely.area(shapes)[member], group))
    group, member = group[order], member[order]
    rows = []
    for held in np.split(member, np.flatnonzero(np.diff(group)) + 1):
        whole = shapely.union_all(shapes[held])
        rows.append((own["name"].iloc[int(held[0])], shapely.area(whole), whole))
    return pd.DataFrame(
        {
            "place_id": [f"{kind}_{k + 1}" for k in range(len(rows))],
            "kind": kind,
            "name": [r[0] for r in rows],
            "area": [float(r[1]) for r in rows],
            "geometry": [r[2] for r in rows],
        }
    )


def trees_along(lines: np.ndarray, trees: np.ndarray, within: float) -> np.ndarray:
    """Number of trees within a distance of each line, shape (lines,).

    Parameters
    ----------
    lines, trees : ndarray of geometry
    within : float
        Distance, m.
    """
    line, _ = shapely.STRtree(trees).query(lines, predicate="dwithin", distance=within)
    return np.bincount(line, minlength=len(lines)).astype(float)
