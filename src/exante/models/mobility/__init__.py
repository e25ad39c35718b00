"""Mobility: how residents and visitors choose where, how and by which way they travel, and the traffic that follows."""

from exante.models.mobility.declaration import MODEL
from exante.models.mobility.transit_declaration import MODEL as TRANSIT

__all__ = ["MODEL", "TRANSIT"]
