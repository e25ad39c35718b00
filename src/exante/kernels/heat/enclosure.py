"""Inside of a box-shaped room: view factors, who absorbs the sun, and how surfaces exchange long-wave radiation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from exante.kernels.heat.elements import FloatArray
from exante.kernels.heat.solar import KELVIN, STEFAN_BOLTZMANN

SURFACES = ("floor", "ceiling", "north", "east", "south", "west")


def box_view_factors(width: float, depth: float, height: float) -> FloatArray:
    """View factors between the faces of a box.

    Parameters
    ----------
    width, depth, height : float
        East-west, north-south and vertical size, m.

    Returns
    -------
    ndarray, shape (6, 6)
        From row to column in the order of `SURFACES`; rows sum to 1.

    Notes
    -----
    Opposite rectangles in closed form; adjacent faces by closed form too (Howell, catalogue C-11 and C-14).
    """
    size = {
        "floor": (width, depth, height),
        "ceiling": (width, depth, height),
        "north": (width, height, depth),
        "south": (width, height, depth),
        "east": (depth, height, width),
        "west": (depth, height, width),
    }
    opposite = {
        "floor": "ceiling",
        "ceiling": "floor",
        "north": "south",
        "south": "north",
        "east": "west",
        "west": "east",
    }
    factors = np.zeros((6, 6))
    for i, a in enumerate(SURFACES):
        for j, b in enumerate(SURFACES):
            if a == b:
                continue
            if opposite[a] == b:
                factors[i, j] = _opposite(*size[a])
            else:
                axes = {"floor": "wd", "ceiling": "wd", "north": "wh", "south": "wh", "east": "dh", "west": "dh"}
                length = {"w": width, "d": depth, "h": height}
                shared = (set(axes[a]) & set(axes[b])).pop()
                own = axes[a].replace(shared, "")
                other = axes[b].replace(shared, "")
                factors[i, j] = _adjacent(length[shared], length[own], length[other])
    return factors


def _opposite(a: float, b: float, distance: float) -> float:
    x, y = a / distance, b / distance
    return float(
        2
        / (np.pi * x * y)
        * (
            np.log(np.sqrt((1 + x**2) * (1 + y**2) / (1 + x**2 + y**2)))
            + x * np.sqrt(1 + y**2) * np.arctan(x / np.sqrt(1 + y**2))
            + y * np.sqrt(1 + x**2) * np.arctan(y / np.sqrt(1 + x**2))
            - x * np.arctan(x)
            - y * np.arctan(y)
        )
    )


def _adjacent(shared: float, own: float, other: float) -> float:
    w, h = own / shared, other / shared
    s = h**2 + w**2
    logs = 0.25 * np.log(
        (1 + w**2)
        * (1 + h**2)
        / (1 + s)
        * (w**2 * (1 + s) / ((1 + w**2) * s)) ** (w**2)
        * (h**2 * (1 + s) / ((1 + h**2) * s)) ** (h**2)
    )
    angles = w * np.arctan(1 / w) + h * np.arctan(1 / h) - np.sqrt(s) * np.arctan(1 / np.sqrt(s))
    return float((angles + logs) / (np.pi * w))


def share_sun(
    view: FloatArray, absorptance: ArrayLike, glass_share: ArrayLike, glass_reflectance: float, first: int = 0
) -> tuple[FloatArray, float]:
    """Where the sun that came through the windows ends.

    It falls on one surface first (the floor) and is then reflected diffusely between all.

    Parameters
    ----------
    view : ndarray, shape (S, S)
        View factors.
    absorptance : array_like, shape (S,)
        Of the opaque part of each surface.
    glass_share : array_like, shape (S,)
        Share of each surface that is glass.
    glass_reflectance : float
        Of glass from inside, hemispherical; what it does not reflect is lost.
    first : int
        Surface on which the beam falls.

    Returns
    -------
    absorbed : ndarray, shape (S,)
        Shares of the entered sun.
    lost : float
        Share that leaves again; all sum to 1.
    """
    opaque = 1 - np.asarray(glass_share, float)
    taken = np.asarray(absorptance, float) * opaque
    reflected = (1 - np.asarray(absorptance, float)) * opaque + glass_reflectance * np.asarray(glass_share, float)
    start = np.zeros(view.shape[0])
    start[first] = 1.0
    # Arriving flux: the beam, and what other surfaces reflect onto this one.
    arriving = np.linalg.solve(np.eye(view.shape[0]) - (reflected[:, None] * view).T, start)
    absorbed = taken * arriving
    return absorbed, float(1 - absorbed.sum())


def radiant_coefficients(area: ArrayLike, emittance: ArrayLike, temperature: float = 20.0) -> FloatArray:
    """Coefficients from surfaces to one mean radiant node that reproduce the exchange of an enclosure.

    Parameters
    ----------
    area : array_like, shape (S,)
        m2; surfaces that do not see themselves.
    emittance : array_like, shape (S,)
        Long-wave.
    temperature : float
        At which the fourth powers are linearised, degC.

    Returns
    -------
    ndarray, shape (S,)
        W/(m2 K).

    Notes
    -----
    Carroll (1980): F_i = 1 / (1 - A_i F_i / sum A F), h_i = 4 sigma T^3 / ((1 - e_i) / e_i + 1 / F_i).
    """
    a, e = np.asarray(area, float), np.asarray(emittance, float)
    factor = np.ones(a.size)
    for _ in range(200):
        factor = 0.5 * factor + 0.5 / (1 - a * factor / (a * factor).sum())
    return 4 * STEFAN_BOLTZMANN * (temperature + KELVIN) ** 3 / ((1 - e) / e + 1 / factor)
