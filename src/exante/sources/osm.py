"""OpenStreetMap street graphs saved by osmnx as a GeoPackage (layers `nodes` and `edges`).

Traps
-----
- A graph may have been made undirected (`osmnx.convert.to_undirected`; columns `from` and `to` tell):
  every street then has one row, `u` and `v` are sorted, and **`from` -> `to` is the direction of travel**
  while `u` -> `v` is not. Two-way streets (`oneway` False) lack their other direction, which is added here.
- `maxspeed`, `lanes` and `highway` hold lists where ways were merged; see `exante.sources.tags`.
- `length` is along the ground in metres; a few edges are shorter than a hand's breadth.
- Signals mapped at stop lines are lost when a graph is simplified: there are fewer than in the street.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from exante.quantities.errors import SourceError
from exante.sources import tags
from exante.sources.quality import account
from exante.sources.streets import LINK_COLUMNS, Streets, spread_control

NODE_FIELDS = ("osmid", "highway", "street_count")
EDGE_FIELDS = ("u", "v", "key", "oneway", "lanes", "name", "highway", "maxspeed", "length", "junction", "access")
SHORTEST = 0.1  # m, the vocabulary's least length of a link
TWIN = 1.0  # m, difference in length below which two opposite edges are one street


def read_geopackage(path: Path, crs: str) -> Streets:
    """Streets of an osmnx GeoPackage, two directed links for a two-way street.

    Parameters
    ----------
    path : Path
        GeoPackage with layers `nodes` and `edges`.
    crs : str
        Projected reference system of the result, as `EPSG:code`.

    Raises
    ------
    SourceError
        If a layer or a column is absent, with what was expected and what was found.
    """
    nodes, edges = _layer(path, "nodes", NODE_FIELDS), _layer(path, "edges", EDGE_FIELDS)
    notes = [f"read {len(nodes)} nodes and {len(edges)} edges"]
    rings = int((edges["from"] == edges["to"]).sum() if "from" in edges else (edges["u"] == edges["v"]).sum())
    why = [("left_out", rings, "start and end at the same node")]
    findings = account("links", "streets", "edges of the extract", len(edges), because=why)
    edges = _directions(edges, nodes, notes)
    before = len(edges)
    edges = _classes(edges, notes)
    why = [("left_out", before - len(edges), "no street for vehicles")]
    findings += account("links", "streets", "directed edges", before, because=why)
    nodes, edges = nodes.to_crs(crs), edges.to_crs(crs)
    links = _links(edges, notes)
    table = pd.DataFrame(
        {
            "node_id": nodes["osmid"].astype(str),
            "ctrl_type": [tags.control(v) for v in nodes["highway"]],
            "street_count": nodes["street_count"].fillna(-1).astype(int),
            "geometry": nodes.geometry.to_numpy(),
        }
    )
    streets = Streets(table, links, notes, findings=findings)
    spread_control(streets)
    return streets


def _layer(path: Path, layer: str, fields: tuple[str, ...]) -> gpd.GeoDataFrame:
    try:
        frame = gpd.read_file(path, layer=layer)
    except Exception as error:
        raise SourceError(
            f"layer '{layer}' cannot be read ({type(error).__name__})",
            where=path.name,
            remedy="The file must be a GeoPackage as osmnx.save_graph_geopackage writes it",
        ) from error
    absent = [f for f in fields if f not in frame]
    if absent:
        found = ", ".join(c for c in frame.columns if c != "geometry")
        raise SourceError(
            f"layer '{layer}' lacks {', '.join(absent)}: expected {', '.join(fields)}; found {found}",
            where=path.name,
            remedy="Save the graph again with these attributes",
        )
    return frame


def _directions(edges: gpd.GeoDataFrame, nodes: gpd.GeoDataFrame, notes: list[str]) -> gpd.GeoDataFrame:
    """Edges with `tail`, `head` in travel direction and geometry to match, opposite directions added."""
    undirected = "from" in edges and "to" in edges
    edges["tail"], edges["head"] = (edges["from"], edges["to"]) if undirected else (edges["u"], edges["v"])
    if undirected:
        swapped = int((edges["tail"] != edges["u"]).sum())
        notes.append(f"undirected graph: travel direction is from->to, which is not u->v on {swapped} edges")
    loop = (edges["tail"] == edges["head"]).to_numpy()
    if loop.any():
        notes.append(
            f"left out: {int(loop.sum())} edges, {edges.loc[loop, 'length'].sum() / 1000:.1f} km, "
            f"that start and end at the same node"
        )
        edges = edges.loc[~loop].reset_index(drop=True)
    place = nodes.set_index("osmid").geometry
    start = shapely.get_point(edges.geometry.to_numpy(), 0)
    tail, head = place.reindex(edges["tail"]).to_numpy(), place.reindex(edges["head"]).to_numpy()
    turned = shapely.distance(start, tail) > shapely.distance(start, head)
    edges.loc[turned, "geometry"] = shapely.reverse(edges.geometry.to_numpy()[turned])
    if turned.any():
        notes.append(f"{int(turned.sum())} geometries ran against their edge and were turned")

    two_way = edges.loc[~edges["oneway"].astype(bool)]
    known: dict[tuple[int, int], list[float]] = {}
    for a, b, length in zip(two_way["tail"], two_way["head"], two_way["length"], strict=True):
        known.setdefault((a, b), []).append(length)
    alone = np.array(
        [
            not any(abs(length - other) < TWIN for other in known.get((b, a), ()))
            for a, b, length in zip(two_way["tail"], two_way["head"], two_way["length"], strict=True)
        ],
        dtype=bool,
    )
    back = two_way.loc[alone].copy()
    back["tail"], back["head"] = two_way.loc[alone, "head"], two_way.loc[alone, "tail"]
    back["geometry"] = shapely.reverse(back.geometry.to_numpy())
    notes.append(
        f"{len(edges) - len(two_way)} one-way edges; {len(two_way)} two-way edges, of which {len(back)} lacked "
        f"their other direction: added, so {len(edges) + len(back)} directed links"
    )
    both = pd.concat([edges, back], ignore_index=True)
    both["link_id"] = [f"{a}-{b}-{k}" for a, b, k in zip(both["tail"], both["head"], both["key"], strict=True)]
    double = both["link_id"].duplicated()
    both.loc[double, "link_id"] += "b"
    return gpd.GeoDataFrame(both, geometry="geometry", crs=edges.crs)


def _classes(edges: gpd.GeoDataFrame, notes: list[str]) -> gpd.GeoDataFrame:
    known = [tags.road_class(v) for v in edges["highway"]]
    unknown = np.array([k is None for k in known], dtype=bool)
    if unknown.any():
        kinds = ", ".join(sorted({str(v) for v in edges.loc[unknown, "highway"]}))
        notes.append(f"left out: {int(unknown.sum())} links that are no streets for vehicles ({kinds})")
    edges = edges.loc[~unknown].reset_index(drop=True)
    pairs = [k for k in known if k is not None]
    edges["road_class"], edges["ramp"] = [k[0] for k in pairs], [k[1] for k in pairs]
    return edges


def _links(edges: gpd.GeoDataFrame, notes: list[str]) -> pd.DataFrame:
    oneway = edges["oneway"].astype(bool).to_numpy()
    short = edges["length"].to_numpy() < SHORTEST
    if short.any():
        notes.append(f"{int(short.sum())} links shorter than {SHORTEST:g} m were given that length")
    blank_ref = [None] * len(edges)
    links = pd.DataFrame(
        {
            "link_id": edges["link_id"],
            "from_node_id": edges["tail"].astype(str),
            "to_node_id": edges["head"].astype(str),
            "name": [" / ".join(tags.values(v)) or None for v in edges["name"]],
            "ref": [" / ".join(tags.values(v)) or None for v in edges.get("ref", blank_ref)],
            "road_class": edges["road_class"],
            "ramp": edges["ramp"],
            "length": np.maximum(edges["length"].to_numpy(), SHORTEST),
            "lanes": [tags.lanes_one_way(v, oneway=w) for v, w in zip(edges["lanes"], oneway, strict=True)],
            "source_speed_limit": [tags.speed_limit(v) for v in edges["maxspeed"]],
            "allowed_uses": [
                tags.allowed_uses(c, a) for c, a in zip(edges["road_class"], edges["access"], strict=True)
            ],
            "roundabout": [bool({"roundabout", "circular"} & {*tags.values(v)}) for v in edges["junction"]],
            "oneway": oneway,
            "geometry": edges.geometry.to_numpy(),
        }
    )
    listed = sum(len(tags.values(v)) > 1 for v in edges["maxspeed"])
    words = sum(bool(tags.values(v)) and np.isnan(tags.speed_limit(v)) for v in edges["maxspeed"])
    notes.append(
        f"limits: {int(links['source_speed_limit'].notna().sum())} links have one, {listed} have a list (the lowest "
        f"counts), {words} a word without number ('signals'); lanes: {int(links['lanes'].notna().sum())} links have "
        f"them"
    )
    return links[list(LINK_COLUMNS)]
