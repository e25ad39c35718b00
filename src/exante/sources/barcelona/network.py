"""Street network of Barcelona from its official segments (`tramer`) and whatever tells of their rank and direction.

Format of the segments: GeoPackage of the city's NO2 map, EPSG:25831, one multi-line of one part a segment, with
`TRAM` (official code) and `Rang` (class of the yearly NO2 mean). No topology, names, lanes, directions or limits.

Every column that is not in a file is by rule and says so (`lanes_origin`, `speed_limit_origin`); road class and
direction have no such column: the notes of the layer say what they rest on.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from exante.quantities.errors import SourceError
from exante.sources import one_ways
from exante.sources.barcelona import accidents, census, hierarchy, main_roads, transit_lines
from exante.sources.barcelona.sections import orient, plain, read_sections
from exante.sources.centre_lines import Graph, bridge, build_graph
from exante.sources.following import follow
from exante.sources.streets import Streets
from exante.sources.strokes import make_strokes

ZONE_REACH = 12.0  # m between a segment and the line of a 30-zone street
BUS_REACH = 25.0  # m between a bus line and its street
NAME_REACH = 20.0  # m from a crash to its street
NAMED_BY = 1.0  # votes of crashes from which a street gets their name
BUS_METRES = 0.6  # share of a segment along which a bus must run one way to tell its direction


def read_streets(paths: Mapping[str, Path], settings: Mapping[str, Any], zones: gpd.GeoDataFrame, crs: str) -> Streets:
    """Street graph with classes, directions, lanes, known limits and signals.

    Parameters
    ----------
    paths : mapping of str to Path
        `streets`, `sections`, `zones30`, `bus_lines`, `register`, `income`, `census_sections` and every `crashes_YEAR`.
    settings : mapping
        `[build.streets]` of the city's document.
    zones : GeoDataFrame
        Zones in `crs`.
    crs : str
        Projected reference system.
    """
    notes: list[str] = []
    register = census.read_register(paths["register"], paths["income"], paths["census_sections"], [])
    residents = (
        register.groupby("zone_id")["residents"].sum().reindex(zones["zone_id"]).fillna(0.0).to_numpy(dtype=float)
    )
    density = residents / (zones["area"].to_numpy() / 1e6)
    crashes = accidents.read_accidents([p for n, p in sorted(paths.items()) if n.startswith("crashes")], crs, notes)
    sections = orient(read_sections(paths["sections"], crs, notes), accidents.street_places(crashes), notes)
    doubtful = sections["section"].isin(settings.get("both_ways", ())).to_numpy()
    sections.loc[doubtful, "both"] = True
    ring = main_roads.is_ring(sections)
    graph = build_graph(read_segments(paths["streets"], crs))
    main_roads.drop_ring_pieces(graph, sections["geometry"][ring].to_numpy(dtype=object))
    bridge(graph)
    streets = sections[~ring].reset_index(drop=True)
    samples = follow(streets["geometry"].to_numpy(dtype=object), _lines(graph), main_roads.FOLLOW_REACH)
    main_roads.add_missing(graph, samples, streets)
    samples = follow(streets["geometry"].to_numpy(dtype=object), _lines(graph), main_roads.FOLLOW_REACH)
    table = graph.segments
    ahead, back, section = main_roads.main_votes(samples, streets, table["length"].to_numpy())
    own = table["added"].notna().to_numpy()
    section[own] = table["added"][own].astype(int)
    ahead[own], back[own] = True, streets["both"].to_numpy()[section[own]]
    main_roads.add_ring(graph, sections[ring].reset_index(drop=True), section >= 0)
    main_roads.add_gates(graph, settings["gate"])
    extra = len(graph.segments) - len(section)
    section = np.append(section, np.full(extra, -1))
    table = _evidence(graph, streets, section, paths, zones, density, crashes, crs)
    table["road_class"] = hierarchy.classify(table, settings, graph.notes)
    known = np.append(ahead, np.ones(extra, dtype=bool)), np.append(back, table["gate"].to_numpy()[-extra:])
    table["calm"] = hierarchy.calm_by_rule(table, float(settings["calm_length"]), graph.notes)
    _directions(graph, table, known)
    notes += graph.notes
    return _streets(graph, table, settings, notes)


def read_segments(path: Path, crs: str) -> pd.DataFrame:
    """Official segments with `code, no2, geometry`.

    Raises
    ------
    SourceError
        If a column is absent.
    """
    frame = gpd.read_file(path, layer=0).to_crs(crs)
    absent = [c for c in ("TRAM", "Rang") if c not in frame]
    if absent:
        found = ", ".join(c for c in frame.columns if c != "geometry")
        raise SourceError(
            f"the street segments lack {', '.join(absent)}: expected TRAM, Rang; found {found}",
            where=path.name,
            remedy="The portal changed its columns: correct the reader",
        )
    return pd.DataFrame(
        {"code": frame["TRAM"], "no2": hierarchy.no2_level(frame["Rang"]), "geometry": frame.geometry.to_numpy()}
    )


def _lines(graph: Graph) -> np.ndarray:
    return graph.segments["geometry"].to_numpy(dtype=object)


def _evidence(
    graph: Graph,
    streets: pd.DataFrame,
    section: np.ndarray,
    paths: Mapping[str, Path],
    zones: gpd.GeoDataFrame,
    density: np.ndarray,
    crashes: pd.DataFrame,
    crs: str,
) -> pd.DataFrame:
    """The graph's segments with everything that tells of their rank."""
    table, lines = graph.segments.copy(), _lines(graph)
    for column in ("ring", "ramp", "gate"):
        table[column] = (table[column] == True).to_numpy(dtype=bool) if column in table else False  # noqa: E712
    for column in ("label", "given"):
        table[column] = table.get(column)
    length = table["length"].to_numpy()
    names = np.array([*streets["street"], None], dtype=object)
    label = names[section]
    table["street"] = [plain(n.split(" - ")[0]) if n else None for n in label]
    stroke, along = make_strokes(lines, table["a"].to_numpy(), table["b"].to_numpy())
    table["stroke"], table["along"] = stroke, along
    calm = gpd.read_file(paths["zones30"]).to_crs(crs).geometry.to_numpy()
    found = follow(lines, calm, ZONE_REACH)
    near = found.segment >= 0
    table["zone30"] = np.bincount(found.line[near], weights=found.metres[near], minlength=len(table)) >= 0.5 * length
    used = follow(calm, lines, ZONE_REACH).segment
    graph.notes.append(
        f"30-zones (2018): {int(table['zone30'].sum())} segments ({length[table['zone30']].sum() / 1000:.0f} km) of "
        f"{len(calm)} lines ({shapely.length(calm).sum() / 1000:.0f} km); {(used < 0).sum() / 100:.1f} km of "
        f"those lines lie beside no street"
    )
    ahead_bus, back_bus = transit_lines.bus_votes(paths["bus_lines"], lines, BUS_REACH, crs, graph.notes)
    table["bus_ahead"], table["bus_back"] = ahead_bus / length, back_bus / length
    table["bus"] = table[["bus_ahead", "bus_back"]].max(axis=1)
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    point, zone = shapely.STRtree(zones.geometry.to_numpy()).query(middle, predicate="intersects")
    table["zone"], table["density"] = -1, 0.0
    table.loc[point, "zone"] = zone
    table.loc[point, "density"] = density[zone]
    speed = np.where(
        table["street"].notna() | table["ring"] | table["ramp"],
        hierarchy.SPEED_MAIN,
        np.where(table["zone30"], hierarchy.SPEED_ZONE, hierarchy.SPEED_OTHER),
    )
    ends, weight = _zone_nodes(graph, table, zones, density)
    table["through"] = hierarchy.betweenness(
        table["a"].to_numpy(), table["b"].to_numpy(), length / speed * 3.6, len(graph.nodes), ends, weight
    )
    called, votes = accidents.name_segments(crashes, lines, NAME_REACH)
    table["name"] = [
        given if isinstance(given, str) else known or (crash if vote >= NAMED_BY else None)
        for given, known, crash, vote in zip(table["label"], label, called, votes, strict=True)
    ]
    graph.notes.append(
        f"street names: {int(table['name'].notna().sum())} of {len(table)} segments, from the main sections and from "
        f"the streets that crash records name"
    )
    return table


