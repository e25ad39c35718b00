"""Road class of Barcelona's streets, which no open file tells: by rule, from evidence of several kinds.

- rondes: motorway; their ramps too;
- streets of the 527 named sections (main in the city's own traffic information): primary where the street is busy
  (mean NO2 of its segments in the 2019 map, weak evidence of traffic) or leads out of the city, else secondary;
- other streets on which a bus line runs, or that gather much through movement between the city's zones
  (betweenness), outside 30-zones: tertiary;
- the rest: residential, or unclassified where hardly anyone lives.

Single-platform streets (living streets, 135 km in 2021) are not known by place and stay residential.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

SPEED_MAIN, SPEED_OTHER, SPEED_ZONE = 40.0, 22.0, 18.0  # km/h, for the choice of through routes only (judgement)
BUS_FOLLOWED = 0.5  # share of a segment that bus lines run along
EMPTY = 600.0  # residents per km2 below which a street is not residential (judgement)


def no2_level(text: pd.Series) -> np.ndarray:
    """Middle of a class like `40 - 50 µg/m³`, `<= 20 µg/m³`, `> 70 µg/m³`; NaN for a blank.

    Examples
    --------
    >>> no2_level(pd.Series(["40 - 50 µg/m³", "<= 20 µg/m³", None]))
    array([45., 15., nan])
    """
    numbers = text.astype("string").str.extractall(r"(\d+)")[0].astype(float).unstack()
    low, high = numbers.get(0), numbers.get(1)
    middle = np.where(high.notna(), (low + high) / 2, np.where(low <= 20, low - 5, low + 5))
    return np.asarray(pd.Series(middle, index=numbers.index).reindex(text.index), dtype=float)


def betweenness(
    a: np.ndarray, b: np.ndarray, seconds: np.ndarray, nodes: int, ends: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Share of the movement between weighted nodes that crosses each segment by the fastest route, shape (segments,).

    Parameters
    ----------
    a, b : ndarray of int, shape (segments,)
        End nodes; segments are used both ways.
    seconds : ndarray, shape (segments,)
        Time to pass.
    nodes : int
        Number of nodes.
    ends : ndarray of int, shape (places,)
        Nodes where movement starts and ends.
    weight : ndarray, shape (places,)
        Its size: movement between two places is the product of theirs.

    Examples
    --------
    >>> betweenness(np.array([0, 1]), np.array([1, 2]), np.ones(2), 3, np.array([0, 2]), np.ones(2)).tolist()
    [1.0, 1.0]
    """
    first, second = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((seconds, second, first))
    key = first[order] * nodes + second[order]
    keep = order[np.unique(key, return_index=True)[1]]  # the fastest of parallel segments
    graph = coo_array((np.maximum(seconds[keep], 1e-3), (first[keep], second[keep])), shape=(nodes, nodes)).tocsr()
    distance, before = dijkstra(graph, directed=False, indices=ends, return_predecessors=True)
    crossed: dict[tuple[int, int], float] = {}
    for row, own in enumerate(weight):
        load = np.zeros(nodes)
        np.add.at(load, ends, weight * own)
        reached = np.flatnonzero(np.isfinite(distance[row]))
        flow, parent = load.tolist(), before[row].tolist()
        for node in reached[np.argsort(-distance[row][reached], kind="stable")].tolist():
            up = parent[node]
            if up >= 0 and flow[node]:
                flow[up] += flow[node]
                pair = (node, up) if node < up else (up, node)
                crossed[pair] = crossed.get(pair, 0.0) + flow[node]
    total = float(weight.sum() ** 2 - (weight**2).sum())
    result = np.zeros(len(a))
    result[keep] = [crossed.get((int(i), int(j)), 0.0) / total for i, j in zip(first[keep], second[keep], strict=True)]
    return result


