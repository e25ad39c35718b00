"""The fleet folded into one curve per vehicle class and pollutant, before any link is touched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.models.emissions.factors import FAMILIES, TABLED, read_exhaust, read_factors, read_table, wear_curve
from exante.quantities.errors import MissingLayerError
from exante.quantities.labels import LABELS
from exante.quantities.vehicle_kinds import KINDS

FloatArray = NDArray[np.float64]

VEHICLES = (*LABELS["vehicle"], "bus")
POLLUTANTS = LABELS["pollutant"]
CO2, NOX, PM, ELECTRICITY = (TABLED.index(x) for x in ("co2", "nox", "pm_exhaust", "electricity"))
OF = np.array([vehicle for vehicle, _, _ in KINDS])

#: Speeds of the folded curves, km/h.
GRID = read_factors().speeds


@dataclass(frozen=True)
class Curves:
    """Curves of one mix of vehicles.

    Attributes
    ----------
    by_kind : ndarray, shape (pollutants, kinds, speeds)
        Average-speed factor of each kind, share in its class's kilometres included, g/km (electricity: Wh/km).
    mean : ndarray, shape (vehicles, pollutants, speeds)
        Sum over the kinds of a class.
    free : ndarray, shape (vehicles, pollutants, speeds)
        The same by the first source, whatever source is drawn: what `stops` is compared with.
    stops : ndarray, shape (vehicles, pollutants, speeds)
        The same by the first source for a street that keeps its stops, over its top speed; wear does not differ.
    """

    by_kind: FloatArray
    mean: FloatArray
    free: FloatArray
    stops: FloatArray


def fold(share: FloatArray, p: dict[str, float]) -> Curves:
    """Curves of a fleet with these shares of kinds in the kilometres of their class, shape (kinds,).

    Raises
    ------
    MissingLayerError
        If a class of the traffic has no vehicles.
    """
    absent = [v for v in LABELS["vehicle"] if not share[v == OF].sum() > 0]
    if absent:
        raise MissingLayerError(
            f"the fleet has no {', no '.join(absent)}", where="fleet.vehicle_class", remedy="Add rows for them"
        )
    first, second = read_table()
    cycle, stops = (_pollutants(first[f], None, share, p) for f in range(len(FAMILIES)))
    by_kind = _pollutants(first[0], second, share, p) if p["factor_source"] > p["first_source"] else cycle
    at = np.stack([v == OF for v in VEHICLES]).astype(float)
    return Curves(by_kind, *(np.einsum("vk,pks->vps", at, one) for one in (by_kind, cycle, stops)))


def _pollutants(table: FloatArray, second: FloatArray | None, share: FloatArray, p: dict[str, float]) -> FloatArray:
    """All pollutants of one family, shares and scales included, shape (pollutants, kinds, speeds)."""
    no2, _, _ = read_exhaust()
    out = np.zeros((len(POLLUTANTS), len(KINDS), len(GRID)))
    nox = table[NOX] if second is None else second
    fuel = np.array([f for _, f, _ in KINDS])
    rate = np.zeros(len(KINDS))
    for name in ("petrol", "diesel", "gas"):
        rate[fuel == name] = p[f"upstream_{name}"]
    rate[fuel == "hybrid"] = p["upstream_petrol"]
    rate[(fuel == "hybrid") & (OF == "bus")] = p["upstream_diesel"]
    out[0] = p["scale_co2"] * table[CO2]
    out[1] = p["scale_nox"] * nox
    out[2] = np.clip(p["scale_no2"] * no2, 0.0, 1.0)[:, None] * out[1]
    out[3] = p["scale_pm25"] * table[PM]
    for vehicle in VEHICLES:
        mine = vehicle == OF
        plug = mine & (fuel == "electric")
        out[4:6, mine & ~plug] = p["scale_wear"] * wear_curve(vehicle, GRID, 0.0, 1.0)[:, None]
        out[4:6, plug] = p["scale_wear"] * wear_curve(vehicle, GRID, 1.0, p["electric_brakes"])[:, None]
    out[7] = p["scale_electricity"] * table[ELECTRICITY] / p["charging_efficiency"]
    out[6] = rate[:, None] * out[0] + out[7] / 1000.0 * p["grid_intensity"]
    return out * share[:, None]
