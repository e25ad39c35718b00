"""Traffic over the edge: margins, through traffic, gravity."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exante.models.mobility.demand import generate
from exante.models.mobility.external import _own_share, _through, external_trips
from exante.models.mobility.network import build_network


class _Edge(dict):
    """Inputs of three gates, the first of a motorway."""

    def __init__(self, **statistics):
        super().__init__({"gates.motorway": np.array([True, False, False])})
        self.statistics = statistics

    def statistic(self, name, default):
        return self.statistics.get(name, default)


def test_through_traffic_on_paper():
    """Weights 5, 3, 2, the first a motorway: pairs 15 and 10, each way; between the others none."""
    through = _through(_Edge(through_traffic=100.0), {"through_share": 0.5}, np.array([5.0, 3.0, 2.0]))
    assert through == pytest.approx(np.array([[0, 15, 10], [15, 0, 0], [10, 0, 0]]))


def test_gates_own_traffic_is_the_count_without_what_passes():
    """100 counted by weight 5, 3, 2; 25, 15 and 10 of it pass: 25, 15 and 10 are left."""
    weight = np.array([5.0, 3.0, 2.0])
    through = np.array([[0, 15, 10], [15, 0, 0], [10.0, 0, 0]])
    assert _own_share(_Edge(gate_traffic=100.0), weight, through) == pytest.approx([0.5, 0.3, 0.2])
    assert _own_share(_Edge(gate_traffic=60.0), weight, through) == pytest.approx(np.array([5, 3, 2]) / 10)
    assert _own_share(_Edge(), weight, through) == pytest.approx(weight / 10)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ratio=st.floats(0.0, 4.0), sensitivity=st.floats(0.0, 0.2))
def test_persons_keep_both_margins_whatever_the_gravity(tools, village_city, ratio, sensitivity):
    inputs = tools.inputs(village_city, external_other=ratio, sensitivity_work=sensitivity)
    demand, network = generate(inputs), build_network(inputs)
    found = external_trips(inputs, demand, network)
    zones = network.zones
    entering = inputs.statistic("commuters_in", 0.0) * inputs.parameters["rate_work"]
    places = inputs["zones.jobs"] + inputs["zones.school_places"]
    assert found.commuting[zones:, :zones].sum(axis=0) == pytest.approx(entering * places / places.sum(), rel=1e-6)
    assert found.commuting[:zones, zones:].sum(axis=1) == pytest.approx(demand.leaving, rel=1e-6)
    assert found.other.sum() == pytest.approx(ratio * found.commuting.sum(), rel=1e-6, abs=1e-9)
