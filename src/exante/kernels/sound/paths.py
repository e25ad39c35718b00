"""Paths of sound from pieces of streets to façades: geometry alone, computed once for a network."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.spatial import cKDTree

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

NEAREST = 10.0
"""Least distance (m) of another street's piece from a façade: a façade stands back from the crossing."""


class Paths(NamedTuple):
    """Paths ordered by façade, then by link.

    Attributes
    ----------
    facade, link : ndarray of int, shape (paths,)
    gain : ndarray, shape (paths,)
        Integral of ``1 / D^2`` along the link as far as it lies within the radius, 1/m.
    distance : ndarray, shape (paths,)
        Mean distance of the link weighted by that integrand, m.
    """

    facade: LongArray
    link: LongArray
    gain: FloatArray
    distance: FloatArray


def trace_paths(
    facades: FloatArray,
    pieces: FloatArray,
    piece_length: FloatArray,
    piece_link: LongArray,
    n_links: int,
    radius: float,
) -> Paths:
    """Every link that has a piece within `radius` of a façade.

    A piece of length l at distance D adds ``l / D^2``, with D not below the spread of the piece's own points,
    ``l / sqrt(12)``, nor below `NEAREST`.

    Parameters
    ----------
    facades : ndarray, shape (facades, 2)
        Position, m.
    pieces : ndarray, shape (pieces, 2)
        Middle of every piece of a link, m.
    piece_length : ndarray, shape (pieces,)
        m.
    piece_link : ndarray of int, shape (pieces,)
        Link it belongs to.
    n_links : int
    radius : float
        m.

    Returns
    -------
    Paths
    """
    near = cKDTree(facades).sparse_distance_matrix(cKDTree(pieces), radius, output_type="coo_matrix")
    row, col = near.row.astype(np.int64), near.col.astype(np.int64)
    away = np.maximum(near.data, np.maximum(NEAREST, piece_length[col] / np.sqrt(12.0)))
    gain = piece_length[col] / away**2
    link = piece_link[col]
    shape = (len(facades), n_links)
    total = coo_matrix((gain, (row, link)), shape).tocsr()
    weighed = coo_matrix((gain * away, (row, link)), shape).tocsr()
    total.sum_duplicates()
    weighed.sum_duplicates()
    found = total.tocoo()
    return Paths(
        found.row.astype(np.int64),
        found.col.astype(np.int64),
        found.data,
        weighed.data / np.maximum(found.data, 1e-300),
    )
