"""The connected street network as of the city's day, and its gates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from exante.city import Table
from exante.quantities.errors import SourceError
from exante.sources import capacity, connectors, gates, junctions, limits, osm, osm_pbf, raster
from exante.sources.barcelona import network
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.quality import Finding, account
from exante.sources.streets import Streets, keep_connected, node_rows

#: Beginnings of report lines that a reader of the links has to know.
TOLD = (
    "limits by rule", "limits restored", "lanes by rule", "signals", "left out", "directions", "road class",
    "rondes", "streets missing", "topology",
)  # fmt: skip


def make_network(assembly: Assembly) -> Mapping[str, Table]:
    """Set `streets` and `links`; tables `nodes`, `links`, `gates`."""
    assembly.streets = streets = _streets(assembly)
    assembly.links = complete_links(streets, assembly)
    told = [line for line in assembly.lines if line.startswith(TOLD)]
    assembly.notes["links"] = " ".join(line[0].upper() + line[1:] + "." for line in told)
    if streets.gates is None:
        raise SourceError("the streets have no gates yet")
    return {
        "nodes": Table.from_frame("nodes", streets.nodes[["node_id", "ctrl_type", "geometry"]]),
        "links": Table.from_frame("links", assembly.links),
        "gates": Table.from_frame("gates", streets.gates.drop(columns="volume", errors="ignore")),
    }


def _streets(assembly: Assembly) -> Streets:
    files, crs = assembly.files, assembly.crs
    path = files.paths["streets"]
    if files.settings("streets").get("reader") == "barcelona":
        streets = network.read_streets(files.paths, assembly.settings["streets"], assembly.area, crs)
    else:
        streets = osm_pbf.read_pbf(path, crs) if path.suffix == ".pbf" else osm.read_geopackage(path, crs)
    if "loops" in files.sources:  # they tell where lights are that the map does not have
        junctions.add_plants(streets, junctions.read_plants(files.paths["loops"], crs))
    pairs = gates.pair(gates.find_ends(streets), streets.notes)
    read = len(streets.links)
    gates.add_turns(streets, pairs)
    turns = len(streets.links) - read
    lost = keep_connected(streets)
    why = [("left_out", len(rows), str(reason)) for reason, rows in lost.groupby("why", sort=True)]
    assembly.findings += streets.findings
    assembly.findings += account("links", "streets", "directed links", read + turns, because=why)
    if turns:
        told = "turn links beyond the edge, of length and capacity by rule"
        assembly.findings.append(Finding("links", "streets", "directed links", "assumed", turns, remark=told))
    streets.gates = gates.gate_table(streets, pairs)
    assembly.lines += streets.notes
    return streets


def complete_links(streets: Streets, assembly: Assembly) -> pd.DataFrame:
    """The vocabulary's table of links: lanes, capacity, limits of the day, built-up, zone."""
    links, lines = streets.links, assembly.lines
    middles = limits.middles(links)
    volume = raster.read_raster(assembly.files.paths["volume"])
    around = raster.density_around(volume, middles, assembly.crs, limits.BUILT_UP_WINDOW)
    inside = limits.built_up(links, around)
    limit = _limits(links, inside, middles, assembly)
    road, ramp = links["road_class"].to_numpy(dtype=str), links["ramp"].to_numpy(dtype=bool)
    blank = links["lanes"].isna().to_numpy()
    by_rule = capacity.lanes_by_rule(road, ramp, links["oneway"].to_numpy(dtype=bool))
    if "own_rule" in links:  # lanes that the city's own reader filled by rule
        own = links["own_rule"].eq(True).to_numpy()
        by_rule, blank = np.where(own, links["lanes"].to_numpy(dtype=float), by_rule), blank | own
    lines.append(f"lanes by rule: {int(blank.sum())} of {len(links)} links had none in the source")
    for remark, mask in (("lanes", blank), ("speed limit", (limit["speed_limit_origin"] == "rule").to_numpy())):
        count = int(mask.sum())
        assembly.findings.append(Finding("links", "streets", "directed links", "rule", count, remark=remark))
    restored = int((limit["speed_limit_origin"] == "restored").sum())
    if restored:
        told = "speed limit set back to that of the city's date"
        assembly.findings.append(Finding("links", "streets", "directed links", "assumed", restored, remark=told))
    control = streets.nodes["ctrl_type"].to_numpy(dtype=str)[node_rows(streets.nodes, links["to_node_id"])]
    table = links[["link_id", "from_node_id", "to_node_id", "name", "road_class", "ramp", "length"]].copy()
    table["lanes"] = np.where(blank, by_rule, links["lanes"].to_numpy(dtype=float))
    table["lanes_origin"] = np.where(blank, "rule", "observed")
    table["capacity"] = capacity.capacity(road, ramp, links["roundabout"].to_numpy(dtype=bool), control)
    table = pd.concat([table, limit], axis=1)
    table["source_speed_limit"] = links["source_speed_limit"]
    table["built_up"] = inside
    table["built_density"] = np.maximum(around, 0.0)  # the moving mean leaves rounding below zero
    table["allowed_uses"] = links["allowed_uses"]
    table["zone_id"] = links["zone_id"]
    table["geometry"] = links["geometry"]
    return table


def _limits(links: pd.DataFrame, inside: np.ndarray, middles: np.ndarray, assembly: Assembly) -> pd.DataFrame:
    """Limits of the day; sets the zone of every link."""
    area, named, lines = assembly.area, assembly.named, assembly.lines
    chosen = dict(assembly.settings)
    restore = chosen.get("restore")
    if restore and assembly.day >= restore["before"]:
        chosen.pop("restore")
        lines.append(f"limits of the extract kept: {assembly.day} is not before {restore['before']}")
    older = named[named["kind"].isin(restore["older_areas"])] if restore else None
    links["zone_id"] = connectors.zone_of_points(area, middles)
    people = raster.zone_sums(raster.read_raster(assembly.files.paths["population"]), area)[0]
    density = dict(zip(area["zone_id"], people / area["area"].to_numpy(), strict=True))
    around = links["zone_id"].map(density).fillna(0.0).to_numpy(dtype=float)
    limit = limits.in_force(links, inside, around, chosen, older, lines)
    if "rule_limit" in links:  # limits that the city's own reader filled by rule
        told = links["rule_limit"].notna() & (limit["speed_limit_origin"] == "rule")
        for column in ("speed_limit", "effective_speed_limit"):
            limit.loc[told, column] = links.loc[told, "rule_limit"]
    return limit


STEP = Step(
    "network",
    (
        Makes("nodes", ("streets", "sections", "loops")),
        Makes("links", ("streets", "sections", "zones30", "bus_lines", "crashes", "volume", "limited_traffic")),
        Makes(
            "gates",
            ("streets",),
            assumed=True,
            note="Weights are the usual traffic of the road's class, not observed.",
        ),
    ),
    make_network,
    after=("areas",),
)
