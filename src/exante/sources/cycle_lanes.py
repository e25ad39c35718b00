"""Cycle facilities drawn as lines to the links of the network: `cycle_facility`.

A drawn line is followed along the links (`following`), since no identifier joins the two. Traps: a lane is drawn once
whether it serves one direction or both, and the files of Barcelona (state of January 2018) do not say which, so that a
lane counts for both directions of its street; it is drawn at the kerb, some metres off the centre line; lanes in parks
and along the sea follow no street. Ways that are only *fit* for cycling (`vies ciclables`) are quiet streets without a
lane: `shared`.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from exante.sources.following import follow
from exante.sources.report import Report

REACH = 25.0  # m between a lane at the kerb and the centre line, half a wide avenue
SHARE = 0.5  # of a link that a line must follow for the link to have it
#: Best first: a link that has both has the better.
KINDS = ("lane", "shared")


def facilities(links: pd.DataFrame, lines: dict[str, gpd.GeoDataFrame], report: Report) -> np.ndarray:
    """Kind of cycle facility of every link, `"none"` where no line follows it, shape (links,).

    Parameters
    ----------
    links : DataFrame
        With `link_id`, `from_node_id`, `to_node_id`, `allowed_uses` and `geometry`, in a projected reference system;
        links closed to bicycles have none.
    lines : dict of str to GeoDataFrame
        Lines of every kind (`lane`, `shared`), in the same reference system.
    report : Report
        Grows by what was joined and what was not.
    """
    geometry = links["geometry"].to_numpy()
    length = shapely.length(geometry)
    found = np.full(len(links), "none", dtype=object)
    open_to_bikes = links["allowed_uses"].str.contains("bike").to_numpy(dtype=bool)
    for kind in reversed(KINDS):
        if kind not in lines:
            continue
        drawn = shapely.get_parts(lines[kind].geometry.to_numpy())
        drawn = drawn[shapely.length(drawn) > 0]
        samples = follow(drawn, geometry, REACH)
        along, against = samples.votes(len(links))
        both = _both_ways(links, along + against)
        has = (both >= SHARE * length) & open_to_bikes
        closed = length[(both >= SHARE * length) & ~open_to_bikes].sum()
        found[has] = kind
        far = samples.metres[samples.segment < 0].sum()
        report.tell(
            f"cycle facilities: {len(drawn)} lines of kind {kind}, {samples.metres.sum() / 1000:.0f} km, on "
            f"{int(has.sum())} directed links of {length[has].sum() / 1000:.0f} km; {far / 1000:.0f} km of line follow "
            f"no street; {closed / 1000:.1f} km of links are closed to bicycles and get none"
        )
    return found


def _both_ways(links: pd.DataFrame, metres: np.ndarray) -> np.ndarray:
    """Metres of line by link, the way back of a two-way street counted with it, shape (links,)."""
    one, other = links["from_node_id"], links["to_node_id"]
    street = pd.Series(
        [
            (min(a, b), max(a, b), round(float(n), 0))
            for a, b, n in zip(one, other, shapely.length(links["geometry"].to_numpy()), strict=True)
        ]
    )
    return pd.Series(metres).groupby(street).transform("sum").to_numpy()
