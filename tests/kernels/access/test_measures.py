"""Measures of access: by hand on a line of three nodes, and laws that hold on any network."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.kernels.access import (
    AccessNetwork,
    Decay,
    cumulative,
    floating_catchment,
    gravity,
    nearest,
    neighbourhoods,
    sum_reached,
    sum_sources,
    sum_within,
)
from exante.quantities.errors import NetworkError, ParameterError


@pytest.fixture(scope="module")
def line():
    """0 -100 m- 1 -50 m- 2, all within 120 m but 0 and 2."""
    network = AccessNetwork.build([0, 1], [1, 2], [100.0, 50.0], 3, directed=False)
    return neighbourhoods(network, 120.0)


def test_cumulative_on_paper(line):
    assert cumulative(line, [1.0, 10.0, 100.0]).tolist() == [11.0, 111.0, 110.0]
    assert cumulative(line, [1.0, 10.0, 100.0], 99.0).tolist() == [1.0, 110.0, 110.0]
    both = cumulative(line, [[1.0, 10.0, 100.0], [0.0, 1.0, 0.0]])
    assert both.tolist() == [[11.0, 111.0, 110.0], [1.0, 1.0, 1.0]]


def test_gravity_on_paper(line):
    half = Decay.linear(200.0)  # 0.5 at 100 m, 0.75 at 50 m
    assert gravity(line, [1.0, 10.0, 100.0], half).tolist() == pytest.approx([6.0, 85.5, 107.5])


def test_floating_catchment_on_paper(line):
    # 12 places at node 0, reached by the people of 0 and 1 (4 + 2): 2 a head there; node 2 reaches none of them.
    # 6 places at node 2, reached by the people of 1 and 2 (2 + 1): 2 a head.
    assert floating_catchment(line, [12.0, 0.0, 6.0], [4.0, 2.0, 1.0]).tolist() == pytest.approx([2.0, 4.0, 2.0])
    # With a decay of 0.5 at 100 m: 12 / (4 + 0.5 * 2) = 2.4 a head.
    steps = Decay.steps([60.0, 120.0], [1.0, 0.5])
    found = floating_catchment(line, [12.0, 0.0, 0.0], [4.0, 2.0, 1.0], steps)
    assert found.tolist() == pytest.approx([2.4, 1.2, 0.0])


def test_nearest_on_paper(line):
    distance, node = nearest(line, np.array([True, False, True]), k=2)
    assert distance.tolist() == [[0.0, 50.0, 0.0], [np.inf, 100.0, np.inf]]
    assert node.tolist() == [[0, 2, 2], [-1, 0, -1]]


def test_of_equal_distances_the_lower_number_comes_first():
    network = AccessNetwork.build([0, 0, 0], [3, 2, 1], [10.0, 10.0, 10.0], 4, directed=False)
    _, node = nearest(neighbourhoods(network, 10.0), np.array([False, True, True, True]), k=3)
    assert node[:, 0].tolist() == [1, 2, 3]


def town(seed, n=60):
    random = np.random.default_rng(seed)
    tail = np.concatenate([np.arange(1, n), random.integers(0, n, n)])
    head = np.concatenate([np.arange(1, n) // 2, random.integers(0, n, n)])
    network = AccessNetwork.build(tail, head, random.uniform(20.0, 200.0, 2 * n - 1), n, directed=bool(seed % 2))
    return network, random


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(50.0, 600.0))
def test_measures_are_sums_over_pairs(seed, radius):
    network, random = town(seed)
    near = neighbourhoods(network, radius)
    values = random.uniform(0.0, 10.0, network.n_nodes)
    decay = Decay.gaussian(200.0)
    weights = decay(near.distances())
    for source in range(0, network.n_nodes, 7):
        nodes, away = near.of(source)
        assert cumulative(near, values)[source] == pytest.approx(values[nodes].sum())
        inside = nodes[away <= np.rint(radius / 2 * 1000) / 1000 + 1e-9]
        assert cumulative(near, values, radius / 2)[source] == pytest.approx(values[inside].sum())
        assert sum_reached(near, values, weights)[source] == pytest.approx((values[nodes] * decay(away)).sum())
        for row, (k, far) in enumerate(zip(*nearest(near, values > 5, 3), strict=True)):
            there = [(d, n) for d, n in zip(away, nodes, strict=True) if values[n] > 5]
            expected = sorted(there)[row] if row < len(there) else (np.inf, -1)
            assert (k[source], far[source]) == expected


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(50.0, 600.0))
def test_floating_catchments_give_the_supply_back(seed, radius):
    network, random = town(seed)
    near = neighbourhoods(network, radius)
    supply, people = random.uniform(0.0, 10.0, (2, network.n_nodes))
    people[::3] = 0.0
    for decay in (None, Decay.exponential(150.0)):
        reached = sum_sources(near, people) > 0
        per_head = floating_catchment(near, supply, people, decay)
        assert people @ per_head == pytest.approx(supply[reached].sum())


def test_nothing_kept_gives_the_same_numbers():
    network, random = town(8, 2500)
    values = random.uniform(0.0, 10.0, (2, network.n_nodes))
    near = neighbourhoods(network, 300.0)
    np.testing.assert_array_equal(sum_within(network, 300.0, values), cumulative(near, values))
    decay = Decay.linear(300.0)
    np.testing.assert_array_equal(sum_within(network, 300.0, values[0], decay), gravity(near, values[0], decay))


def test_sources_can_be_a_part_of_the_nodes():
    network, random = town(5)
    values = random.uniform(0.0, 10.0, network.n_nodes)
    some, whole = neighbourhoods(network, 300.0, [41, 2, 17]), neighbourhoods(network, 300.0)
    np.testing.assert_allclose(cumulative(some, values), cumulative(whole, values)[[41, 2, 17]], rtol=1e-13)
    assert sum_sources(some, [1.0, 1.0, 1.0]).max() <= 3.0


@pytest.mark.parametrize(
    ("decay", "distance", "weight"),
    [
        (Decay.exponential(100.0), 100.0, np.exp(-1.0)),
        (Decay.gaussian(100.0), 200.0, np.exp(-2.0)),
        (Decay.power(100.0, 2.0), 100.0, 0.25),
        (Decay.linear(100.0), 25.0, 0.75),
        (Decay.logistic(600.0, 100.0), 600.0, (1 + np.exp(-6.0)) / 2),
        (Decay.steps([100.0, 200.0], [1.0, 0.3]), 150.0, 0.3),
    ],
    ids=lambda x: x.form if isinstance(x, Decay) else None,
)
def test_decay_forms(decay, distance, weight):
    assert float(decay(distance)) == pytest.approx(weight)
    assert float(decay(0.0)) == pytest.approx(1.0)
    assert np.all(np.diff(decay(np.linspace(0.0, 1e6, 500))) <= 0.0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Decay.exponential(0.0),
        lambda: Decay.linear(np.nan),
        lambda: Decay.steps([200.0, 100.0], [1.0, 0.5]),
        lambda: Decay.steps([100.0], [1.5]),
        lambda: Decay("cubic", (1.0,))(1.0),
    ],
)
def test_impossible_decays_are_refused(make):
    with pytest.raises(ParameterError):
        make()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda near: cumulative(near, [1.0, 2.0]), r"opportunities has shape \(2,\), the network has 3 nodes"),
        (lambda near: cumulative(near, [1.0, np.nan, 2.0]), "opportunities is missing or infinite at nodes: 1"),
        (lambda near: cumulative(near, [1.0, 1.0, 2.0], 130.0), "A radius of 130 is beyond the stored 120"),
        (lambda near: floating_catchment(near, [-1.0, 0, 0], [1.0, 1, 1]), "must not be negative"),
        (lambda near: sum_sources(near, [1.0]), r"\(1,\) values do not fit 3 sources"),
        (lambda near: sum_reached(near, [1.0, 1, 1], np.ones(2)), "Weights of 7 pairs must be finite"),
        (lambda near: nearest(near, [1, 0, 1]), "Places must be true or false"),
        (lambda near: nearest(near, np.array([True, False, True]), 0), "The 0 nearest places"),
    ],
)
def test_bad_input_is_told(line, call, told):
    with pytest.raises(NetworkError, match=told):
        call(line)
