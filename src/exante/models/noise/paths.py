"""Façades along the streets of every zone, and the streets that each of them hears; no policy on traffic changes it."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from exante.kernels.sound.paths import trace_paths
from exante.quantities.declarations import Inputs, Model, Outputs
from exante.quantities.errors import MissingLayerError, NetworkError

LongArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

RADIUS = 400.0
"""Distance (m) beyond which a street is not heard: buildings between take 10 dB and more."""

PIECE = 50.0
"""Longest piece (m) of a street that stands for its points."""

NOT_LIVED_ON = ("motorway", "trunk", "busway")
"""Classes of road that no front doors open on."""


def run(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Run the model: geometry alone, so it runs once for a city.

    Raises
    ------
    MissingLayerError
        If no street has front doors.
    NetworkError
        If a link lies in a zone that is not in the city.
    """
    street = _streets(inputs["links.from_node_id"], inputs["links.to_node_id"])
    shapes, length = inputs["links.geometry"], inputs["links.length"]
    middle = shapely.get_coordinates(shapely.line_interpolate_point(shapes, 0.5, normalized=True))
    facade_link, zone, share = _facades(inputs, street, middle)
    count = np.maximum(np.ceil(length / PIECE), 1).astype(np.int64)
    of = np.repeat(np.arange(len(shapes)), count)
    place = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    along = (place + 0.5) / count[of]
    pieces = shapely.get_coordinates(shapely.line_interpolate_point(shapes[of], along, normalized=True))
    paths = trace_paths(middle[facade_link], pieces, (length / count)[of], of, len(shapes), RADIUS)
    other = street[paths.link] != street[facade_link][paths.facade]
    return Outputs(
        {
            "street_of_link": street,
            "facade_street": street[facade_link],
            "facade_link": facade_link,
            "facade_zone": zone,
            "facade_share": share,
            "sound_path_facade": paths.facade[other],
            "sound_path_link": paths.link[other],
            "sound_path_gain": paths.gain[other],
            "sound_path_distance": paths.distance[other],
        },
        diagnostics={"facades": float(len(facade_link)), "paths": float(other.sum())},
    )


def _streets(tail: np.ndarray, head: np.ndarray) -> LongArray:
    """Number of the street of each link: both directions between two nodes are one, shape (links,)."""
    names, row = np.unique(np.concatenate([tail, head]).astype(str), return_inverse=True)
    a, b = row[: len(tail)], row[len(tail) :]
    _, street = np.unique(np.minimum(a, b) * len(names) + np.maximum(a, b), return_inverse=True)
    return street.astype(np.int64)


def _facades(inputs: Inputs, street: LongArray, middle: FloatArray) -> tuple[LongArray, LongArray, FloatArray]:
    """Link, zone and share of the zone's residents of every façade: one a street, by length of street in the zone.

    A zone without such a street has its residents on the street nearest to its middle.
    """
    lived = ~np.isin(inputs["links.road_class"].astype(str), NOT_LIVED_ON) & ~inputs["links.ramp"].astype(bool)
    if not lived.any():
        raise MissingLayerError(
            "no street has front doors", where="links.road_class", remedy="Noise needs streets below trunk roads"
        )
    names = inputs["links.zone_id"]
    zone_row = {name: i for i, name in enumerate(inputs["zones.zone_id"].tolist())}
    inside = np.flatnonzero(lived & np.array([name is not None for name in names.tolist()], dtype=bool))
    lost = [name for name in names[inside].tolist() if name not in zone_row]
    if lost:
        raise NetworkError(
            f"'{lost[0]}' of links.zone_id is not in the city", where="links.zone_id", remedy="Check the city's tables"
        )
    _, first = np.unique(street[inside], return_index=True)
    link = inside[np.sort(first)]
    zone = np.array([zone_row[name] for name in names[link].tolist()], dtype=np.int64)
    bare = np.setdiff1d(np.arange(len(zone_row)), zone)
    if bare.size:
        choice = np.flatnonzero(lived)
        centre = shapely.get_coordinates(shapely.centroid(inputs["zones.geometry"][bare]))
        link = np.concatenate([link, choice[cKDTree(middle[choice]).query(centre)[1]]])
        zone = np.concatenate([zone, bare])
    length = inputs["links.length"][link]
    return link, zone, length / np.bincount(zone, length, minlength=len(zone_row))[zone]


MODEL = Model(
    name="noise_paths",
    reads=(
        "links.from_node_id",
        "links.to_node_id",
        "links.length",
        "links.road_class",
        "links.ramp",
        "links.zone_id",
        "links.geometry",
        "zones.zone_id",
        "zones.geometry",
    ),
    writes=(
        "street_of_link",
        "facade_street",
        "facade_link",
        "facade_zone",
        "facade_share",
        "sound_path_facade",
        "sound_path_link",
        "sound_path_gain",
        "sound_path_distance",
    ),
    parameters=(),
    run=run,
    modules=("exante.models.noise",),
    optional=True,
)
