"""Distance on foot from every node to the nearest stop of public transport, where a city has stops."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import cKDTree

from exante.kernels.access import AccessNetwork, distance_to_nearest
from exante.models.access.streets import open_links, rows
from exante.quantities.declarations import Inputs, Model, Outputs
from exante.quantities.errors import MissingLayerError

FARTHEST = 10_000.0
"""Distance (m) written where no stop is nearer or none can be reached: results are finite."""


def run(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Run the model. A stop is reached from the nearest walkable node, the straight way between them included.

    Raises
    ------
    MissingLayerError
        If no street may be walked.
    """
    node = {name: i for i, name in enumerate(inputs["nodes.node_id"].tolist())}
    foot = open_links(inputs["links.allowed_uses"], "walk")
    tail = rows(node, inputs["links.from_node_id"][foot], "links.from_node_id")
    head = rows(node, inputs["links.to_node_id"][foot], "links.to_node_id")
    if not foot.any():
        raise MissingLayerError(
            "no street may be walked", where="links.allowed_uses", remedy="Allow walk on the streets of the city"
        )
    walkable = np.unique(np.concatenate([tail, head]))
    xy = shapely.get_coordinates(inputs["nodes.geometry"])
    away, nearest = cKDTree(xy[walkable]).query(shapely.get_coordinates(inputs["stops.geometry"]))
    stop = len(node) + np.arange(len(away))
    network = AccessNetwork.build(
        np.concatenate([tail, walkable[nearest]]),
        np.concatenate([head, stop]),
        np.concatenate([inputs["links.length"][foot], away]),
        len(node) + len(stop),
        directed=False,
    )
    distance = distance_to_nearest(network, np.arange(network.n_nodes) >= len(node))[: len(node)]
    return Outputs({"node_stop_distance": np.minimum(distance, FARTHEST)})


MODEL = Model(
    name="access_stops",
    reads=(
        "nodes.node_id",
        "nodes.geometry",
        "links.from_node_id",
        "links.to_node_id",
        "links.length",
        "links.allowed_uses",
        "stops.geometry",
    ),
    writes=("node_stop_distance",),
    parameters=(),
    run=run,
    modules=("exante.models.access",),
    optional=True,
)
