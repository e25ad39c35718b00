"""Posts of Bologna that count or watch: bicycle counters (`colonnine`) and camera gates (`varchi`) to `sensors`.

Two lists of places, made by geocoding (`lon`, `lat`, the nearest address and its distance). Traps:

- **`colonnine` are the city's bicycle counters** (portal dataset "colonnine-conta-bici"), not charging posts; two of
  one name (`_I`, `_II`) are the two sides of a street and may share one position;
- `varchi` are gates with cameras; most watch the limited-traffic zone, others bus lanes or main roads: a gate within
  `REACH` of a zone's edge, or inside it, is taken to watch it, which the file does not say;
- the way a gate looks is in its name or its text in many forms ("centro", "sud", "via Arienti"): kept as written.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from exante.quantities.errors import SourceError
from exante.sources.columns import read_text, to_numbers
from exante.sources.report import Report

READER = "exante.sources.bologna.sensors"
REACH = 30.0  # m between a gate and the edge of the zone it watches (half a boulevard and the error of geocoding)
COUNTERS = ("colonnina", "lon", "lat", "via")
GATES = ("varco", "nome", "descrizione", "direzione", "lon", "lat", "via")


def read_counters(path: Path, crs: str, report: Report) -> pd.DataFrame:
    """Bicycle counters as `sensor_id, kind, name, direction, street, geometry`.

    Raises
    ------
    SourceError
        If a column is absent, a place cannot be read, or a name stands twice.
    """
    frame = read_text(path, COUNTERS, READER)
    table = _places(frame, "colonnina", "bike_counter", crs, path)
    shared = int(frame.duplicated(["lon", "lat"], keep=False).sum())
    report.account("sensors", "bicycle counters", len(frame))
    report.tell(f"{path.name}: {len(frame)} bicycle counters, {shared} of them share their place with another")
    return table


def read_gates(path: Path, limited: gpd.GeoDataFrame, crs: str, report: Report) -> pd.DataFrame:
    """Camera gates, with the limited-traffic zone each is taken to watch (`area_id`).

    Parameters
    ----------
    path : Path
        List of gates.
    limited : GeoDataFrame
        Limited-traffic zones with `area_id`, in `crs`.
    crs : str
        Projected reference system of the city.
    report : Report
        Grows by what was read.

    Raises
    ------
    SourceError
        If a column is absent, a place cannot be read, or a gate stands twice.
    """
    frame = read_text(path, GATES, READER)
    table = _places(frame, "varco", "camera_gate", crs, path)
    table["name"] = frame["nome"] + ", " + frame["descrizione"]
    table["direction"] = frame["direzione"].where(frame["direzione"] != "", None)
    points = table["geometry"].to_numpy()
    found: list[str | None] = [None] * len(table)
    if len(limited):
        edges = shapely.boundary(limited.geometry.to_numpy())
        away = shapely.distance(points[:, None], edges[None, :])
        inside = shapely.contains(limited.geometry.to_numpy()[None, :], points[:, None])
        near = np.argmin(np.where(inside, 0.0, away), axis=1)
        watches = inside[np.arange(len(points)), near] | (away[np.arange(len(points)), near] <= REACH)
        found = [str(limited["area_id"].iloc[n]) if w else None for n, w in zip(near, watches, strict=True)]
    table["area_id"] = found
    report.account("sensors", "camera gates", len(frame))
    report.tell(
        f"{path.name}: {len(frame)} camera gates, {sum(f is not None for f in found)} within {REACH:g} m of a "
        f"limited-traffic zone or inside one; the others watch bus lanes or main roads"
    )
    return table


def _places(frame: pd.DataFrame, key: str, kind: str, crs: str, path: Path) -> pd.DataFrame:
    if frame[key].duplicated().any():
        raise SourceError(
            f"{frame[key][frame[key].duplicated()].iloc[0]} stands twice", where=path.name, remedy="Keep one row"
        )
    lon = to_numbers(frame["lon"], path.name, low=-180, high=180)
    lat = to_numbers(frame["lat"], path.name, low=-90, high=90)
    if np.isnan(lon).any() or np.isnan(lat).any():
        row = int(np.flatnonzero(np.isnan(lon) | np.isnan(lat))[0])
        raise SourceError(
            f"{frame[key].iloc[row]} has no place", where=f"{path.name}, line {row + 2}", remedy="Give lon and lat"
        )
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
    return pd.DataFrame(
        {
            "sensor_id": frame[key] if kind == "camera_gate" else "bike-" + frame[key],
            "kind": kind,
            "name": frame[key].str.replace("_", " "),
            "direction": None,
            "street": frame["via"].where(frame["via"] != "", None),
            "geometry": shapely.points(x, y),
        }
    )
