"""Noise of road traffic at façades: Lden and Lnight, by CNOSSOS-EU emission and a simple propagation."""

from exante.models.noise.declaration import MODEL
from exante.models.noise.paths import MODEL as PATHS

__all__ = ["MODEL", "PATHS"]