def _zone_nodes(
    graph: Graph, table: pd.DataFrame, zones: gpd.GeoDataFrame, density: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A street node in the middle of every zone, with the zone's residents."""
    streets = ~(table["ring"] | table["ramp"]).to_numpy()
    nodes = np.unique(table.loc[streets, ["a", "b"]].to_numpy())
    points = graph.nodes["geometry"].to_numpy()[nodes]
    near = shapely.STRtree(points).nearest(zones.geometry.representative_point().to_numpy())
    return nodes[near], density * zones.geometry.area.to_numpy() / 1e6


def _directions(graph: Graph, table: pd.DataFrame, known: tuple[np.ndarray, np.ndarray]) -> None:
    """Columns `forward` and `backward`, in place."""
    ahead, back = known
    lines, length = table["geometry"].to_numpy(dtype=object), table["length"].to_numpy()
    told = ahead | back
    only_ahead = (table["bus_ahead"] >= BUS_METRES) & (table["bus_back"] < 0.1)
    only_back = (table["bus_back"] >= BUS_METRES) & (table["bus_ahead"] < 0.1)
    bus = np.where(only_ahead, 1.0, np.where(only_back, -1.0, 0.0))
    both_bus = ((table["bus_ahead"] >= BUS_METRES) & (table["bus_back"] >= BUS_METRES)).to_numpy()
    way = np.where(told, ahead.astype(float) - back.astype(float), 0.0)
    single = told & (way != 0) & table["street"].notna().to_numpy()
    agree = int((single & (bus == way)).sum())
    against = int((single & (bus == -way)).sum())
    free = ~told & ~both_bus & (table["road_class"] != "motorway").to_numpy()
    stroke, along = table["stroke"].to_numpy(), table["along"].to_numpy(dtype=bool)
    clue = np.where(told, way, np.where(free, 0.5 * bus, 0.0))
    eligible = free & np.isin(table["road_class"], ("tertiary", "residential"))
    direction = one_ways.alternate(lines, stroke, along, np.sign(clue), (told & (way == 0)) | both_bus, eligible)
    by_rule = eligible & (direction[stroke] != 0)
    sign = direction[stroke] * np.where(along, 1.0, -1.0)
    forward = np.where(told, ahead, ~by_rule | (sign > 0))
    backward = np.where(told, back, ~by_rule | (sign < 0))
    a, b = table["a"].to_numpy(), table["b"].to_numpy()
    opened = one_ways.reopen(a, b, forward, backward, by_rule, len(graph.nodes))
    table["forward"], table["backward"] = forward, backward
    one = forward ^ backward
    km = length / 1000.0
    graph.notes.append(
        f"directions: {km[told].sum():.0f} km known from main sections (one-way {km[told & one].sum():.0f} km); "
        f"{km[by_rule & one].sum():.0f} km of lesser streets one-way by rule (alternating with parallel neighbours, "
        f"bus lines as evidence); {km[~one & ~told].sum():.0f} km two-way for want of evidence; {opened} segments "
        f"opened again where the rule cut places off; where both speak, bus lines agree with {agree} one-way segments "
        f"of main sections and run against {against}"
    )


def _streets(graph: Graph, table: pd.DataFrame, settings: Mapping[str, Any], notes: list[str]) -> Streets:
    """Directed links and nodes as every reader gives them."""
    nodes = graph.nodes.copy()
    nodes["ctrl_type"] = signals(table, len(nodes), notes)
    nodes["street_count"] = main_roads.street_count(graph, table)
    used = nodes["street_count"].to_numpy() > 0
    identifier = nodes["node_id"].to_numpy(dtype=object)
    rows = []
    for sign, column in (("+", "forward"), ("-", "backward")):
        part = table[table[column]].copy()
        start, end = ("a", "b") if sign == "+" else ("b", "a")
        part["link_id"] = part["segment_id"] + sign
        part["from_node_id"], part["to_node_id"] = identifier[part[start]], identifier[part[end]]
        if sign == "-":
            part["geometry"] = shapely.reverse(part["geometry"].to_numpy(dtype=object))
        part["oneway"] = ~(part["forward"] & part["backward"])
        rows.append(part)
    links = pd.concat(rows, ignore_index=True).sort_values("link_id").reset_index(drop=True)
    links["lanes"], links["own_rule"] = lanes(links, settings["lanes"]), True
    fast = links["road_class"].isin(("motorway", "trunk"))
    links["source_speed_limit"] = np.where(links["zone30"] & ~fast, 30.0, np.nan)
    links["rule_limit"] = np.where(links["calm"], 30.0, np.nan)
    links["allowed_uses"] = np.where(fast, "auto,bus", "auto,bus,bike,walk")
    links["ref"], links["roundabout"] = None, False
    notes.append(
        f"network: {int(used.sum())} nodes, {len(links)} directed links; lanes, signals and road class are rules"
    )
    nodes = nodes.loc[used].sort_values("node_id").reset_index(drop=True)
    return Streets(nodes, links, notes)


def signals(table: pd.DataFrame, nodes: int, notes: list[str]) -> np.ndarray:
    """Control of every node by rule, shape (nodes,).

    A signal stands where two different streets of tertiary rank or more meet, and where four or more arms meet on
    a primary or secondary street; everywhere else there is none.
    """
    rank = table["road_class"].map({"primary": 2, "secondary": 2, "tertiary": 1}).fillna(0).to_numpy()
    ends = pd.DataFrame(
        {
            "node": np.concatenate([table["a"], table["b"]]),
            "stroke": np.tile(table["stroke"], 2),
            "rank": np.tile(rank, 2),
        }
    )
    arms = ends.groupby("node").size().reindex(range(nodes), fill_value=0).to_numpy()
    top = ends.groupby("node")["rank"].max().reindex(range(nodes), fill_value=0).to_numpy()
    crossing = ends[ends["rank"] > 0].groupby("node")["stroke"].nunique().reindex(range(nodes), fill_value=0).to_numpy()
    found = (arms >= 3) & ((crossing >= 2) | ((top == 2) & (arms >= 4)))
    notes.append(f"signals by rule at {int(found.sum())} junctions; none is observed")
    return np.where(found, "signal", "none").astype(object)


def lanes(links: pd.DataFrame, rule: Mapping[str, Any]) -> np.ndarray:
    """Lanes in each direction by class and one-way, and by name where the document says so, shape (links,)."""
    one, two, named = rule["one_way"], rule["two_way"], rule.get("named", {})
    rows = zip(links["road_class"], links["oneway"], links["ramp"], links["street"], strict=True)
    return np.array(
        [
            float(1 if ramp else named[street] if street in named else (one if single else two).get(road, 1))
            for road, single, ramp, street in rows
        ]
    )
