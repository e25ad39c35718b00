"""Mobility: how residents and visitors choose where, how and by which way they travel, and the traffic that follows."""

from exante.models.mobility.declaration import MODEL

__all__ = ["MODEL"]
