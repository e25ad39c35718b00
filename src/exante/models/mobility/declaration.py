"""What the mobility model reads and writes."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from exante.models.mobility.bans import USES as STANDARDS
from exante.models.mobility.cycling import USES as CYCLING
from exante.models.mobility.incomes import USES as INCOMES
from exante.models.mobility.run import run
from exante.models.mobility.transit_costs import USES as TRANSIT
from exante.quantities.declarations import Model
from exante.quantities.parameters import read_parameters

READS = (
    "nodes.node_id",
    "nodes.ctrl_type",
    "links.from_node_id",
    "links.to_node_id",
    "links.road_class",
    "links.length",
    "links.geometry",
    "links.lanes",
    "links.capacity",
    "links.effective_speed_limit",
    "links.allowed_uses",
    "links.link_id",
    "zones.zone_id",
    "zones.area",
    "zones.population",
    "zones.employed",
    "zones.students",
    "zones.jobs",
    "zones.school_places",
    "zones.services",
    "zones.car_availability",
    "zones.parking_price",
    "connectors.zone_id",
    "connectors.node_id",
    "connectors.length",
    "gates.entry_node_id",
    "gates.exit_node_id",
    "gates.weight",
    "gates.motorway",
    "tolls.link_id",
    "tolls.vehicle_class",
    "tolls.start_hour",
    "tolls.end_hour",
    "tolls.amount",
    "tolls.exempt_share",
    "bans.link_id",
    "bans.vehicle_class",
    "bans.start_hour",
    "bans.end_hour",
    "bans.exempt_share",
    "prices.item",
    "prices.factor",
    "prices.added",
    "telework.share",
    "telework.days",
    "transit_frequencies.route_id",
    "transit_frequencies.start_hour",
    "transit_frequencies.end_hour",
    "transit_frequencies.factor",
    "transit_fares.start_hour",
    "transit_fares.end_hour",
    "transit_fares.factor",
    "transit_fares.share",
    "bus_lanes.link_id",
    "bus_lanes.start_hour",
    "bus_lanes.end_hour",
    "statistics.name",
    "statistics.value",
)

WRITES = (
    "period_weight",
    "link_flow",
    "link_flow_by_vehicle",
    "link_time",
    "link_speed",
    "link_cruise_speed",
    "link_free_time",
    "trips_by_mode",
    "trip_length_by_mode",
    "external_car_trips",
    "zone_car_trips",
    "zone_car_time",
    "zone_surplus",
    "zone_car_arrivals",
    "trips_by_purpose",
    "zone_surplus_by_income",
    "zone_minutes_by_income",
    "toll_revenue_by_period",
)

MODEL = Model(
    name="mobility",
    reads=READS,
    writes=WRITES,
    parameters=read_parameters(Path(str(files("exante.models.mobility") / "parameters.toml")), "mobility"),
    run=run,
    modules=("exante.models.mobility", "exante.kernels"),
    uses=(*INCOMES, *CYCLING, *STANDARDS, *TRANSIT),
)
