"""Columns that the readers expect of every file, checked before any of them is read.

A portal that changed its columns is told with both sides: what was expected, what was found, and where they differ.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from exante.quantities.errors import SourceError
from exante.sources.catalogue import Source

#: Formats that a document may name, and what they are.
FORMATS = {
    "csv": "table of separated values",
    "csv.zip": "one such table in a zip",
    "csv.gz": "one such table, gzipped",
    "xlsx": "workbook",
    "gpkg": "GeoPackage",
    "geojson": "GeoJSON",
    "shp": "shapefile",
    "gtfs": "GTFS feed (zip of tables)",
    "geojson.tar.gz": "GeoJSON files in a tar",
    "geotiff": "raster",
    "osm.pbf": "OpenStreetMap extract",
    "epw": "EnergyPlus weather file",
    "json": "JSON",
    "geojson.zip": "vector file in a zip",
}
WITH_COLUMNS = ("csv", "csv.zip", "gpkg", "geojson", "shp", "gtfs")
BY_SUFFIX = {
    ".csv": "csv", ".gpkg": "gpkg", ".geojson": "geojson", ".shp": "shp", ".tif": "geotiff", ".pbf": "osm.pbf",
    ".epw": "epw", ".json": "json", ".xlsx": "xlsx", ".gz": "geojson.tar.gz",
}  # fmt: skip
MOST_SHOWN = 40  # columns of either side in an error


def format_of(source: Source) -> str:
    """Format of a source: as the document says, or by the end of its file's name; empty where neither tells."""
    return source.format or BY_SUFFIX.get(Path(source.file).suffix.lower(), "")


def require_expected(files: Iterable[tuple[Source, Path]]) -> None:
    """Raise if any file lacks columns that its source expects.

    Raises
    ------
    SourceError
        With every such file: expected and found columns, and which differ.
    """
    faults, where = [], []
    for source, path in files:
        if not source.columns:
            continue
        told = _differences(source, path)
        if told:
            faults += told
            where.append(f"{path.name} ({source.title})")
    if faults:
        raise SourceError(
            "; ".join(faults),
            where="; ".join(where),
            remedy="The portal changed its columns: take an earlier file, or correct `columns` in the city's document "
            "and the reader",
        )


def _differences(source: Source, path: Path) -> list[str]:
    kind = format_of(source)
    try:
        found = _columns(source, path, kind)
    except SourceError:
        raise
    except Exception as error:  # any of the libraries' own
        raise SourceError(
            f"the file cannot be read as {FORMATS.get(kind, kind)} ({type(error).__name__})",
            where=f"{path.name} ({source.title})",
            remedy="Fetch it again; if it was downloaded, the portal may have sent something else",
        ) from error
    wanted = source.columns if isinstance(source.columns, Mapping) else {"": source.columns}
    told = []
    for part, columns in wanted.items():
        if part not in found:
            told.append(f"there is no {part}: expected {', '.join(wanted)}; found {', '.join(found) or 'nothing'}")
            continue
        absent = [column for column in columns if column not in found[part]]
        if absent:
            told.append(_both_sides(part, tuple(columns), found[part], absent))
    return told


def _both_sides(part: str, expected: tuple[str, ...], found: tuple[str, ...], absent: list[str]) -> str:
    new = [column for column in found if column not in expected]
    near = []
    for column in absent:
        close = get_close_matches(column, new, n=1, cutoff=0.6)
        near += [f"{column} may now be {close[0]}"] if close else []
    label = f"{part} lacks" if part else "the columns lack"
    text = f"{label} {_listed(absent)}: expected {_listed(expected)}; found {_listed(found)}"
    return f"{text}; {', '.join(near)}" if near else text


def _listed(columns: Iterable[str]) -> str:
    names = [column or "(blank)" for column in columns]
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return ", ".join(names[:MOST_SHOWN]) + more


def _columns(source: Source, path: Path, kind: str) -> dict[str, tuple[str, ...]]:
    """Columns of the file by part; the part is blank where there is but one."""
    if kind == "csv":
        with path.open("rb") as file:
            return {"": _header(file.readline(), source.separator)}
    if kind == "csv.zip":
        with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
            return {"": _header(file.readline(), source.separator)}
    if kind == "gtfs":
        with zipfile.ZipFile(path) as archive:
            tables = [name for name in archive.namelist() if name.endswith(".txt")]
            return {name: _header(archive.open(name).readline(), ",") for name in tables}
    if kind in ("gpkg", "geojson", "shp"):
        import pyogrio

        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        fields = {name: tuple(map(str, pyogrio.read_info(path, layer=name)["fields"])) for name in layers}
        return fields if isinstance(source.columns, Mapping) else {"": fields[layers[0]]}
    raise SourceError(
        f"source '{source.name}' expects columns, but '{kind or 'unknown'}' files have none",
        remedy=f"Leave `columns` out, or set `format` to one of {', '.join(WITH_COLUMNS)}",
    )


def _header(line: bytes, separator: str) -> tuple[str, ...]:
    """Names in the first line of a table, blanks at their ends removed."""
    rows = csv.reader(io.StringIO(line.decode("utf-8-sig")), delimiter=separator, skipinitialspace=True)
    return tuple(name.strip() for name in next(rows, []))


def has_rows(path: Path) -> bool:
    """Whether a table has anything below its header."""
    with path.open("rb") as file:
        file.readline()
        return bool(file.readline().strip())
