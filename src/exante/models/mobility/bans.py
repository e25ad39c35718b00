"""Bans on links: which cars may not use them, in which hours, and where those cars are left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

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
from exante.quantities.labels import place

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: Places at the edge of the banned streets, nearest on foot, where drivers bound for a zone inside may leave the car:
#: enough to have one on every side of a historic centre.
PLACES = 8

#: Results of the fleet model that are used where it runs.
USES = ("zone_barred_cars", "barred_by_vehicle")

#: Vehicle classes besides cars whose bans the model knows; buses are not in its traffic.
OTHERS = ("motorcycle", "van", "truck")


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
    inside : ndarray, shape (centroids,)
        Share of each zone that lies inside.
    others : dict of str to float
        Share of the vehicles of each other class that are barred.
    """

    closed: BoolArray
    on_foot: BoolArray
    discomfort: FloatArray
    barred: FloatArray
    hours: FloatArray
    inside: FloatArray = field(default_factory=lambda: np.zeros(1))
    others: dict[str, float] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether any vehicle is barred from anything in a modelled hour."""
        someone = self.barred.any() or any(self.others.values())
        return bool(self.closed.any() and someone and self.hours.any())


def no_bans(network: Network) -> Bans:
    """Bans of a city without any."""
    links, centroids = network.graph.n_links, network.zones + network.gates
    open_to_all = np.zeros(links, dtype=bool)
    return Bans(open_to_all, open_to_all, np.zeros(links), np.zeros(centroids), np.zeros(1))


def read_bans(inputs: Inputs, network: Network) -> tuple[Network, Bans]:
    """The network with the walks that bans make necessary, and the bans; the same network where there are none.

    A zone all of whose connectors lie on streets that barred cars cannot reach is *inside*. Its residents hold permits
    (where some connectors lie inside, as many residents as that). Barred drivers who visit it leave the car at the
    edge, at one of `PLACES`, and walk: their trip costs more, and part of them change mode or destination. Other
    vehicles that are barred go round; those with an end inside may go there (they deliver, or park there).

    Raises
    ------
    NetworkError
        If bans differ in hours, exemptions or links, or leave a zone or gate out of a barred car's reach.
    """
    vehicle = inputs["bans.vehicle_class"].astype(str)
    told = (inputs["bans.exempt_share"] < 1.0) & np.isin(vehicle, ("car", *OTHERS))
    if not told.any():
        return network, no_bans(network)
    start, end, exempt = _one_rule(inputs, vehicle, told)
    banned = set(inputs["bans.link_id"][told].tolist())
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
    barred = np.full(network.zones + network.gates, 1.0 - exempt.pop("car", 1.0))
    barred[: network.zones] *= 1.0 - inside
    below = inputs["barred_by_vehicle"]  # one where bans name no emission standard; nothing without a fleet model
    if len(below):
        barred[: network.zones] *= inputs["zone_barred_cars"]
        barred[network.zones :] *= below[place("vehicle", "car")]
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
    held = np.concatenate([inside, np.zeros(network.gates)])
    others = {
        name: (1.0 - share) * (below[place("vehicle", name)] if len(below) else 1.0) for name, share in exempt.items()
    }
    return wider, Bans(closed, on_foot, discomfort, barred, charged_share(start, end), held, others)


def _one_rule(inputs: Inputs, vehicle: np.ndarray, told: BoolArray) -> tuple[float, float, dict[str, float]]:
    """Hours of all bans, and the exempt share of each vehicle class."""
    exempt: dict[str, float] = {}
    hours, links = set(), set()
    for name in np.unique(vehicle[told]).tolist():
        rows = told & (vehicle == name)
        rules = np.stack([inputs[f"bans.{c}"][rows] for c in ("start_hour", "end_hour", "exempt_share")], axis=1)
        kinds = np.unique(rules.astype(float), axis=0)
        if len(kinds) > 1:
            raise NetworkError(
                f"{name}s are banned under {len(kinds)} sets of hours and exempt shares, and the model knows one",
                where="table bans",
                remedy=f"Give all bans on {name}s the same start_hour, end_hour and exempt_share",
            )
        exempt[name] = float(kinds[0, 2])
        hours.add((float(kinds[0, 0]), float(kinds[0, 1])))
        links.add(frozenset(inputs["bans.link_id"][rows].tolist()))
    if len(hours) > 1 or len(links) > 1:
        raise NetworkError(
            f"bans on {', '.join(f'{name}s' for name in exempt)} differ in their hours or links, and the model knows "
            "one set of both",
            where="table bans",
            remedy="Give the bans of all vehicle classes the same links, start_hour and end_hour",
        )
    start, end = hours.pop()
    return start, end, exempt


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
    if _all_joined(network, closed):
        return
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


def _all_joined(network: Network, closed: BoolArray) -> bool:
    """Whether every centroid has a way out to, and in from, streets that are joined without the closed ones."""
    graph, streets = network.graph, len(network.streets)
    joined = _joined(network, closed[:streets])
    first = graph.n_zones
    reach_out = np.zeros(first, dtype=bool)
    reach_in = np.zeros(first, dtype=bool)
    out = (graph.from_node < first) & joined[graph.to_node]
    into = (graph.to_node < first) & joined[graph.from_node]
    reach_out[graph.from_node[out]] = True
    reach_in[graph.to_node[into]] = True
    return bool(reach_out.all() and reach_in.all())
