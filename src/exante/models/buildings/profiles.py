"""Shapes of the day and year of what no heat balance gives: appliances, hot water, services."""

from __future__ import annotations

import numpy as np

from exante.models.buildings.archetypes import FloatArray

HOURS = 8760
#: Share of a day's electricity of homes by hour, evening peak (ASSUMED after common load profiles; sums to one below).
APPLIANCES = (
    *(2.6, 2.2, 2.0, 1.9, 1.9, 2.1, 3.0, 4.0, 4.3, 4.2, 4.2, 4.3),
    *(4.6, 4.7, 4.3, 4.1, 4.2, 4.7, 5.6, 6.4, 6.9, 6.7, 5.6, 3.9),
)
HOT_WATER = (1, 1, 1, 1, 1, 3, 7, 9, 7, 5, 4, 4, 5, 4, 3, 3, 3, 4, 6, 8, 8, 6, 4, 2)
#: Services: lit and staffed from 8 to 19, a base at night.
SERVICES = (2, 2, 2, 2, 2, 2.2, 3, 4.5, 6, 6.8, 7, 7, 6.5, 6.5, 6.8, 6.8, 6.5, 6, 5, 4, 3, 2.6, 2.3, 2)
#: A winter day's electricity of homes over a summer day's, without heating and cooling (light).
WINTER = 1.15
#: A weekend day of services over a working day.
WEEKEND = 0.55
#: Weekday (Monday 0) of the first day: that of 2019, as in models/grid.
FIRST_WEEKDAY = 1


def of_day(shape: tuple[float, ...]) -> FloatArray:
    """A year of hours with the same day throughout; sums to one, shape (8760,)."""
    day = np.asarray(shape, dtype=float)
    return np.tile(day / day.sum() / 365.0, 365)


def appliances() -> FloatArray:
    """Shape of homes' appliances and light over the year; sums to one."""
    day = np.arange(HOURS) // 24
    season = 1.0 + (WINTER - 1.0) / (WINTER + 1.0) * np.cos(2 * np.pi * (day - 15) / 365.0)
    shape = of_day(APPLIANCES) * season
    result: FloatArray = shape / shape.sum()
    return result


def services() -> FloatArray:
    """Shape of services' electricity over the year; sums to one."""
    week = np.where((np.arange(HOURS) // 24 + FIRST_WEEKDAY) % 7 < 5, 1.0, WEEKEND)
    shape = of_day(SERVICES) * week
    result: FloatArray = shape / shape.sum()
    return result
