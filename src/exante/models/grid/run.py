"""Electricity of the city, hour by hour: load, own generation used and given away, emissions and bills."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exante.quantities.declarations import Inputs, Outputs
from exante.quantities.errors import MissingLayerError

FloatArray = NDArray[np.float64]

HOURS = 8760
DAY = 24
#: Weekday (Monday 0) of the first day of the typical year: 2019, as the sun's path takes it.
FIRST_WEEKDAY = 1
#: Global radiation under which street lamps burn, W/m2.
DUSK = 5.0


def run(inputs: Inputs, state: dict[str, np.ndarray] | None) -> Outputs:  # noqa: ARG001
    """Load, exchange with the grid, emissions and bills; see docs/models/grid.md."""
    p = inputs.parameters
    buildings = inputs["building_electricity"] * _response(inputs)
    if buildings.shape[1] != HOURS:
        raise MissingLayerError("the load of buildings is not 8,760 hours", where="building_electricity")
    people = inputs["zones.population"] / inputs["zones.population"].sum()
    vehicles = vehicle_hours(inputs["vehicle_electricity"], p["weekend_vehicles"])
    lamps, dark = _lamps(inputs)
    load = buildings + people[:, None] * vehicles + lamps[:, None] * dark
    used, given = share_out(
        load, inputs["pv_capacity"] @ inputs["pv_yield"], _covered(inputs), p["shared"], p["mismatch"]
    )
    drawn, exported = (load - used).sum(axis=0), given.sum(axis=0)
    direct, lifecycle, marginal = _intensities(inputs)
    uses = (buildings.sum(axis=0), vehicles, lamps.sum() * dark)
    whole = np.maximum(sum(uses), 1e-9)
    generated = float((used + given).sum())
    footprint = np.array([float((drawn * u / whole * lifecycle).sum()) for u in uses])
    totals = np.array([float(u.sum()) for u in uses])
    own = p["panel_footprint"] * generated * totals / max(totals.sum(), 1e-9)
    return Outputs(
        {
            "city_load": load.sum(axis=0),
            "city_import": drawn,
            "city_export": exported,
            "zone_electricity": load.sum(axis=1),
            "zone_peak": load.max(axis=1),
            "zone_self_consumed": used.sum(axis=1),
            "electricity_by_consumer": totals,
            "grid_co2_direct": np.array([float((drawn * u / whole * direct).sum()) for u in uses]) / 1000.0,
            "grid_co2_lifecycle": (footprint + own) / 1000.0,
            "grid_co2_marginal": np.asarray(float(((drawn - exported) * marginal).sum()) / 1000.0),
            "grid_cost": np.asarray(_cost(inputs, drawn, exported, uses, whole)),
        },
        diagnostics={"self_consumption": float(used.sum()) / generated if generated > 0 else 0.0},
    )


def share_out(
    load: FloatArray, generation: FloatArray, covered: FloatArray, shared: float, mismatch: float
) -> tuple[FloatArray, FloatArray]:
    """What zones use of their own generation and what they give to the grid, kW.

    Meters with panels hold the share `covered` of the zone's load and use their generation up to it, less what a sum of
    meters hides (`mismatch`). Of what is left, neighbours of the zone take `shared`, up to the load without panels.

    Parameters
    ----------
    load, generation : ndarray, shape (zones, hours)
        kW.
    covered : ndarray, shape (zones,)
        Share of load behind meters with panels.
    shared, mismatch : float
        Shares.

    Returns
    -------
    used, given : ndarray, shape (zones, hours)
        kW; their sum is the generation.
    """
    behind = load * covered[:, None]
    own = np.minimum(generation, behind) * (1.0 - mismatch)
    left = generation - own
    used = own + np.minimum(shared * left, load - behind)
    return used, generation - used


def vehicle_hours(power: FloatArray, weekend: float) -> FloatArray:
    """Hours of a year from the hours of a working day, kW; none where no vehicle model runs."""
    if power.size == 0:
        return np.zeros(HOURS)
    weekday = (np.arange(HOURS // DAY) + FIRST_WEEKDAY) % 7
    return (np.where(weekday >= 5, weekend, 1.0)[:, None] * power[None, :]).reshape(HOURS)


def _covered(inputs: Inputs) -> FloatArray:
    """Share of each zone's load behind meters with panels: that of its usable roofs that carry them."""
    potential = inputs["roof_potential"]
    installed = inputs["pv_capacity"].sum(axis=1)
    return np.clip(np.divide(installed, potential, out=np.zeros_like(installed), where=potential > 0), 0.0, 1.0)


