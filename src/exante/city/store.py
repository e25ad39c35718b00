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
        if not folder.is_dir():
            raise CityError(f"{folder.name} is not a folder and is left alone", where=str(folder))
        if any(folder.iterdir()) and not (folder / "city.toml").exists():
            raise CityError(f"{folder.name} is not a city folder and is left alone", where=str(folder))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise _cannot_write(folder, error) from error
    try:
        temporary.chmod(0o755)
        _write(city, temporary)
        _put_in_place(temporary, folder)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise _cannot_write(folder, error) from error
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return folder


def _put_in_place(temporary: Path, folder: Path) -> None:
    """Rename to the final name; what stood there comes back if that fails."""
    if not folder.exists():
        os.rename(temporary, folder)
        return
    old = temporary.with_name(temporary.name + ".old")
    os.rename(folder, old)
    try:
        os.rename(temporary, folder)
    except BaseException:
        os.rename(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _cannot_write(folder: Path, error: OSError) -> CityError:
    return CityError(
        f"{folder.name} cannot be written ({error.strerror or error})",
        where=str(folder),
        remedy="Nothing was changed: check the disk's space and permissions",
    )


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
    history = {"policy": [dict(document) for document in city.history]}
    (folder / "history.toml").write_text(tomli_w.dumps(history), encoding="utf-8")
    manifest["history_sha256"] = _file_hash(folder / "history.toml")
    manifest["tables"] = manifest.pop("tables")  # last, so that a manifest cut short keeps its own hash
    (folder / "city.toml").write_text(tomli_w.dumps({"sha256": _text_hash(manifest), **manifest}), encoding="utf-8")


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
        "geometry_types": sorted({shape.geom_type for shape in shapes if shape is not None}),
        "crs": pyproj.CRS(crs).to_json_dict(),
    }
    if any(shape is not None for shape in shapes):
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
        file = folder / f"{name}.parquet"
        if not file.exists():
            faults.append(f"{file.name} is missing")
            continue
        try:
            if _file_hash(file) != entry["sha256"]:
                faults.append(f"{file.name} is damaged (its sha256 is not the manifest's)")
                continue
            tables[name] = _read_table(name, file, entry)
            layers[name] = _read_layer(entry)
        except ExanteError as error:
            faults.append(f"{file.name}: {error.what}")
        except (OSError, pa.ArrowException, shapely.errors.ShapelyError, ValueError):
            faults.append(f"{file.name} cannot be read")
        except (KeyError, TypeError, AttributeError):
            faults.append(f"the manifest's entry of {file.name} is incomplete")
    if faults:
        raise CityError(f"the city is damaged: {'; '.join(faults)}", where=str(folder), remedy=_REBUILD)
    return City(
        name=manifest["name"],
        title=manifest["title"],
        as_of=manifest["as_of"],
        crs=manifest["crs"],
        tables=tables,
        layers=layers,
        history=_read_history(folder, manifest.get("history_sha256", "")),
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
    except OSError as error:
        raise CityError(f"city.toml cannot be read ({error.strerror})", where=str(file), remedy=_REBUILD) from error
    if manifest.get("format", FORMAT) != FORMAT:
        raise CityError(
            f"the city has format {manifest['format']}, this exante reads {FORMAT}",
            where=str(file),
            remedy="Update exante, or build the city again",
        )
    absent = {"format", "name", "title", "as_of", "crs", "tables"} - set(manifest)
    if absent or not isinstance(manifest["as_of"], dt.date) or not isinstance(manifest["tables"], dict):
        told = ", ".join(sorted(absent)) or "a date as_of and its tables"
        raise CityError(f"city.toml lacks {told}", where=str(file), remedy=_REBUILD)
    own = manifest.pop("sha256", None)
    if own is not None and own != _text_hash(manifest):
        raise CityError("city.toml was cut short or changed", where=str(file), remedy=_REBUILD)
    return manifest


def _read_layer(entry: dict[str, Any]) -> Layer:
    sources = tuple(Provenance(**{"title": "", "licence": "", "url": "", **source}) for source in entry["sources"])
    return Layer(entry["level"], sources, entry["note"])


def _read_table(name: str, file: Path, entry: dict[str, Any]) -> Table:
    frame: pd.DataFrame = pq.read_table(file).to_pandas()
    if "geometry" in frame:
        frame["geometry"] = shapely.from_wkb(frame["geometry"].to_numpy())
    table = Table.from_frame(name, frame)
    told = [c for c, e in entry["columns"].items() if c not in table or table.sha256(c) != e["sha256"]]
    if told or table.rows != entry["rows"]:
        raise CityError(f"columns {', '.join(told) or 'of another length'} are not those of the manifest")
    return table


def _read_history(folder: Path, sha256: str) -> tuple[dict[str, Any], ...]:
    file = folder / "history.toml"
    if not file.exists():
        raise CityError("the city is half-copied: history.toml is missing", where=str(folder), remedy=_REBUILD)
    try:
        if sha256 and _file_hash(file) != sha256:
            raise CityError(
                "history.toml is damaged (its sha256 is not the manifest's)", where=str(file), remedy=_REBUILD
            )
        return tuple(tomllib.loads(file.read_text(encoding="utf-8")).get("policy", ()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityError(f"history.toml is not valid TOML ({error})", where=str(file), remedy=_REBUILD) from error
    except OSError as error:
        raise CityError(f"history.toml cannot be read ({error.strerror})", where=str(file), remedy=_REBUILD) from error


def _text_hash(manifest: dict[str, Any]) -> str:
    return hashlib.sha256(tomli_w.dumps(manifest).encode()).hexdigest()


def _file_hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
