"""One-way streets by rule, where a map has no directions but some streets' directions are known.

A grid city alternates: the street beside a one-way street runs the other way. From streets with a known
direction the rule spreads to straight parallel neighbours, strongest evidence first. A street whose direction is
known in part keeps it all along. What the rule cannot reach, bent streets and dead ends stay two-way. Last, a
street that the rule made one-way is opened again where it would cut places off. All of it is a rule, not data:
single streets will be wrong, the pattern and the detours are what it is for.
"""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from exante.sources.following import bearings

BESIDE = 170.0  # m; furthest parallel neighbour (the Eixample's module is 133 m)
TOO_NEAR = 12.0  # m; closer lines are the carriageways of one street
PARALLEL = float(np.cos(np.radians(15.0)))
STRAIGHT = 0.93  # chord over length of a street that is part of a grid
SHORTEST = 150.0  # m of a street that the rule applies to
WEAKEST = 0.2  # share of a street's length whose neighbours must agree


def neighbours(lines: np.ndarray, stroke: np.ndarray, along: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of strokes that run side by side: first, second, and metres times the sign of their directions.

    From the middle of every segment, the nearest parallel segment of another stroke on either side is sought.
    """
    length = shapely.length(lines)
    way = bearings(lines, length / 2)
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    across = np.column_stack([-way[:, 1], way[:, 0]])
    sign = np.where(along, 1.0, -1.0)
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    tree = shapely.STRtree(lines)
    for side in (1.0, -1.0):
        start, end = middle + side * TOO_NEAR * across, middle + side * BESIDE * across
        probe = shapely.linestrings(np.stack([start, end], axis=1))
        i, j = tree.query(probe, predicate="intersects")
        keep = (stroke[i] != stroke[j]) & (np.abs((way[i] * way[j]).sum(axis=1)) >= PARALLEL)
        i, j = i[keep], j[keep]
        away = shapely.distance(shapely.points(middle[i]), lines[j])
        order = np.lexsort((j, away, i))
        i, j = i[order], j[order]
        first = np.unique(i, return_index=True)[1]
        i, j = i[first], j[first]
        turn = np.sign((way[i] * way[j]).sum(axis=1)) * sign[i] * sign[j]
        found.append((stroke[i], stroke[j], length[i] * turn))
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))  # type: ignore[return-value]


def alternate(
    lines: np.ndarray,
    stroke: np.ndarray,
    along: np.ndarray,
    known: np.ndarray,
    open_both: np.ndarray,
    eligible: np.ndarray,
) -> np.ndarray:
    """Direction of every stroke: 1 with it, -1 against it, 0 two-way or undecided, shape (strokes,).

    Parameters
    ----------
    lines : ndarray of LineString, shape (segments,)
    stroke : ndarray of int, shape (segments,)
    along : ndarray of bool, shape (segments,)
        Whether the segment runs with its stroke.
    known : ndarray, shape (segments,)
        Known direction relative to the segment: 1, -1, or 0 unknown.
    open_both : ndarray of bool, shape (segments,)
        Known to be two-way.
    eligible : ndarray of bool, shape (segments,)
        Segments the rule may make one-way.
    """
    count = int(stroke.max()) + 1
    length = shapely.length(lines)
    sign = np.where(along, 1.0, -1.0)
    evidence = np.bincount(stroke, weights=length * known * sign, minlength=count)
    seen = np.bincount(stroke, weights=length * (known != 0), minlength=count)
    whole = np.bincount(stroke, weights=length, minlength=count)
    both = np.bincount(stroke, weights=length * open_both, minlength=count)
    allowed = np.bincount(stroke, weights=length * eligible, minlength=count)
    direction = np.where(np.abs(evidence) > np.maximum(0.5 * seen, both), np.sign(evidence), 0.0)
    straight = _chord(lines, stroke, count) >= STRAIGHT * whole
    open_ = (direction == 0) & straight & (whole >= SHORTEST) & (allowed >= 0.5 * whole) & (both < 0.25 * whole)
    first, second, metres = neighbours(lines, stroke, along)
    votes = np.zeros(count)
    decided = np.flatnonzero(direction)
    by_second = _group(second, count)
    for k in decided.tolist():
        votes[first[by_second[k]]] -= metres[by_second[k]] * direction[k]
    while True:
        strength = np.where(open_ & (np.abs(votes) >= WEAKEST * whole), np.abs(votes), 0.0)
        s = int(np.argmax(strength))
        if strength[s] <= 0:
            break
        direction[s], open_[s] = np.sign(votes[s]), False
        votes[first[by_second[s]]] -= metres[by_second[s]] * direction[s]
    return direction


def _group(keys: np.ndarray, count: int) -> list[np.ndarray]:
    order = np.argsort(keys, kind="stable")
    bounds = np.searchsorted(keys[order], np.arange(count + 1))
    return [order[bounds[i] : bounds[i + 1]] for i in range(count)]


def _chord(lines: np.ndarray, stroke: np.ndarray, count: int) -> np.ndarray:
    """Greatest extent of every stroke (diagonal of its box), m."""
    box = shapely.bounds(lines)
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, stroke, box[:, :2])
    np.maximum.at(high, stroke, box[:, 2:])
    return np.asarray(np.hypot(*(high - low).T))


def reopen(
    a: np.ndarray, b: np.ndarray, forward: np.ndarray, backward: np.ndarray, by_rule: np.ndarray, nodes: int
) -> int:
    """Open segments made one-way by rule again where they cut nodes off; `forward` and `backward` in place.

    Returns
    -------
    int
        Segments opened.
    """
    opened = 0
    while True:
        tail = np.concatenate([a[forward], b[backward]])
        head = np.concatenate([b[forward], a[backward]])
        graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(nodes, nodes))
        part = connected_components(graph, connection="strong")[1]
        main = part == np.bincount(part).argmax()
        cut = by_rule & (forward ^ backward) & ~(main[a] & main[b])
        touching = cut & (main[a] | main[b])
        chosen = touching if touching.any() else cut
        if not chosen.any():
            return opened
        forward[chosen] = backward[chosen] = True
        opened += int(chosen.sum())
