"""Health: deaths and years of life by pollutant, and deaths that walking and cycling prevent."""

from exante.models.health.activity import MODEL as ACTIVITY
from exante.models.health.declaration import MODEL

__all__ = ["ACTIVITY", "MODEL"]
