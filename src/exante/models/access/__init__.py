"""Access: what lies within 15 minutes on foot and by bicycle of every address."""

from exante.models.access.declaration import MODEL
from exante.models.access.places import GREEN, PLACES
from exante.models.access.stops import MODEL as STOPS
from exante.models.access.trees import MODEL as TREES

__all__ = ["GREEN", "MODEL", "PLACES", "STOPS", "TREES"]
