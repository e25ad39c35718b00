"""Neighbourhoods against paper, against scipy, and against themselves under other numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from exante.kernels.access import AccessNetwork, distance_to_nearest, in_parts, nearest, neighbourhoods
from exante.quantities.errors import NetworkError


def grid(side, step=100.0):
    """Streets of a square grid: node x + side * y, every block `step` long."""
    number = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    head = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    return tail, head, np.full(len(tail), step), side * side


def matrix(near):
    """Distances of all pairs, infinite out of reach, shape (sources, nodes)."""
    full = np.full((len(near.source), near.network.n_nodes), np.inf)
    for row, source in enumerate(near.source):
        nodes, away = near.of(source)
        full[row, nodes] = away
    return full


def scipy_matrix(tail, head, cost, n, radius, directed):
    cheapest = {}
    for a, b, c in zip(tail, head, cost, strict=True):
        for pair in ((a, b),) if directed else ((a, b), (b, a)):
            if a != b and np.isfinite(c):
                cheapest[pair] = min(c, cheapest.get(pair, np.inf))
    if not cheapest:
        return np.where(np.eye(n, dtype=bool), 0.0, np.inf)
    ends = np.array(list(cheapest))
    links = coo_matrix((list(cheapest.values()), (ends[:, 0], ends[:, 1])), (n, n)).tocsr()
    away = dijkstra(links, directed=True)
    return np.where(away <= radius, away, np.inf)


def test_a_grid_has_the_diamonds_of_paper():
    # Within 300 m of the middle of a large grid: 1 + 4 + 8 + 12 corners.
    network = AccessNetwork.build(*grid(11), directed=False)
    near = neighbourhoods(network, 300.0, [60])
    nodes, away = near.of(60)
    assert [int((away == d).sum()) for d in (0, 100, 200, 300)] == [1, 4, 8, 12]
    x, y = nodes % 11, nodes // 11
    np.testing.assert_array_equal(away, 100.0 * (np.abs(x - 5) + np.abs(y - 5)))
    corner, _ = neighbourhoods(network, 300.0).of(0)
    assert len(corner) == 1 + 2 + 3 + 4


def test_streets_of_one_way_are_kept():
    network = AccessNetwork.build([0, 1, 2], [1, 2, 0], [10.0, 20.0, 30.0], 3, directed=True)
    np.testing.assert_array_equal(matrix(neighbourhoods(network, 60.0)), [[0, 10, 30], [50, 0, 20], [30, 40, 0]])


def test_the_village_on_foot(village_city):
    links, nodes = village_city.table("links"), village_city.table("nodes")["node_id"].tolist()
    foot = np.array(["walk" in uses for uses in links["allowed_uses"]])
    row = {name: i for i, name in enumerate(nodes)}
    tail = np.array([row[n] for n in links["from_node_id"][foot]])
    head = np.array([row[n] for n in links["to_node_id"][foot]])
    network = AccessNetwork.build(tail, head, links["length"][foot], len(nodes), directed=False)
    found, away = neighbourhoods(network, 1000.0).of(row["n2"])
    told = {nodes[i]: d for i, d in zip(found, away, strict=True)}
    # The by-pass is not for walking, n8 is 1,100 m away.
    assert told == {"n2": 0.0, "n6": 400.0, "n1": 500.0, "n3": 500.0, "n5": 600.0, "n7": 800.0, "n4": 1000.0}


COSTS = st.one_of(st.integers(0, 400).map(float), st.just(np.inf))


@st.composite
def networks(draw):
    n = draw(st.integers(1, 40))
    size = draw(st.integers(0, 90))
    node = st.integers(0, n - 1)
    ends = draw(st.lists(st.tuples(node, node), min_size=size, max_size=size))
    cost = draw(st.lists(COSTS, min_size=size, max_size=size))
    tail = np.array([a for a, _ in ends], dtype=int)
    head = np.array([b for _, b in ends], dtype=int)
    return tail, head, np.array(cost, float), n, draw(st.booleans())


@settings(max_examples=150, deadline=None)
@given(networks(), st.integers(0, 900))
def test_equal_to_scipy(case, radius):
    tail, head, cost, n, directed = case
    cost = np.where(cost == 0, 1.0, cost)  # scipy takes an explicit zero for no link
    network = AccessNetwork.build(tail, head, cost, n, directed=directed)
    expected = scipy_matrix(tail, head, cost, n, radius, directed)
    np.testing.assert_array_equal(matrix(neighbourhoods(network, float(radius))), expected)


@settings(max_examples=60, deadline=None)
@given(networks(), st.integers(0, 900), st.randoms(use_true_random=False))
def test_other_numbers_change_nothing(case, radius, random):
    tail, head, cost, n, directed = case
    new = np.array(random.sample(range(n), n))
    before = matrix(neighbourhoods(AccessNetwork.build(tail, head, cost, n, directed=directed), float(radius)))
    again = AccessNetwork.build(new[tail], new[head], cost, n, directed=directed)
    after = matrix(neighbourhoods(again, float(radius)))
    np.testing.assert_array_equal(after[np.ix_(new, new)], before)
    if not directed:
        np.testing.assert_array_equal(before, before.T)


def large(seed=3, n=3000):
    """A tree and three streets a node, lengths that are no round numbers."""
    random = np.random.default_rng(seed)
    tail = np.concatenate([np.arange(1, n), random.integers(0, n, n)])
    head = np.concatenate([np.arange(1, n) // 2, random.integers(0, n, n)])
    return tail, head, random.uniform(20.0, 200.0, 2 * n - 1), n


def test_any_number_of_threads_gives_the_same_bytes():
    network = AccessNetwork.build(*large(), directed=False)
    one, four = neighbourhoods(network, 500.0), neighbourhoods(network, 500.0, threads=4)
    assert len(network.order) > 2 * 1024
    for name in ("start", "node", "distance", "place"):
        assert getattr(one, name).tobytes() == getattr(four, name).tobytes()


def test_parts_hold_what_the_whole_holds():
    network = AccessNetwork.build(*large(), directed=True)
    whole = neighbourhoods(network, 400.0)
    parts = list(in_parts(network, 400.0))
    assert len(parts) > 1
    assert sorted(np.concatenate([part.source for part in parts])) == list(range(network.n_nodes))
    for part in parts:
        for source in part.source[::97]:
            for ours, theirs in zip(part.of(source), whole.of(source), strict=True):
                np.testing.assert_array_equal(ours, theirs)


def test_sources_come_in_the_order_asked_for():
    network = AccessNetwork.build(*grid(11), directed=False)
    near = neighbourhoods(network, 250.0, [100, 3, 57])
    assert near.source.tolist() == [100, 3, 57]
    np.testing.assert_array_equal(matrix(near), matrix(neighbourhoods(network, 250.0))[[100, 3, 57]])


@settings(max_examples=60, deadline=None)
@given(networks(), st.data())
def test_one_search_from_all_places_finds_the_nearest(case, data):
    tail, head, cost, n, directed = case
    network = AccessNetwork.build(tail, head, cost, n, directed=directed)
    places = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    far = 1 + int(np.where(np.isfinite(cost), cost, 0).sum())
    (expected,), _ = nearest(neighbourhoods(network, float(far)), places)
    np.testing.assert_array_equal(distance_to_nearest(network, places), expected)


def test_lengths_are_rounded_to_the_unit():
    network = AccessNetwork.build([0, 1], [1, 2], [0.0004, 0.0006], 3, directed=False)
    np.testing.assert_allclose(neighbourhoods(network, 1.0).of(0)[1], [0.0, 0.0, 0.001], atol=1e-15)


def test_faults_are_told_together():
    with pytest.raises(NetworkError) as error:
        AccessNetwork.build([0, 5], [1, 1], [-1.0, np.nan], 3, directed=False)
    assert str(error.value) == (
        "Access cannot be measured on the network: links outside nodes 0 to 2: link 1 (5 to 1); negative or missing "
        "cost on links: 0, 1 (in access network). Correct the links or the number of nodes."
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((100.0, [0, 0, 9]), "Sources outside nodes 0 to 3: 9; given twice: 0"),
        ((-1.0, None), "A radius of -1 cannot be searched"),
        ((1e9, None), "build the network with a coarser unit"),
        ((np.nan, None), "A radius of nan cannot be searched"),
        ((1.0, [0.5]), "Sources must be a list of node indices"),
    ],
)
def test_impossible_searches_are_refused(arguments, told):
    network = AccessNetwork.build(*grid(2), directed=False)
    with pytest.raises(NetworkError, match=told):
        neighbourhoods(network, *arguments)


def test_a_node_without_streets_reaches_itself():
    network = AccessNetwork.build(np.array([], int), np.array([], int), [], 2, directed=False)
    np.testing.assert_array_equal(matrix(neighbourhoods(network, 10.0)), [[0, np.inf], [np.inf, 0]])
    with pytest.raises(NetworkError, match="Node 7 is none of the 2 sources"):
        neighbourhoods(network, 10.0).of(7)
