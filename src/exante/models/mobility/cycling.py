"""Cycling on the real network: streets that cyclists avoid are longer in their eyes than on the map."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from exante.kernels.skims import skim
from exante.models.mobility.network import Network
from exante.quantities.declarations import Inputs

FloatArray = NDArray[np.float64]

#: Kilometres of quiet street that a cyclist rides to be spared one of a street of this class at a limit of 50 km/h.
#: Route choices in Portland (broach_2012): traffic of 10,000 to 20,000 vehicles a day +37 %, 20,000 to 30,000 +140 %;
#: which class carries how much is our reading.
STRESS = {
    "motorway": 4.0,
    "trunk": 4.0,
    "primary": 2.0,
    "secondary": 1.37,
    "tertiary": 1.15,
    "unclassified": 1.0,
    "residential": 1.0,
    "living_street": 0.95,
    "busway": 1.2,
}
#: The same along a lane or track of its own (tracks 0.84, lanes undo what traffic adds: about half of either), and on a
#: quiet street named fit for cycling.
FACILITY = {"lane": 0.92, "shared": 0.95}
#: What exceeds one falls and rises with the square of the limit over 50 km/h, within these bounds. Assumed.
SPEED_RANGE = (0.36, 2.0)
#: Where bicycles are not allowed they are pushed.
PUSHED = 3.0
#: Speed of an electric bicycle over that of another. Assumed.
ELECTRIC = 1.25

#: Column of the city that tells facilities; without it no street has any.
USES = ("links.cycle_facility",)


def stress(inputs: Inputs) -> FloatArray:
    """Length of each link in the eyes of cyclists over its length, shape (links,).

    ``1 + (s - 1) (limit / 50)^2`` with the stress `s` of the road class at 50 km/h; along a facility its own value.

    Parameters
    ----------
    inputs : Inputs
        `links.road_class`, `links.effective_speed_limit`, `links.allowed_uses` and `links.cycle_facility`.
    """
    at_fifty = np.array([STRESS[c] for c in inputs["links.road_class"].astype(str).tolist()])
    fast = np.clip((inputs["links.effective_speed_limit"] / 50.0) ** 2, *SPEED_RANGE)
    found = np.where(at_fifty > 1.0, 1.0 + (at_fifty - 1.0) * fast, at_fifty)
    held = inputs["links.cycle_facility"]
    if len(held):
        for name, value in FACILITY.items():
            found = np.where(held == name, np.minimum(found, value), found)
    pushed = np.array(["bike" not in (uses or "") for uses in inputs["links.allowed_uses"].tolist()], dtype=bool)
    return np.where(pushed, PUSHED, found)


def cycle_distance(inputs: Inputs, network: Network) -> FloatArray:
    """Distance between zones in the eyes of cyclists, km, shape (zones, zones); streets in both directions."""
    open_to_all = np.array(["walk" in (u or "") or "bike" in (u or "") for u in inputs["links.allowed_uses"].tolist()])
    felt = stress(inputs)[open_to_all]
    connectors = len(inputs["connectors.length"])
    weight = np.concatenate([felt, felt, np.ones(2 * connectors)]) * network.foot_length
    digest = hashlib.blake2b(weight.tobytes())
    for ends in (network.foot.from_node, network.foot.to_node):
        digest.update(np.ascontiguousarray(ends).tobytes())
    key = digest.digest()
    known = _kept.get(key)
    if known is None:
        known = skim(network.foot, weight)[0] / 1000.0
        np.fill_diagonal(known, np.diag(network.walk_distance) * (felt.mean() if len(felt) else 1.0))
        known.setflags(write=False)
        _kept[key] = known
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return known


#: Networks whose distances are kept: all draws of a city and of a policy share theirs.
KEPT = 4
_kept: OrderedDict[bytes, FloatArray] = OrderedDict()
