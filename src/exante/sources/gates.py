"""Gates: where main roads leave the extract, and what share of external traffic each may carry.

A road leaves at a node where more streets meet in the full map than in the extract (`street_count`), if the
road does not go on inside: one neighbour along main roads, or a roundabout. The two carriageways of a divided
road, and the pieces of a ring that the edge has cut, end at different nodes: they are paired, and a *turn link*
beyond the edge joins them, so that the gate belongs to the connected network (it stands for the way to the next
junction outside and back).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from exante.sources.streets import Streets, node_rows, reach, text
from exante.sources.tags import CLASSES

MAIN = ("motorway", "trunk", "primary", "secondary", "tertiary")
#: Vehicles a working day over the city's edge, one direction, by class of the road. Regional stations around Bologna
#: (Tuesdays to Thursdays, January to April 2024, rer_counts_2024): 32,700 on the tangenziale (152); 5,950, 9,560, 8,720
#: and 9,220 on primary roads (154, 156, 160, 683: they differ by a fifth, by capacity they would by a third); 5,700 on
#: a secondary one (502). Trunk and tertiary roads have no station (judgement: half of a motorway, half of a secondary).
VOLUME = {"motorway": 32_700.0, "trunk": 16_000.0, "primary": 8_360.0, "secondary": 5_700.0, "tertiary": 2_800.0}
PAIR_REACH = 800.0  # m between the ends of two carriageways of one road
MERGE_REACH = 150.0  # m within which two ends of the same class are one gate (arms of a roundabout)
HALF_REACH = 300.0  # m from the end of one direction to the node of the same road where the other is cut off
TURN_LENGTH = 4000.0  # m, to the next junction outside and back (judgement)


@dataclass(frozen=True)
class End:
    """A node where a main road leaves the extract; `through` where the road also goes on inside."""

    node_id: str
    road_class: str
    name: str
    ref: str
    enters: bool
    leaves: bool
    x: float
    y: float
    through: bool = False


def find_ends(streets: Streets) -> list[End]:
    """Nodes of main roads where a street leaves the extract, most important road first."""
    nodes, links = streets.nodes, streets.links
    car = links[links["allowed_uses"].str.contains("auto")]
    beyond = _missing_streets(nodes, links)
    inward, outward = reach(streets)
    row = {node: i for i, node in enumerate(nodes["node_id"])}
    main = car[car["road_class"].isin(MAIN) & ~car["ramp"]]
    ends = []
    out_of, into = dict(list(main.groupby("from_node_id"))), dict(list(main.groupby("to_node_id")))
    control = dict(zip(nodes["node_id"], nodes["ctrl_type"], strict=True))
    place = dict(zip(nodes["node_id"], shapely.get_coordinates(nodes["geometry"].to_numpy()), strict=True))
    for node in nodes.loc[beyond > 0, "node_id"]:
        starts, stops = out_of.get(node), into.get(node)
        met = [part for part in (starts, stops) if part is not None]
        if not met:
            continue
        here = pd.concat(met)
        neighbours = (set(here["from_node_id"]) | set(here["to_node_id"])) - {node}
        ring = control[node] == "roundabout" and bool(here["roundabout"].any())
        best = min(here["road_class"], key=CLASSES.index)
        chosen = here[here["road_class"] == best]
        x, y = place[node]
        ends.append(
            End(
                node_id=node,
                road_class=best,
                name=next(filter(None, map(text, chosen["name"])), ""),
                ref=next(filter(None, map(text, chosen["ref"])), ""),
                enters=starts is not None and bool(inward[row[node]]),
                leaves=stops is not None and bool(outward[row[node]]),
                x=float(x),
                y=float(y),
                through=len(neighbours) > 1 and not ring,
            )
        )
    return sorted(ends, key=lambda e: (CLASSES.index(e.road_class), e.node_id))


def _missing_streets(nodes: pd.DataFrame, links: pd.DataFrame) -> np.ndarray:
    """Streets at every node that the extract does not hold, shape (nodes,)."""
    one, other = links["from_node_id"], links["to_node_id"]
    ends = pd.DataFrame(
        {"a": one.where(one < other, other), "b": other.where(one < other, one), "length": links["length"].round(1)}
    ).drop_duplicates()
    met = pd.concat([ends["a"], ends["b"]]).value_counts()
    count = nodes["street_count"].to_numpy()
    return np.where(count >= 0, count - met.reindex(nodes["node_id"]).fillna(0).to_numpy(), 0)


def pair(ends: list[End], notes: list[str]) -> list[tuple[End, End]]:
    """Entry and exit of every gate; an end without its other half is told and left out."""
    gates: list[tuple[End, End]] = []

    def near(end: End) -> bool:
        return any(g.road_class == end.road_class and _apart(g, end) < MERGE_REACH for g, _ in gates)

    passing, ends = [e for e in ends if e.through], [e for e in ends if not e.through]
    for end in ends:
        if end.enters and end.leaves and not near(end):
            gates.append((end, end))
    inward, outward = [e for e in ends if e.enters and not e.leaves], [e for e in ends if e.leaves and not e.enters]
    couples = sorted(
        (_apart(a, b), a.node_id, b.node_id, a, b)
        for a in inward
        for b in outward
        if a.road_class == b.road_class and _apart(a, b) <= PAIR_REACH
    )
    used: set[str] = set()
    for _, first, second, a, b in couples:
        if first not in used and second not in used and not near(a):
            gates.append((a, b))
        used |= {first, second}
    alone = []
    for end in ends:
        if end.enters == end.leaves or end.node_id in used or near(end):
            continue
        halves = [p for p in passing if p.enters and p.leaves and p.name == end.name and _apart(p, end) <= HALF_REACH]
        if halves and end.name:
            other = min(halves, key=lambda p: (_apart(p, end), p.node_id))
            gates.append((end, other) if end.enters else (other, end))
        else:
            alone.append(end)
    if alone:
        notes.append(
            f"gates: {len(alone)} one-way ends without a counterpart within {PAIR_REACH:g} m are no gates: "
            + ", ".join(f"{e.name or e.ref or e.road_class} ({e.node_id})" for e in alone)
        )
    return gates


def _apart(a: End, b: End) -> float:
    return float(np.hypot(a.x - b.x, a.y - b.y))


def add_turns(streets: Streets, gates: list[tuple[End, End]]) -> None:
    """Join exit and entry of divided roads by a turn link beyond the edge, in place."""
    rows = []
    place = dict(zip(streets.nodes["node_id"], streets.nodes["geometry"], strict=True))
    for entry, leave in gates:
        if entry.node_id == leave.node_id:
            continue
        line = shapely.LineString([place[leave.node_id], place[entry.node_id]])
        rows.append(
            {
                "link_id": f"turn-{leave.node_id}-{entry.node_id}",
                "from_node_id": leave.node_id,
                "to_node_id": entry.node_id,
                "name": f"beyond the edge: {entry.name or entry.ref or entry.road_class}",
                "ref": None,
                "road_class": entry.road_class,
                "ramp": True,
                "length": TURN_LENGTH,
                "lanes": 1.0,
                "source_speed_limit": np.nan,
                "allowed_uses": "auto,bus",
                "roundabout": False,
                "oneway": True,
                "geometry": line,
            }
        )
    if rows:
        streets.links = pd.concat([streets.links, pd.DataFrame(rows)], ignore_index=True)
        streets.notes.append(
            f"{len(rows)} turn links beyond the edge added, {TURN_LENGTH:g} m each, to join divided roads at gates"
        )


def gate_table(streets: Streets, gates: list[tuple[End, End]]) -> pd.DataFrame:
    """Table of gates whose both nodes are in the network; weights sum to one.

    With `volume`, vehicles a working day in one direction by the class of the road, which the city's table leaves out.
    """
    known = node_rows(streets.nodes, [e.node_id for g in gates for e in g]).reshape(-1, 2)
    kept = [gate for gate, rows in zip(gates, known, strict=True) if (rows >= 0).all()]
    lost = [gate for gate, rows in zip(gates, known, strict=True) if (rows < 0).any()]
    if lost:
        streets.notes.append(
            "gates left out because their end is cut off from the network: "
            + ", ".join(a.name or a.ref or a.node_id for a, _ in lost)
        )
    volume = np.array([VOLUME[a.road_class] for a, _ in kept])
    kinds = pd.Series([a.road_class for a, _ in kept]).value_counts()
    streets.notes.append(
        f"gates: {len(kept)} ({', '.join(f'{n} {k}' for k, n in kinds.items())}); weight = usual traffic of its class, "
        f"not observed"
    )
    return pd.DataFrame(
        {
            "gate_id": [f"gate-{a.node_id}" for a, _ in kept],
            "name": [a.name or a.ref or f"{a.road_class} without a name" for a, _ in kept],
            "entry_node_id": [a.node_id for a, _ in kept],
            "exit_node_id": [b.node_id for _, b in kept],
            "weight": volume / volume.sum() if len(kept) else volume,
            "motorway": np.array([a.road_class == "motorway" for a, _ in kept], dtype=bool),
            "volume": volume,
        }
    )
