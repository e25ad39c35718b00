"""The street network as the model sees it: one graph for cars, one for walking, zones and gates as centroids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.kernels.graph import Graph
from exante.models.mobility.speeds import delays_of, speeds_of
from exante.quantities.declarations import Inputs
from exante.quantities.errors import NetworkError

FloatArray = NDArray[np.float64]

#: Speed on the connectors between a zone and its streets, km/h: the last few hundred metres in small streets.
CONNECTOR_SPEED = 20.0


@dataclass(frozen=True)
class Network:
    """Streets, connectors and centroids of a city.

    Centroids come first: zones, then gates. Street links open to cars come first among the links of `graph`,
    then the connectors.

    Attributes
    ----------
    graph : Graph
        Car network.
    streets : ndarray of int, shape (car links,)
        Row in the city's table of each street link of the graph.
    length : ndarray, shape (graph links,)
        m.
    free_time : ndarray, shape (graph links,)
        s, junction delay included.
    capacity : ndarray, shape (graph links,)
        pce/hour.
    alpha : ndarray, shape (graph links,)
        Rise of time at capacity; zero on connectors.
    cruise_speed, all_free_time : ndarray, shape (links,)
        km/h and s for every link of the city's table.
    zones, gates : int
        Numbers of centroids.
    walk_distance : ndarray, shape (zones, zones)
        km on the street network in either direction, the inner distance of a zone on the diagonal.
    foot : Graph
        Walking network: zones, then the city's nodes.
    foot_length : ndarray, shape (links of `foot`,)
        m.
    """

    graph: Graph
    streets: NDArray[np.int64]
    length: FloatArray
    free_time: FloatArray
    capacity: FloatArray
    alpha: FloatArray
    cruise_speed: FloatArray
    all_free_time: FloatArray
    zones: int
    gates: int
    walk_distance: FloatArray
    foot: Graph
    foot_length: FloatArray


def build_network(inputs: Inputs) -> Network:
    """Network of the city under the rules in force."""
    row = {node: i for i, node in enumerate(inputs["nodes.node_id"].tolist())}
    tail = _rows(row, inputs["links.from_node_id"], "links.from_node_id")
    head = _rows(row, inputs["links.to_node_id"], "links.to_node_id")
    cruise = speeds_of(inputs)
    waits = delays_of(inputs, tail, head)
    moving = inputs["links.length"] / cruise * 3.6
    free = moving + waits.low
    uses = inputs["links.allowed_uses"].tolist()
    car = np.array(["auto" in (u or "") for u in uses], dtype=bool)
    foot = np.array(["walk" in (u or "") or "bike" in (u or "") for u in uses], dtype=bool)
    zone_row = {zone: i for i, zone in enumerate(inputs["zones.zone_id"].tolist())}
    zones, gates = len(zone_row), len(inputs["gates.weight"])
    first = zones + gates
    at_zone = _rows(zone_row, inputs["connectors.zone_id"], "connectors.zone_id")
    at_node = _rows(row, inputs["connectors.node_id"], "connectors.node_id") + first
    entry = _rows(row, inputs["gates.entry_node_id"], "gates.entry_node_id") + first
    leave = _rows(row, inputs["gates.exit_node_id"], "gates.exit_node_id") + first
    gate = np.arange(zones, first)
    streets = np.flatnonzero(car)
    access = inputs["connectors.length"]
    length = inputs["links.length"]
    from_node = np.concatenate([tail[streets] + first, at_zone, at_node, gate, leave])
    to_node = np.concatenate([head[streets] + first, at_node, at_zone, entry, gate])
    extra = np.concatenate([access, access, np.zeros(2 * gates)])
    motorway = np.isin(inputs["links.road_class"].astype(str), ("motorway", "trunk"))
    p = inputs.parameters
    graph = Graph.build(from_node, to_node, first + len(row), first, first_through_node=first)
    walk_distance, on_foot, metres = _walk_distance(
        inputs, tail[foot], head[foot], length[foot], at_zone, at_node - first, len(row)
    )
    room = inputs["links.capacity"] * inputs["links.lanes"]
    # Time at capacity: a moving part that is a share of the time between junctions, and delay at the end.
    rise = np.where(motorway, p["alpha_motorway"], p["alpha_street"]) * moving + waits.rise
    return Network(
        graph=graph,
        streets=streets,
        length=np.concatenate([length[streets], extra]),
        free_time=np.concatenate([free[streets], extra / CONNECTOR_SPEED * 3.6]),
        capacity=np.concatenate([room[streets], np.full(len(extra), 1e6)]),
        alpha=np.concatenate([(rise / free)[streets], np.zeros(len(extra))]),
        cruise_speed=cruise,
        all_free_time=free,
        zones=zones,
        gates=gates,
        walk_distance=walk_distance,
        foot=on_foot,
        foot_length=metres,
    )


def _walk_distance(
    inputs: Inputs,
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    length: FloatArray,
    at_zone: NDArray[np.int64],
    at_node: NDArray[np.int64],
    nodes: int,
) -> tuple[FloatArray, Graph, FloatArray]:
    """Distance between zones on foot or by bicycle, km: streets in both directions, whatever the rule for cars.

    With it the walking graph and the length of its links, m.
    """
    from exante.kernels.skims import skim

    zones = len(inputs["zones.area"])
    access = inputs["connectors.length"]
    graph = Graph.build(
        np.concatenate([tail + zones, head + zones, at_zone, at_node + zones]),
        np.concatenate([head + zones, tail + zones, at_node + zones, at_zone]),
        zones + nodes,
        zones,
        first_through_node=zones,
    )
    along = np.concatenate([length, length, access, access])
    metres, _ = skim(graph, along)
    if not np.isfinite(metres).all():
        lost = np.argwhere(~np.isfinite(metres))[0]
        names = inputs["zones.zone_id"]
        raise NetworkError(
            f"nobody can walk from zone {names[lost[0]]} to zone {names[lost[1]]}",
            where="links.allowed_uses",
            remedy="Allow walk or bike on the streets that join them",
        )
    distance = metres / 1000.0
    np.fill_diagonal(distance, inner_distance(inputs["zones.area"]))
    return distance, graph, along


def inner_distance(area: FloatArray) -> FloatArray:
    """Mean distance of trips that stay in a zone, km.

    Half the radius of a circle of equal area: short trips inside a zone are more likely than long ones.

    Examples
    --------
    >>> inner_distance(np.array([np.pi * 1e6])).round(3).tolist()
    [0.5]
    """
    return 0.5 * np.sqrt(area / np.pi) / 1000.0


def _rows(index: dict[str, int], ids: np.ndarray, name: str) -> NDArray[np.int64]:
    found = np.array([index.get(value, -1) for value in ids.tolist()], dtype=np.int64)
    if (found < 0).any():
        lost = ids[int(np.flatnonzero(found < 0)[0])]
        raise NetworkError(f"'{lost}' of {name} is not in the city", where=name, remedy="Check the city's tables")
    return found
