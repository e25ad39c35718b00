"""OpenStreetMap extracts (`.osm.pbf`) to a directed street graph.

Ways are cut at junctions (nodes that two ways share, or one way passes twice) and at their ends. A signal
mapped at a stop line within reach of a junction, measured along the way, controls that junction. Needs osmium.

Traps: `oneway=-1` runs against the way; motorways and roundabouts are one-way without saying so; `lanes`
of a two-way street counts both directions; an extract cuts ways, whose absent nodes are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from exante.quantities.errors import INSTALL_SOURCES, SourceError
from exante.sources import tags
from exante.sources.streets import LINK_COLUMNS, Streets, spread_control

STOP_LINE = 40.0  # m along the way from a stop line to its junction
SHORTEST = 0.1  # m


@dataclass
class _Way:
    """A street way with what its links need."""

    number: int
    nodes: list[int]
    tags: dict[str, str]


def read_pbf(path: Path, crs: str) -> Streets:
    """Streets of an OSM extract, two directed links for a two-way street.

    Parameters
    ----------
    path : Path
        `.osm.pbf`, or any file osmium reads.
    crs : str
        Projected reference system of the result.

    Raises
    ------
    SourceError
        If osmium is not installed, the file cannot be read, or it holds no street.
    """
    ways, place, control = _read(path)
    if not ways:
        raise SourceError("the extract holds no street", where=path.name, remedy="Fetch an extract with highways")
    ids = np.array(sorted(place))
    position = {node: i for i, node in enumerate(ids.tolist())}
    lon_lat = np.array([place[i] for i in ids.tolist()])
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon_lat[:, 0], lon_lat[:, 1])
    xy = np.column_stack([x, y])
    uses: dict[int, int] = {}
    for way in ways:
        for k, node in enumerate(way.nodes):
            uses[node] = uses.get(node, 0) + (2 if k in (0, len(way.nodes) - 1) else 1)
    rows: list[dict[str, Any]] = []
    at_stop_line: set[int] = set()
    for way in ways:
        for number, piece in enumerate(_cut(way.nodes, uses)):
            line = xy[[position[n] for n in piece]]
            rows += _directed(way, number, piece, line)
            at_stop_line |= _stop_lines(piece, line, control)
    links = pd.DataFrame(rows)
    loop = links["from_node_id"] == links["to_node_id"]
    notes = [f"read {len(ways)} street ways, {len(links)} directed links between junctions"]
    if loop.any():
        notes.append(
            f"left out: {int(loop.sum())} links, {links.loc[loop, 'length'].sum() / 1000:.1f} km, that start and "
            f"end at the same node"
        )
        links = links[~loop].reset_index(drop=True)
    used = sorted({int(n) for n in links["from_node_id"]} | {int(n) for n in links["to_node_id"]})
    met = pd.concat([links.loc[~links["back"], "from_node_id"], links.loc[~links["back"], "to_node_id"]]).value_counts()
    nodes = pd.DataFrame(
        {
            "node_id": [str(n) for n in used],
            "ctrl_type": ["signal" if n in at_stop_line else control.get(n, "none") for n in used],
            "street_count": met.reindex([str(n) for n in used]).fillna(0).astype(int).to_numpy(),
            "geometry": shapely.points(xy[[position[n] for n in used]]),
        }
    )
    notes.append(f"signals: {len(at_stop_line)} junctions with a stop line within {STOP_LINE:g} m")
    streets = Streets(nodes, links[list(LINK_COLUMNS)], notes)
    spread_control(streets)
    return streets


def _read(path: Path) -> tuple[list[_Way], dict[int, tuple[float, float]], dict[int, str]]:
    try:
        import osmium
    except ImportError as error:
        raise SourceError("reading a pbf needs osmium, which is not installed", remedy=INSTALL_SOURCES) from error
    ways: list[_Way] = []
    place: dict[int, tuple[float, float]] = {}
    control: dict[int, str] = {}
    item: Any
    try:
        for item in osmium.FileProcessor(str(path)).with_locations():
            if item.is_node():
                found = tags.control(item.tags.get("highway"))
                if found != "none":
                    control[item.id] = found
            elif item.is_way() and "highway" in item.tags and tags.road_class(item.tags["highway"]):
                nodes = [n for n in item.nodes if n.location.valid()]
                if len(nodes) > 1 and item.tags.get("area") != "yes":
                    place.update({n.ref: (n.location.lon, n.location.lat) for n in nodes})
                    ways.append(_Way(item.id, [n.ref for n in nodes], {t.k: t.v for t in item.tags}))
    except (RuntimeError, OSError) as error:
        raise SourceError(
            f"the extract cannot be read ({str(error).rstrip('.')})", where=path.name, remedy="Fetch it again"
        ) from error
    return ways, place, control


def _cut(nodes: list[int], uses: dict[int, int]) -> list[list[int]]:
    """Pieces of a way between junctions."""
    pieces, piece = [], [nodes[0]]
    for node in nodes[1:]:
        piece.append(node)
        if uses[node] > 1:
            pieces.append(piece)
            piece = [node]
    if len(piece) > 1:
        pieces.append(piece)
    return [p for p in pieces if len(p) > 1]


def _directed(way: _Way, number: int, piece: list[int], line: np.ndarray) -> list[dict[str, Any]]:
    get = way.tags.get
    known = tags.road_class(get("highway"))
    if known is None:
        return []
    name, ramp = known
    roundabout = get("junction") in ("roundabout", "circular")
    told = get("oneway", "")
    against = told in ("-1", "reverse")
    single = told in ("yes", "1", "true") or against
    single |= told not in ("no", "0", "false") and (roundabout or (name == "motorway" and not ramp))
    geometry = shapely.LineString(line)
    shared = {
        "name": get("name"),
        "ref": get("ref"),
        "road_class": name,
        "ramp": ramp,
        "length": max(float(geometry.length), SHORTEST),
        "allowed_uses": tags.allowed_uses(name, get("motor_vehicle") or get("access"), get("vehicle")),
        "roundabout": roundabout,
        "oneway": single,
        "source_speed_limit": tags.speed_limit(get("maxspeed")),
    }
    rows = []
    for back in (False, True):
        if single and back != against:
            continue
        tail, head = (piece[-1], piece[0]) if back else (piece[0], piece[-1])
        lanes = get("lanes:backward" if back else "lanes:forward") if not single else None
        rows.append(
            shared
            | {
                "link_id": f"{way.number}-{number}" + ("b" if back else ""),
                "from_node_id": str(tail),
                "to_node_id": str(head),
                "lanes": tags.lanes_one_way(lanes, oneway=True)
                if lanes
                else tags.lanes_one_way(get("lanes"), oneway=single),
                "geometry": shapely.reverse(geometry) if back else geometry,
                "back": back and not single,
            }
        )
    return rows


def _stop_lines(piece: list[int], line: np.ndarray, control: dict[int, str]) -> set[int]:
    """Ends of a piece that a signal along it controls."""
    inner = [k for k, node in enumerate(piece[1:-1], start=1) if control.get(node) == "signal"]
    if not inner:
        return set()
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    found = set()
    for k in inner:
        for end, away in ((piece[0], along[k]), (piece[-1], along[-1] - along[k])):
            if away <= STOP_LINE:
                found.add(end)
    return found
