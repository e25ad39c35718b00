"""Which streets reach which receptor, and how much: the part of air that no policy on traffic changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.spatial import cKDTree

from exante.kernels.plume.canyon import canyon_gain, canyon_share
from exante.kernels.plume.dispersion import line_gain, plume_gain, rose_table
from exante.kernels.plume.far import FAR, at_points, convolve, near_share
from exante.models.air.carriageways import OPEN, carriageways
from exante.quantities.declarations import Inputs, Model, Outputs
from exante.quantities.errors import MissingLayerError

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

CELL = 100.0
"""Side of a cell, m."""

PIECE = 50.0
"""Longest piece (m) of a street that stands for its points."""

LEAST = 25.0
"""Least distance (m) between a piece and a receptor: nearer ones are its own street or stand at its corner."""

URBAN_WIND = 0.6
"""Wind in the plume over roofs beside that of a field at 10 m (logarithmic profiles, roughness 0.03 and 1 m)."""

PLAN_SHARE = 0.45
"""Share of the ground that buildings cover along a built-up street: from volume to height."""

LANE = 3.2
SETBACK = {"primary": 6.0, "secondary": 5.0, "tertiary": 4.0}
SETBACK_ELSE = 3.5
"""Width of a lane, and pavement and parking on each side, m; as in the model of noise."""

DISTANCES = np.geomspace(5.0, 50_000.0, 120)


@dataclass(frozen=True)
class Surroundings:
    """Streets and wind as the kernel sees them.

    Attributes
    ----------
    link : ndarray of int, shape (streets,)
        One direction of every street.
    length : ndarray, shape (streets,)
        m.
    pieces : ndarray, shape (pieces, 2)
        Middle of every piece, m.
    piece_street : ndarray of int, shape (pieces,)
    piece_share : ndarray, shape (pieces,)
        Share of the street's length.
    rose : ndarray, shape (sectors, distances)
    slow : float
        Mean of 1 / u at 10 m over the traffic, s/m.
    sides : ndarray of int, shape (2, streets)
        The other carriageway of the same boulevard to the right and to the left of a street's middle; -1 for none.
    side_away : ndarray, shape (2, streets)
        Distance between the middle lines, m.
    """

    link: LongArray
    length: FloatArray
    pieces: FloatArray
    piece_street: LongArray
    piece_share: FloatArray
    rose: FloatArray
    slow: float
    sides: LongArray
    side_away: FloatArray


def survey(inputs: Inputs) -> Surroundings:
    """Streets in pieces, and the rose of the wind while traffic runs.

    Raises
    ------
    MissingLayerError
        If the wind's shares do not sum to one.
    """
    share, speed = inputs["wind.traffic_share"], inputs["wind.speed"]
    if abs(share.sum() - 1.0) > 1e-3:
        raise MissingLayerError(
            f"the shares of the wind sum to {share.sum():.3f}, not 1",
            where="wind.traffic_share",
            remedy="Build the city again",
        )
    _, link = np.unique(inputs["street_of_link"], return_index=True)
    shapes, length = inputs["links.geometry"][link], inputs["links.length"][link]
    count = np.maximum(np.ceil(length / PIECE), 1).astype(np.int64)
    of = np.repeat(np.arange(len(link)), count)
    along = (np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count) + 0.5) / count[of]
    pieces = shapely.get_coordinates(shapely.line_interpolate_point(shapes[of], along, normalized=True))
    rose = rose_table(
        inputs["wind.direction"], speed * URBAN_WIND, inputs["wind.stability"].astype(object), share, DISTANCES
    )
    sides = carriageways(inputs, link, shapes)
    return Surroundings(link, length, pieces, of, 1.0 / count[of], rose, float((share / speed).sum()), *sides)


def near_gains(around: Surroundings, points: FloatArray, own: LongArray) -> csr_matrix:
    """Concentration at points for a unit of emission of streets nearby, s/m3, shape (points, streets).

    Parameters
    ----------
    around : Surroundings
    points : ndarray, shape (points, 2)
        m.
    own : ndarray of int, shape (points,)
        Street that is left out because the canyon counts it, with the carriageways beside it; -1 for none.
    """
    near = cKDTree(points).sparse_distance_matrix(cKDTree(around.pieces), FAR, output_type="coo_matrix")
    at, piece = near.row.astype(np.int64), near.col.astype(np.int64)
    street, alone = around.piece_street[piece], own[at] < 0
    sides = np.where(alone, -1, around.sides[:, own[at]])
    kept = (street != own[at]) & (street != sides[0]) & (street != sides[1])
    at, piece = at[kept], piece[kept]
    east, north = (points[at] - around.pieces[piece]).T
    gain = plume_gain(around.rose, DISTANCES, east, north, LEAST) * near_share(np.hypot(east, north))
    whole = coo_matrix(
        (gain * around.piece_share[piece], (at, around.piece_street[piece])), (len(points), len(around.link))
    ).tocsr()
    whole.eliminate_zeros()
    whole.sort_indices()
    return whole


def street_gains(around: Surroundings, inputs: Inputs) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Gain of the own street if it is open, if it is a canyon (s/m2), and how much of a canyon it is."""
    road = inputs["links.road_class"][around.link].astype(str)
    lanes = np.bincount(inputs["street_of_link"], inputs["links.lanes"], minlength=len(around.link))
    setback = np.array([SETBACK.get(r, SETBACK_ELSE) for r in road.tolist()])
    # Middle line to middle line, and half of each carriageway's lanes, is the boulevard between its outer kerbs.
    other = np.where(around.sides >= 0, lanes[around.sides], 0.0)
    beyond = np.maximum(around.side_away + 0.5 * LANE * (other - lanes), LANE * other)
    width = lanes * LANE + 2.0 * setback + np.where(around.sides >= 0, beyond, 0.0).sum(axis=0)
    height = np.nan_to_num(inputs["links.built_density"][around.link]) / PLAN_SHARE
    height[np.isin(road, OPEN)] = 0.0
    open_air = line_gain(around.rose, DISTANCES, width / 2.0)
    return open_air, canyon_gain(width, 1.0 / around.slow), canyon_share(height, width)