def _lamps(inputs: Inputs) -> tuple[FloatArray, FloatArray]:
    """Power of a zone's street lamps, kW, and whether they burn in each hour."""
    dark = (inputs["weather.global_horizontal"] < DUSK).astype(float)
    yearly = np.zeros(len(inputs["zones.zone_id"]))
    if inputs["public_lighting.electricity"].size:
        row = {str(zone): i for i, zone in enumerate(inputs["zones.zone_id"])}
        at = [row[str(zone)] for zone in inputs["public_lighting.zone_id"]]
        yearly[at] = inputs["public_lighting.electricity"]
    return yearly / max(dark.sum(), 1.0), dark


def _intensities(inputs: Inputs) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Direct, lifecycle and marginal intensity of the hours, g/kWh."""
    p = inputs.parameters
    sun = inputs["weather.global_horizontal"]
    dip = 1.0 - float(inputs["grid_mix.solar_dip"][0]) * sun / max(float(sun.max()), 1.0)
    dip = dip / dip.mean()

    def hours(level: str, shape: FloatArray) -> FloatArray:
        curve = shape * dip
        made: FloatArray = float(inputs[f"grid_mix.intensity_{level}"][0]) * p["intensity"] * curve / curve.mean()
        return made

    marginal = np.full(HOURS, float(inputs["grid_mix.intensity_marginal"][0]) * p["marginal"])
    return hours("direct", inputs["grid_hours.direct"]), hours("lifecycle", inputs["grid_hours.lifecycle"]), marginal


def _prices(inputs: Inputs, carrier: str, column: str) -> dict[str, float]:
    chosen = inputs["tariffs.carrier"] == carrier
    return dict(
        zip(inputs["tariffs.consumer"][chosen].tolist(), inputs[f"tariffs.{column}"][chosen].tolist(), strict=True)
    )


def _mean_price(inputs: Inputs, column: str) -> float:
    """Price of a kWh that buildings draw, EUR: households' and services' by their share."""
    prices, services = _prices(inputs, "electricity", column), inputs.parameters["service_share"]
    lost = [name for name in ("household", "service") if name not in prices]
    if lost:
        raise MissingLayerError(
            f"the city has no price of electricity for {' and '.join(lost)}",
            where="table tariffs",
            remedy="Add [[tariff]] to the city's document",
        )
    return (1.0 - services) * prices["household"] + services * prices["service"]


def _response(inputs: Inputs) -> float:
    """Load of buildings over that at the base price."""
    before, now = _mean_price(inputs, "base_price"), _mean_price(inputs, "price")
    return float((now / before) ** inputs.parameters["price_elasticity"]) if before > 0 and now > 0 else 1.0


def _cost(
    inputs: Inputs, drawn: FloatArray, exported: FloatArray, uses: tuple[FloatArray, ...], whole: FloatArray
) -> float:
    """Bills less earnings of exports, EUR a year."""
    service = _prices(inputs, "electricity", "price")["service"]
    prices = (_mean_price(inputs, "price"), _prices(inputs, "electricity", "price")["household"], service)
    bills = sum(float((drawn * u / whole).sum()) * price for u, price in zip(uses, prices, strict=True))
    earned = _prices(inputs, "electricity_export", "price")
    return bills - float(exported.sum()) * (sum(earned.values()) / len(earned) if earned else 0.0)
