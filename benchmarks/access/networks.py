"""Real street networks, for walking, packed as arrays: end nodes, lengths (m), positions."""

from pathlib import Path

import numpy as np
import pandas as pd
import shapely

import exante
from exante.sources.assemble import build
from exante.sources.osm import read_geopackage
from exante.sources.osm_pbf import read_pbf
from exante.sources.tntp import read_network

MILE = 1609.344  # m


def two_way(tail, head, length, xy):
    """The shortest street between each pair of nodes, once."""
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    order = np.lexsort((length, high, low))
    low, high, length = low[order], high[order], length[order]
    first = np.ones(len(low), bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    first &= low != high
    return {"tail": low[first], "head": high[first], "length": length[first], "x": xy[:, 0], "y": xy[:, 1]}


def walked(nodes, links):
    """Streets that may be walked, from tables of nodes and links."""
    foot = np.array(["walk" in uses for uses in links["allowed_uses"]])
    row = {node: i for i, node in enumerate(nodes["node_id"])}
    tail, head = (np.array([row[n] for n in links[end]])[foot] for end in ("from_node_id", "to_node_id"))
    xy = shapely.get_coordinates(np.asarray(nodes["geometry"], dtype=object))
    return two_way(tail, head, np.asarray(links["length"], float)[foot], xy)


def every_vertex(links):
    """The same streets with a node at every vertex of their lines, as in a network that nobody simplified."""
    foot = np.array(["walk" in uses for uses in links["allowed_uses"]])
    xy, line = shapely.get_coordinates(np.asarray(links["geometry"], dtype=object)[foot], return_index=True)
    same = line[1:] == line[:-1]
    places, node = np.unique(np.round(xy, 3), axis=0, return_inverse=True)
    node = node.ravel()
    step = np.hypot(*(xy[1:] - xy[:-1]).T)
    return two_way(node[:-1][same], node[1:][same], step[same], places)


def read(name: str, data: Path, barcelona: str | None) -> dict:
    """One of NAMES, from the folder of real data; `barcelona` is a built city, which takes a minute less."""
    if name == "bologna":
        streets = read_geopackage(data / "bologna" / "traffic" / "bologna_road_network.gpkg", "EPSG:25832")
        return walked(streets.nodes, streets.links)
    if name == "barcelona":
        city = exante.open_city(barcelona) if barcelona else build("barcelona", data).city
        return walked(city.table("nodes"), city.table("links"))
    if name.startswith("porto_alegre"):
        streets = read_pbf(data / "porto_alegre" / "poa_osm.pbf", "EPSG:31982")
        return every_vertex(streets.links) if "vertices" in name else walked(streets.nodes, streets.links)
    folder = data / "tntp" / "chicago-regional"
    network = read_network(folder / "ChicagoRegional_net.tntp")
    nodes = pd.read_csv(folder / "ChicagoRegional_node.tntp", sep=r"\s+", comment="~", usecols=[0, 1, 2])
    links = network.links
    xy = nodes.to_numpy(float)[:, 1:3] / 3.28084  # feet
    return two_way(links["init_node"].to_numpy() - 1, links["term_node"].to_numpy() - 1,
                   links["length"].to_numpy() * MILE, xy)  # fmt: skip


NAMES = ("bologna", "barcelona", "porto_alegre", "porto_alegre_vertices", "chicago_regional")
