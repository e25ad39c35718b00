"""The city: frozen tables of a place on a date, with provenance; edits; checks; the store."""

from exante.city.city import City, Layer, Provenance
from exante.city.edits import Append, Edit
from exante.city.store import open_folder, save
from exante.city.table import Table

__all__ = ["Append", "City", "Edit", "Layer", "Provenance", "Table", "open_folder", "save"]
