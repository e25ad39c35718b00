"""Indicators: declared outcomes on the results of models, each with its unit, direction and who is counted."""

from __future__ import annotations

from exante.quantities.declarations import Indicator
from exante.quantities.plugins import load


def list_indicators() -> list[Indicator]:
    """Every indicator, in the order in which a reader is shown them; those of installed packages last.

    Examples
    --------
    >>> [i.name for i in list_indicators()][:2]
    ['vehicle_distance', 'vehicle_distance_local']
    """
    from exante.indicators import access, air, climate, energy, green, grid, health, noise, safety, traffic

    return [
        *traffic.INDICATORS,
        *climate.INDICATORS,
        *air.INDICATORS,
        *noise.INDICATORS,
        *safety.INDICATORS,
        *health.INDICATORS,
        *access.INDICATORS,
        *green.INDICATORS,
        *energy.INDICATORS,
        *grid.INDICATORS,
        *load("exante.indicators", Indicator),
    ]
