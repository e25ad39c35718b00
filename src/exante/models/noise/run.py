"""One run of the noise model: traffic to levels at the façades of every street."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from exante.kernels.sound.emission import (
    A_WEIGHTING,
    BANDS,
    JUNCTION,
    junction_share,
    line_energy,
    temperature_correction,
    to_level,
    vehicle_energy,
)
from exante.kernels.sound.levels import mean_day_energy
from exante.kernels.sound.propagation import around_gain, canyon_factor, own_street_gain
from exante.models.noise.hours import part_of_hour, period_parts
from exante.quantities.declarations import Inputs, Outputs
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]

#: Pavement and front gardens between the outer lane and the façade, m, before the drawn scale.
SETBACK = {"primary": 6.0, "secondary": 5.0, "tertiary": 4.0}
SETBACK_ELSE = 3.5

HECTARE = 10_000.0  # m2
WEIGHT = 10.0 ** (A_WEIGHTING / 10.0)


def run(inputs: Inputs, _state: dict[str, np.ndarray] | None) -> Outputs:
    """Levels of road traffic noise at the street front and the back of every street.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Outputs
        `facade_lden`, `facade_lnight`, `courtyard_lden`, `courtyard_lnight`, dB(A), shape (facades,), and
        `courtyard_share`.
    """
    p = inputs.parameters
    part = part_of_hour(inputs)
    hours = np.bincount(part, minlength=3)
    power = street_power(inputs, part)
    own, around = _arriving(inputs, power)
    behind = 10.0 ** (-p["closed_block"] * built_up(inputs) / 10.0)[:, None]
    front, back = own + around, own * 10.0 ** (-p["courtyard_loss"] / 10.0) + around * behind
    return Outputs(
        {
            "facade_lden": to_level(mean_day_energy(front, hours)),
            "facade_lnight": to_level(front[:, 2]),
            "courtyard_lden": to_level(mean_day_energy(back, hours)),
            "courtyard_lnight": to_level(back[:, 2]),
            "courtyard_share": np.asarray(p["courtyard_share"]),
        }
    )


def street_power(inputs: Inputs, part: NDArray[np.int64]) -> FloatArray:
    """Sound power per metre of every link in the mean hour of day, evening and night.

    Parameters
    ----------
    inputs : Inputs
    part : ndarray of int, shape (24,)
        Day (0), evening (1) or night (2) of each hour.

    Returns
    -------
    ndarray, shape (3, links, 8)
        pW/m by octave band, no weighting.
    """
    p = inputs.parameters
    flow, weight = inputs["link_flow_by_vehicle"], inputs["period_weight"]
    speed = running_speed(inputs)
    hours = np.bincount(part, minlength=3)
    lights, roundabouts = _junctions(inputs)
    power = np.zeros((3, flow.shape[2], len(BANDS)))
    for v, vehicle in enumerate(LABELS["vehicle"]):
        to_part = period_parts(part, vehicle) * weight[:, None] * p["year_factor"] / hours
        for category, share in _categories(vehicle, p):
            surface = temperature_correction(category, p["temperature"]) + p["surface"]
            at = JUNCTION[category]
            rolling = surface + p["junction_effect"] * (at[0][0] * lights + at[1][0] * roundabouts)
            driven = p["junction_effect"] * (at[0][1] * lights + at[1][1] * roundabouts)
            for t in range(len(weight)):
                one = vehicle_energy(category, speed[t], rolling, driven)
                stream = line_energy(one, share * flow[t, v], speed[t])
                for k in np.flatnonzero(to_part[t]):
                    power[k] += to_part[t, k] * stream
    return power


def running_speed(inputs: Inputs) -> FloatArray:
    """Speed between junctions, km/h, shape (periods, links): cruise speed, slowed as congestion slows the link."""
    free = inputs["links.length"] / inputs["link_free_time"] * 3.6
    slowed: FloatArray = inputs["link_cruise_speed"] * np.minimum(inputs["link_speed"] / free, 1.0)
    return slowed


def _categories(vehicle: str, p: dict[str, float]) -> list[tuple[str, float]]:
    """Categories of CNOSSOS-EU in a vehicle class of the traffic, with their shares."""
    if vehicle == "truck":
        return [("2", p["medium_share"]), ("3", 1.0 - p["medium_share"])]
    if vehicle == "motorcycle":
        return [("4a", p["moped_share"]), ("4b", 1.0 - p["moped_share"])]
    return [("1", 1.0)]


def _junctions(inputs: Inputs) -> tuple[FloatArray, FloatArray]:
    """Mean nearness of traffic lights and of roundabouts along each link, shape (links,) each."""
    control = dict(zip(inputs["nodes.node_id"].tolist(), inputs["nodes.ctrl_type"].tolist(), strict=True))
    ends = np.array(
        [
            [control[a], control[b]]
            for a, b in zip(inputs["links.from_node_id"].tolist(), inputs["links.to_node_id"].tolist(), strict=True)
        ]
    )
    is_light, is_round = (ends == "signal").sum(axis=1), (ends == "roundabout").sum(axis=1)
    both = is_light + is_round
    share = junction_share(inputs["links.length"], both)
    of = np.divide(share, both, out=np.zeros(len(both)), where=both > 0)
    return of * is_light, of * is_round


def _arriving(inputs: Inputs, power: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A-weighted energy at every façade from its own street and from those around, shape (facades, 3) each."""
    p = inputs.parameters
    street, facade_street = inputs["street_of_link"], inputs["facade_street"]
    built = built_up(inputs)
    n_streets = int(street.max()) + 1
    weighed = power @ WEIGHT
    of_street = np.stack([np.bincount(street, row, minlength=n_streets) for row in weighed], axis=1)
    lanes = np.bincount(street, inputs["links.lanes"], minlength=n_streets)
    long, setback = np.zeros(n_streets), np.zeros(n_streets)
    long[street] = inputs["links.length"]
    setback[street] = [SETBACK.get(c, SETBACK_ELSE) for c in inputs["links.road_class"].astype(str).tolist()]
    away = lanes * p["lane_width"] / 2.0 + setback * p["setback_scale"]
    gain = (own_street_gain(long, away))[facade_street] * canyon_factor(p["reflection"], built)
    own = of_street[facade_street] * gain[:, None]
    return own, _around(inputs, power, built * p["built_share"])


def built_up(inputs: Inputs) -> FloatArray:
    """How closed the blocks are at every façade: residents per hectare over `dense_at`, at most 1, (facades,)."""
    dense = inputs["zones.population"] / (inputs["zones.area"] / HECTARE) / inputs.parameters["dense_at"]
    closed: FloatArray = np.minimum(dense, 1.0)[inputs["facade_zone"]]
    return closed


def _around(inputs: Inputs, power: FloatArray, built: FloatArray) -> FloatArray:
    """A-weighted energy from other streets, shape (facades, 3)."""
    facade, link = inputs["sound_path_facade"], inputs["sound_path_link"]
    gains = around_gain(
        inputs["sound_path_gain"], inputs["sound_path_distance"], built[facade], inputs.parameters["screening"]
    )
    shape = (len(built), power.shape[1])
    start = np.searchsorted(facade, np.arange(shape[0] + 1))
    around = np.zeros((shape[0], 3))
    for b, gain in enumerate(gains):
        around += csr_matrix((gain, link, start), shape) @ (power[:, :, b].T * WEIGHT[b])
    return around
