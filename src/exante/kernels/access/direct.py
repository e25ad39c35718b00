"""Opportunities within reach without keeping the neighbourhoods: for one question, or a radius too wide to keep."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from exante.kernels.access.decay import Decay
from exante.kernels.access.measures import cumulative, gravity
from exante.kernels.access.neighbourhoods import in_parts
from exante.kernels.access.network import AccessNetwork
from exante.kernels.graph import FloatArray


def sum_within(
    network: AccessNetwork, radius: float, opportunities: ArrayLike, decay: Decay | None = None
) -> FloatArray:
    """Opportunities within `radius` of every node, weighed by `decay` if one is given.

    Memory stays that of a part of the nodes. The same numbers as `cumulative` and `gravity`.

    Parameters
    ----------
    network : AccessNetwork
    radius : float
        In the unit of the network's costs.
    opportunities : array_like, shape (nodes,) or (K, nodes)
    decay : Decay, optional

    Returns
    -------
    ndarray, shape (nodes,) or (K, nodes)

    Raises
    ------
    NetworkError
        For missing values or a radius that cannot be searched.

    Examples
    --------
    >>> network = AccessNetwork.build([0, 1], [1, 2], [100.0, 50.0], 3, directed=False)
    >>> sum_within(network, 120.0, [1.0, 10.0, 100.0]).tolist()
    [11.0, 111.0, 110.0]
    """
    values = np.asarray(opportunities, float)
    result = np.empty(values.shape)
    for near in in_parts(network, radius):
        found = cumulative(near, values) if decay is None else gravity(near, values, decay)
        result[..., near.source] = found
    return result
