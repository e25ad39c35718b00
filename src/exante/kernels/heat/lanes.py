"""Steps of the heat balance on one block of buildings: loops over lanes that become vector instructions.

Everything lies in flat arrays with rows of constant length, and indices are unsigned: then the distances between rows
are known
when compiling, and no index can wrap around.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from exante.kernels.compiled import inner
from exante.kernels.heat import factors as f

LANES = 32
"""Buildings in a block."""
NODE_ROWS = 5

# Rows of a block's hour: forcing, temperatures, sums of the two balances, plant.
SUNS, OUT, VENT, CONV, RAD, HEAT, COOL, AIR, RADIANT, SUM_AIR, SUM_RADIANT, HEATED, COOLED = range(13)
HOUR_ROWS = 13
# Rows of results.
HEATING, COOLING, PEAK_HEATING, PEAK_COOLING, T_MIN, T_SUM, T_MAX = range(7)
RESULT_ROWS = 7

_L = np.uint64(LANES)


@inner
def fill(target: Any, row: int, table: Any, hour: int, columns: Any, which: int, start: int, uniform: bool) -> None:
    """Write one driver of this hour for all lanes; one read where all share a column."""
    at = np.uint64(row * LANES)
    if uniform:
        value = table[hour, columns[which, start]]
        for i in range(LANES):
            target[at + np.uint64(i)] = value
    else:
        for i in range(LANES):
            target[at + np.uint64(i)] = table[hour, columns[which, start + i]]


@inner
def begin(c: Any, z: Any, elements: int, temperature: Any) -> None:
    """Eliminated values from which the first `advance` recovers one temperature everywhere."""
    for e in range(elements):
        for i in range(LANES):
            a = e * f.ELEMENT_ROWS * LANES + i
            for k in range(4):
                z[(e * 5 + k) * LANES + i] = temperature * (1 - c[a + (f.BACK + k) * LANES])
            inwards = c[a + f.AIR_IN * LANES] + c[a + f.RADIANT_IN * LANES]
            z[(e * 5 + 4) * LANES + i] = temperature * (1 - inwards)


@inner
def advance(c: Any, z: Any, theta: Any, hour: Any, e: int) -> None:
    """Recover the temperatures of the hour before, eliminate the chain for this one, add it to both balances."""
    at = np.uint64(e * f.ELEMENT_ROWS * LANES)
    node = np.uint64(e * NODE_ROWS * LANES)
    own, passed, back = at, at + np.uint64(f.PASS) * _L, at + np.uint64(f.BACK) * _L
    outside = np.uint64(e * LANES)
    for i in range(LANES):
        j = np.uint64(i)
        air, radiant = hour[np.uint64(AIR) * _L + j], hour[np.uint64(RADIANT) * _L + j]
        t4 = z[node + np.uint64(4) * _L + j]
        t4 += c[at + np.uint64(f.AIR_IN) * _L + j] * air + c[at + np.uint64(f.RADIANT_IN) * _L + j] * radiant
        t3 = z[node + np.uint64(3) * _L + j] + c[back + np.uint64(3) * _L + j] * t4
        t2 = z[node + np.uint64(2) * _L + j] + c[back + np.uint64(2) * _L + j] * t3
        t1 = z[node + np.uint64(1) * _L + j] + c[back + np.uint64(1) * _L + j] * t2
        t0 = z[node + j] + c[back + j] * t1
        t0 = c[own + j] * t0 + c[passed + j] * theta[outside + j]
        t1 = c[own + np.uint64(1) * _L + j] * t1 + c[passed + np.uint64(1) * _L + j] * t0
        t2 = c[own + np.uint64(2) * _L + j] * t2 + c[passed + np.uint64(2) * _L + j] * t1
        t3 = c[own + np.uint64(3) * _L + j] * t3 + c[passed + np.uint64(3) * _L + j] * t2
        t4 = c[own + np.uint64(4) * _L + j] * t4 + c[passed + np.uint64(4) * _L + j] * t3
        t4 += c[at + np.uint64(f.SUN) * _L + j] * hour[np.uint64(SUNS) * _L + j]
        z[node + j] = t0
        z[node + np.uint64(1) * _L + j] = t1
        z[node + np.uint64(2) * _L + j] = t2
        z[node + np.uint64(3) * _L + j] = t3
        z[node + np.uint64(4) * _L + j] = t4
        hour[np.uint64(SUM_AIR) * _L + j] += c[at + np.uint64(f.TO_AIR) * _L + j] * t4
        hour[np.uint64(SUM_RADIANT) * _L + j] += c[at + np.uint64(f.TO_RADIANT) * _L + j] * t4


@inner
def add_light(c: Any, theta: Any, hour: Any, elements: int, m: int) -> None:
    """Add an element without mass to both balances."""
    at = np.uint64((elements * f.ELEMENT_ROWS + m * f.LIGHT_ROWS) * LANES)
    outside = np.uint64((elements + m) * LANES)
    for i in range(LANES):
        j = np.uint64(i)
        hour[np.uint64(SUM_AIR) * _L + j] += c[at + j] * theta[outside + j]
        hour[np.uint64(SUM_RADIANT) * _L + j] += c[at + _L + j] * theta[outside + j]


@inner
def solve_zone(c: Any, hour: Any, elements: int, lights: int) -> None:
    """Air and mean radiant temperature, and what the plant gives to hold its set-points."""
    at = np.uint64((elements * f.ELEMENT_ROWS + lights * f.LIGHT_ROWS) * LANES)
    zero = hour[0] * 0
    for i in range(LANES):
        j = np.uint64(i)
        g = at + j
        exchange = c[g + np.uint64(f.VENTILATION) * _L] * hour[np.uint64(VENT) * _L + j]
        sun, gains = hour[np.uint64(SUNS) * _L + j], c[g + np.uint64(f.GAINS) * _L]
        out = hour[np.uint64(OUT) * _L + j]
        to_air = hour[np.uint64(SUM_AIR) * _L + j] + c[g + np.uint64(f.SUN_AIR) * _L] * sun
        to_air += gains * hour[np.uint64(CONV) * _L + j] + (exchange + c[g + np.uint64(f.BRIDGES) * _L]) * out
        to_air += c[g + np.uint64(f.AIR_MASS) * _L] * hour[np.uint64(AIR) * _L + j]
        to_radiant = hour[np.uint64(SUM_RADIANT) * _L + j] + c[g + np.uint64(f.SUN_RADIANT) * _L] * sun
        to_radiant += gains * hour[np.uint64(RAD) * _L + j]
        mix, inverse = c[g + np.uint64(f.MIX) * _L], c[g + np.uint64(f.RADIANT_INVERSE) * _L]
        held = c[g + np.uint64(f.AIR_SUM) * _L] + exchange
        air = (to_air + mix * to_radiant) / held
        radiant = inverse * to_radiant + mix * air
        air_per_watt = c[g + np.uint64(f.PLANT_AIR) * _L] / held
        radiant_per_watt = mix * air_per_watt + c[g + np.uint64(f.PLANT_RADIANT) * _L]
        weight, rest = c[g + np.uint64(f.SENSED_AIR) * _L], c[g + np.uint64(f.SENSED_RADIANT) * _L]
        sensed = weight * air + rest * radiant
        per_watt = weight * air_per_watt + rest * radiant_per_watt
        heat = (hour[np.uint64(HEAT) * _L + j] - sensed) / per_watt
        heat = heat if heat > zero else zero
        most = c[g + np.uint64(f.HEATING_POWER) * _L]
        heat = heat if heat < most else most
        cool = (sensed - hour[np.uint64(COOL) * _L + j]) / per_watt
        cool = cool if cool > zero else zero
        most = c[g + np.uint64(f.COOLING_POWER) * _L]
        cool = cool if cool < most else most
        hour[np.uint64(HEATED) * _L + j] = heat
        hour[np.uint64(COOLED) * _L + j] = cool
        hour[np.uint64(AIR) * _L + j] = air + (heat - cool) * air_per_watt
        hour[np.uint64(RADIANT) * _L + j] = radiant + (heat - cool) * radiant_per_watt


@inner
def clear_day(day: Any, hour: Any) -> None:
    """Start a day's sums."""
    zero = hour[0] * 0
    for i in range(LANES):
        day[HEATING * LANES + i] = zero
        day[COOLING * LANES + i] = zero
        day[PEAK_HEATING * LANES + i] = zero
        day[PEAK_COOLING * LANES + i] = zero
        day[T_SUM * LANES + i] = zero
        day[T_MIN * LANES + i] = hour[AIR * LANES + i]
        day[T_MAX * LANES + i] = hour[AIR * LANES + i]


