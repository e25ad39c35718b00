"""Runs of the models on hand-made cities."""

import numpy as np
import pytest

from exante.models.emissions import MODEL as EMISSIONS
from exante.models.fleet import MODEL as FLEET
from exante.models.mobility import MODEL as MOBILITY
from exante.models.mobility.costs import mode_constants, reference_costs
from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS


def medians(model, **others):
    values = {p.name.split(".", 1)[1]: float(p.distribution.quantile(0.5)) for p in model.parameters}
    unknown = set(others) - set(values)
    assert not unknown, unknown
    return values | others


def column(city, name):
    table = name.split(".")[0]
    if table == "gates" and table not in city.tables:
        return np.zeros(0, dtype=bool if name == "gates.motorway" else float if name == "gates.weight" else object)
    return city.column(name)


def inputs(city, model=MOBILITY, results=None, **parameters):
    names = {n: column(city, n) if "." in n else results[n] for n in model.reads}
    for n in model.uses:
        held = city.has_column(n) if "." in n else n in (results or {})
        names[n] = (city.column(n) if "." in n else results[n]) if held else np.zeros(0)
    return Inputs(names, medians(model, **parameters))


def with_constants_held(**changes):
    """Parameters with another cost of travel and the same constants: what a change of prices would do."""
    before, after = medians(MOBILITY), medians(MOBILITY, **changes)
    now = reference_costs(after)
    for purpose in LABELS["purpose"]:
        scale = "sensitivity_other" if purpose == "other" else "sensitivity_work"
        for mode, constant in mode_constants(before, purpose, before[scale]).items():
            own, car = now[mode]
            after[f"constant_{mode}_{purpose}"] = -after[scale] * (own + constant - car)
    return after


@pytest.fixture(scope="session")
def tools():
    """Functions that make inputs and run models."""

    class Tools:
        mobility, emissions, fleet = MOBILITY, EMISSIONS, FLEET
        inputs = staticmethod(inputs)
        medians = staticmethod(medians)
        with_constants_held = staticmethod(with_constants_held)

        @staticmethod
        def run(city, state=None, **parameters):
            return MOBILITY.run(inputs(city, **parameters), state)

        @staticmethod
        def emit(city, results, **parameters):
            vehicles = FLEET.run(inputs(city, FLEET), None).arrays
            return EMISSIONS.run(inputs(city, EMISSIONS, results | vehicles, **parameters), None)

    return Tools


@pytest.fixture(scope="session")
def village_run(tools, village_city):
    return tools.run(village_city)
