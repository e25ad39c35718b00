"""Air: annual means of NO2 and particles above the roofs, at the kerb of every street and at home."""

from exante.models.air.declaration import MODEL
from exante.models.air.paths import MODEL as PATHS

__all__ = ["MODEL", "PATHS"]
