"""Heating need of a season after TABULA: the seasonal method of EN ISO 13790 with a utilisation factor of gains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exante.models.buildings.archetypes import Archetypes, FloatArray
from exante.models.buildings.climate import Season

HOURS_OF_DAY = 24.0
INERTIA = (0.8, 30.0)
"""a_H0 and tau_H0 (h) of the seasonal method for dwellings (EN ISO 13790:2008, table 9)."""
MIDDLE = (1.0, 4.0)
"""Transmission losses, W/(m2 K), between which partial heating is interpolated (Loga and Diefenbach 2013)."""
FULL_USE = 0.5
"""Transmission loss at which the line below 1 W/(m2 K) reaches 1 (same source)."""


@dataclass(frozen=True)
class SeasonalNeed:
    """What the seasonal method finds; shape (N,) each.

    Parameters
    ----------
    transmission, ventilation : ndarray
        Losses per floor area, W/(m2 K).
    part_use : ndarray
        Factor of partial and intermittent heating, F_red.
    losses, solar, internal, need : ndarray
        kWh/m2 in the season.
    time_constant : ndarray
        h.
    gain_ratio, utilisation : ndarray
        Gains to losses, and the share of gains that is of use.
    """

    transmission: FloatArray
    ventilation: FloatArray
    part_use: FloatArray
    losses: FloatArray
    solar: FloatArray
    internal: FloatArray
    time_constant: FloatArray
    gain_ratio: FloatArray
    utilisation: FloatArray
    need: FloatArray


def part_use_of(transmission: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Factor on losses for rooms heated in part or at times (TABULA, F_red).

    Parameters
    ----------
    transmission : ndarray, shape (N,)
        W/(m2 K) of floor area.
    low, high : ndarray, shape (N,)
        The factor at 1 and at 4 W/(m2 K).

    Returns
    -------
    ndarray, shape (N,)
        Linear between 1 and 4; constant above; below 1 on the line to 1.0 at 0.5 W/(m2 K), which TABULA does not end
        there: below 0.5 the factor exceeds 1, up to 1.02 in its table.

    Examples
    --------
    >>> import numpy as np
    >>> part_use_of(np.array([0.5, 1.0, 2.5, 9.0]), np.full(4, 0.9), np.full(4, 0.8)).round(3).tolist()
    [1.0, 0.9, 0.85, 0.8]
    """
    one, four = MIDDLE
    between = low + (np.minimum(transmission, four) - one) / (four - one) * (high - low)
    below = low + (one - transmission) / (one - FULL_USE) * (1.0 - low)
    return np.where(transmission < one, below, between)


def utilisation_of(ratio: FloatArray, time_constant: FloatArray) -> FloatArray:
    """Share of heat gains that replaces heating (EN ISO 13790:2008, 12.2.1.1).

    Parameters
    ----------
    ratio : ndarray, shape (N,)
        Gains to losses, >= 0.
    time_constant : ndarray, shape (N,)
        h.

    Returns
    -------
    ndarray, shape (N,)
        (1 - y^a) / (1 - y^(a + 1)) with a = 0.8 + tau / 30; a / (a + 1) at y = 1.
    """
    a = INERTIA[0] + time_constant / INERTIA[1]
    even = np.abs(ratio - 1.0) < 1e-7
    y = np.where(even, 0.5, ratio)
    return np.where(even, a / (a + 1.0), (1.0 - y**a) / (1.0 - y ** (a + 1.0)))


def seasonal_need(archetypes: Archetypes, season: Season, *, part_use: bool = True) -> SeasonalNeed:
    """Heating need of every archetype in its season.

    Parameters
    ----------
    archetypes : Archetypes
    season : Season
        One for all, or one of each.
    part_use : bool
        With the factor of partial and intermittent heating; without, every room is at the set-point at all times.

    Returns
    -------
    SeasonalNeed

    Notes
    -----
    Loga, T. and Diefenbach, N. (2013), TABULA calculation method, from EN ISO 13790:2008. Losses
    q = 0.024 (h_tr + h_ve) F_red (theta_i - theta_e) d; gains 0.024 phi d and sum(aperture A I) / A_floor;
    tau = c_m / (h_tr + h_ve); need = q - eta q_gains, at least 0.
    """
    s = season.spread(archetypes.n)
    transmission = archetypes.transmission / archetypes.floor_area
    ventilation = archetypes.ventilation / archetypes.floor_area
    loss = transmission + ventilation
    reduced = np.ones(archetypes.n)
    if part_use:
        reduced = part_use_of(transmission, archetypes.reduction_low, archetypes.reduction_high)
    kilo_hours = HOURS_OF_DAY / 1000.0 * s.days
    losses = loss * reduced * np.maximum(archetypes.set_point - s.temperature, 0.0) * kilo_hours
    solar = (archetypes.aperture * archetypes.glazing * s.sun).sum(axis=1) / archetypes.floor_area
    internal = archetypes.internal_gains * kilo_hours
    gains = solar + internal
    time_constant = archetypes.capacity / loss
    ratio = np.divide(gains, losses, out=np.full_like(gains, 1e9), where=losses > 0)
    utilisation = utilisation_of(np.minimum(ratio, 1e9), time_constant)
    need = np.maximum(losses - utilisation * gains, 0.0)
    return SeasonalNeed(
        transmission, ventilation, reduced, losses, solar, internal, time_constant, ratio, utilisation, need
    )
