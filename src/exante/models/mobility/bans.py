"""Bans on links: which cars may not use them, in which hours, and where those cars are left."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from exante.kernels.graph import Graph
from exante.kernels.skims import skim
from exante.models.mobility.network import Network
from exante.models.mobility.periods import charged_share
from exante.quantities.declarations import Inputs
from exante.quantities.errors import NetworkError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: Places at the edge of the banned streets, nearest on foot, where drivers bound for a zone inside may leave the car:
#: enough to have one on every side of a historic centre.
PLACES = 8


@dataclass(frozen=True)
class Bans:
    """Bans for cars in the modelled hours.

    Attributes
    ----------
    closed : ndarray of bool, shape (graph links,)
        Links that a barred car may not use in banned hours.
    on_foot : ndarray of bool, shape (graph links,)
        Links between a zone inside and the edge, which barred drivers walk; nobody else uses them.
    discomfort : ndarray, shape (graph links,)
        What a walk costs beyond its time, s.
    barred : ndarray, shape (centroids,)
        Share of cars that are barred, by where their driver lives.
    hours : ndarray, shape (periods,)
        Share of each period's traffic that travels in banned hours.
    """

    closed: BoolArray
    on_foot: BoolArray
    discomfort: FloatArray
    barred: FloatArray
    hours: FloatArray

    @property
    def any(self) -> bool:
        """Whether any car is barred from anything in a modelled hour."""
        return bool(self.closed.any() and self.barred.any() and self.hours.any())


def no_bans(network: Network) -> Bans:
    """Bans of a city without any."""
    links, centroids = network.graph.n_links, network.zones + network.gates
    open_to_all = np.zeros(links, dtype=bool)
    return Bans(open_to_all, open_to_all, np.zeros(links), np.zeros(centroids), np.zeros(1))


def read_bans(inputs: Inputs, network: Network) -> tuple[Network, Bans]:
    """The network with the walks that bans make necessary, and the bans; the same network where there are none.

    A zone all of whose connectors lie on streets that barred cars cannot reach is *inside*. Its residents hold permits
    (where some connectors lie inside, as many residents as that). Barred drivers who visit it leave the car at the
    edge, at one of `PLACES`, and walk: their trip costs more, and part of them change mode or destination. Bans of
    other vehicles are not in this version: goods traffic follows cars, motorcycles go everywhere.

    Raises
    ------
    NetworkError
        If bans differ in hours or exemptions, or leave a zone or gate out of a barred car's reach.
    """
    car = inputs["bans.vehicle_class"].astype(str) == "car"
    if not car.any() or (inputs["bans.exempt_share"][car] >= 1.0).all():
        return network, no_bans(network)
    start, end, exempt = _one_rule(inputs, car)
    banned = set(inputs["bans.link_id"][car].tolist())
    streets = len(network.streets)
    shut = np.array([link in banned for link in inputs["links.link_id"][network.streets].tolist()], dtype=bool)
    if not shut.any():
        return network, no_bans(network)
    closed = np.zeros(network.graph.n_links, dtype=bool)
    closed[:streets] = shut
    before, after = _joined(network, np.zeros(streets, dtype=bool)), _joined(network, shut)
    cut_off = before & ~after
    connector = network.foot.from_node < network.zones
    at_zone = network.foot.from_node[connector]
    lost = cut_off[network.foot.to_node[connector] + network.gates]
    count = np.bincount(at_zone, minlength=network.zones)
    inside = np.bincount(at_zone, weights=lost, minlength=network.zones) / np.maximum(count, 1)
    barred = np.full(network.zones + network.gates, 1.0 - exempt)
    barred[: network.zones] *= 1.0 - inside
    tail, head = network.graph.from_node[:streets][shut], network.graph.to_node[:streets][shut]
    edge = np.unique(np.concatenate([tail, head]))
    edge = edge[after[edge]]
    wider, walks = _with_walks(inputs, network, np.flatnonzero(inside == 1.0), edge)
    more = wider.graph.n_links - network.graph.n_links
    closed = np.concatenate([closed, np.zeros(more, dtype=bool)])
    on_foot = np.concatenate([np.zeros(network.graph.n_links, dtype=bool), np.ones(more, dtype=bool)])
    discomfort = np.concatenate(
        [np.zeros(network.graph.n_links), (inputs.parameters["walk_weight"] - 1.0) * np.concatenate([walks, walks])]
    )
    _require_reach(inputs, wider, closed, on_foot)
    return wider, Bans(closed, on_foot, discomfort, barred, charged_share(start, end))


def _one_rule(inputs: Inputs, car: BoolArray) -> tuple[float, float, float]:
    """Hours and exempt share of all bans on cars."""
    rules = np.stack([inputs[f"bans.{c}"][car] for c in ("start_hour", "end_hour", "exempt_share")], axis=1)
    told = np.unique(rules.astype(float), axis=0)
    if len(told) > 1:
        raise NetworkError(
            f"cars are banned under {len(told)} sets of hours and exempt shares, and the model knows one",
            where="table bans",
            remedy="Give all bans on cars the same start_hour, end_hour and exempt_share",
        )
    return float(told[0, 0]), float(told[0, 1]), float(told[0, 2])


def _joined(network: Network, shut: BoolArray) -> BoolArray:
    """Nodes that cars can reach from, and return to, most of the streets, shape (nodes,)."""
    graph, streets = network.graph, len(network.streets)
    tail, head = graph.from_node[:streets][~shut], graph.to_node[:streets][~shut]
    links = csr_array((np.ones(len(tail)), (tail, head)), shape=(graph.n_nodes, graph.n_nodes))
    _, label = connected_components(links, directed=True, connection="strong")
    return label == np.bincount(label).argmax()


def _with_walks(
    inputs: Inputs, network: Network, zones: NDArray[np.int64], edge: NDArray[np.int32]
) -> tuple[Network, FloatArray]:
    """The network with links between `zones` and the nearest nodes of `edge`, and their time on foot, s."""
    if not len(zones):
        return network, np.zeros(0)
    metres = _walks(network, zones)[:, edge - network.gates] if len(edge) else np.full((len(zones), 1), np.inf)
    nearest = np.argsort(metres, axis=1, kind="stable")[:, :PLACES]
    length = np.take_along_axis(metres, nearest, axis=1)
    kept = np.isfinite(length)
    if not kept.any(axis=1).all():
        lost = inputs["zones.zone_id"][zones[int(np.flatnonzero(~kept.any(axis=1))[0])]]
        raise NetworkError(
            f"zone {lost} lies inside a ban, and nobody can walk to it from where cars may stop",
            where="table bans",
            remedy="Allow walk or bike on the streets that join it to the rest",
        )
    at_zone = np.repeat(zones, kept.sum(axis=1))
    at_node = edge[nearest[kept]]
    seconds = length[kept] / 1000.0 / inputs.parameters["walk_speed"] * 3600.0
    old, more = network.graph, 2 * len(at_zone)
    graph = Graph.build(
        np.concatenate([old.from_node, at_zone, at_node]),
        np.concatenate([old.to_node, at_node, at_zone]),
        old.n_nodes,
        old.n_zones,
        first_through_node=old.n_zones,
    )
    return replace(
        network,
        graph=graph,
        length=np.concatenate([network.length, np.zeros(more)]),
        free_time=np.concatenate([network.free_time, seconds, seconds]),
        capacity=np.concatenate([network.capacity, np.full(more, 1e6)]),
        alpha=np.concatenate([network.alpha, np.zeros(more)]),
    ), seconds


def _walks(network: Network, zones: NDArray[np.int64]) -> FloatArray:
    """Distance on foot from `zones` to all nodes of the walking graph, m, shape (zones, nodes)."""
    foot = network.foot
    tail, head, metres = foot.from_node, foot.to_node, network.foot_length
    used = head >= network.zones  # out of zones and along streets, never through a zone
    order = np.lexsort((metres[used], head[used], tail[used]))
    tail, head, metres = tail[used][order], head[used][order], metres[used][order]
    first = np.ones(len(tail), dtype=bool)  # the shortest of parallel links
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    size = (foot.n_nodes, foot.n_nodes)
    links = csr_array((np.maximum(metres[first], 1e-6), (tail[first], head[first])), shape=size)
    return np.asarray(dijkstra(links, indices=zones))


def _require_reach(inputs: Inputs, network: Network, closed: BoolArray, on_foot: BoolArray) -> None:
    """Raise where a barred car cannot make a trip that other cars can."""
    barred = np.isfinite(skim(network.graph, np.where(closed, np.inf, network.free_time))[0])
    if barred.all():
        return
    anyone = np.isfinite(skim(network.graph, np.where(on_foot, np.inf, network.free_time))[0])
    lost = np.argwhere(anyone & ~barred)
    if len(lost):
        names = [f"zone {z}" for z in inputs["zones.zone_id"]] + [f"gate {g + 1}" for g in range(network.gates)]
        raise NetworkError(
            f"bans leave no way by car from {names[lost[0, 0]]} to {names[lost[0, 1]]}",
            where="table bans",
            remedy="Leave the streets that join them open, or connect the zone to a street outside the ban",
        )
