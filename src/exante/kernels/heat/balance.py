"""The hourly heat balance of many buildings at once, in blocks that fit a processor's vectors and first cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from exante.kernels.compiled import entry
from exante.kernels.heat import lanes
from exante.kernels.heat.buildings import STEP, Buildings, IntArray, Series, check
from exante.kernels.heat.elements import FloatArray
from exante.kernels.heat.factors import LIMITLESS, factorise
from exante.kernels.heat.lanes import AIR, LANES, RADIANT
from exante.quantities.errors import ParameterError

WARM_UP = 504
"""Hours run before the first, from the end of the series, so that the start does not matter: the walls of ASHRAE 140
case
900 forget within 70 h, 504 h leave less than 0.1 % of any start."""
START = 20.0
"""Temperature of everything before the warm-up, degC."""


@dataclass(frozen=True)
class HeatBalance:
    """A year (or any span) of each building.

    Parameters
    ----------
    heating, cooling : ndarray, shape (N,)
        Wh over the span, both >= 0.
    peak_heating, peak_cooling : ndarray, shape (N,)
        Largest hourly mean, W.
    lowest, mean, highest : ndarray, shape (N,)
        Zone air, degC.
    hourly_heating, hourly_cooling : ndarray, shape (H, N) or (H, groups) or empty
        W, of each building or summed over groups.
    air, radiant : ndarray, shape (H, N) or empty
        Zone air and mean radiant temperature at the end of each hour, degC.
    """

    heating: FloatArray
    cooling: FloatArray
    peak_heating: FloatArray
    peak_cooling: FloatArray
    lowest: FloatArray
    mean: FloatArray
    highest: FloatArray
    hourly_heating: FloatArray
    hourly_cooling: FloatArray
    air: FloatArray
    radiant: FloatArray


def run(
    buildings: Buildings,
    series: Series,
    *,
    keep: Literal["totals", "loads", "all"] = "totals",
    group: IntArray | None = None,
    weight: FloatArray | None = None,
    step: float = STEP,
    warm_up: int = WARM_UP,
    single: bool = False,
) -> HeatBalance:
    """Hourly heat balance of every building over the hours of the series.

    Parameters
    ----------
    buildings : Buildings
    series : Series
    keep : {"totals", "loads", "all"}
        Also keep hourly loads, or loads and temperatures.
    group : ndarray of int, shape (N,), optional
        Sum hourly loads over groups (zones) instead of keeping those of each building; needs `keep` = "loads" or "all".
    weight : ndarray, shape (N,), optional
        How many buildings each stands for in its group; 1 by default.
    step : float
        Length of a step of the series, s; it must divide an hour. "Hourly" below then reads "of each step".
    warm_up : int
        Hours run first, taken from the end of the series.
    single : bool
        Compute in single precision: twice as fast, loads within 0.01 %.

    Returns
    -------
    HeatBalance

    Raises
    ------
    ParameterError
        For arrays that do not fit or describe no building.

    Notes
    -----
    Element: C_k dT_k/dt = G_{k-1} (T_{k-1} - T_k) + G_k (T_{k+1} - T_k); outer node to its sol-air temperature, inner
    node to
    zone air and mean radiant temperature, plus absorbed sun. Mean radiant temperature: weighted by area times radiative
    coefficient (with equal coefficients: by area, ISO 52016-1:2017, 6.5.6.3). Plant: the heat that brings the sensed
    temperature to its set-point at the end of the hour, up to its power.
    """
    check(buildings, series)
    per_hour = round(STEP / step)
    if per_hour < 1 or abs(per_hour * step - STEP) > 1e-6:
        raise ParameterError(f"A step of {step:g} s does not divide an hour", where="heat balance")
    if group is None and weight is not None:
        raise ParameterError("Weights need groups", where="heat balance", remedy="Give `group` too")
    n, steps = buildings.n, series.hours
    padded = -(-n // LANES) * LANES
    columns, drivers = _table(buildings, series)
    # Neighbours that share their series are read together.
    sort = np.lexsort(columns) if n else np.zeros(0, np.int64)
    back = np.argsort(sort)
    order = np.concatenate([sort, np.zeros(padded - n, np.int64)]).astype(np.int64)
    member = np.full(padded, -1, np.int64)
    share = np.zeros(padded)
    member[:n], share[:n] = np.arange(n), 1.0
    width = padded
    if group is not None:
        member[:n], share[:n] = group[sort], 1.0 if weight is None else weight[sort]
        width = int(member.max(initial=-1)) + 1
    result = np.zeros((lanes.RESULT_ROWS, padded))
    result[lanes.T_MIN], result[lanes.T_MAX] = np.inf, -np.inf
    loads = np.zeros((2, steps if keep != "totals" else 0, width))
    temperatures = np.zeros((2, steps if keep == "all" else 0, padded))
    kind = np.float32 if single else np.float64
    factored = factorise(buildings, step)
    rows = np.ascontiguousarray(factored.rows[:, order], dtype=kind)
    shape = (factored.elements, factored.lights, 24 * per_hour, min(warm_up * per_hour, steps))
    table = np.clip(drivers, -LIMITLESS, LIMITLESS).astype(kind)
    _run(rows, np.ascontiguousarray(columns[:, order]), shape, table, result, loads, temperatures, member, share)
    if group is None:
        loads = loads[:, :, back]
    sums = result[:, back]
    return HeatBalance(
        heating=sums[lanes.HEATING] / per_hour,
        cooling=sums[lanes.COOLING] / per_hour,
        peak_heating=sums[lanes.PEAK_HEATING],
        peak_cooling=sums[lanes.PEAK_COOLING],
        lowest=sums[lanes.T_MIN],
        mean=sums[lanes.T_SUM] / steps,
        highest=sums[lanes.T_MAX],
        hourly_heating=loads[0],
        hourly_cooling=loads[1],
        air=temperatures[0][:, back],
        radiant=temperatures[1][:, back],
    )


def _table(b: Buildings, s: Series) -> tuple[IntArray, FloatArray]:
    """All series side by side, and the column of each row of `lanes` for each building."""
    parts = [s.solar, s.air, s.ventilation, s.convective, s.radiative, s.heating, s.cooling, s.exterior]
    first = np.cumsum([0, *(part.shape[1] for part in parts)])
    named = (b.solar, b.weather, b.ventilation, b.gains, b.gains, b.thermostat, b.thermostat)
    rows = [index + at for index, at in zip(named, first, strict=False)]
    outside = np.concatenate([b.exterior, b.light_exterior], axis=1).T + first[7]
    return np.vstack([np.stack(rows), outside]).astype(np.int64), np.concatenate(parts, axis=1)


@entry
def _run(
    rows: Any,
    columns: Any,
    shape: tuple[int, int, int, int],
    drivers: Any,
    result: Any,
    loads: Any,
    temperatures: Any,
    member: Any,
    share: Any,
) -> None:
    elements, lights, per_day, warm_up = shape
    hours, n_rows = drivers.shape[0], rows.shape[0]
    c = np.zeros(n_rows * LANES, rows.dtype)
    z = np.zeros(elements * lanes.NODE_ROWS * LANES + 1, rows.dtype)
    theta = np.zeros((elements + lights) * LANES + 1, rows.dtype)
    hour = np.zeros(lanes.HOUR_ROWS * LANES, rows.dtype)
    day = np.zeros(lanes.RESULT_ROWS * LANES, rows.dtype)
    half = np.full(1, 0.5, rows.dtype)[0]
    uniform = np.zeros(columns.shape[0], np.bool_)
    keep_loads, keep_temperatures = loads.shape[1] > 0, temperatures.shape[1] > 0
    for block in range(rows.shape[1] // LANES):
        start = block * LANES
        for r in range(n_rows):
            for i in range(LANES):
                c[r * LANES + i] = rows[r, start + i]
        for r in range(columns.shape[0]):
            uniform[r] = True
            for i in range(LANES):
                uniform[r] &= columns[r, start + i] == columns[r, start]
        for i in range(LANES):
            hour[AIR * LANES + i] = START
            hour[RADIANT * LANES + i] = START
        lanes.begin(c, z, elements, hour[AIR * LANES])
        for step in range(-warm_up, hours):
            h = step if step >= 0 else hours + step
            if step % per_day == 0 or step == 0:
                lanes.clear_day(day)
            lanes.fill(hour, drivers, h, columns[: lanes.DRIVEN], uniform, start)
            lanes.fill(theta, drivers, h, columns[lanes.DRIVEN :], uniform[lanes.DRIVEN :], start)
            hour[lanes.SUM_AIR * LANES : (lanes.SUM_RADIANT + 1) * LANES] = 0.0
            for e in range(elements):
                lanes.advance(c, z, theta, hour, e)
            for m in range(lights):
                lanes.add_light(c, theta, hour, elements, m)
            lanes.solve_zone(c, hour, half, elements, lights)
            if step < 0:
                continue
            lanes.record(day, hour, half)
            if step % per_day == per_day - 1 or step == hours - 1:
                lanes.close_day(day, result, start)
            if keep_loads:
                for i in range(LANES):
                    j = member[start + i]
                    if j >= 0:
                        loads[0, h, j] += share[start + i] * hour[lanes.HEATED * LANES + i]
                        loads[1, h, j] += share[start + i] * hour[lanes.COOLED * LANES + i]
            if keep_temperatures:
                for i in range(LANES):
                    temperatures[0, h, start + i] = hour[AIR * LANES + i]
                    temperatures[1, h, start + i] = hour[RADIANT * LANES + i]
