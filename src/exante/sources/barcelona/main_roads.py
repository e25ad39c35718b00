"""Main roads of Barcelona: segments that follow the named sections, stretches missing from the map, the ring.

The official segments leave out what lies under ground: the covered parts of the rondes, the tunnels, the
underpasses. There the sections' own lines become links. The rondes (B-10, B-20) are drawn whole from their
sections, and the open pieces of them in the map are left out. Where sections of a ronde meet there is an
interchange: one ramp each way per direction to the nearest main street is a rule; the real ones have more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
import shapely.ops
from scipy.spatial import cKDTree

from exante.quantities.errors import SourceError
from exante.sources.barcelona.sections import plain
from exante.sources.centre_lines import Graph, parts
from exante.sources.following import Samples, follow

RINGS = ("ronda dalt", "ronda litoral")
RING_REACH = 35.0  # m between an open piece of a ronde and its section
FOLLOW_REACH = 35.0  # m between a section and the centre line of its street (half of Passeig de Gràcia and more)
FOLLOWED = 0.5  # share of a segment that a section must run along
MISSING = 80.0  # m of a section beside no segment, from which on the map lacks the road
JOIN_REACH = 60.0  # m from the end of a missing stretch to the node it joins
CHAIN_REACH = 80.0  # m between the end of a ring section and the start of the next
RAMP_REACH = 500.0  # m from an interchange to the main street it serves
RAMP_LENGTH = 200.0  # m; a ramp is at least so long
GATE_STUB = 400.0  # m; drawn length of a road beyond the edge


def is_ring(sections: pd.DataFrame) -> np.ndarray:
    """Whether each section belongs to a ronde, shape (sections,)."""
    return sections["street"].map(plain).isin(RINGS).to_numpy()


def drop_ring_pieces(graph: Graph, ring: np.ndarray) -> None:
    """Leave out segments that are open pieces of the rondes: apart from the streets, along a ring section; in place."""
    segments = graph.segments
    samples = follow(segments["geometry"].to_numpy(), ring, RING_REACH)
    beside = np.bincount(
        samples.line[samples.segment >= 0], weights=samples.metres[samples.segment >= 0], minlength=len(segments)
    )
    piece = (parts(graph)[segments["a"]] > 0) & (beside >= FOLLOWED * segments["length"].to_numpy())
    graph.segments = segments[~piece].reset_index(drop=True)
    graph.notes.append(
        f"rondes: {int(piece.sum())} open pieces in the map ({segments['length'][piece].sum() / 1000:.1f} km) are "
        f"replaced by the {len(ring)} directed sections ({shapely.length(ring).sum() / 1000:.1f} km)"
    )


def main_votes(
    samples: Samples, sections: pd.DataFrame, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether the main sections allow traffic along and against each segment, and the section that covers most.

    A section of unknown direction speaks for both.

    Returns
    -------
    forward, backward : ndarray of bool, shape (segments,)
    section : ndarray of int, shape (segments,)
        Row of the section; -1 where none follows the segment.
    """
    both = sections["both"].to_numpy(dtype=bool)[samples.line]
    ahead, back = samples.votes(len(lengths))
    unknown = samples.votes(len(lengths), both)
    ahead, back = ahead + unknown[1], back + unknown[0]
    need = FOLLOWED * lengths
    forward, backward = ahead >= need, back >= need
    hit = samples.segment >= 0
    table = pd.DataFrame({"segment": samples.segment[hit], "line": samples.line[hit], "metres": samples.metres[hit]})
    table = table.groupby(["segment", "line"])["metres"].sum().reset_index()
    best = table.sort_values(["segment", "metres", "line"], ascending=[True, False, True]).drop_duplicates("segment")
    section = np.full(len(lengths), -1)
    section[best["segment"]] = best["line"]
    return forward, backward, np.where(forward | backward, section, -1)


