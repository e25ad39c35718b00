"""Models: each reads columns of a city and writes variables of the vocabulary; they never import each other."""

from __future__ import annotations

from exante.quantities.declarations import Model


def list_models() -> list[Model]:
    """Every model of exante, by name.

    Examples
    --------
    >>> [model.name for model in list_models()]
    ['access', 'access_stops', 'emissions', 'mobility', 'noise', 'noise_paths']
    """
    from exante.models import access, emissions, mobility, noise

    return [access.MODEL, access.STOPS, emissions.MODEL, mobility.MODEL, noise.MODEL, noise.PATHS]
