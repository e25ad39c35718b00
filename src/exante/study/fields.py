"""Arrays by link and zone that a forecast keeps for maps."""

from __future__ import annotations

import numpy as np

from exante.simulation.state import CityState

LINK_FIELDS = ("link_flow_daily", "link_speed_peak", "link_co2")
BUILDING_FIELDS = ("building_heat_need", "building_co2", "building_bill", "zone_electricity", "zone_peak")
"""By zone, where the city has buildings and the grid they draw from."""
ZONE_FIELDS = ("zone_surplus", "zone_car_time", *BUILDING_FIELDS)


def map_fields(state: CityState) -> dict[str, np.ndarray]:
    """Fields of one state, each of shape (link,) or (zone,), in the vocabulary's units."""
    flow, weight = state.read("link_flow"), state.read("period_weight")
    return {
        "link_flow_daily": weight @ flow,
        "link_speed_peak": state.read("link_speed")[0],
        "link_co2": state.read("link_co2"),
        "zone_surplus": state.read("zone_surplus"),
        "zone_car_time": state.read("zone_car_time"),
        **{name: state.results[name] for name in BUILDING_FIELDS if name in state.results},
    }
