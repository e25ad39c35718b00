"""Equilibria far above capacity, and many warm starts in a row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.kernels.equilibrium import UserClass, user_equilibrium
from exante.kernels.graph import Graph
from exante.kernels.link_cost import LinkCost

SWEEPS = 60
"""Most sweeps of the fixed problems; before pairs could move jointly they were above 1e-9 after 200."""


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


def hard_classes(rng, graph, demand, count):
    """Classes with up to six-fold demand, tolls on some links and a few bans off the ring."""
    users = []
    for c in range(count):
        trips = demand * rng.uniform(0, 2, demand.shape) * (rng.random(demand.shape) < rng.choice([0.5, 1.0]))
        toll = rng.uniform(0, 3, graph.n_links) * (rng.random(graph.n_links) < 0.4)
        ban = np.zeros(graph.n_links, bool)
        if rng.random() < 0.5:
            ban[rng.integers(graph.n_nodes, graph.n_links, 3)] = True
        pce = float(rng.choice([1.0, 2.0]))
        users.append(UserClass(trips.T if c % 2 else trips, fixed_cost=toll, banned=ban, pce=pce))
    return users


def hard_cost(rng, n):
    t0 = rng.uniform(0.5, 5, n) * (rng.random(n) < rng.choice([0.8, 1.0]))
    powers = [1.0, 2.5, 4.0, 8.0] if rng.random() < 0.5 else [1.0, 2.5, 4.0]
    return LinkCost.bpr(t0, rng.uniform(20, 200, n), rng.uniform(0.1, 2, n), rng.choice(powers, n))


def chain(seed, one_class=False):
    """Four problems on one network: demand, bans, tolls, classes and mostly costs change from one to the next."""
    rng = np.random.default_rng(seed)
    size = (40, 12, 160) if rng.random() < 0.3 else (14, 5, 45)
    graph, cost, demand = random_network(seed, *size)
    demand = demand * rng.choice([0.3, 1, 3])
    for step in range(4):
        count = 1
        if not one_class:
            count = int(rng.integers(1, 4)) if step else 1 + seed % 3
        users = hard_classes(rng, graph, demand, count)
        if step and rng.random() < 0.7:
            cost = hard_cost(rng, graph.n_links)
        yield graph, cost, users


@pytest.mark.parametrize(("seed", "one_class"), [(32, True), (71, True), (12, False), (113, False)])
def test_problems_that_stood_still_converge(seed, one_class):
    for graph, cost, users in chain(seed, one_class):
        answer = user_equilibrium(graph, cost, users, relative_gap=1e-9, max_iterations=SWEEPS)
        assert answer.relative_gap <= 1e-9


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_a_chain_of_warm_starts_gives_the_cold_answers(seed):
    state = None
    for graph, cost, users in chain(seed):
        cold = user_equilibrium(graph, cost, users, relative_gap=1e-9, max_iterations=4 * SWEEPS)
        if state is not None:
            warm = user_equilibrium(graph, cost, users, relative_gap=1e-9, max_iterations=4 * SWEEPS, warm=state)
            total = float((cold.class_flow * np.where(np.isinf(cold.generalised_cost), 0, cold.generalised_cost)).sum())
            assert abs(warm.objective - cold.objective) <= 4e-9 * max(total, abs(cold.objective))
        state = cold.state


def test_classes_that_trade_places_every_sweep_still_converge():
    graph, cost, demand = random_network(5011)
    toll = np.random.default_rng(5011).uniform(0, 2, graph.n_links)
    users = [UserClass(demand), UserClass(0.5 * demand.T, fixed_cost=toll, pce=2.0)]
    assert user_equilibrium(graph, cost, users, relative_gap=1e-9, max_iterations=SWEEPS).relative_gap <= 1e-9


CHAIN = 30
"""Streets of the chain; one node of it came in a sweep before nodes without flow were hung anew at once."""


def test_a_chain_that_reverses_comes_in_at_once():
    """On empty streets the chain hangs from its end next to the origin, at congestion from the far one.

    The road to zone 1 takes 10 (1 + x / 1000), the other way 30 + 31 x 0.5 = 45.5: they are equal at x = 3550.
    """
    far, chain = 2, np.arange(3, 3 + CHAIN)
    path = np.concatenate([[1], chain, [far]])
    tail = np.concatenate([[0, 0], path[:-1], path[1:]])
    head = np.concatenate([[1, far], path[1:], path[:-1]])
    n = len(tail)
    time, alpha = np.full(n, 0.5), np.zeros(n)
    time[:2], alpha[0] = [10.0, 30.0], 1.0
    graph = Graph.build(tail, head, n_nodes=3 + CHAIN, n_zones=2, first_through_node=1)
    demand = np.array([[0.0, 6000.0], [0.0, 0.0]])
    found = user_equilibrium(graph, LinkCost.bpr(time, np.full(n, 1000.0), alpha, np.ones(n)), [UserClass(demand)])
    assert found.flow[:2] == pytest.approx([3550.0, 2450.0], rel=1e-6)
    assert found.iterations <= CHAIN // 3
