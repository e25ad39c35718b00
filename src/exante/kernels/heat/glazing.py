"""Optics of clear glazing by angle of incidence, from the physics of plane panes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from exante.kernels.heat.elements import FloatArray

GLASS_INDEX = 1.493
"""Refractive index of clear float glass (ASHRAE 140-2020, 5.2.2.1.7, from WINDOW 7)."""
GLASS_EXTINCTION = 33.7
"""Extinction coefficient of clear float glass, 1/m (same source)."""
PANE = 0.003048
"""Thickness of a pane, m (same source)."""


@dataclass(frozen=True)
class Optics:
    """Solar optics of a glazing by angle of incidence.

    Parameters
    ----------
    cosine : ndarray, shape (A,)
        Of the angle of incidence, rising from 0 to 1.
    transmittance, absorbed_outer, absorbed_inner : ndarray, shape (A,)
        Shares of incident solar radiation: through, into the outer and into the inner pane.
    diffuse : tuple of float
        The same three for radiation that is equal over the hemisphere.
    """

    cosine: FloatArray
    transmittance: FloatArray
    absorbed_outer: FloatArray
    absorbed_inner: FloatArray
    diffuse: tuple[float, float, float]

    def at(self, cosine: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Transmittance and both absorptances at cosines of incidence, interpolated."""
        x = np.asarray(cosine, float)
        return (
            np.interp(x, self.cosine, self.transmittance),
            np.interp(x, self.cosine, self.absorbed_outer),
            np.interp(x, self.cosine, self.absorbed_inner),
        )

    def scaled(self, factor: float) -> Optics:
        """All shares times a factor, the dependence on angle kept: for a glazing of which only g is known."""
        return Optics(
            self.cosine,
            self.transmittance * factor,
            self.absorbed_outer * factor,
            self.absorbed_inner * factor,
            (self.diffuse[0] * factor, self.diffuse[1] * factor, self.diffuse[2] * factor),
        )


def from_table(
    angle: ArrayLike,
    transmittance: ArrayLike,
    absorbed_outer: ArrayLike,
    absorbed_inner: ArrayLike,
    diffuse: tuple[float, float, float],
) -> Optics:
    """Optics of a table by angle (degrees, rising)."""
    order = np.argsort(np.cos(np.radians(np.asarray(angle, float))))
    pick = [np.asarray(x, float)[order] for x in (transmittance, absorbed_outer, absorbed_inner)]
    return Optics(np.cos(np.radians(np.asarray(angle, float)))[order], pick[0], pick[1], pick[2], diffuse)


def clear_glazing(
    panes: int, *, index: float = GLASS_INDEX, extinction: float = GLASS_EXTINCTION, thickness: float = PANE
) -> Optics:
    """Optics of one, two or three equal clear panes.

    Parameters
    ----------
    panes : int
        1 to 3. Of three, the middle pane's absorption is halved between the others.
    index : float
        Of refraction.
    extinction : float
        1/m.
    thickness : float
        Of a pane, m.

    Returns
    -------
    Optics

    Notes
    -----
    Fresnel's equations and Bouguer's law for both polarisations, panes stacked by the method of net radiation (Duffie
    and
    Beckman 2013, chapter 5); the hemisphere is integrated over cos * sin.
    """
    angle = np.radians(np.linspace(0.0, 90.0, 91))
    angle[-1] -= 1e-9
    inside = np.arcsin(np.sin(angle) / index)
    passed = np.exp(-extinction * thickness / np.cos(inside))
    sums = np.zeros((3, angle.size))
    cos_out, cos_in = np.cos(angle), np.cos(inside)
    for a, b in (
        (cos_out - index * cos_in, cos_out + index * cos_in),
        (index * cos_out - cos_in, index * cos_out + cos_in),
    ):
        r = (a / b) ** 2
        tau = passed * (1 - r) ** 2 / (1 - (r * passed) ** 2)
        rho = r * (1 + tau * passed)
        sums += _stack(tau, rho, panes) / 2
    weight = np.cos(angle) * np.sin(angle)
    diffuse = np.trapezoid(sums * weight, angle, axis=1) / np.trapezoid(weight, angle)
    order = slice(None, None, -1)
    return Optics(
        np.cos(angle)[order],
        sums[0][order],
        sums[1][order],
        sums[2][order],
        (float(diffuse[0]), float(diffuse[1]), float(diffuse[2])),
    )


def _stack(tau: FloatArray, rho: FloatArray, panes: int) -> FloatArray:
    """Through, absorbed outside and inside, of equal panes, from the fluxes between them."""
    absorbed = 1 - tau - rho
    # Reflectance, seen from outside, of the panes from k inwards; then the flux goes forward.
    behind = [np.zeros_like(tau)]
    for _ in range(panes):
        behind.insert(0, rho + tau**2 * behind[0] / (1 - rho * behind[0]))
    flux = np.ones_like(tau)
    taken = []
    for k in range(panes):
        onward = tau * flux / (1 - rho * behind[k + 1])
        taken.append(absorbed * (flux + onward * behind[k + 1]))
        flux = onward
    middle = sum(taken[1:-1]) / 2 if panes > 2 else 0.0
    if panes == 1:
        return np.stack([flux, taken[0] / 2, taken[0] / 2])
    return np.stack([flux, taken[0] + middle, taken[-1] + middle])
