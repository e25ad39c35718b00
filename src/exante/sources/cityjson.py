"""Buildings of a CityJSON file (2.0, 1.1) to the table `building_shapes`.

Format: CityJSON 2.0.1 (OGC Community Standard 20-072r5). Vertices are whole numbers, place = number × scale
+ translate; a geometry's boundaries are nested lists of their positions; `semantics` names each surface (ground, wall,
roof). Traps: a Building may have no geometry of its own but parts that have; one object has several levels of detail,
of which the finest is taken; height above ground is measured from the lowest ground surface to the highest roof, as
`measuredHeight` is often missing or of another definition; without semantics the ground is what faces downwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from exante.quantities.errors import SourceError
from exante.sources.report import Report

VERSIONS = ("2.0", "1.1")
BUILDINGS = ("Building", "BuildingPart")
DEPTH = {"MultiSurface": 1, "CompositeSurface": 1, "Solid": 2, "MultiSolid": 3, "CompositeSolid": 3}
FLAT = 0.7  # cosine to the vertical from which a surface without a name counts as ground or roof, else wall


@dataclass(frozen=True)
class Surface:
    """One face: its kind (`GroundSurface`, `WallSurface`, `RoofSurface` or other), rings and unit normal times area."""

    kind: str
    rings: list[np.ndarray]
    normal: np.ndarray


def read_buildings(path: Path, crs: str, report: Report) -> pd.DataFrame:
    """The table `building_shapes` without `zone_id`: one row a building, its parts together.

    Parameters
    ----------
    path : Path
        `.json` or `.city.json` with one CityJSON object.
    crs : str
        Projected reference system of the result.
    report : Report
        Grows by what was read and left out.

    Raises
    ------
    SourceError
        If the file is no CityJSON of a known version, has no transform or reference system, or a geometry points at a
        vertex that is not there.
    """
    document = _load(path)
    vertices = _vertices(document, path)
    objects: Mapping[str, Any] = document["CityObjects"]
    owner = {child: name for name, item in objects.items() for child in item.get("children", ())}
    surfaces: dict[str, list[Surface]] = {}
    other = 0
    for name, item in sorted(objects.items()):
        if item.get("type") not in BUILDINGS:
            other += 1
            continue
        root = name
        while root in owner:
            root = owner[root]
        surfaces.setdefault(root, []).extend(_surfaces(item, vertices, name, path))
    rows, empty = [], []
    for name, faces in surfaces.items():
        row = _row(name, objects.get(name, {}).get("attributes") or {}, faces)
        if row is None:
            empty.append(name)
        else:
            rows.append(row)
    table = pd.DataFrame(rows)
    why = [("left_out", len(empty), "no footprint or height")]
    report.account("building_shapes", "buildings", len(surfaces), why)
    report.tell(
        f"{path.name}: {len(surfaces)} buildings in {len(objects)} objects ({other} of other kinds); kept {len(rows)}"
        + (f"; without a footprint or height left out: {', '.join(empty)}" if empty else "")
    )
    if not rows:
        raise SourceError("no building has a footprint and a height", where=path.name, remedy="Give solids or surfaces")
    change = Transformer.from_crs(_crs(document, path), crs, always_xy=True)
    table["geometry"] = [shapely.transform(g, change.transform, interleaved=False) for g in table["geometry"]]
    return table


def _load(path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise SourceError(
            f"the file is no JSON ({error})", where=path.name, remedy="Give one CityJSON object (no CityJSONSeq)"
        ) from error
    kind = document.get("type") if isinstance(document, dict) else type(document).__name__
    if kind != "CityJSON":
        raise SourceError(f"the file holds '{kind}': expected type 'CityJSON'", where=path.name, remedy="Give CityJSON")
    if document.get("version") not in VERSIONS:
        raise SourceError(
            f"CityJSON version {document.get('version')!r} is not read: expected {' or '.join(VERSIONS)}",
            where=path.name,
            remedy="Upgrade the file (cjio FILE upgrade)",
        )
    absent = [key for key in ("transform", "CityObjects", "vertices") if key not in document]
    if absent:
        raise SourceError(
            f"the file lacks {', '.join(absent)}: expected transform, CityObjects, vertices; "
            f"found {', '.join(document)}",
            where=path.name,
            remedy="All three are required by CityJSON 1.1 and 2.0",
        )
    return dict(document)


def _vertices(document: Mapping[str, Any], path: Path) -> np.ndarray:
    try:
        scale, shift = (np.asarray(document["transform"][k], dtype=float) for k in ("scale", "translate"))
        vertices = np.asarray(document["vertices"], dtype=float).reshape(-1, 3)
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(
            f"transform or vertices cannot be read ({error})",
            where=path.name,
            remedy="transform has scale and translate of three numbers each; a vertex has three",
        ) from error
    if scale.shape != (3,) or shift.shape != (3,) or not (scale > 0).all():
        raise SourceError("the transform is not three scales and three shifts", where=path.name, remedy="Correct it")
    return np.asarray(vertices * scale + shift)


def _crs(document: Mapping[str, Any], path: Path) -> str:
    found = (document.get("metadata") or {}).get("referenceSystem")
    if not found:
        raise SourceError(
            "the file has no reference system", where=path.name, remedy="Add metadata.referenceSystem to the file"
        )
    parts = str(found).rstrip("/").split("/")
    name = f"{parts[-3]}:{parts[-1]}" if len(parts) >= 3 else str(found)
    try:
        return CRS.from_user_input(name).to_string()
    except CRSError as error:
        raise SourceError(
            f"the reference system '{found}' is not known",
            where=path.name,
            remedy="Write it as https://www.opengis.net/def/crs/EPSG/0/CODE",
        ) from error


def _surfaces(item: Mapping[str, Any], vertices: np.ndarray, name: str, path: Path) -> Iterator[Surface]:
    usable = [g for g in item.get("geometry", ()) if g.get("type") in DEPTH]
    if not usable:
        return
    best = max(usable, key=lambda g: str(g.get("lod", "0")))
    meaning = best.get("semantics") or {}
    kinds = [s.get("type", "") for s in meaning.get("surfaces", ())]
    faces = _flat(best["boundaries"], DEPTH[best["type"]])
    told = _flat(meaning["values"], DEPTH[best["type"]]) if meaning.get("values") is not None else [None] * len(faces)
    if len(told) != len(faces):
        raise SourceError(
            f"{name} has {len(faces)} surfaces and {len(told)} meanings", where=path.name, remedy="Correct semantics"
        )
    for rings, kind in zip(faces, told, strict=True):
        if any(not 0 <= v < len(vertices) for ring in rings for v in ring):
            raise SourceError(
                f"{name} points at a vertex beyond the {len(vertices)} of the file",
                where=path.name,
                remedy="Fetch the file again",
            )
        places = [vertices[ring] for ring in rings]
        normal = sum((_normal(ring) for ring in places), np.zeros(3))
        yield Surface(kinds[kind] if kind is not None else _facing(normal), places, normal)


def _flat(nested: Any, depth: int) -> list[Any]:
    """Lists of surfaces out of shells and solids; a missing (null) level stays one missing value."""
    found = [nested]
    for _ in range(depth):
        found = [part for whole in found for part in (whole if whole is not None else [None])]
    return found


def _normal(ring: np.ndarray) -> np.ndarray:
    """Unit normal times area (Newell); rings of holes run the other way and subtract."""
    return np.asarray(0.5 * np.cross(ring, np.roll(ring, -1, axis=0)).sum(axis=0))


def _facing(normal: np.ndarray) -> str:
    size = float(np.linalg.norm(normal))
    up = normal[2] / size if size > 0 else 0.0
    return "RoofSurface" if up >= FLAT else "GroundSurface" if up <= -FLAT else "WallSurface"


def _row(name: str, attributes: Mapping[str, Any], faces: list[Surface]) -> dict[str, Any] | None:
    ground = [f for f in faces if f.kind == "GroundSurface"]
    flat = [shapely.Polygon(f.rings[0][:, :2], [r[:, :2] for r in f.rings[1:]]) for f in ground]
    footprint = shapely.union_all(shapely.make_valid(np.array(flat, dtype=object))) if flat else shapely.Polygon()
    if not faces or footprint.area <= 0:
        return None
    low = min(float(r[:, 2].min()) for f in ground for r in f.rings)
    high = max(float(r[:, 2].max()) for f in faces for r in f.rings)
    if high <= low:
        return None
    volume = sum(float(np.dot(f.rings[0][0] - [0, 0, low], f.normal)) for f in faces) / 3.0
    area = {kind: sum(float(np.linalg.norm(f.normal)) for f in faces if f.kind == kind) for kind in _AREAS}
    return {
        "building_id": name,
        "height": high - low,
        "height_origin": "observed",
        "footprint_area": float(footprint.area),
        "volume": volume if volume > 0 else np.nan,
        **{column: area[kind] if area[kind] > 0 else np.nan for kind, column in _AREAS.items()},
        "storeys": _number(attributes.get("storeysAboveGround")),
        "year_built": _number(attributes.get("yearOfConstruction")),
        "use": _word(attributes.get("usage", attributes.get("function"))),
        "geometry": footprint,
    }


_AREAS = {"WallSurface": "wall_area", "RoofSurface": "roof_area"}


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _word(value: Any) -> str | None:
    first = value[0] if isinstance(value, list) and value else value
    return str(first) if first else None
