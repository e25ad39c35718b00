"""The city: frozen tables of a place on a date, with provenance; edits; checks; the store."""

from exante.city.city import City, Layer, Provenance
from exante.city.edits import Add, Append, Edit, Scale
from exante.city.store import open_folder, save
from exante.city.table import Table

__all__ = ["Add", "Append", "City", "Edit", "Layer", "Provenance", "Scale", "Table", "open_folder", "save"]
