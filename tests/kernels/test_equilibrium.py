"""User equilibrium: numbers from paper, and properties on random networks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.kernels.equilibrium import UserClass, check_flows, user_equilibrium
from exante.kernels.graph import Graph
from exante.kernels.link_cost import LinkCost
from exante.kernels.skims import skim
from exante.quantities.errors import ConvergenceError, NetworkError

# Braess (1968) as in the TNTP collection: nodes 0 = origin, 1 = destination, 2 and 3 between.
# Times: 0-2 and 3-1 are 10 x, 0-3 and 2-1 are 50 + x, 2-3 is 10 + x; six vehicles.
BRAESS_LINKS = [(0, 2), (0, 3), (2, 1), (2, 3), (3, 1)]
BRAESS_T0 = [1e-8, 50.0, 50.0, 10.0, 1e-8]
BRAESS_SLOPE = [10.0, 1.0, 1.0, 1.0, 10.0]


def braess():
    tail, head = zip(*BRAESS_LINKS, strict=True)
    graph = Graph.build(tail, head, n_nodes=4, n_zones=2)
    t0 = np.array(BRAESS_T0)
    return graph, LinkCost.bpr(t0, 1.0, np.array(BRAESS_SLOPE) / t0, 1.0)


def from_zero_to_one(trips):
    return [[0.0, trips], [0.0, 0.0]]


def random_network(seed, nodes=14, zones=5, links=45):
    rng = np.random.default_rng(seed)
    ring = np.arange(nodes)
    tail = np.concatenate([ring, rng.integers(0, nodes, links)])
    head = np.concatenate([(ring + 1) % nodes, rng.integers(0, nodes, links)])
    keep = tail != head
    tail, head = tail[keep], head[keep]
    n = len(tail)
    cost = LinkCost.bpr(
        rng.uniform(0.5, 5, n), rng.uniform(20, 200, n), rng.uniform(0.1, 2, n), rng.choice([1.0, 2.5, 4.0], n)
    )
    demand = rng.gamma(0.6, 40, (zones, zones))
    np.fill_diagonal(demand, 0.0)
    return Graph.build(tail, head, nodes, zones), cost, demand


def wardrop_gap(graph, answer, demands, pce):
    """Largest relative gap by class, from skims that know nothing of bushes."""
    used = paid = 0.0
    for c, (flow, demand) in enumerate(zip(answer.class_flow, demands, strict=True)):
        cost = answer.generalised_cost[c]
        least, _ = skim(graph, cost)
        used += pce[c] * (flow[flow > 0] * cost[flow > 0]).sum()
        paid += pce[c] * (demand[demand > 0] * least[demand > 0]).sum()
    return (used - paid) / used


def test_braess_paradox_on_paper():
    graph, cost = braess()
    answer = user_equilibrium(graph, cost, [UserClass(from_zero_to_one(6.0))], relative_gap=1e-12)
    # Two vehicles on each of the three routes, 92 minutes each; without the bridge 83.
    assert answer.flow == pytest.approx([4, 2, 2, 2, 4], abs=1e-8)
    assert answer.travel_time == pytest.approx([40, 52, 52, 12, 40], abs=1e-6)
    # 5 * 16 + (100 + 2) + (100 + 2) + (20 + 2) + 5 * 16
    assert answer.objective == pytest.approx(386.0, abs=1e-6)
    closed = np.arange(5) == 3
    better = user_equilibrium(
        graph, cost, [UserClass(from_zero_to_one(6.0), banned=closed)], relative_gap=1e-12, warm=answer.state
    )
    assert better.flow == pytest.approx([3, 3, 3, 0, 3], abs=1e-8)
    assert (better.flow @ better.travel_time) / 6 == pytest.approx(83.0)


def test_two_classes_separate_at_a_toll():
    # One free road of 20 + x/50 minutes, one tolled road of 10 + x/100; the poor pay 15 minutes, the rich 2.
    graph = Graph.build([0, 0], [1, 1], 2, 2)
    cost = LinkCost.bpr([20.0, 10.0], [1000.0, 1000.0], [1.0, 1.0], [1.0, 1.0])
    rich = UserClass(from_zero_to_one(300.0), fixed_cost=[0.0, 2.0])
    poor = UserClass(from_zero_to_one(200.0), fixed_cost=[0.0, 15.0])
    answer = user_equilibrium(graph, cost, [rich, poor], relative_gap=1e-12)
    # With everybody in place: free 20 + 20*200/1000 = 24, tolled 10 + 10*300/1000 = 13: 15 < 24 and 28 > 24.
    assert answer.class_flow == pytest.approx(np.array([[0, 300], [200, 0]]), abs=1e-9)
    assert answer.travel_time == pytest.approx([24.0, 13.0])


def test_lorries_count_as_passenger_cars():
    graph = Graph.build([0, 0, 2], [1, 2, 1], 3, 2)
    cost = LinkCost.bpr([10.0, 15.0, 0.0], [1000.0, 3000.0, 1.0], [1.0, 1.0, 0.0], 1.0)
    answer = user_equilibrium(
        graph, cost, [UserClass(from_zero_to_one(400.0), pce=2.5)], relative_gap=1e-12
    )
    assert answer.flow == pytest.approx([2000 / 3, 1000 / 3, 1000 / 3])
    assert answer.class_flow[0] == pytest.approx(np.array([2000, 1000, 1000]) / 7.5)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_wardrop_and_conservation_on_random_networks(seed):
    graph, cost, demand = random_network(seed)
    rng = np.random.default_rng(seed)
    toll = rng.uniform(0, 2, graph.n_links)
    classes = [UserClass(demand), UserClass(0.5 * demand.T, fixed_cost=toll, pce=2.0)]
    answer = user_equilibrium(graph, cost, classes, relative_gap=1e-9)
    demands = np.stack([demand, 0.5 * demand.T])
    assert wardrop_gap(graph, answer, demands, [1.0, 2.0]) <= 1.001e-9
    check_flows(graph, answer.class_flow, demands, np.zeros(answer.class_flow.shape, bool))


def test_unreachable_demand_is_named():
    graph = Graph.build([0, 1], [1, 0], 3, 3)
    demand = np.zeros((3, 3))
    demand[0, 1], demand[0, 2] = 5.0, 7.0
    cost = LinkCost.constant([1.0, 1.0])
    with pytest.raises(NetworkError, match="0 to 2"):
        user_equilibrium(graph, cost, [UserClass(demand)])
    answer = user_equilibrium(graph, cost, [UserClass(demand)], drop_unreachable=True)
    assert answer.unreachable.tolist() == [[0, 0, 2]]
    assert answer.flow.tolist() == [5.0, 0.0]


def test_the_check_catches_vanishing_trips():
    graph, cost = braess()
    answer = user_equilibrium(graph, cost, [UserClass(from_zero_to_one(6.0))])
    wrong = answer.class_flow.copy()
    wrong[0, 3] += 0.01
    demand = np.array([from_zero_to_one(6.0)])
    with pytest.raises(ConvergenceError, match="trips appear or vanish at nodes: 2, 3"):
        check_flows(graph, wrong, demand, np.zeros(wrong.shape, bool))
