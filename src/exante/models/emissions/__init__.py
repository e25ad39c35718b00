"""Emissions: CO2, NOx and PM2.5 of motor traffic by link, from speed and fleet."""

from exante.models.emissions.declaration import MODEL

__all__ = ["MODEL"]