@inner
def record(day: Any, hour: Any) -> None:
    """Add an hour to the day's sums and extremes."""
    for i in range(LANES):
        j = np.uint64(i)
        heat, cool = hour[np.uint64(HEATED) * _L + j], hour[np.uint64(COOLED) * _L + j]
        air = hour[np.uint64(AIR) * _L + j]
        day[j] += heat
        day[np.uint64(COOLING) * _L + j] += cool
        old = day[np.uint64(PEAK_HEATING) * _L + j]
        day[np.uint64(PEAK_HEATING) * _L + j] = heat if heat > old else old
        old = day[np.uint64(PEAK_COOLING) * _L + j]
        day[np.uint64(PEAK_COOLING) * _L + j] = cool if cool > old else old
        old = day[np.uint64(T_MIN) * _L + j]
        day[np.uint64(T_MIN) * _L + j] = air if air < old else old
        day[np.uint64(T_SUM) * _L + j] += air
        old = day[np.uint64(T_MAX) * _L + j]
        day[np.uint64(T_MAX) * _L + j] = air if air > old else old


@inner
def close_day(day: Any, result: Any, start: int) -> None:
    """Add the day to the span, in double precision."""
    for i in range(LANES):
        at = start + i
        result[HEATING, at] += day[HEATING * LANES + i]
        result[COOLING, at] += day[COOLING * LANES + i]
        result[PEAK_HEATING, at] = max(result[PEAK_HEATING, at], day[PEAK_HEATING * LANES + i])
        result[PEAK_COOLING, at] = max(result[PEAK_COOLING, at], day[PEAK_COOLING * LANES + i])
        result[T_MIN, at] = min(result[T_MIN, at], day[T_MIN * LANES + i])
        result[T_SUM, at] += day[T_SUM * LANES + i]
        result[T_MAX, at] = max(result[T_MAX, at], day[T_MAX * LANES + i])
