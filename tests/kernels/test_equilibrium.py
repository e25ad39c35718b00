"""User equilibrium: numbers from paper, and properties on random networks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.kernels.equilibrium import (
    UserClass,
    check_flows,
    load_routes,
    marginal_toll,
    select_link,
    system_optimum,
    user_equilibrium,
)
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


def test_classes_trade_places_on_saturated_roads():
    # Slopes of 1e4 minutes per vehicle against a toll of one minute: shifts alone would need thousands of sweeps.
    graph = Graph.build([0, 0, 2, 3], [2, 3, 1, 1], 4, 2)
    cost = LinkCost.bpr([1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], [1e4, 1e4, 0.0, 0.0], 1.0)
    payer = UserClass(from_zero_to_one(100.0), fixed_cost=[0.0, 1.0, 0.0, 0.0])
    other = UserClass(from_zero_to_one(100.0), fixed_cost=[0.0, 2.0, 0.0, 0.0])
    answer = user_equilibrium(graph, cost, [payer, other], relative_gap=1e-12, max_iterations=50)
    # The class that pays less drives the tolled road, up to the difference in time that it is indifferent to.
    assert answer.flow == pytest.approx([100.00005, 99.99995, 100.00005, 99.99995])
    assert answer.class_flow[0, 1] == pytest.approx(99.99995)
    assert answer.class_flow[1, 1] == pytest.approx(0.0, abs=1e-9)


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
    alone = user_equilibrium(graph, cost, classes[:1], relative_gap=1e-9)
    assert wardrop_gap(graph, alone, demand[None], [1.0]) <= 1.001e-9
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


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_names_of_nodes_and_links_do_not_matter(seed):
    graph, cost, demand = random_network(seed)
    rng = np.random.default_rng(seed + 1)
    zones, nodes, links = graph.n_zones, graph.n_nodes, graph.n_links
    zone = rng.permutation(zones)
    node = np.concatenate([zone, zones + rng.permutation(nodes - zones)])
    link = rng.permutation(links)
    other = Graph.build(node[graph.from_node[link]], node[graph.to_node[link]], nodes, zones)
    parameter = cost.table.parameter[link]
    moved = LinkCost(cost.table._replace(kind=cost.table.kind[link], parameter=parameter))
    turned = np.zeros_like(demand)
    turned[np.ix_(zone, zone)] = demand
    one = user_equilibrium(graph, cost, [UserClass(demand)], relative_gap=1e-12, max_iterations=200)
    two = user_equilibrium(other, moved, [UserClass(turned)], relative_gap=1e-12, max_iterations=200)
    assert two.objective == pytest.approx(one.objective, rel=1e-10)
    assert two.flow == pytest.approx(one.flow[link], abs=1e-3 * one.flow.max())


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(1.01, 2.0))
def test_more_demand_costs_more(seed, factor):
    graph, cost, demand = random_network(seed)
    one = user_equilibrium(graph, cost, [UserClass(demand)], relative_gap=1e-9)
    two = user_equilibrium(graph, cost, [UserClass(factor * demand)], relative_gap=1e-9, warm=one.state)
    # Beckmann's objective of less demand is never above, and costs respond monotonically (variational inequality).
    assert two.objective > one.objective
    least_one, _ = skim(graph, one.travel_time)
    least_two, _ = skim(graph, two.travel_time)
    change = (factor - 1.0) * (demand * np.where(demand > 0, least_two - least_one, 0.0)).sum()
    assert change >= -1e-6 * two.objective


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_a_warm_start_gives_the_cold_answer_and_is_left_alone(seed):
    graph, cost, demand = random_network(seed)
    rng = np.random.default_rng(seed)
    first = user_equilibrium(graph, cost, [UserClass(demand)], relative_gap=1e-9)
    kept = [array.copy() for array in first.state.bushes]
    banned = np.zeros(graph.n_links, bool)
    banned[rng.integers(14, graph.n_links)] = True
    changed = [UserClass(demand * rng.uniform(0, 2, demand.shape), banned=banned), UserClass(demand.T)]
    slower = LinkCost.bpr(rng.uniform(0.5, 5, graph.n_links), 100.0)
    warm = user_equilibrium(graph, slower, changed, relative_gap=1e-10, warm=first.state)
    cold = user_equilibrium(graph, slower, changed, relative_gap=1e-10)
    assert warm.objective == pytest.approx(cold.objective, rel=1e-8)
    assert warm.class_flow[0, banned].sum() == 0.0
    assert all(np.array_equal(a, b) for a, b in zip(kept, first.state.bushes, strict=True))
    back = user_equilibrium(graph, cost, [UserClass(demand)], relative_gap=1e-9, warm=warm.state)
    assert back.objective == pytest.approx(first.objective, rel=1e-7)


def test_the_same_input_gives_the_same_bytes_in_any_thread():
    from concurrent.futures import ThreadPoolExecutor

    graph, cost, demand = random_network(3, nodes=30, zones=10, links=120)
    start = user_equilibrium(graph, cost, [UserClass(demand)])

    def solve(_):
        answer = user_equilibrium(graph, cost, [UserClass(1.3 * demand)], warm=start.state)
        return answer.flow.tobytes()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(solve, range(12)))) == 1


def test_no_traffic_through_zones():
    # 0 -> 2 -> 1 would be shorter, but 2 is a zone.
    graph = Graph.build([0, 2, 0, 3], [2, 1, 3, 1], 4, 3, first_through_node=3)
    cost = LinkCost.constant([1.0, 1.0, 5.0, 5.0])
    demand = np.zeros((3, 3))
    demand[0, 1] = demand[0, 2] = demand[2, 1] = 1.0
    answer = user_equilibrium(graph, cost, [UserClass(demand)])
    assert answer.flow.tolist() == [1.0, 1.0, 1.0, 1.0]
    assert skim(graph, [1.0, 1.0, 5.0, 5.0])[0][0, 1] == 10.0


def test_gap_of_one_in_a_million_millions():
    graph, cost, demand = random_network(11, nodes=40, zones=12, links=160)
    answer = user_equilibrium(graph, cost, [UserClass(demand)], relative_gap=1e-13)
    assert answer.relative_gap <= 1e-13
    assert answer.average_excess_cost < 1e-8


def test_system_optimum_of_braess_is_the_network_without_the_bridge():
    graph, cost = braess()
    best = system_optimum(graph, cost, [UserClass(from_zero_to_one(6.0))], relative_gap=1e-12)
    assert best.flow == pytest.approx([3, 3, 3, 0, 3], abs=1e-6)
    assert best.objective == pytest.approx(6 * 83.0)
    toll = marginal_toll(cost, best.flow)
    tolled = user_equilibrium(graph, cost, [UserClass(from_zero_to_one(6.0), fixed_cost=toll)], relative_gap=1e-12)
    assert tolled.flow == pytest.approx(best.flow, abs=1e-6)


def test_select_link_and_select_zone_on_braess():
    graph, cost = braess()
    demand = from_zero_to_one(6.0)
    answer = user_equilibrium(graph, cost, [UserClass(demand)], relative_gap=1e-12)
    trips, flow = select_link(graph, answer.state, [demand], np.arange(5) == 0)
    # Four vehicles leave by 0-2: two stay on it, two cross the bridge.
    assert trips[0, 0, 1] == pytest.approx(4.0)
    assert flow[0] == pytest.approx([4, 0, 2, 2, 2], abs=1e-6)
    assert load_routes(graph, answer.state, [np.array(demand) / 2])[0] == pytest.approx(answer.flow / 2)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_selected_trips_balance(seed):
    graph, cost, demand = random_network(seed)
    answer = user_equilibrium(graph, cost, [UserClass(demand)], relative_gap=1e-9)
    mask = np.zeros(graph.n_links, bool)
    mask[np.random.default_rng(seed).integers(0, graph.n_links, 3)] = True
    trips, flow = select_link(graph, answer.state, [demand], mask)
    assert flow[0, mask] == pytest.approx(answer.flow[mask])
    check_flows(graph, flow * (flow > 0), trips, np.zeros(flow.shape, bool))


def test_proportional_classes_share_alternatives_alike():
    # Two equal routes; without proportionality the order decides which class takes which.
    graph = Graph.build([0, 0, 2, 3], [2, 3, 1, 1], 4, 2)
    cost = LinkCost.bpr([1.0, 1.0, 1.0, 1.0], [100.0, 200.0, 100.0, 200.0], 1.0, 1.0)
    classes = [UserClass(from_zero_to_one(120.0)), UserClass(from_zero_to_one(30.0))]
    answer = user_equilibrium(graph, cost, classes, relative_gap=1e-12, proportional=True)
    assert answer.flow == pytest.approx([50, 100, 50, 100])
    assert answer.class_flow[0] == pytest.approx([40, 80, 40, 80])
    assert answer.class_flow[1] == pytest.approx([10, 20, 10, 20])


def test_a_gap_out_of_reach_is_an_error():
    graph, cost = braess()
    with pytest.raises(ConvergenceError, match="relative gap is"):
        user_equilibrium(graph, cost, [UserClass(from_zero_to_one(6.0))], relative_gap=1e-12, max_iterations=1)


def test_faults_of_classes_are_told_at_once():
    graph, cost = braess()
    bad = UserClass([[0.0, -1.0], [np.nan, 0.0]], fixed_cost=[-1.0] * 5, pce=0.0, name="vans")
    with pytest.raises(NetworkError) as caught:
        user_equilibrium(graph, cost, [bad, UserClass(np.zeros((3, 3)))])
    for part in (
        "class vans: demand is negative at: 0 to 1",
        "class vans: demand is missing at: 1 to 0",
        "class vans: fixed cost is negative at: 0",
        "class vans: 0.0 passenger-car equivalents",
        "class 1: demand has shape (3, 3), not (2, 2)",
    ):
        assert part in str(caught.value)


def test_no_demand_at_all():
    graph, cost = braess()
    answer = user_equilibrium(graph, cost, [UserClass(np.zeros((2, 2)))])
    assert answer.flow.tolist() == [0.0] * 5
    assert answer.relative_gap == 0.0


def test_a_merge_that_lost_its_demand_does_not_carry_the_flows_of_others():
    # Zone 1 is reached in two ways, then loses its demand; the flows of origin 2 must not appear on its merge.
    graph = Graph.build([0, 0, 3, 4, 0, 2, 2, 5], [3, 4, 1, 1, 2, 5, 0, 0], 6, 3)
    cost = LinkCost.bpr([1.0, 1.0, 1.0, 1.2, 3.0, 1.0, 2.0, 1.0], 10.0, 1.0, 1.0)
    both = np.array([[0.0, 40.0, 5.0], [0.0, 0.0, 0.0], [40.0, 0.0, 0.0]])
    first = user_equilibrium(graph, cost, [UserClass(both)], relative_gap=1e-12)
    lost = both.copy()
    lost[0, 1] = 0.0
    slower = LinkCost.bpr([1.0, 3.0, 1.0, 1.2, 3.0, 1.0, 2.0, 1.0], 10.0, 1.0, 1.0)
    warm = user_equilibrium(graph, slower, [UserClass(lost)], relative_gap=1e-12, warm=first.state, max_iterations=20)
    cold = user_equilibrium(graph, slower, [UserClass(lost)], relative_gap=1e-12)
    assert warm.flow == pytest.approx(cold.flow)
    assert warm.average_excess_cost < 1e-10


def test_least_costs_are_those_of_skims():
    graph, cost, demand = random_network(7)
    demand[2] = 0.0
    banned = np.zeros(graph.n_links, bool)
    banned[graph.to_node == 1] = True
    other = demand.T.copy()
    other[:, 1] = 0.0
    classes = [UserClass(demand), UserClass(other, fixed_cost=np.full(graph.n_links, 0.3), banned=banned)]
    answer = user_equilibrium(graph, cost, classes, relative_gap=1e-9)
    for c in range(2):
        assert answer.least_cost[c] == pytest.approx(skim(graph, answer.generalised_cost[c])[0], rel=1e-12)
    assert np.isinf(answer.least_cost[1, 0, 1])
