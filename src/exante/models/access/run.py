"""Addresses along the streets of every zone, and the share of each zone's addresses within reach of every node."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix, vstack

from exante.kernels.access import AccessNetwork, in_parts
from exante.models.access.streets import open_links, rows
from exante.quantities.declarations import Inputs, Outputs
from exante.quantities.errors import NetworkError

LongArray = NDArray[np.int64]


def run(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Run the model; it has no iterations and no use for a start.

    Raises
    ------
    NetworkError
        If a zone has neither streets to walk on nor connectors, or a table names what is not in the city.
    """
    node = {name: i for i, name in enumerate(inputs["nodes.node_id"].tolist())}
    zone = {name: i for i, name in enumerate(inputs["zones.zone_id"].tolist())}
    tail = rows(node, inputs["links.from_node_id"], "links.from_node_id")
    head = rows(node, inputs["links.to_node_id"], "links.to_node_id")
    addresses = _addresses(inputs, tail, head, node, zone)
    where, of, share = addresses.row.astype(np.int64), addresses.col.astype(np.int64), addresses.data
    arrays: dict[str, np.ndarray] = {"address_node": where, "address_zone": of, "address_share": share}
    told = {}
    for mode, use in (("walk", "walk"), ("cycle", "bike")):
        open_ = open_links(inputs["links.allowed_uses"], use)
        network = AccessNetwork.build(
            tail[open_], head[open_], inputs["links.length"][open_], len(node), directed=False
        )
        reach = _reach(network, inputs.parameters[f"{mode}_reach"], addresses.tocsr())
        arrays[f"{mode}_reach_node"] = reach.row.astype(np.int64)
        arrays[f"{mode}_reach_zone"] = reach.col.astype(np.int64)
        arrays[f"{mode}_reach_share"] = np.minimum(reach.data, 1.0)
        told[f"{mode}_pairs"] = float(reach.nnz)
    return Outputs(arrays, diagnostics=told)


def _addresses(
    inputs: Inputs, tail: LongArray, head: LongArray, node: dict[str, int], zone: dict[str, int]
) -> coo_matrix:
    """Share of each zone's addresses at each node, shape (nodes, zones), columns sum to one.

    Addresses lie along the walkable streets of the zone, half of each street at either end; a zone without any has its
    addresses where its connectors are.
    """
    names = inputs["links.zone_id"]
    inside = open_links(inputs["links.allowed_uses"], "walk") & np.array(
        [name is not None for name in names.tolist()], dtype=bool
    )
    of = rows(zone, names[inside], "links.zone_id")
    half = 0.5 * inputs["links.length"][inside]
    found = coo_matrix(
        (np.concatenate([half, half]), (np.concatenate([tail[inside], head[inside]]), np.concatenate([of, of]))),
        (len(node), len(zone)),
    ).tocsr()
    bare = np.flatnonzero(np.asarray(found.sum(axis=0)).ravel() <= 0)
    if bare.size:
        at = rows(node, inputs["connectors.node_id"], "connectors.node_id")
        serves = rows(zone, inputs["connectors.zone_id"], "connectors.zone_id")
        used = np.isin(serves, bare)
        found = found + csr_matrix((np.ones(used.sum()), (at[used], serves[used])), found.shape)
        lost = np.setdiff1d(bare, serves)
        if lost.size:
            raise NetworkError(
                f"nobody can live in zone {inputs['zones.zone_id'][lost[0]]}: it has neither streets to walk on nor "
                "connectors",
                where="links.zone_id",
                remedy="Give the zone a connector",
            )
    total = np.asarray(found.sum(axis=0)).ravel()
    shares = found.tocoo()
    return coo_matrix((shares.data / total[shares.col], (shares.row, shares.col)), found.shape)


def _reach(network: AccessNetwork, radius: float, addresses: csr_matrix) -> coo_matrix:
    """Share of each zone's addresses within `radius` of each node, shape (nodes, zones)."""
    own = addresses[network.order]
    found_rows, sources = [], []
    for near in in_parts(network, radius):
        pairs = csr_matrix(
            (np.ones(near.pairs), near.node.astype(np.int64), near.start), (len(near.source), network.n_nodes)
        )
        found_rows.append(pairs @ own)
        sources.append(near.source[near.place])
    found = vstack(found_rows).tocsr()
    found.sort_indices()
    caller = found[np.argsort(np.concatenate(sources))]
    return caller.tocoo()
