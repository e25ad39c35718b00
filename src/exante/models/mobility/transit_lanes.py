"""Riding time of the buses that are not drawn as lines: street distance, quicker along bus lanes."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from exante.kernels.skims import skim
from exante.models.mobility.network import Network
from exante.models.mobility.periods import HOURLY, charged_share, period_shares
from exante.models.mobility.transit_lines import lanes_by_period
from exante.quantities.declarations import Inputs

FloatArray = NDArray[np.float64]

#: Minutes a kilometre that buses are taken to need, and to save along a lane, where their way is chosen: the medians of
#: `transit_speed` and `transit_lane_saving`. Draws time one choice of ways differently.
PACE, SAVING = 60.0 / 17.0, 0.9
#: Networks whose ways are kept: all draws of a policy share theirs.
KEPT = 4
_kept: OrderedDict[bytes, FloatArray] = OrderedDict()


def share_of_day(start: float, end: float) -> float:
    """Share of a working day's traffic between two hours."""
    return float((charged_share(start, end) * period_shares(HOURLY)).sum())


def bus_minutes(inputs: Inputs, network: Network) -> FloatArray:
    """Riding time of buses between zones, minutes, shape (zones, zones).

    ``60 d / v - b l`` with street distance `d` (km), speed `v`, kilometres `l` along bus lanes and the saving `b`
    (minutes/km) of the parameter `transit_lane_saving`; the mean of the way out and the way back. Never longer than by
    the shortest way without a lane. Buses run where people walk: the lines themselves are not known here.
    """
    p = inputs.parameters
    straight = network.walk_distance / p["transit_speed"] * 60.0
    if not len(inputs["bus_lanes.link_id"]):
        return straight
    distance, lane = _ways(inputs, network)
    ride = distance / p["transit_speed"] * 60.0 - p["transit_lane_saving"] * lane
    quicker = np.minimum(0.5 * (ride + ride.T), straight)
    np.fill_diagonal(quicker, np.diag(straight))
    return quicker


def _ways(inputs: Inputs, network: Network) -> FloatArray:
    """Kilometres of the quickest bus way and those along bus lanes, shape (2, zones, zones)."""
    open_to_all = np.array(["walk" in (u or "") or "bike" in (u or "") for u in inputs["links.allowed_uses"].tolist()])
    by_day = lanes_by_period(inputs, inputs["links.link_id"]) @ period_shares(HOURLY)
    lane = by_day[open_to_all]
    km = network.foot_length / 1000.0
    beside = np.concatenate([lane, np.zeros(len(lane) + 2 * len(inputs["connectors.length"]))])
    digest = hashlib.blake2b(beside.tobytes() + km.tobytes())
    for ends in (network.foot.from_node, network.foot.to_node):
        digest.update(np.ascontiguousarray(ends).tobytes())
    key = digest.digest()
    known = _kept.get(key)
    if known is None:
        known = skim(network.foot, km * (PACE - SAVING * beside), np.stack([km, km * beside]))[1]
        known.setflags(write=False)
        _kept[key] = known
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return known