def add_missing(graph: Graph, samples: Samples, sections: pd.DataFrame) -> None:
    """Add stretches of main sections that follow no segment, one-way each, joined to the nearest nodes; in place."""
    xy = shapely.get_coordinates(graph.nodes["geometry"].to_numpy())
    used = np.unique(graph.segments[["a", "b"]].to_numpy())
    tree = cKDTree(xy[used])
    rows: list[dict[str, Any]] = []
    places: list[tuple[float, float]] = []
    alone = 0
    for i, line in enumerate(sections["geometry"]):
        mine = samples.line == i
        gap = (samples.segment[mine] < 0).astype(int)
        along, metres = samples.along[mine], samples.metres[mine]
        edges = np.flatnonzero(np.diff(np.concatenate([[0], gap, [0]])))
        for number, (first, last) in enumerate(zip(edges[::2], edges[1::2], strict=True), start=1):
            start, end = along[first] - metres[first] / 2, along[last - 1] + metres[last - 1] / 2
            if end - start < MISSING:
                continue
            piece = shapely.ops.substring(line, start, end)
            ends, joined = [], 0
            for corner in (piece.coords[0], piece.coords[-1]):
                distance, near = tree.query(corner)
                if distance <= JOIN_REACH:
                    ends.append(int(used[near]))
                    joined += 1
                else:
                    ends.append(_place(places, corner[:2], len(xy)))
            if not joined or ends[0] == ends[1]:
                alone += 1
                continue
            code = f"section-{sections['section'].iloc[i]}.{number}"
            rows.append({"code": code, "segment_id": code, "a": ends[0], "b": ends[1], "geometry": piece, "added": i})
    _append(graph, rows, places, "missing")
    graph.notes.append(
        f"streets missing from the map: {len(rows)} stretches of main sections ({_km(rows):.1f} km: tunnels, "
        f"underpasses, roads beyond the municipality) are added as drawn; {alone} more join no street and are left out"
    )


def _place(places: list[tuple[float, float]], corner: Any, offset: int) -> int:
    """Row of the new node at `corner`, one for corners closer than `APART` to each other."""
    for k, (x, y) in enumerate(places):
        if np.hypot(x - corner[0], y - corner[1]) <= 15.0:
            return offset + k
    places.append((float(corner[0]), float(corner[1])))
    return offset + len(places) - 1


def _km(rows: list[dict[str, Any]]) -> float:
    return float(sum(r["geometry"].length for r in rows)) / 1000.0


def _append(graph: Graph, rows: list[dict[str, Any]], places: list[tuple[float, float]], label: str) -> None:
    names = pd.Series([f"{label}-{x:.0f}-{y:.0f}" for x, y in places], dtype=object)
    twice = names.groupby(names).cumcount()
    names = names.where(twice == 0, names + "-" + twice.astype(str))
    new = pd.DataFrame({"node_id": names, "geometry": list(shapely.points(np.array(places).reshape(-1, 2)))})
    graph.nodes = pd.concat([graph.nodes, new], ignore_index=True)
    xy = shapely.get_coordinates(graph.nodes["geometry"].to_numpy())
    for row in rows:
        coordinates = np.array(row["geometry"].coords)[:, :2]
        coordinates[0], coordinates[-1] = xy[row["a"]], xy[row["b"]]
        row["geometry"] = shapely.LineString(coordinates)
        row["length"] = row.get("length", row["geometry"].length)
    graph.segments = pd.concat([graph.segments, pd.DataFrame(rows)], ignore_index=True)


def add_ring(graph: Graph, ring: pd.DataFrame, serving: np.ndarray) -> None:
    """Add the rondes from their sections, with a ramp each way at every interchange; in place.

    Parameters
    ----------
    graph : Graph
    ring : DataFrame
        Oriented sections of the rondes.
    serving : ndarray of bool, shape (segments,)
        Segments of the main streets that ramps may lead to.
    """
    lines = [*ring["geometry"], *[line.reverse() for line in ring.loc[ring["both"], "geometry"]]]
    numbers = [*ring["section"].astype(str), *[f"{n}-back" for n in ring.loc[ring["both"], "section"]]]
    names = [*ring["street"], *ring.loc[ring["both"], "street"]]
    starts = np.array([line.coords[0][:2] for line in lines])
    ends = np.array([line.coords[-1][:2] for line in lines])
    offset = len(graph.nodes)
    places = [tuple(p) for p in starts]
    start_node = offset + np.arange(len(lines))
    end_node = np.full(len(lines), -1)
    apart = np.hypot(ends[:, None, 0] - starts[None, :, 0], ends[:, None, 1] - starts[None, :, 1])
    way = np.array([np.subtract(line.interpolate(50.0).coords[0], line.coords[0]) for line in lines])
    comes = np.array([np.subtract(line.coords[-1], line.interpolate(line.length - 50.0).coords[0]) for line in lines])
    apart[(comes @ way.T) <= 0] = np.inf  # the next section goes on, it does not turn back
    np.fill_diagonal(apart, np.inf)
    for i in range(len(lines)):
        j, same = int(np.argmin(apart[i])), np.hypot(*(starts - ends[i]).T)
        if apart[i, j] <= CHAIN_REACH:
            end_node[i] = start_node[j]
        elif same.min() < 1.0:  # a line that stands for both directions ends where its reverse starts
            end_node[i] = start_node[int(np.argmin(same))]
        else:
            places.append(tuple(ends[i]))
            end_node[i] = offset + len(places) - 1
    rows: list[dict[str, Any]] = [
        {"code": f"ring-{n}", "segment_id": f"ring-{n}", "a": int(a), "b": int(b), "geometry": line, "ring": True,
         "label": name}
        for n, a, b, line, name in zip(numbers, start_node, end_node, lines, names, strict=True)
    ]  # fmt: skip
    rows += _ramps(graph, np.array(places), offset, serving)
    ramps = len(rows) - len(lines)
    _append(graph, rows, [(float(x), float(y)) for x, y in places], "ring")
    graph.notes.append(
        f"rondes: {len(lines)} directed links, {ramps} ramps by rule to the nearest main street (two at each of the "
        f"{len(places)} ends of sections, within {RAMP_REACH:g} m); real interchanges have more and other ramps"
    )


