"""Lanes and capacity where the source has none: the documented rule.

Capacity is in passenger-car equivalents per hour and lane and includes the junction at the link's end,
because in a city it is the junction that binds. Three cases:

- end at a signal: saturation flow x green share of the class;
- end at a roundabout: entry flow beside a typical circulating flow;
- otherwise: a value by class, between the mid-block value of an open road and that of a street whose
  junctions are not mapped (signals are under-mapped in OpenStreetMap).

Sources. Saturation flow 1,900 pc/h/lane and the roundabout entry formula 1,130 exp(-0.001 v_c) are those of
the Highway Capacity Manual 2010 (chapters 18 and 21), quoted from memory: unverified. Values by class for
motorways (2,000), ramps (1,500), unclassified and residential streets (600) and living streets (300) are the
defaults of MATSim's OSM reader (`contrib/osm`, `LinkProperties`, seen); for the classes between they are trunk
2,000, primary 1,500, secondary 800, tertiary 600, from which 1,800, 1,200, 1,000 and 800 depart by judgement
(primary roads here are city streets, the lesser ones have priority over side streets). Green shares are
judgements too: `calibration` is free to move capacity by class.
"""

from __future__ import annotations

import numpy as np

from exante.sources.tags import CLASSES

SATURATION = 1800.0  # pce/h/lane; HCM 1,900 less 5 % for narrow lanes and kerbside activity (judgement)
ENTRY = 1130.0  # pce/h/lane into an empty roundabout; HCM 2010, eq. 21-1
CONFLICT = 0.001  # h/pce, fall of the entry flow with the circulating flow; HCM 2010, eq. 21-1
ROUNDABOUT_INSIDE = 1200.0  # pce/h/lane on the ring itself (judgement)
MINOR_ENTRY = 500.0  # pce/h/lane at a yield or stop line (HCM 2010 chapter 19, typical; judgement)

#: Flow on the ring past an entry of the class, pce/h: the main road meets less of it (judgement; at 400 the
#: loops of viale Gandhi and via Prati di Caprara counted up to a third more than the entry could take).
CIRCULATING = {
    "motorway": 200.0, "trunk": 200.0, "primary": 200.0, "secondary": 400.0, "tertiary": 400.0,
    "unclassified": 600.0, "residential": 600.0, "living_street": 600.0, "busway": 600.0,
}  # fmt: skip
#: Green share of an approach at a signal, by class (judgement: the main road gets more).
GREEN = {
    "motorway": 0.6, "trunk": 0.6, "primary": 0.5, "secondary": 0.45, "tertiary": 0.4,
    "unclassified": 0.35, "residential": 0.35, "living_street": 0.3, "busway": 0.35,
}  # fmt: skip
#: Capacity where no control is mapped at the end, pce/h/lane.
OPEN = {
    "motorway": 2000.0, "trunk": 1800.0, "primary": 1200.0, "secondary": 1000.0, "tertiary": 800.0,
    "unclassified": 600.0, "residential": 600.0, "living_street": 300.0, "busway": 600.0,
}  # fmt: skip
RAMP = 1500.0  # pce/h/lane of a ramp between open roads (MATSim)
#: Lanes where the source has none: the commonest tagged value of the Bologna extract by class.
LANES_ONE_WAY = {"motorway": 2.0, "trunk": 2.0, "primary": 2.0, "secondary": 2.0}
LANES_TWO_WAY = {"motorway": 2.0, "trunk": 2.0}


def lanes_by_rule(road_class: np.ndarray, ramp: np.ndarray, oneway: np.ndarray) -> np.ndarray:
    """Lanes in one direction by class, shape (links,); ramps and all lesser streets have one."""
    found = [
        1.0 if is_ramp else (LANES_ONE_WAY if single else LANES_TWO_WAY).get(name, 1.0)
        for name, is_ramp, single in zip(road_class, ramp, oneway, strict=True)
    ]
    return np.array(found, dtype=float)


def capacity(road_class: np.ndarray, ramp: np.ndarray, roundabout: np.ndarray, control: np.ndarray) -> np.ndarray:
    """Capacity in pce/hour/lane, shape (links,), with the junction at the end included.

    Parameters
    ----------
    road_class, control : ndarray of str, shape (links,)
        Class of the link, and control of the node at its end.
    ramp, roundabout : ndarray of bool, shape (links,)
        Whether the link is a ramp, and whether it is part of a roundabout's ring.

    Examples
    --------
    >>> capacity(np.array(["primary"]), np.array([False]), np.array([False]), np.array(["signal"]))
    array([900.])
    """
    position = np.array([CLASSES.index(name) for name in road_class], dtype=int)
    open_road = np.array([OPEN[name] for name in CLASSES])[position]
    fast = np.isin(road_class, ("motorway", "trunk"))
    open_road = np.where(ramp, np.minimum(open_road, RAMP), open_road)
    green = np.array([GREEN[name] for name in CLASSES])[position] * SATURATION
    circulating = np.array([CIRCULATING[name] for name in CLASSES])[position]
    at_signal = np.where(ramp & fast, GREEN["primary"] * SATURATION, green)
    result = np.select(
        [control == "signal", (control == "roundabout") & ~roundabout, np.isin(control, ("yield", "stop"))],
        [at_signal, ENTRY * np.exp(-CONFLICT * circulating), np.full(len(position), MINOR_ENTRY)],
        open_road,
    )
    result = np.where(roundabout, ROUNDABOUT_INSIDE, np.minimum(result, open_road))
    return np.round(result, 0)
