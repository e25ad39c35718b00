"""System optimum: the flows of least total cost, and the tolls that make an equilibrium of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from exante.kernels.equilibrium.problem import UserClass
from exante.kernels.equilibrium.result import Equilibrium
from exante.kernels.equilibrium.user import user_equilibrium
from exante.kernels.graph import FloatArray, Graph
from exante.kernels.link_cost import LinkCost


def system_optimum(graph: Graph, link_cost: LinkCost, classes: Sequence[UserClass], **options: Any) -> Equilibrium:
    """Flows of least total generalised cost, ``sum x t(x) + sum fixed x``.

    They are the user equilibrium under marginal costs ``t + x t'`` (Beckmann et al. 1956), solved by the same code.

    Parameters
    ----------
    graph, link_cost, classes, **options
        As for :func:`user_equilibrium`.

    Returns
    -------
    Equilibrium
        ``travel_time`` is the time that travellers spend, ``generalised_cost`` includes :func:`marginal_toll`,
        ``objective`` is the total cost, and the gap is that of the marginal costs.

    Raises
    ------
    UserError
        With piecewise linear links.

    Examples
    --------
    Pigou's roads: one takes 1 hour, the other ``x`` hours for a share x of the traffic. Equilibrium puts everybody on
    the second (1 hour each), the optimum half (45 minutes on average):

    >>> graph = Graph.build([0, 0], [1, 1], n_nodes=2, n_zones=2)
    >>> cost = LinkCost.bpr([1.0, 1e-9], [1.0, 1e-9], [0.0, 1.0], [0.0, 1.0])
    >>> best = system_optimum(graph, cost, [UserClass([[0.0, 1.0], [0.0, 0.0]])], relative_gap=1e-12)
    >>> best.flow.round(6).tolist(), round(best.objective, 6)
    ([0.5, 0.5], 0.75)
    """
    answer = user_equilibrium(graph, link_cost.marginal(), classes, **options)
    return replace(answer, travel_time=link_cost.time(answer.flow))


def marginal_toll(link_cost: LinkCost, flow: ArrayLike) -> FloatArray:
    """Toll in units of time, ``x t'(x)``, under which the optimum is an equilibrium (Pigou 1920)."""
    return np.asarray(flow, float) * link_cost.derivative(flow)
