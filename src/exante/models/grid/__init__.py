"""Panels on roofs, and the electricity of the city hour by hour: load, own generation, imports, emissions, bills."""

from exante.models.grid.declaration import MODEL, PHOTOVOLTAICS

__all__ = ["MODEL", "PHOTOVOLTAICS"]
