"""One run of the mobility model: from columns of a city to traffic, trips and surplus."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.kernels.equilibrium import load_routes
from exante.kernels.skims import skim
from exante.models.mobility.bans import read_bans
from exante.models.mobility.costs import of_city
from exante.models.mobility.drivers import list_drivers
from exante.models.mobility.households import tell
from exante.models.mobility.incomes import read_incomes
from exante.models.mobility.loop import Solution, Supply, solve
from exante.models.mobility.network import Network, build_network
from exante.models.mobility.response import Response
from exante.models.mobility.tolls import read_tolls
from exante.models.mobility.warm import Warm, from_arrays, to_arrays
from exante.quantities.declarations import Inputs, Outputs
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]


def run(inputs: Inputs, state: dict[str, np.ndarray] | None = None) -> Outputs:
    """Mobility of a city on a working day.

    Parameters
    ----------
    inputs : Inputs
        Columns of the city and drawn parameters; nothing says whether a policy is in force.
    state : dict of ndarray, optional
        Warm start: the state of a related run. Only read.

    Returns
    -------
    Outputs
        Arrays as the vocabulary says, the warm start, and the gaps reached.

    Raises
    ------
    NetworkError, MissingLayerError, ConvergenceError
    """
    inputs = of_city(inputs)
    network, bans = read_bans(inputs, build_network(inputs))
    tolls = read_tolls(inputs, network)
    drivers = list_drivers(tolls, bans, len(LABELS["period"]), network.graph.n_zones, read_incomes(inputs))
    response = Response(inputs, network, drivers)
    supply = Supply(network, drivers, inputs.parameters)
    ends = np.stack([network.graph.from_node, network.graph.to_node], axis=1)
    solution = solve(response, supply, from_arrays(state, ends, network.zones))
    factors = tuple(c.column_factor for c in solution.answer.chosen)
    warm = Warm(solution.load, solution.routes, factors, ends, drivers.codes)
    return Outputs(
        arrays=_traffic(inputs, supply, response, solution)
        | _travel(inputs, network, supply, solution)
        | tell(response, solution.answer),
        state=to_arrays(warm),
        diagnostics={
            "demand_gap": solution.demand_gap,
            "equilibrium_gap": float(solution.equilibrium_gap),
            "rounds": float(solution.rounds),
        },
    )


def _traffic(inputs: Inputs, supply: Supply, response: Response, solution: Solution) -> dict[str, np.ndarray]:
    """Flows, times and speeds of links, and charges paid."""
    network, tolls = supply.network, supply.drivers.tolls
    length = inputs["links.length"]
    street = slice(0, len(network.streets))
    periods = len(solution.equilibria)
    flow = np.zeros((periods, len(LABELS["vehicle"]), len(length)))
    time = np.tile(network.all_free_time, (periods, 1))
    paid = np.zeros(periods)
    for h, e in enumerate(solution.equilibria):
        by_class = _by_vehicle(supply, response, solution, h)
        flow[h][:, network.streets] = by_class.sum(axis=1)[:, street]
        time[h, network.streets] = e.travel_time[street]
        for k, c in enumerate(supply.present[h]):
            if supply.drivers.classes[c][0]:
                paid[h] += float(by_class[0, k] @ tolls.amount)
        for v, name in enumerate(LABELS["vehicle"]):
            if name in tolls.others:
                paid[h] += float(by_class[v].sum(axis=0) @ tolls.others[name][h])
    return {
        "period_weight": response.timing.weight,
        "link_flow": flow.sum(axis=1),
        "link_flow_by_vehicle": flow,
        "link_time": time,
        "link_speed": length / time * 3.6,
        "link_cruise_speed": network.cruise_speed,
        "link_free_time": network.all_free_time,
        "toll_revenue_by_period": paid,
    }


def _by_vehicle(supply: Supply, response: Response, solution: Solution, period: int) -> FloatArray:
    """Flow of each vehicle class in each class of a period's equilibrium, shape (vehicles, classes, graph links).

    Motorcycles, vans and lorries are on the routes of their class in the shares of all its traffic; cars are the rest.
    """
    e = solution.equilibria[period]
    flow = np.zeros((len(LABELS["vehicle"]), *e.class_flow.shape))
    flow[0] = e.class_flow
    for v, demand in enumerate(solution.answer.others[:, period, supply.present[period]], start=1):
        if demand.any():
            flow[v] = load_routes(supply.network.graph, e.state, demand)
            flow[0] -= response.equivalents[v - 1] * flow[v]
    return np.maximum(flow, 0.0)


def _travel(inputs: Inputs, network: Network, supply: Supply, solution: Solution) -> dict[str, np.ndarray]:
    """Trips, mean driving times and surplus of residents."""
    chosen = solution.answer.chosen
    by_mode = np.sum([c.trips.sum(axis=(1, 2, 3)) for c in chosen], axis=0)
    travelled = np.sum([np.einsum("msij,ij->m", c.trips, network.walk_distance) for c in chosen], axis=0)
    money = inputs.parameters["value_of_time"] / 60.0
    return {
        "trips_by_mode": by_mode,
        "trip_length_by_mode": np.divide(travelled, by_mode, out=np.zeros(len(by_mode)), where=by_mode > 0),
        "external_car_trips": np.array(solution.answer.external),
        "zone_car_trips": solution.answer.car_trips,
        "zone_car_time": _time_to_jobs(inputs, network, supply, solution),
        "zone_surplus": np.sum([c.surplus for c in chosen], axis=0) * money,
    }


def _time_to_jobs(inputs: Inputs, network: Network, supply: Supply, solution: Solution) -> FloatArray:
    """Mean driving time from each zone to the jobs of all other zones in the morning peak, minutes.

    Weights are jobs, which no transport policy changes, so that two runs are compared at the same trips. Where cars
    are barred it is the mean over those who are, with their walk from the edge, and those who are not.
    """
    time, drivers = solution.equilibria[0].travel_time, supply.drivers
    _, (minutes,) = skim(network.graph, time + supply.fixed[0], time / 60.0)
    if drivers.through:
        part = (drivers.bans.barred * drivers.bans.hours[0])[:, None]
        _, (walked,) = skim(network.graph, time + supply.fixed[drivers.through], time / 60.0)
        minutes = (1.0 - part) * minutes + part * walked
    zones = network.zones
    weight = np.tile(inputs["zones.jobs"], (zones, 1))
    np.fill_diagonal(weight, 0.0)
    total = weight.sum(axis=1)
    mean = (weight * minutes[:zones, :zones]).sum(axis=1)
    return np.divide(mean, total, out=np.zeros(zones), where=total > 0)
