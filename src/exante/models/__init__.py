"""Models: each reads columns of a city and writes variables of the vocabulary; they never import each other."""

from __future__ import annotations

from exante.quantities.declarations import Model
from exante.quantities.errors import WiringError
from exante.quantities.plugins import load


def list_models() -> list[Model]:
    """Every model, by name: those of exante, then those of installed packages (entry point `exante.models`).

    Raises
    ------
    WiringError
        If an installed package declares something else than a model, or a name that is taken.

    Examples
    --------
    >>> [model.name for model in list_models()][:3]
    ['access', 'access_stops', 'access_places']
    """
    from exante.models import access, air, buildings, emissions, fleet, grid, health, mobility, noise, safety

    own = [
        access.MODEL,
        access.STOPS,
        access.PLACES,
        access.GREEN,
        access.TREES,
        health.ACTIVITY,
        air.MODEL,
        air.PATHS,
        buildings.MODEL,
        emissions.MODEL,
        fleet.MODEL,
        grid.MODEL,
        health.MODEL,
        mobility.MODEL,
        mobility.TRANSIT,
        noise.MODEL,
        noise.PATHS,
        grid.PHOTOVOLTAICS,
        safety.MODEL,
    ]
    plugged = load("exante.models", Model)
    names = [model.name for model in own]
    for model in plugged:
        if names.count(model.name) or [m.name for m in plugged].count(model.name) > 1:
            raise WiringError(
                f"an installed package declares a model '{model.name}', and there is one of that name",
                where="entry point exante.models",
                remedy="Give it another name, or uninstall the package",
            )
    return [*own, *plugged]