def _ramps(graph: Graph, places: np.ndarray, offset: int, serving: np.ndarray) -> list[dict[str, Any]]:
    xy = shapely.get_coordinates(graph.nodes["geometry"].to_numpy())
    nodes = np.unique(graph.segments.loc[serving, ["a", "b"]].to_numpy())
    distance, near = cKDTree(xy[nodes]).query(places)
    rows = []
    for k, (gap, n) in enumerate(zip(distance, nodes[near], strict=True)):
        if gap > RAMP_REACH:
            continue
        place = places[k]
        for a, b, line, way in (
            (offset + k, int(n), shapely.LineString([place, xy[n]]), "off"),
            (int(n), offset + k, shapely.LineString([xy[n], place]), "on"),
        ):
            code = f"ramp-{way}-{place[0]:.0f}-{place[1]:.0f}"
            rows.append(
                {"code": code, "segment_id": code, "a": a, "b": b, "geometry": line, "ramp": True,
                 "length": max(RAMP_LENGTH, gap)}
            )  # fmt: skip
    return rows


def add_gates(graph: Graph, gates: list[dict[str, Any]]) -> None:
    """Add a stub of `GATE_STUB` outwards where the document names a main road out of the city; in place.

    The municipality's map ends at its edge, so that the roads beyond are not in it: each `[[build.streets.gate]]`
    gives a name, a place in the city's reference system, and a bearing outwards.
    """
    xy = shapely.get_coordinates(graph.nodes["geometry"].to_numpy())
    used = np.unique(graph.segments[["a", "b"]].to_numpy())
    tree = cKDTree(xy[used])
    rows: list[dict[str, Any]] = []
    places: list[tuple[float, float]] = []
    for gate in gates:
        distance, near = tree.query(gate["at"])
        if distance > RAMP_REACH:
            raise SourceError(
                f"gate '{gate['name']}' is {distance:.0f} m from the nearest street",
                where="[[build.streets.gate]]",
                remedy="Correct its place (metres in the city's reference system)",
            )
        node = int(used[near])
        angle = np.radians(90.0 - float(gate["bearing"]))
        place = xy[node] + GATE_STUB * np.array([np.cos(angle), np.sin(angle)])
        places.append((float(place[0]), float(place[1])))
        code = f"gate-{plain(gate['name']).replace(' ', '-')}"
        rows.append(
            {"code": code, "segment_id": code, "a": node, "b": len(xy) + len(places) - 1, "gate": True,
             "given": gate["road_class"], "label": gate["name"], "geometry": shapely.LineString([xy[node], place])}
        )  # fmt: skip
    _append(graph, rows, places, "gate")


def street_count(graph: Graph, table: pd.DataFrame) -> np.ndarray:
    """Streets that meet at every node, those that go on beyond the map included, shape (nodes,).

    Streets go on at the outer end of a gate's stub, where a ronde ends, and where a stretch added from a main section
    ends away from every street. Carriageways of one ramp count once, as in `gates`.
    """
    nodes = len(graph.nodes)
    pair = np.sort(table[["a", "b"]].to_numpy(), axis=1)
    single = pd.DataFrame({"a": pair[:, 0], "b": pair[:, 1], "length": table["length"].round(1)}).drop_duplicates()
    arms = np.bincount(single[["a", "b"]].to_numpy().ravel(), minlength=nodes)
    goes_on = np.zeros(nodes, dtype=int)
    goes_on[table.loc[table["gate"], "b"]] = 1
    rondes = table[table["ring"] & ~table["ramp"] & ~table["gate"]]
    met = np.bincount(rondes[["a", "b"]].drop_duplicates().to_numpy().ravel(), minlength=nodes)
    neighbours = np.zeros(nodes, dtype=int)
    edges = np.unique(np.sort(rondes[["a", "b"]].to_numpy(), axis=1), axis=0)
    np.add.at(neighbours, edges.ravel(), 1)
    goes_on[(met > 0) & (neighbours == 1)] = 1
    added = table[table["added"].notna()]
    ends = added[["a", "b"]].to_numpy().ravel()
    goes_on[ends[arms[ends] == 1]] = 1
    return arms + goes_on
