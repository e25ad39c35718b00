"""Models: each reads columns of a city and writes variables of the vocabulary; they never import each other."""

from __future__ import annotations

from exante.quantities.declarations import Model


def list_models() -> list[Model]:
    """Every model of exante, by name.

    Examples
    --------
    >>> [model.name for model in list_models()]
    ['access', 'access_stops', 'emissions', 'mobility']
    """
    from exante.models import access, emissions, mobility

    return [access.MODEL, access.STOPS, emissions.MODEL, mobility.MODEL]
