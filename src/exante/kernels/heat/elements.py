"""Building elements as chains of five nodes: from layers, or from a mass class of ISO 52016-1."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exante.quantities.errors import ParameterError

FloatArray = NDArray[np.float64]
MassClass = Literal["I", "E", "IE", "D", "M"]

NODES = 5
"""Nodes of an opaque element, outer surface first (ISO 52016-1:2017, 6.5.7)."""

ISO_CONDUCTANCE = np.array([6.0, 3.0, 3.0, 6.0])
"""Conductances between nodes times the thermal resistance of the element (ISO 52016-1:2017, table 11)."""

ISO_CAPACITY: dict[str, FloatArray] = {
    "I": np.array([0.0, 0.0, 0.0, 0.0, 1.0]),
    "E": np.array([1.0, 0.0, 0.0, 0.0, 0.0]),
    "IE": np.array([0.5, 0.0, 0.0, 0.0, 0.5]),
    "D": np.array([0.125, 0.25, 0.25, 0.25, 0.125]),
    "M": np.array([0.0, 0.0, 1.0, 0.0, 0.0]),
}
"""Shares of the areal heat capacity at the nodes: mass inside, outside, both, distributed, in the middle."""


def chain_of_class(resistance: ArrayLike, capacity: ArrayLike, mass_class: MassClass) -> tuple[FloatArray, FloatArray]:
    """Five-node chain of an element of which only resistance, heat capacity and mass class are known.

    Parameters
    ----------
    resistance : array_like, shape (...)
        Surface to surface, m2 K/W, > 0.
    capacity : array_like, shape (...)
        Areal heat capacity, J/(m2 K), >= 0.
    mass_class : {"I", "E", "IE", "D", "M"}
        Where the mass lies (ISO 52016-1:2017, table 11).

    Returns
    -------
    conductance : ndarray, shape (..., 4)
        Between neighbouring nodes, outside first, W/(m2 K).
    capacity : ndarray, shape (..., 5)
        At the nodes, J/(m2 K).

    Raises
    ------
    ParameterError
        For resistances that are not positive, negative capacities, or an unknown class.

    Examples
    --------
    >>> conductance, capacity = chain_of_class(2.0, 1e5, "IE")
    >>> round(float((1 / conductance).sum()), 9), capacity.tolist()
    (2.0, [50000.0, 0.0, 0.0, 0.0, 50000.0])
    """
    r, c = np.asarray(resistance, float), np.asarray(capacity, float)
    if mass_class not in ISO_CAPACITY:
        raise ParameterError(
            f"{mass_class!r} is no mass class", where="chain_of_class", remedy=f"Use one of {', '.join(ISO_CAPACITY)}"
        )
    if not ((r > 0) & np.isfinite(r)).all() or not ((c >= 0) & np.isfinite(c)).all():
        raise ParameterError("An element needs a resistance above 0 and a capacity of at least 0", where="element")
    return ISO_CONDUCTANCE / r[..., None], ISO_CAPACITY[mass_class] * c[..., None]


def chain_of_layers(
    conductivity: ArrayLike, thickness: ArrayLike, density: ArrayLike, specific_heat: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Five-node chain of an element whose layers are known; finer than a mass class where mass is thick.

    Neighbouring layers of little thermal depth (resistance times capacity) are joined until four are left; then the
    deepest are cut in equal parts until there are four. Each part puts half its capacity at either end, so that steady
    flow and total capacity are exact.

    Parameters
    ----------
    conductivity, thickness, density, specific_heat : array_like, shape (layers,)
        Outside first; W/(m K), m, kg/m3, J/(kg K).

    Returns
    -------
    conductance : ndarray, shape (4,)
    capacity : ndarray, shape (5,)

    Raises
    ------
    ParameterError
        For layers without resistance, or negative densities or heats.

    Examples
    --------
    >>> conductance, capacity = chain_of_layers([0.14, 0.04], [0.009, 0.06], [530, 12], [900, 840])
    >>> round(float((1 / conductance).sum()), 4), round(float(capacity.sum()))
    (1.5643, 4898)
    """
    k, d, rho, c = (np.atleast_1d(np.asarray(x, float)) for x in (conductivity, thickness, density, specific_heat))
    good = k.size > 0 and k.size == d.size == rho.size == c.size
    if not good or not ((k > 0) & (d > 0) & (rho >= 0) & (c >= 0)).all():
        raise ParameterError(
            "Layers need a conductivity and thickness above 0, a density and specific heat of at least 0",
            where="chain_of_layers",
        )
    parts = [(float(r), float(w), 1) for r, w in zip(d / k, rho * c * d, strict=True)]
    while len(parts) > NODES - 1:
        depth = [(parts[i][0] + parts[i + 1][0]) * (parts[i][1] + parts[i + 1][1]) for i in range(len(parts) - 1)]
        i = int(np.argmin(depth))
        parts[i : i + 2] = [(parts[i][0] + parts[i + 1][0], parts[i][1] + parts[i + 1][1], 1)]
    while sum(n for _, _, n in parts) < NODES - 1:
        i = int(np.argmax([r * w / n**2 for r, w, n in parts]))
        parts[i] = (parts[i][0], parts[i][1], parts[i][2] + 1)
    conductance: list[float] = []
    capacity = np.zeros(NODES)
    for r, w, n in parts:
        for _ in range(n):
            capacity[len(conductance)] += w / n / 2
            conductance.append(n / r)
            capacity[len(conductance)] += w / n / 2
    return np.array(conductance), capacity