def classify(segments: pd.DataFrame, settings: Mapping[str, Any], notes: list[str]) -> np.ndarray:
    """Road class of every segment, shape (segments,).

    Parameters
    ----------
    segments : DataFrame
        `ring, ramp` (bool), `street` (plain name of the main section's street, None without), `stroke`, `no2`,
        `bus` (share that bus lines follow), `through` (betweenness), `zone30` (bool), `density`, `length`, `given` (the
        document's class, None without).
    settings : mapping
        `primary_no2` (µg/m3), `primary` (plain names of streets that are primary whatever their NO2),
        `through_share` (of segments, the most crossed).
    """
    main = segments["street"].notna().to_numpy()
    length = segments["length"].to_numpy()
    level = segments.loc[main].assign(w=length[main], nw=segments["no2"].fillna(35.0)[main] * length[main])
    per_street = level.groupby("street")[["w", "nw"]].sum()
    busy = per_street["nw"] / per_street["w"] >= float(settings["primary_no2"])
    primary = segments["street"].map(busy).fillna(False).to_numpy(dtype=bool)
    primary |= segments["street"].isin(settings["primary"]).to_numpy()
    given = segments["given"].notna().to_numpy()
    fast = (segments["ring"] | segments["ramp"]).to_numpy(dtype=bool)
    minor = ~main & ~fast & ~given
    calm = segments["zone30"].to_numpy(dtype=bool)
    crossed = segments["through"].to_numpy()
    threshold = np.quantile(crossed[minor], 1.0 - float(settings["through_share"]))
    bus = segments["bus"].to_numpy() >= BUS_FOLLOWED
    tertiary = minor & ~calm & (bus | (crossed >= max(threshold, 1e-12)))
    empty = segments["density"].to_numpy() < EMPTY
    road = np.select(
        [fast, main & primary, main, tertiary, empty],
        ["motorway", "primary", "secondary", "tertiary", "unclassified"],
        "residential",
    ).astype(object)
    road[given] = segments["given"].to_numpy(dtype=object)[given]
    told = ", ".join(f"{k} {length[road == k].sum() / 1000:.0f} km" for k in sorted(set(road)))
    notes.append(
        f"road class by rule (named sections, buses, through movement, NO2; no open file tells it): {told}; primary "
        f"streets: {', '.join(sorted(set(segments['street'][main & primary])))}"
    )
    return road


def calm_by_rule(segments: pd.DataFrame, target: float, notes: list[str]) -> np.ndarray:
    """Residential streets taken to be at 30 beyond the mapped 30-zones, so that the published length is met.

    More streets were at 30 on the city's date than the map of 2018 shows, and no open map says which. Assumed: the
    residential streets of whole zones, those with the shortest blocks first (old villages and estates; the Eixample's
    blocks are long), until mapped and assumed streets together are `target` long.

    Parameters
    ----------
    segments : DataFrame
        `road_class`, `zone30` (bool), `zone` (row of the zone, -1 outside), `length` (m).
    target : float
        Length of streets at 30 or less, m.

    Returns
    -------
    ndarray of bool, shape (segments,)
    """
    length = segments["length"].to_numpy()
    mapped = segments["zone30"].to_numpy(dtype=bool)
    free = (segments["road_class"] == "residential").to_numpy() & ~mapped & (segments["zone"] >= 0).to_numpy()
    block = segments[free].groupby("zone")["length"].agg(["mean", "sum"]).sort_values(["mean", "sum"])
    room = target - length[mapped].sum()
    chosen = block.index[block["sum"].cumsum() <= room]
    calm = free & segments["zone"].isin(chosen).to_numpy()
    notes.append(
        f"limits by rule: {length[calm].sum() / 1000:.0f} km of residential streets in {len(chosen)} zones with the "
        f"shortest blocks are ASSUMED at 30, so that with the {length[mapped].sum() / 1000:.0f} km of mapped 30-zones "
        f"the published length of {target / 1000:.0f} km is met; the length is published, the places are not"
    )
    return calm
