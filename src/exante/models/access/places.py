"""Distance on foot from every node to the nearest place of each kind, where a city has places."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from exante.kernels.access import AccessNetwork, distance_to_nearest
from exante.models.access.stops import FARTHEST
from exante.models.access.streets import open_links, rows
from exante.quantities.declarations import Inputs, Model, Outputs
from exante.quantities.errors import MissingLayerError
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

#: Parks are entered from every node within this distance (m) of their edge: half a block, a judgement.
ENTRY = 50.0
#: Least area (m2) of the green space of the 3-30-300 rule (Konijnendijk 2023): one hectare.
HECTARE = 1e4

STREETS = (
    "nodes.node_id",
    "nodes.geometry",
    "links.from_node_id",
    "links.to_node_id",
    "links.length",
    "links.allowed_uses",
)


def distance_to_shapes(inputs: Inputs, shapes: np.ndarray) -> FloatArray:
    """Distance along walkable streets from every node to the nearest of some places, m, at most `FARTHEST`.

    A place is entered from the nearest walkable node and from all within `ENTRY` of its edge, the straight way between
    them included.

    Parameters
    ----------
    inputs : Inputs
        With the columns `STREETS`.
    shapes : ndarray of geometry, shape (places,)
        Points or polygons.

    Returns
    -------
    ndarray, shape (nodes,)

    Raises
    ------
    MissingLayerError
        If no street may be walked.
    """
    node = {name: i for i, name in enumerate(inputs["nodes.node_id"].tolist())}
    foot = open_links(inputs["links.allowed_uses"], "walk")
    if not foot.any():
        raise MissingLayerError(
            "no street may be walked", where="links.allowed_uses", remedy="Allow walk on the streets of the city"
        )
    if not len(shapes):
        return np.full(len(node), FARTHEST)
    tail = rows(node, inputs["links.from_node_id"][foot], "links.from_node_id")
    head = rows(node, inputs["links.to_node_id"][foot], "links.to_node_id")
    walkable = np.unique(np.concatenate([tail, head]))
    tree = shapely.STRtree(inputs["nodes.geometry"][walkable])
    nearest = np.stack(tree.query_nearest(shapes, all_matches=False))
    around = np.stack(tree.query(shapes, predicate="dwithin", distance=ENTRY))
    place, at = np.unique(np.concatenate([nearest, around], axis=1), axis=1)
    away = shapely.distance(shapes[place], inputs["nodes.geometry"][walkable[at]])
    network = AccessNetwork.build(
        np.concatenate([tail, walkable[at]]),
        np.concatenate([head, len(node) + place]),
        np.concatenate([inputs["links.length"][foot], away]),
        len(node) + len(shapes),
        directed=False,
    )
    found = distance_to_nearest(network, np.arange(network.n_nodes) >= len(node))[: len(node)]
    return np.asarray(np.minimum(found, FARTHEST))


def run(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Distance to the nearest place of every kind.

    Raises
    ------
    MissingLayerError
        If no street may be walked.
    """
    kind = inputs["places.kind"].astype(str)
    shapes = inputs["places.geometry"]
    found = [distance_to_shapes(inputs, shapes[kind == label]) for label in LABELS["place_kind"]]
    return Outputs({"node_place_distance": np.stack(found)})


def run_green(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Distance to the nearest park of a hectare or more.

    Raises
    ------
    MissingLayerError
        If no street may be walked.
    """
    large = np.nan_to_num(inputs["places.area"]) >= HECTARE
    return Outputs({"node_green_distance": distance_to_shapes(inputs, inputs["places.geometry"][large])})


PLACES = Model(
    name="access_places",
    reads=(*STREETS, "places.kind", "places.geometry"),
    writes=("node_place_distance",),
    parameters=(),
    run=run,
    modules=("exante.models.access",),
    optional=True,
)
GREEN = Model(
    name="access_green",
    reads=(*STREETS, "places.area", "places.geometry"),
    writes=("node_green_distance",),
    parameters=(),
    run=run_green,
    modules=("exante.models.access",),
    optional=True,
)
