"""Green shares of the model beside those of real signal programmes (SUMO scenario of western Bologna, about 2008).

Usage: python benchmarks/junction_greens.py CITY.city FOLDER   (FOLDER with joined_buslanes.net.xml, joined_tls.add.xml)
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from pathlib import Path

import numpy as np

from exante.city.store import open_folder
from exante.models.mobility.junctions import EQUAL_GREEN, find_approaches, read_roads
from exante.quantities.declarations import Inputs

REACH, TURN = 45.0, 40.0  # m and degrees between the ends of two maps' approaches


def programmed(folder: Path) -> list[tuple[np.ndarray, float, float]]:
    """Place, bearing and green share of every signalled approach (of its through movement, if it has one)."""
    net = ElementTree.parse(folder / "joined_buslanes.net.xml").getroot()
    logics = ElementTree.parse(folder / "joined_tls.add.xml").getroot().findall("tlLogic")
    phases = {t.get("id"): [(float(p.get("duration")), p.get("state")) for p in t.findall("phase")] for t in logics}
    shift = np.array([float(v) for v in net.find("location").get("netOffset").split(",")])
    edges = {e.get("id"): e for e in net.findall("edge")}
    moves = defaultdict(list)
    for c in net.findall("connection"):
        if c.get("tl") in phases:
            moves[c.get("tl"), c.get("from")].append((int(c.get("linkIndex")), c.get("dir")))
    found = []
    for (light, edge), ways in moves.items():
        cycle = sum(d for d, _ in phases[light])
        through = [k for k, way in ways if way == "s"] or [k for k, _ in ways]
        green = max(sum(d for d, state in phases[light] if state[k] in "Gg") / cycle for k in through)
        points = edges[edge].find("lane").get("shape").split()[-2:]
        ends = np.array([[float(v) for v in p.split(",")[:2]] for p in points]) - shift
        found.append((ends[1], float(np.degrees(np.arctan2(*(ends[1] - ends[0])))), green))
    return found


def main(city_folder: str, folder: str) -> None:
    city = open_folder(Path(city_folder))
    row = {node: k for k, node in enumerate(city.column("nodes.node_id").tolist())}
    names = ("geometry", "allowed_uses", "road_class", "length")
    inputs = Inputs({f"links.{n}": city.column(f"links.{n}") for n in names}, {})
    tail, head = (np.array([row[n] for n in city.column(f"links.{e}_node_id")]) for e in ("from", "to"))
    roads = read_roads(inputs, tail, head)
    green = find_approaches(roads, city.column("nodes.ctrl_type").astype(str)).green
    ends = np.array([line.coords[-1] for line in city.column("links.geometry")])
    pairs = []
    for place, bearing, share in programmed(Path(folder)):
        away = np.hypot(*(ends - place).T)
        turn = np.abs((roads.end - bearing + 180.0) % 360.0 - 180.0)
        near = np.flatnonzero((away < REACH) & (turn < TURN) & np.isfinite(green))
        if near.size:
            pairs.append((share, green[near[np.argmin(away[near])]]))
    real, ours = np.array(pairs).T
    print(f"{len(real)} approaches: mean green {real.mean():.2f} programmed, {ours.mean():.2f} modelled")
    print(f"correlation {np.corrcoef(real, ours)[0, 1]:.2f}")
    for what, guess in (("model", ours), ("one constant", np.full(len(real), EQUAL_GREEN))):
        print(f"root mean square error of {what}: {np.sqrt(np.mean((real - guess) ** 2)):.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
