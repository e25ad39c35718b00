"""Connectors: every zone enters the street network at several nodes near its people and buildings."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from exante.sources.streets import Streets

FEWEST, MOST = 3, 8
PERSONS_PER_NODE = 900.0  # people and jobs that share one node (judgement)
ROUNDS = 20  # rounds of moving centres; positions stop changing well before
NOT_SERVING = ("motorway", "trunk")


def connect(
    streets: Streets, zones: gpd.GeoDataFrame, points: np.ndarray, weights: np.ndarray, notes: list[str]
) -> pd.DataFrame:
    """Connectors of every zone to `FEWEST`..`MOST` street nodes.

    The points of a zone (raster cells) are gathered around centres (Lloyd's algorithm from a fixed start, so
    that the result is always the same) and each centre is taken to the nearest street node of the zone that
    cars can use and that lies on no motorway.

    Parameters
    ----------
    streets : Streets
        Connected network.
    zones : GeoDataFrame
        With `zone_id` and `geometry`.
    points : ndarray, shape (cells, 2)
        Where people and jobs are, in the zones' reference system.
    weights : ndarray, shape (cells,)
        People and jobs there.

    Returns
    -------
    DataFrame
        `zone_id, node_id, length` with length the weighted mean distance of the gathered points, m.
    """
    links = streets.links
    car = links["allowed_uses"].str.contains("auto")
    serving = links[car & ~links["road_class"].isin(NOT_SERVING) & ~links["ramp"]]
    usable = streets.nodes["node_id"].isin(set(serving["from_node_id"]) | set(serving["to_node_id"])).to_numpy()
    nodes = streets.nodes.loc[usable].sort_values("node_id").reset_index(drop=True)
    xy = shapely.get_coordinates(nodes["geometry"].to_numpy())
    node_zone, point_zone = _zone_of(zones, xy), _zone_of(zones, points)
    rows: list[tuple[str, str, float]] = []
    outside = []
    for z, zone in enumerate(zones["zone_id"]):
        mine = np.flatnonzero(point_zone == z)
        where, mass = points[mine], weights[mine]
        if not mine.size or mass.sum() <= 0:
            where = shapely.get_coordinates(zones.geometry.iloc[z].representative_point())
            mass = np.ones(1)
        inside = np.flatnonzero(node_zone == z)
        if not inside.size:
            inside = np.arange(len(xy))
            outside.append(zone)
        count = int(np.clip(round(mass.sum() / PERSONS_PER_NODE), FEWEST, MOST))
        for node, length in _gather(where, mass, xy[inside], min(count, len(where))):
            rows.append((zone, nodes["node_id"].iloc[inside[node]], length))
    table = pd.DataFrame(rows, columns=["zone_id", "node_id", "length"])
    per_zone = table.groupby("zone_id").size()
    notes.append(
        f"connectors: {len(table)} for {len(zones)} zones ({per_zone.min()} to {per_zone.max()} each), mean access "
        f"{table['length'].mean():.0f} m" + (f"; no street node inside zone {', '.join(outside)}" if outside else "")
    )
    return table


def _zone_of(zones: gpd.GeoDataFrame, xy: np.ndarray) -> np.ndarray:
    """Row of the zone that holds each point, -1 outside all, shape (points,)."""
    result = np.full(len(xy), -1)
    point, zone = shapely.STRtree(zones.geometry.to_numpy()).query(shapely.points(xy), predicate="intersects")
    result[point[::-1]] = zone[::-1]
    return result


def zone_of_points(zones: gpd.GeoDataFrame, points: np.ndarray) -> np.ndarray:
    """Identifier of the zone that holds each point, None outside all, shape (points,)."""
    row = _zone_of(zones, shapely.get_coordinates(points))
    names = np.array([*zones["zone_id"], None], dtype=object)
    return np.asarray(names[row])


def _gather(where: np.ndarray, mass: np.ndarray, nodes: np.ndarray, count: int) -> list[tuple[int, float]]:
    """Nodes that serve weighted points, with the mean distance of those they serve."""
    order = np.lexsort((where[:, 1], where[:, 0]))
    steps = np.cumsum(mass[order])
    start = np.searchsorted(steps, (np.arange(count) + 0.5) / count * steps[-1])
    centres = where[order][np.minimum(start, len(order) - 1)].copy()
    for _ in range(ROUNDS):
        nearest = cKDTree(centres).query(where)[1]
        total = np.bincount(nearest, weights=mass, minlength=count)
        for axis in (0, 1):
            moved = np.bincount(nearest, weights=mass * where[:, axis], minlength=count)
            centres[:, axis] = np.where(total > 0, moved / np.maximum(total, 1e-12), centres[:, axis])
    chosen = np.unique(cKDTree(nodes).query(centres)[1])
    distance, server = cKDTree(nodes[chosen]).query(where)
    found = []
    for position, node in enumerate(chosen):
        served = server == position
        if mass[served].sum() > 0:
            found.append((int(node), float(np.average(distance[served], weights=mass[served]))))
    return found
