"""Safety: crashes, injured and killed by street and mode, from kilometres and the speed that is really driven."""

from exante.models.safety.declaration import MODEL

__all__ = ["MODEL"]
