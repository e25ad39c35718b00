"""Walks to stops on the street network, and between stops."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from exante.kernels.transit import Zones
from exante.quantities.declarations import Inputs

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

#: Walking speed at which ways are chosen, km/h: the median of the parameter `walk_speed`.
WALK_SPEED = 4.7
#: Farthest walk to a stop of lines in streets, and of lines on tracks, m; the `NEAREST` stops count however far.
REACH_STREET, REACH_TRACK = 800.0, 1200.0
NEAREST, FARTHEST = 3, 4000.0
#: Farthest walk between stops, m along the straight line, and streets over that line. Assumed.
TRANSFER_REACH, TRANSFER_DETOUR = 300.0, 1.25


def build_walks(inputs: Inputs, track: NDArray[np.bool_], served: NDArray[np.bool_]) -> Zones:
    """Walks between zones and stops and between stops, minutes at `WALK_SPEED`.

    A walk starts at the middle of a zone (its connectors), and is not shorter than the mean distance of the zone's
    streets to their nearest stop of that kind: not everybody lives at the middle.

    Parameters
    ----------
    inputs : Inputs
    track : ndarray of bool, shape (stops,)
        Stops of lines on tracks.
    served : ndarray of bool, shape (stops,)
        Stops of any line.
    """
    node = {name: k for k, name in enumerate(inputs["nodes.node_id"].tolist())}
    zone = {name: k for k, name in enumerate(inputs["zones.zone_id"].tolist())}
    uses = np.array([_on_foot(text) for text in inputs["links.allowed_uses"].tolist()], dtype=bool)
    tail = _rows(node, inputs["links.from_node_id"][uses])
    head = _rows(node, inputs["links.to_node_id"][uses])
    n, z, length = len(node), len(zone), inputs["links.length"][uses]
    at_zone, at_node = _rows(zone, inputs["connectors.zone_id"]) + n, _rows(node, inputs["connectors.node_id"])
    xy = shapely.get_coordinates(inputs["stops.geometry"])
    walkable = np.unique(np.concatenate([tail, head, at_node]))
    away, nearest = cKDTree(shapely.get_coordinates(inputs["nodes.geometry"])[walkable]).query(xy)
    stop_node = walkable[nearest]
    streets = _graph(np.concatenate([tail, head]), np.concatenate([head, tail]), np.tile(length, 2), n + z)
    from_zones = _graph(at_zone, at_node, inputs["connectors.length"], n + z) + streets
    metres = dijkstra(from_zones, indices=n + np.arange(z), limit=FARTHEST)[:, stop_node] + away
    floor = _floors(inputs, uses, tail, head, zone, streets, (stop_node, away), (track, served & ~track))
    metres = np.maximum(metres, np.where(track, floor[:, :1], floor[:, 1:]))
    metres[:, ~served] = np.inf
    near = metres <= np.where(track, REACH_TRACK, REACH_STREET)
    rank = np.argsort(metres, axis=1, kind="stable")[:, :NEAREST]
    np.put_along_axis(near, rank, True, axis=1)
    near &= np.isfinite(metres)
    pace = 0.06 / WALK_SPEED
    at, stop = np.nonzero(near)
    pairs = cKDTree(xy).query_pairs(TRANSFER_REACH, output_type="ndarray")
    pairs = pairs[served[pairs].all(axis=1)]
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    ends = ends[np.lexsort((ends[:, 1], ends[:, 0]))]
    gap = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)
    return Zones(
        np.searchsorted(at, np.arange(z + 1)).astype(np.int64),
        stop.astype(np.int64),
        metres[at, stop] * pace,
        np.searchsorted(ends[:, 0], np.arange(len(xy) + 1)).astype(np.int64),
        np.ascontiguousarray(ends[:, 1]).astype(np.int64),
        gap * TRANSFER_DETOUR * pace,
    )


def _floors(
    inputs: Inputs,
    uses: NDArray[np.bool_],
    tail: LongArray,
    head: LongArray,
    zone: dict[str, int],
    streets: csr_matrix,
    stops: tuple[LongArray, FloatArray],
    kinds: tuple[NDArray[np.bool_], ...],
) -> FloatArray:
    """Mean distance of each zone's streets to their nearest stop of each kind, m, shape (zones, kinds)."""
    named = np.array([zone.get(name, -1) for name in inputs["links.zone_id"][uses].tolist()], dtype=np.int64)
    inside = named >= 0
    weight = inputs["links.length"][uses][inside]
    total = np.bincount(named[inside], weight, len(zone))
    floors = np.zeros((len(zone), len(kinds)))
    for k, kind in enumerate(kinds):
        if not kind.any():
            continue
        node, away = stops[0][kind], stops[1][kind]
        root = streets.shape[0]
        order = np.lexsort((away, node))
        node, away = node[order], away[order]
        _, single = np.unique(node, return_index=True)  # of stops at one node the nearest
        ends = np.append(streets.indptr, streets.nnz)
        grown = csr_matrix((streets.data, streets.indices, ends), (root + 1, root + 1))
        grown = grown + _graph(np.full(len(single), root), node[single], away[single], root + 1)
        distance = np.minimum(dijkstra(grown, indices=root), FARTHEST)
        mean = 0.5 * (distance[tail[inside]] + distance[head[inside]])
        floors[:, k] = np.bincount(named[inside], weight * mean, len(zone)) / np.maximum(total, 1e-9)
    return floors


def _graph(tail: LongArray, head: LongArray, length: FloatArray, n: int) -> csr_matrix:
    """Sparse graph; of parallel links the shortest. Lengths of zero become a millimetre, or they would be no links."""
    order = np.lexsort((length, head, tail))
    tail, head, length = tail[order], head[order], length[order]
    new = np.ones(len(tail), bool)
    new[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return csr_matrix((np.maximum(length[new], 1e-3), (tail[new], head[new])), (n, n))


def _on_foot(uses: str | None) -> bool:
    return "walk" in (uses or "") or "bike" in (uses or "")


def _rows(index: dict[str, int], ids: np.ndarray) -> LongArray:
    return np.array([index[name] for name in ids.tolist()], dtype=np.int64)
