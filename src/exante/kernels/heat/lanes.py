"""Steps of the heat balance on one block of buildings: loops over lanes that become vector instructions.

Maxima are written as x + |x|, halved: a choice between two values would stop the vectors. So no number may be infinite;
`FAR` stands for it. Everything lies in flat arrays with rows of constant length, and indices are unsigned: then the
distances between rows
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
DRIVEN = 7
"""Rows that series drive; the exterior temperatures of elements follow in an array of their own."""
# Rows of results.
HEATING, COOLING, PEAK_HEATING, PEAK_COOLING, T_MIN, T_SUM, T_MAX = range(7)
RESULT_ROWS = 7

FAR = 1e4
"""Beyond any temperature, degC."""

_L = np.uint64(LANES)


@inner
def fill(target: Any, drivers: Any, h: int, columns: Any, uniform: Any, start: int) -> None:
    """Write drivers of an hour, row by row, for all lanes; one read where all share a column."""
    for r in range(columns.shape[0]):
        if uniform[r]:
            target[r * LANES : (r + 1) * LANES] = drivers[h, columns[r, start]]
        else:
            for i in range(LANES):
                target[np.uint64(r * LANES) + np.uint64(i)] = drivers[h, columns[r, start + i]]


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
def solve_zone(c: Any, hour: Any, half: Any, elements: int, lights: int) -> None:
    """Air and mean radiant temperature, and what the plant gives to hold its set-points."""
    at = np.uint64((elements * f.ELEMENT_ROWS + lights * f.LIGHT_ROWS) * LANES)
    one = half + half
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
        yielded = one / (c[g + np.uint64(f.AIR_SUM) * _L] + exchange)
        air = (to_air + mix * to_radiant) * yielded
        radiant = inverse * to_radiant + mix * air
        air_per_watt = c[g + np.uint64(f.PLANT_AIR) * _L] * yielded
        radiant_per_watt = mix * air_per_watt + c[g + np.uint64(f.PLANT_RADIANT) * _L]
        weight, rest = c[g + np.uint64(f.SENSED_AIR) * _L], c[g + np.uint64(f.SENSED_RADIANT) * _L]
        sensed = weight * air + rest * radiant
        watts = one / (weight * air_per_watt + rest * radiant_per_watt)
        heat = (hour[np.uint64(HEAT) * _L + j] - sensed) * watts
        heat = half * (heat + abs(heat))
        over = heat - c[g + np.uint64(f.HEATING_POWER) * _L]
        heat -= half * (over + abs(over))
        cool = (sensed - hour[np.uint64(COOL) * _L + j]) * watts
        cool = half * (cool + abs(cool))
        over = cool - c[g + np.uint64(f.COOLING_POWER) * _L]
        cool -= half * (over + abs(over))
        hour[np.uint64(HEATED) * _L + j] = heat
        hour[np.uint64(COOLED) * _L + j] = cool
        air += (heat - cool) * air_per_watt
        hour[np.uint64(AIR) * _L + j] = air
        hour[np.uint64(RADIANT) * _L + j] = radiant + (heat - cool) * radiant_per_watt


@inner
def record(day: Any, hour: Any, half: Any) -> None:
    """Add an hour to the day's sums and extremes."""
    for i in range(LANES):
        j = np.uint64(i)
        heat, cool = hour[np.uint64(HEATED) * _L + j], hour[np.uint64(COOLED) * _L + j]
        air = hour[np.uint64(AIR) * _L + j]
        day[j] += heat
        day[np.uint64(COOLING) * _L + j] += cool
        day[np.uint64(T_SUM) * _L + j] += air
        more = heat - day[np.uint64(PEAK_HEATING) * _L + j]
        day[np.uint64(PEAK_HEATING) * _L + j] += half * (more + abs(more))
        more = cool - day[np.uint64(PEAK_COOLING) * _L + j]
        day[np.uint64(PEAK_COOLING) * _L + j] += half * (more + abs(more))
        more = air - day[np.uint64(T_MAX) * _L + j]
        day[np.uint64(T_MAX) * _L + j] += half * (more + abs(more))
        more = day[np.uint64(T_MIN) * _L + j] - air
        day[np.uint64(T_MIN) * _L + j] -= half * (more + abs(more))


@inner
def clear_day(day: Any) -> None:
    """Start a day's sums."""
    day[:] = 0.0
    day[T_MIN * LANES : (T_MIN + 1) * LANES] = FAR
    day[T_MAX * LANES : (T_MAX + 1) * LANES] = -FAR


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
