"""Warm starts are kept thin and come back as they were."""

import numpy as np
import pytest

from exante.kernels.equilibrium import UserClass, user_equilibrium
from exante.kernels.equilibrium.bushes import Bushes
from exante.kernels.graph import Graph
from exante.kernels.link_cost import LinkCost
from exante.models.mobility.warm import _full, _smallest, _thin


@pytest.mark.parametrize(("value", "name"), [(127, "int8"), (128, "int16"), (-32768, "int16"), (40000, "int32")])
def test_smallest_integer(value, name):
    assert _smallest(np.array([value])) == np.dtype(name)


def test_bushes_come_back_to_the_bit():
    graph = Graph.build([0, 0, 2], [1, 2, 1], n_nodes=3, n_zones=2)
    cost = LinkCost.bpr([10.0, 15.0, 0.0], [1000.0, 3000.0, 1.0], [1.0, 1.0, 0.0], [1.0, 1.0, 0.0])
    users = [UserClass([[0.0, 1000.0], [0.0, 0.0]])]
    routes = user_equilibrium(graph, cost, users, relative_gap=1e-12).state.bushes
    thin = _thin(routes)
    back = _full({f"0.{name}": array for name, array in thin.items()}, 0)
    assert routes.merges[0] == 1
    assert sum(a.nbytes for a in thin.values()) < 0.1 * sum(a.nbytes for a in routes)
    for name in Bushes._fields:
        before, after = getattr(routes, name), getattr(back, name)
        room = min(before.shape[-1], after.shape[-1])
        assert before.dtype == after.dtype
        np.testing.assert_array_equal(before[..., :room], after[..., :room])
