"""Heating need of dwellings: archetypes, the seasonal method and the hourly balance of the same buildings."""

from exante.models.buildings.archetypes import Archetypes
from exante.models.buildings.climate import HourlyClimate, Season
from exante.models.buildings.daily import hours_of_days
from exante.models.buildings.hourly import hourly_need
from exante.models.buildings.seasonal import SeasonalNeed, seasonal_need

__all__ = ["Archetypes", "HourlyClimate", "Season", "SeasonalNeed", "hourly_need", "hours_of_days", "seasonal_need"]
