"""Sites that are known by the code of an arc of the official street graph."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from exante.quantities.errors import SourceError, UserError

#: Columns of the graph of Bologna that are read.
EXPECTED = ("CODARCO", "NOMEVIA", "Geo Shape")


def locate(frame: pd.DataFrame, graph: Path | None, path: Path) -> pd.DataFrame:
    """The table with `longitude, latitude, bearing, name` of arcs filled in where it has none.

    The place is the middle of the arc. Arcs say nothing of the direction that is counted: sites need a direction or
    bearing of their own, else that in which the arc is drawn is taken.

    Parameters
    ----------
    frame : DataFrame
        With `arc`.
    graph : Path or None
        Street graph as CSV with semicolons: `CODARCO, NOMEVIA, Geo Shape` (GeoJSON).
    path : Path
        File of the sites, for messages.

    Raises
    ------
    UserError
        If no graph is named.
    SourceError
        If it cannot be read.
    """
    if graph is None:
        raise UserError(
            "sites are known by codes of arcs, and no file says where those are",
            where=path.name,
            remedy="Name the official street graph (CODARCO, NOMEVIA, Geo Shape) with --positions",
        )
    try:
        arcs = pd.read_csv(graph, sep=";", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (ValueError, OSError, UnicodeDecodeError) as error:
        raise SourceError(f"the table cannot be read ({error})", where=graph.name, remedy="Fetch it again") from error
    absent = [c for c in EXPECTED if c not in arcs]
    if absent:
        raise SourceError(
            f"the table lacks {', '.join(absent)}; found {', '.join(arcs.columns)}",
            where=graph.name,
            remedy="Name the official street graph, with semicolons",
        )
    codes = frame["arc"].str.strip()
    arcs = arcs[arcs["CODARCO"].isin(set(codes))].drop_duplicates("CODARCO").set_index("CODARCO")
    places = pd.DataFrame([_middle(text) for text in arcs["Geo Shape"]], index=arcs.index, columns=list("xyb"))
    result = frame.copy()
    drawn = {"longitude": places["x"], "latitude": places["y"], "bearing": places["b"], "name": arcs["NOMEVIA"]}
    for column, values in drawn.items():
        own = result[column] if column in result else pd.Series("", index=result.index)
        told = own.astype(str).str.strip() != ""
        if column == "bearing" and "direction" in result:
            told |= result["direction"].str.strip() != ""
        result[column] = own.where(told, codes.map(values).astype(object)).fillna("").astype(str)
    return result


def _middle(shape: str) -> tuple[float, float, float]:
    """Middle of an arc in degrees, and the bearing there."""
    points = np.array(json.loads(shape)["coordinates"], dtype=float)
    flat = points * [np.cos(np.radians(points[:, 1].mean())), 1.0]
    steps = np.hypot(*np.diff(flat, axis=0).T)
    at = steps.sum() / 2.0
    k = int(np.clip(np.searchsorted(np.cumsum(steps), at), 0, len(steps) - 1))
    share = (at - steps[:k].sum()) / steps[k] if steps[k] > 0 else 0.0
    x, y = points[k] + share * (points[k + 1] - points[k])
    east, north = flat[k + 1] - flat[k]
    return float(x), float(y), float(np.degrees(np.arctan2(east, north)) % 360.0)
