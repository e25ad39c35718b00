"""Lines and stops of TMB (buses, metro) and tram, as drawn: no timetable is open here.

Format: `tar.gz` with `bus/routes/LINE.geojson`, `metro/lines/LINE.geojson`, `tram/lines/LINE.geojson`, one line
string each in EPSG:4326, in one direction of travel (the way back is not drawn).
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from exante.quantities.errors import SourceError
from exante.sources.following import follow

STOP_REACH = 45.0  # m from a stop to its line
FOLDERS = {"bus/routes": "bus", "metro/lines": "metro", "tram/lines": "tram"}


def read_lines(path: Path, crs: str) -> pd.DataFrame:
    """Lines with `route, mode, name, geometry`, by mode and route.

    Raises
    ------
    SourceError
        If the archive holds no line.
    """
    to_city = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
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
                    degrees = np.array(feature["geometry"]["coordinates"])[:, :2]
                    shape = shapely.LineString(np.column_stack(to_city.transform(degrees[:, 0], degrees[:, 1])))
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


def read_stops(path: Path, mode: str, crs: str) -> pd.DataFrame:
    """Stops with `stop_id, name, lines` (names of the lines that call) and `geometry`.

    Raises
    ------
    SourceError
        If a field is absent.
    """
    rows = []
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        fields = feature["properties"]
        absent = [f for f in ("stop_code", "name", "lines") if f not in fields]
        if absent:
            raise SourceError(
                f"a stop lacks {', '.join(absent)}: expected stop_code, name, lines; found {', '.join(fields)}",
                where=path.name,
                remedy="The file changed its fields: correct the reader",
            )
        x, y = feature["geometry"]["coordinates"][:2]
        rows.append((f"TMB-{mode}:{fields['stop_code']}", str(fields["name"]).strip(), tuple(fields["lines"]), x, y))
    frame = pd.DataFrame(rows, columns=["stop_id", "name", "lines", "x", "y"]).drop_duplicates("stop_id")
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(frame["x"], frame["y"])
    frame["geometry"] = shapely.points(np.column_stack([x, y]))
    return frame.drop(columns=["x", "y"]).sort_values("stop_id").reset_index(drop=True)


def assumed_tables(
    lines: pd.DataFrame,
    stops: pd.DataFrame,
    rules: list[Mapping[str, Any]],
    speed: Mapping[str, float],
    notes: list[str],
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The vocabulary's `stops`, `routes`, `route_stops` and `headways` of TMB, times and headways assumed.

    Stops within `STOP_REACH` of the drawn line are those of its direction, in order along it; the line's other stops
    are those of the way back, in the reverse order of their projections. Metro stations serve both directions.

    Parameters
    ----------
    lines : DataFrame
        As `read_lines` gives them.
    stops : DataFrame
        As `read_stops` gives them, buses and metro together.
    rules : list of mappings
        `mode`, `match` (regular expression for the line's whole name) and `headway` (minutes by window, `START-END`);
        the first that fits counts; a line that none fits is told and left out.
    speed : mapping of str to float
        Commercial speed by mode, km/h.
    """
    calls, headways, kept, lost = [], [], [], []
    served = stops.explode("lines").rename(columns={"lines": "line"})
    for row in lines[lines["mode"].isin(("bus", "metro"))].itertuples():
        rule = next((r for r in rules if r["mode"] == row.mode and re.fullmatch(r["match"], row.route)), None)
        prefix = f"TMB-{row.mode}:"
        mine = served[(served["line"] == row.route) & served["stop_id"].str.startswith(prefix)]
        points = mine["geometry"].to_numpy()
        near = shapely.distance(points, row.geometry) <= STOP_REACH if len(mine) else np.zeros(0, dtype=bool)
        if rule is None or near.sum() < 2:
            lost.append(row.route)
            continue
        along = shapely.line_locate_point(row.geometry, points)
        if row.mode == "metro":
            ways = [(0, np.argsort(along, kind="stable")), (1, np.argsort(-along, kind="stable"))]
        else:
            ahead, back = np.flatnonzero(near), np.flatnonzero(~near)
            ways = [
                (0, ahead[np.argsort(along[ahead], kind="stable")]),
                (1, back[np.argsort(-along[back], kind="stable")]),
            ]
        route, ids = prefix + row.route, mine["stop_id"].to_numpy()
        kept.append((route, row.route, row.mode, "TMB", row.geometry))
        for direction, order in ways:
            if len(order) < 2:
                continue
            time = np.abs(along[order] - along[order[0]]) / (speed[row.mode] / 3.6)
            calls += [
                (route, direction, n, ids[k], float(t), "assumed")
                for n, (k, t) in enumerate(zip(order, time, strict=True), 1)
            ]
            for window, minutes in rule["headway"].items():
                start, end = (float(h) for h in window.split("-"))
                headways.append((route, direction, start, end, 60.0 * float(minutes), "assumed"))
    notes.append(
        f"TMB: {len(kept)} of {int(lines['mode'].isin(('bus', 'metro')).sum())} drawn lines have stops and an assumed "
        f"headway; no timetable is open: headways and commercial speeds are assumptions; without stops or rule: "
        f"{', '.join(lost) or 'none'}"
    )
    used = {c[3] for c in calls}
    return (
        stops.loc[stops["stop_id"].isin(used), ["stop_id", "name", "geometry"]],
        pd.DataFrame(kept, columns=["route_id", "name", "mode", "operator", "geometry"]),
        pd.DataFrame(calls, columns=["route_id", "direction", "sequence", "stop_id", "time", "origin"]),
        pd.DataFrame(headways, columns=["route_id", "direction", "start_hour", "end_hour", "headway", "origin"]),
    )
