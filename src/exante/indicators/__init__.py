"""Indicators: declared outcomes on the results of models, each with its unit, direction and who is counted."""

from __future__ import annotations

from exante.quantities.declarations import Indicator


def list_indicators() -> list[Indicator]:
    """Every indicator of exante, in the order in which a reader is shown them.

    Examples
    --------
    >>> [i.name for i in list_indicators()][:2]
    ['vehicle_distance', 'vehicle_distance_local']
    """
    from exante.indicators import access, climate, noise, traffic

    return [*traffic.INDICATORS, *climate.INDICATORS, *noise.INDICATORS, *access.INDICATORS]
