"""Energy of buildings: archetypes through the hourly balance, their stock by zone, systems and carriers."""

from exante.models.buildings.archetypes import Archetypes
from exante.models.buildings.climate import HourlyClimate, Season
from exante.models.buildings.daily import hours_of_days
from exante.models.buildings.declaration import MODEL
from exante.models.buildings.hourly import hourly_need
from exante.models.buildings.seasonal import SeasonalNeed, seasonal_need

__all__ = [
    "MODEL",
    "Archetypes",
    "HourlyClimate",
    "Season",
    "SeasonalNeed",
    "hourly_need",
    "hours_of_days",
    "seasonal_need",
]
