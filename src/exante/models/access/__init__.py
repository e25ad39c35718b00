"""Access: what lies within 15 minutes on foot and by bicycle of every address."""

from exante.models.access.declaration import MODEL
from exante.models.access.stops import MODEL as STOPS

__all__ = ["MODEL", "STOPS"]
