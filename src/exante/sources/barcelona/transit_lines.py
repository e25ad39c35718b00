"""Lines and stops of TMB (buses, metro) and tram, as drawn: no timetable is open here.

Format: `tar.gz` with `bus/routes/LINE.geojson`, `metro/lines/LINE.geojson`, `tram/lines/LINE.geojson`, one line
string each in EPSG:4326, in one direction of travel (the way back is not drawn).
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
import shapely
import shapely.geometry
import shapely.ops
from pyproj import Transformer

from exante.quantities.errors import SourceError
from exante.sources.following import follow

FOLDERS = {"bus/routes": "bus", "metro/lines": "metro", "tram/lines": "tram"}


def read_lines(path: Path, crs: str) -> pd.DataFrame:
    """Lines with `route, mode, name, geometry`, by mode and route.

    Raises
    ------
    SourceError
        If the archive holds no line.
    """
    transform = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    rows = []
    with tarfile.open(path) as archive:
        for member in archive:
            place = PurePosixPath(member.name)
            mode = FOLDERS.get(str(place.parent))
            handle = archive.extractfile(member) if mode and place.suffix == ".geojson" else None
            if handle is None:
                continue
            for number, feature in enumerate(json.load(handle)["features"]):
                if feature["geometry"]["type"] == "LineString":
                    shape = shapely.ops.transform(transform, shapely.geometry.shape(feature["geometry"]))
                    name = feature["properties"].get("route_name") or ""
                    rows.append((place.stem + (f"-{number}" if number else ""), mode, name, shape))
    if not rows:
        raise SourceError(
            "the archive holds no line", where=path.name, remedy="Expected bus/routes/LINE.geojson and the like"
        )
    frame = pd.DataFrame(rows, columns=["route", "mode", "name", "geometry"])
    return frame.sort_values(["mode", "route"]).reset_index(drop=True)


def bus_votes(
    path: Path, segments: np.ndarray, reach: float, crs: str, notes: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Metres of the most faithful bus line along and against every segment, each of shape (segments,)."""
    lines = read_lines(path, crs)
    bus = lines.loc[lines["mode"] == "bus", "geometry"].to_numpy(dtype=object)
    samples = follow(bus, segments, reach)
    result = []
    for way in (True, False):
        hit = (samples.segment >= 0) & (samples.forward == way)
        table = pd.DataFrame({"s": samples.segment[hit], "l": samples.line[hit], "m": samples.metres[hit]})
        best = table.groupby(["s", "l"])["m"].sum().groupby("s").max()
        votes = np.zeros(len(segments))
        votes[best.index] = best.to_numpy()
        result.append(votes)
    notes.append(f"bus lines: {len(bus)} drawn, {100 * (samples.segment >= 0).mean():.0f} % of their length on streets")
    return result[0], result[1]