def run(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Run the model: geometry and wind alone, so it runs once for a city."""
    around = survey(inputs)
    origin, size = _grid(inputs["links.geometry"], inputs["zones.geometry"])
    xy, zone = _cells(inputs["zones.geometry"], origin, size)
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(inputs["links.geometry"][around.link], 0.5, normalized=True)
    )
    points = np.concatenate([middle, xy])
    own = np.concatenate([np.arange(len(middle)), np.full(len(xy), -1)])
    near = near_gains(around, points, own).tocoo()
    open_air, canyon, share = street_gains(around, inputs)
    row, column = (points[:, 1] - origin[1]) / CELL, (points[:, 0] - origin[0]) / CELL
    street, cell, part = _sources(around, origin, size)
    whole, far = _offsets(around, size)
    people = inputs["zones.population"][zone] / np.bincount(zone, minlength=len(inputs["zones.population"]))[zone]
    return Outputs(
        {
            "air_path_receptor": near.row.astype(np.int64),
            "air_path_street": near.col.astype(np.int64),
            "air_path_gain": near.data,
            "air_source_street": street,
            "air_source_cell": cell,
            "air_source_share": part,
            "air_far_gain": far,
            "air_grid_size": np.array(size),
            "air_receptor_row": row,
            "air_receptor_column": column,
            "air_other_shape": _other(people, xy, whole, origin, size, row, column, len(middle)),
            "street_right": around.sides[0],
            "street_left": around.sides[1],
            "street_link": around.link.astype(np.int64),
            "street_length": around.length,
            "street_open_gain": open_air,
            "street_canyon_gain": canyon,
            "street_canyon_share": share,
            "cell_x": xy[:, 0],
            "cell_y": xy[:, 1],
            "cell_zone": zone,
        },
        diagnostics={"receptors": float(len(points)), "paths": float(len(near.data))},
    )


def _grid(links: np.ndarray, zones: np.ndarray) -> tuple[FloatArray, tuple[int, int]]:
    """Middle of the first cell, and rows and columns of a grid over the streets and the zones."""
    bounds = np.vstack([shapely.total_bounds(links), shapely.total_bounds(zones)])
    low = np.floor(bounds[:, :2].min(axis=0) / CELL)
    high = np.floor(bounds[:, 2:].max(axis=0) / CELL)
    columns, rows = (high - low + 1).astype(int)
    return (low + 0.5) * CELL, (int(rows), int(columns))


def _cells(zones: np.ndarray, origin: FloatArray, size: tuple[int, int]) -> tuple[FloatArray, LongArray]:
    """Cells whose middle lies in a zone, with the zone; a zone too small for one has that at its middle."""
    row, column = np.divmod(np.arange(size[0] * size[1]), size[1])
    xy = origin + CELL * np.column_stack([column, row])
    at, zone = shapely.STRtree(zones).query(shapely.points(xy), predicate="intersects")
    at, first = np.unique(at, return_index=True)
    zone = zone[first]
    bare = np.setdiff1d(np.arange(len(zones)), zone)
    centre = shapely.get_coordinates(shapely.point_on_surface(zones[bare]))
    return np.concatenate([xy[at], centre]), np.concatenate([zone, bare]).astype(np.int64)


def _sources(
    around: Surroundings, origin: FloatArray, size: tuple[int, int]
) -> tuple[LongArray, LongArray, FloatArray]:
    """Share of every street's length in the cells of the grid."""
    column, row = np.rint((around.pieces - origin) / CELL).astype(np.int64).T
    cell = np.clip(row, 0, size[0] - 1) * size[1] + np.clip(column, 0, size[1] - 1)
    shares = coo_matrix(
        (around.piece_share, (around.piece_street, cell)), (len(around.link), size[0] * size[1])
    ).tocsr().tocoo()  # fmt: skip
    return shares.row.astype(np.int64), shares.col.astype(np.int64), shares.data


def _offsets(around: Surroundings, size: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """Gain by offset on the grid: of everything, and of what is not counted street by street."""
    north, east = np.meshgrid(
        CELL * np.arange(1 - size[0], size[0]), CELL * np.arange(1 - size[1], size[1]), indexing="ij"
    )
    whole = plume_gain(around.rose, DISTANCES, east, north, CELL / 2.0)
    return whole, whole * (1.0 - near_share(np.hypot(east, north)))


def _other(
    people: FloatArray, xy: FloatArray, kernel: FloatArray, origin: FloatArray, size: tuple[int, int],
    row: FloatArray, column: FloatArray, streets: int,
) -> FloatArray:  # fmt: skip
    """Concentration from sources that follow residents, over its mean over residents, shape (receptors,)."""
    at = np.rint((xy - origin) / CELL).astype(np.int64)
    emission = np.bincount(at[:, 1] * size[1] + at[:, 0], people, minlength=size[0] * size[1]).astype(np.float64)
    shape = at_points(convolve(emission.reshape(1, *size), kernel)[0], row, column)
    mean = float(people @ shape[streets:]) / max(float(people.sum()), 1e-300)
    relative: FloatArray = shape / mean if mean > 0 else np.zeros_like(shape)
    return relative


MODEL = Model(
    name="air_paths",
    reads=(
        "links.from_node_id",
        "links.to_node_id",
        "links.length",
        "links.lanes",
        "links.name",
        "links.road_class",
        "links.ramp",
        "links.zone_id",
        "links.built_density",
        "links.geometry",
        "zones.zone_id",
        "zones.population",
        "zones.geometry",
        "wind.direction",
        "wind.stability",
        "wind.speed",
        "wind.traffic_share",
        "street_of_link",
    ),
    writes=(
        "air_path_receptor",
        "air_path_street",
        "air_path_gain",
        "air_source_street",
        "air_source_cell",
        "air_source_share",
        "air_far_gain",
        "air_grid_size",
        "air_receptor_row",
        "air_receptor_column",
        "air_other_shape",
        "street_right",
        "street_left",
        "street_link",
        "street_length",
        "street_open_gain",
        "street_canyon_gain",
        "street_canyon_share",
        "cell_x",
        "cell_y",
        "cell_zone",
    ),
    parameters=(),
    run=run,
    modules=("exante.models.air",),
    optional=True,
)
