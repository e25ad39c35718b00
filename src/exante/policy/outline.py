"""Polygons of a policy document: a GeoJSON file beside it, or longitude and latitude written in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import shapely
from pydantic import ValidationInfo
from pydantic_core import core_schema

from exante.city import City
from exante.policy.document import fault
from exante.quantities.errors import PolicyError

_HOW = "Give the path of a GeoJSON file with a Polygon, or a list of [longitude, latitude] corners"


@dataclass(frozen=True)
class Outline:
    """A polygon of a document.

    Parameters
    ----------
    label : str
        File name, or what it is, for sentences.
    geometry : shapely.Geometry
        Polygon or MultiPolygon in longitude and latitude (EPSG:4326).
    """

    label: str
    geometry: shapely.Geometry

    def on(self, city: City) -> shapely.Geometry:
        """The polygon in the reference system of the city.

        Raises
        ------
        PolicyError
            If it lies outside the city.
        """
        placed = project(self.geometry, "EPSG:4326", city.crs)
        network = shapely.box(*shapely.total_bounds(city.column("links.geometry")))
        if placed.intersects(network):
            return placed
        spans = shapely.total_bounds(project(network, city.crs, "EPSG:4326"))
        here = shapely.total_bounds(self.geometry)
        swapped = shapely.transform(self.geometry, lambda xy: xy[:, ::-1])
        remedy = "Corners are longitude first, then latitude, in degrees (EPSG:4326)"
        if project(swapped, "EPSG:4326", city.crs).intersects(network):
            remedy = "Longitude and latitude are swapped: write [longitude, latitude]"
        raise PolicyError(
            f"{self.label} lies outside {city.title}: it spans {_span(here)}, the city {_span(spans)}", remedy=remedy
        )

    def document(self) -> Any:
        """The polygon as a document may hold it: self-contained."""
        shape = json.loads(shapely.to_geojson(self.geometry))
        rings = shape["coordinates"]
        if shape["type"] == "Polygon" and len(rings) == 1:
            return rings[0]
        return {"type": shape["type"], "coordinates": rings}


def project(geometry: shapely.Geometry, source: str, to: str) -> shapely.Geometry:
    """The geometry in another reference system."""
    transformer = _transformer(source, to)
    return shapely.transform(geometry, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))


@cache
def _transformer(source: str, to: str) -> Any:
    import pyproj

    return pyproj.Transformer.from_crs(source, to, always_xy=True)


def _span(bounds: np.ndarray) -> str:
    west, south, east, north = bounds
    return f"{west:.2f} to {east:.2f} E, {south:.2f} to {north:.2f} N"


def read_outline(given: object, info: ValidationInfo) -> Outline:
    """The polygon a document gives; file names are relative to the document.

    Raises
    ------
    PydanticCustomError
        If it is no polygon in longitude and latitude.
    """
    if isinstance(given, Outline):
        return given
    if isinstance(given, str):
        outline = _from_file(given, (info.context or {}).get("folder"))
    elif isinstance(given, Mapping):
        outline = Outline("the polygon", _from_geojson(given, "the polygon"))
    else:
        outline = Outline("the polygon", _from_ring(given))
    geometry = outline.geometry
    west, south, east, north = shapely.total_bounds(geometry)
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise fault(f"{outline.label} is not in degrees of longitude and latitude", "Project it to EPSG:4326")
    if not geometry.is_valid or geometry.is_empty or geometry.area == 0:
        reason = shapely.is_valid_reason(geometry)
        raise fault(f"{outline.label} is not a valid polygon ({reason})", "Draw it without crossing lines")
    return outline


def _from_ring(given: object) -> shapely.Geometry:
    try:
        corners = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        corners = np.empty(0)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3 or not np.isfinite(corners).all():
        raise fault("a polygon is a list of at least three [longitude, latitude] corners", _HOW)
    return shapely.Polygon(corners)


def _from_file(name: str, folder: Path | None) -> Outline:
    if folder is None and not Path(name).is_absolute():
        raise fault(f"the file {name} cannot be found from here", "Write the corners into the document")
    path = Path(folder or ".") / name
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise fault(
            f"the file {name} cannot be read ({error.strerror})", f"{_HOW}; paths start at the document"
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise fault(f"the file {name} is not valid JSON ({error})", _HOW) from error
    if not isinstance(content, Mapping):
        raise fault(f"the file {name} is not GeoJSON", _HOW)
    return Outline(f"the polygon of {path.name}", _from_geojson(content, f"the file {name}"))


def _from_geojson(content: Mapping[str, Any], label: str) -> shapely.Geometry:
    crs = str(content.get("crs", ""))
    if crs and not any(known in crs for known in ("CRS84", "4326")):
        raise fault(f"{label} is not in EPSG:4326 but states another reference system", "Project it to EPSG:4326")
    try:
        found = shapely.from_geojson(json.dumps(dict(content)))
    except (shapely.errors.ShapelyError, TypeError, ValueError) as error:
        raise fault(f"{label} is not GeoJSON ({error})", _HOW) from error
    parts = shapely.get_parts(shapely.get_parts(found))
    if not len(parts) or any(part.geom_type != "Polygon" for part in parts):
        raise fault(f"{label} holds something else than polygons", _HOW)
    return shapely.union_all(parts) if len(parts) > 1 else parts[0]


class _Reader:
    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(
            read_outline, serialization=core_schema.plain_serializer_function_ser_schema(Outline.document)
        )


#: A polygon in a document.
Polygon = Annotated[Outline, _Reader()]
