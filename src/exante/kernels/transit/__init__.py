"""Public transport on arrays: strategies on lines with headways, and earliest arrivals on timetables."""

from __future__ import annotations

from exante.kernels.transit.frequency import Lines, Weights, Zones, line_skims
from exante.kernels.transit.reach import time_percentile
from exante.kernels.transit.timetable import Timetable, earliest_arrivals, profile_percentiles

__all__ = [
    "Lines",
    "Timetable",
    "Weights",
    "Zones",
    "earliest_arrivals",
    "line_skims",
    "profile_percentiles",
    "time_percentile",
]
