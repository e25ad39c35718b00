"""A year of hourly weather where no hourly file is at hand: from days of a station, or from monthly normals."""

from __future__ import annotations

from exante.sources.climate.days import Days, days_from_normals, typical_days
from exante.sources.climate.hours import hours_of
from exante.sources.climate.normals import Normals, read_normals

__all__ = ["Days", "Normals", "days_from_normals", "hours_of", "read_normals", "typical_days"]
