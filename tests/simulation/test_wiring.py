"""Wiring: models meet by variable name only."""

import pytest

from exante.quantities.declarations import Model
from exante.quantities.errors import WiringError
from exante.simulation import wire


def model(name, reads=(), writes=()):
    return Model(name, tuple(reads), tuple(writes), (), lambda inputs, state: None, ())


def test_models_run_after_those_they_read_from():
    second = model("a_reader", ["link_flow", "links.length"], ["link_co2"])
    first = model("z_writer", ["links.length"], ["link_flow"])
    wiring = wire([second, first])
    assert [m.name for m in wiring.models] == ["z_writer", "a_reader"]
    assert wiring.edges() == [("z_writer", "link_flow", "a_reader")]
    assert wiring.tables() == ["links"]


def test_an_input_that_nobody_writes():
    with pytest.raises(WiringError) as error:
        wire([model("emissions", ["link_flow"], ["link_co2"])])
    assert str(error.value) == (
        "model emissions reads link_flow, which no model writes (in models). Add a model that writes it."
    )


def test_two_writers_of_one_variable():
    with pytest.raises(WiringError) as error:
        wire([model("a", [], ["link_flow"]), model("b", [], ["link_flow"])])
    assert str(error.value) == "'link_flow' is written by both a and b (in models). Leave one of them out."


def test_a_loop_that_nobody_declared():
    with pytest.raises(WiringError, match="models a, b form a loop that nobody declared"):
        wire([model("a", ["link_flow"], ["link_co2"]), model("b", ["link_co2"], ["link_flow"])])
