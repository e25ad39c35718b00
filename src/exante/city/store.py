"""The store: a city is a folder `NAME.city/` of Parquet files and a manifest, known by content.

`city.toml` names every column with its unit and sha256; `history.toml` holds the dated policies. Saving
writes to a temporary name and renames; two saves of the same city are the same bytes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely
import tomli_w

from exante.city.city import City, Layer, Provenance
from exante.city.table import Table
from exante.quantities import vocabulary
from exante.quantities.errors import CityError, ExanteError

FORMAT = 1
_REBUILD = "Build or copy the city again; nothing was read from it"


def save(city: City, folder: Path, *, replace: bool = False) -> Path:
    """Write the city to `folder` (a name ending in `.city`), whole or not at all.

    Raises
    ------
    CityError
        If the folder exists and `replace` is false, or holds something that is not a city.
    """
    folder = Path(folder)
    if folder.exists():
        if not replace:
            raise CityError(f"{folder.name} exists already", where=str(folder), remedy="Use --replace to replace it")
        if any(folder.iterdir()) and not (folder / "city.toml").exists():
            raise CityError(f"{folder.name} is not a city folder and is left alone", where=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        temporary.chmod(0o755)
        _write(city, temporary)
        if folder.exists():
            old = temporary.with_name(temporary.name + ".old")
            os.rename(folder, old)
            os.rename(temporary, folder)
            shutil.rmtree(old)
        else:
            os.rename(temporary, folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return folder


def _write(city: City, folder: Path) -> None:
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "name": city.name,
        "title": city.title,
        "as_of": city.as_of,
        "crs": city.crs,
        "tables": {},
    }
    for name in vocabulary.list_tables():
        if name not in city.tables:
            continue
        table = city.tables[name]
        file = folder / f"{name}.parquet"
        _write_table(table, city.crs, file)
        layer = city.layers.get(name, Layer(0))
        manifest["tables"][name] = {
            "file": file.name,
            "rows": table.rows,
            "sha256": _file_hash(file),
            "level": layer.level,
            "note": layer.note,
            "sources": [{k: v for k, v in vars(source).items() if v} for source in layer.sources],
            "columns": {
                column: {"unit": vocabulary.get(f"{name}.{column}").unit, "sha256": table.sha256(column)}
                for column in table
            },
        }
    (folder / "city.toml").write_text(tomli_w.dumps(manifest), encoding="utf-8")
    history = {"policy": [dict(document) for document in city.history]}
    (folder / "history.toml").write_text(tomli_w.dumps(history), encoding="utf-8")


def _write_table(table: Table, crs: str, file: Path) -> None:
    frame = table.frame()
    metadata = {}
    if "geometry" in frame:
        shapes = frame["geometry"].to_numpy()
        frame["geometry"] = shapely.to_wkb(shapes)
        metadata[b"geo"] = _geoparquet_metadata(shapes, crs)
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(
        arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), **metadata}), file, compression="zstd"
    )


def _geoparquet_metadata(shapes: np.ndarray, crs: str) -> bytes:
    """The `geo` entry of GeoParquet 1.1 for WKB shapes in `crs`, so that QGIS and geopandas place them."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({shape.geom_type for shape in shapes}),
        "crs": pyproj.CRS(crs).to_json_dict(),
    }
    if len(shapes):
        column["bbox"] = [float(x) for x in shapely.total_bounds(shapes)]
    document = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    return json.dumps(document, sort_keys=True).encode()


def open_folder(folder: Path) -> City:
    """The city in `folder`, every file checked against the manifest.

    Raises
    ------
    CityError
        If the folder is absent, half-copied, damaged, or written by a newer exante.
    """
    folder = Path(folder)
    manifest = _read_manifest(folder)
    tables: dict[str, Table] = {}
    layers: dict[str, Layer] = {}
    faults: list[str] = []
    for name, entry in manifest["tables"].items():
        file = folder / entry["file"]
        if not file.exists():
            faults.append(f"{file.name} is missing")
        elif _file_hash(file) != entry["sha256"]:
            faults.append(f"{file.name} is damaged (its sha256 is not the manifest's)")
        else:
            try:
                tables[name] = _read_table(name, file, entry)
            except ExanteError as error:
                faults.append(f"{file.name}: {error.what}")
            except (OSError, pa.ArrowException, ValueError) as error:
                faults.append(f"{file.name} cannot be read ({type(error).__name__})")
        layers[name] = Layer(
            entry["level"],
            tuple(Provenance(**{"licence": "", "url": "", **s}) for s in entry["sources"]),
            entry["note"],
        )
    if faults:
        raise CityError(f"the city is damaged: {'; '.join(faults)}", where=str(folder), remedy=_REBUILD)
    return City(
        name=manifest["name"],
        title=manifest["title"],
        as_of=manifest["as_of"],
        crs=manifest["crs"],
        tables=tables,
        layers=layers,
        history=_read_history(folder),
    )


def _read_manifest(folder: Path) -> dict[str, Any]:
    file = folder / "city.toml"
    if not file.exists():
        raise CityError(
            f"{folder.name} is not a city: it has no city.toml",
            where=str(folder),
            remedy="Make one with `exante city build` or `exante city sketch`",
        )
    try:
        manifest = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityError(f"city.toml is not valid TOML ({error})", where=str(file), remedy=_REBUILD) from error
    absent = {"format", "name", "title", "as_of", "crs", "tables"} - set(manifest)
    if absent or not isinstance(manifest.get("as_of"), dt.date):
        told = ", ".join(sorted(absent)) or "a date as_of"
        raise CityError(f"city.toml lacks {told}", where=str(file), remedy=_REBUILD)
    if manifest["format"] != FORMAT:
        raise CityError(
            f"the city has format {manifest['format']}, this exante reads {FORMAT}",
            where=str(file),
            remedy="Update exante, or build the city again",
        )
    return manifest


def _read_table(name: str, file: Path, entry: dict[str, Any]) -> Table:
    frame: pd.DataFrame = pq.read_table(file).to_pandas()
    if "geometry" in frame:
        frame["geometry"] = shapely.from_wkb(frame["geometry"].to_numpy())
    table = Table.from_frame(name, frame)
    told = [c for c, e in entry["columns"].items() if c not in table or table.sha256(c) != e["sha256"]]
    if told or table.rows != entry["rows"]:
        raise CityError(f"columns {', '.join(told) or 'of another length'} are not those of the manifest")
    return table


def _read_history(folder: Path) -> tuple[dict[str, Any], ...]:
    file = folder / "history.toml"
    if not file.exists():
        raise CityError("the city is half-copied: history.toml is missing", where=str(folder), remedy=_REBUILD)
    try:
        return tuple(tomllib.loads(file.read_text(encoding="utf-8")).get("policy", ()))
    except tomllib.TOMLDecodeError as error:
        raise CityError(f"history.toml is not valid TOML ({error})", where=str(file), remedy=_REBUILD) from error


def _file_hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
