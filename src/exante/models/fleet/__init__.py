"""Fleet: which vehicles are on the road by fuel and standard, where they are kept, and who answers a standard how."""

from exante.models.fleet.declaration import MODEL

__all__ = ["MODEL"]
