"""Run folders: an immutable record of a forecast, named by its content, whole or absent."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from exante.quantities.errors import UserError
from exante.study.forecast import Forecast


def run_name(forecast: Forecast) -> str:
    """Name of the run: city, policy and a hash of everything in it but the footprint."""
    return f"{forecast.city.name}-{forecast.policy.slug}-{content_hash(forecast)[:10]}"


def content_hash(forecast: Forecast) -> str:
    """Hash of a forecast's results; equal for equal runs on one processor type."""
    document = {k: v for k, v in forecast.document().items() if k != "footprint"}
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode())
    for dataset in (forecast.indicators, forecast.links, forecast.zones):
        for name in sorted(map(str, dataset.data_vars)):
            digest.update(name.encode() + dataset[name].values.tobytes())
    return digest.hexdigest()


def save_run(
    forecast: Forecast, folder: Path, extras: Mapping[str, Callable[[Forecast, Path], object]] | None = None
) -> Path:
    """Write the run into `folder` (made if need be) under its own name; an equal run is left as it is.

    Files: `forecast.json` (what `--json` prints), `indicators.parquet`, `links.parquet`, `zones.parquet`,
    `parameters.parquet` (a row per draw), `policy.toml`, `paths.parquet` where years were computed, `sites.parquet`
    where sites were named, and those of `extras`.

    Parameters
    ----------
    forecast : Forecast
        What is kept.
    folder : Path
        Folder of runs.
    extras : mapping of str to callable, optional
        Further files by name, each written by `write(forecast, path)` (the report, for one).

    Raises
    ------
    UserError
        If `folder` is a file.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file", where="--out", remedy="Name a folder")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / run_name(forecast)
    if target.exists():
        return target
    temporary = Path(tempfile.mkdtemp(prefix=".run.", dir=folder))
    try:
        temporary.chmod(0o755)
        (temporary / "forecast.json").write_text(
            json.dumps(forecast.document(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        (temporary / "policy.toml").write_text(forecast.policy.text(), encoding="utf-8")
        for name, dataset in (
            ("indicators", forecast.indicators),
            ("links", forecast.links),
            ("zones", forecast.zones),
        ):
            pq.write_table(_long(dataset), temporary / f"{name}.parquet", compression="zstd")
        if forecast.paths is not None:
            pq.write_table(_long(forecast.paths), temporary / "paths.parquet", compression="zstd")
        if forecast.sites is not None:
            pq.write_table(
                pa.Table.from_pandas(forecast.sites.frame(), preserve_index=False), temporary / "sites.parquet"
            )
        frame = pd.DataFrame(forecast.parameters.values, columns=forecast.parameters["parameter"].values)
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), temporary / "parameters.parquet")
        for file, write in (extras or {}).items():
            write(forecast, temporary / file)
        try:
            os.rename(temporary, target)
        except OSError:
            if not target.exists():
                raise
            shutil.rmtree(temporary, ignore_errors=True)  # an equal run finished meanwhile
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return target


def _long(dataset: xr.Dataset) -> pa.Table:
    """Rows of scenario × draw (× link or zone), a column per variable."""
    frame = dataset.to_dataframe().reset_index()
    frame["draw"] = frame["draw"].astype("int32")
    for column in ("scenario", "link", "zone"):
        if column in frame:
            frame[column] = frame[column].astype("category")
    return pa.Table.from_pandas(frame, preserve_index=False)
