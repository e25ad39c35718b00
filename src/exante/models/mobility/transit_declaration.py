"""The model `transit`: best ways on the city's lines between all zones in every period."""

from __future__ import annotations

import numpy as np

from exante.kernels.transit import Weights, line_skims
from exante.models.mobility.transit_costs import COMPLETE
from exante.models.mobility.transit_costs import USES as RESULTS
from exante.models.mobility.transit_lines import IN_STREET, build_lines
from exante.models.mobility.transit_walks import build_walks
from exante.quantities.day import STANDS_FOR
from exante.quantities.declarations import Inputs, Model, Outputs

#: What a way is chosen by: the medians of mobility's parameters of the same meaning. Draws weigh the components of one
#: choice of ways differently; they do not choose anew.
WEIGHTS = Weights(walk=2.0, wait=2.0, transfer=15.0)


def run(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Skims of the lines; without any line all results are zero.

    Raises
    ------
    NetworkError
        If a line calls at a stop that is not in the city, or goes back in time.
    """
    inputs = in_service(inputs)
    zones, periods = len(inputs["zones.zone_id"]), len(STANDS_FOR)
    parts = np.zeros((periods, len(RESULTS), zones, zones))
    if len(inputs["route_stops.stop_id"]) and len(inputs["headways.headway"]):
        lines = build_lines(inputs)
        mode = dict(zip(inputs["routes.route_id"].tolist(), inputs["routes.mode"].tolist(), strict=True))
        stops = inputs["stops.stop_id"].tolist()
        calls = list(zip(inputs["route_stops.stop_id"].tolist(), inputs["route_stops.route_id"].tolist(), strict=True))
        on_track = {stop for stop, route in calls if mode.get(route) not in IN_STREET}
        called = {stop for stop, _ in calls}
        walks = build_walks(inputs, np.array([s in on_track for s in stops]), np.array([s in called for s in stops]))
        for h in range(periods):
            parts[h] = line_skims(lines[h], walks, WEIGHTS)
    joined = float((parts[:, -1] > 0).mean())
    return Outputs(
        {name: np.ascontiguousarray(parts[:, k]) for k, name in enumerate(RESULTS)}, None, {"pairs_joined": joined}
    )


def in_service(inputs: Inputs) -> Inputs:
    """The inputs with the lines that count: all where they are the whole network, else those that a policy draws.

    Lines of an incomplete table are part of what the distance formula of mobility stands for already.
    """
    if inputs.statistic(COMPLETE, 0.0) >= 1.0:
        return inputs
    arrays = dict(inputs)
    for table in ("route_stops", "headways"):
        kept = inputs[f"{table}.origin"].astype(str) == "drawn"
        for name in [n for n in arrays if n.startswith(f"{table}.")]:
            arrays[name] = arrays[name][kept]
    return Inputs(arrays, inputs.parameters)


MODEL = Model(
    name="transit",
    reads=(
        "nodes.node_id",
        "nodes.geometry",
        "links.from_node_id",
        "links.to_node_id",
        "links.length",
        "links.allowed_uses",
        "zones.zone_id",
        "connectors.zone_id",
        "connectors.node_id",
        "connectors.length",
        "transit_frequencies.route_id",
        "transit_frequencies.start_hour",
        "transit_frequencies.end_hour",
        "transit_frequencies.factor",
        "bus_lanes.link_id",
        "bus_lanes.start_hour",
        "bus_lanes.end_hour",
        "statistics.name",
        "statistics.value",
    ),
    uses=(
        "links.zone_id",
        "stops.stop_id",
        "stops.geometry",
        "routes.route_id",
        "routes.mode",
        "route_stops.route_id",
        "route_stops.direction",
        "route_stops.sequence",
        "route_stops.stop_id",
        "route_stops.time",
        "route_stops.origin",
        "headways.route_id",
        "headways.direction",
        "headways.start_hour",
        "headways.end_hour",
        "headways.headway",
        "headways.origin",
        "route_links.route_id",
        "route_links.direction",
        "route_links.sequence",
        "route_links.link_id",
        "route_links.length",
    ),
    writes=RESULTS,
    parameters=(),
    run=run,
    modules=("exante.models.mobility", "exante.kernels"),
    optional=True,
)
