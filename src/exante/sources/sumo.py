"""A SUMO scenario (Eclipse SUMO net, signals, detectors, routes) to nodes, links, signals, detectors and trips.

Formats: `.net.xml` and its additional files, SUMO user documentation ("SUMO Road Networks", "Traffic Lights",
"Definition of Vehicles"). Traps:

- coordinates are shifted by `netOffset`: place = coordinate less offset, in `projParameter`;
- `:…` edges and junctions are the insides of junctions, not streets;
- permissions belong to lanes: a lane kept for buses is no lane for cars;
- an edge without a shape runs straight from junction to junction; the length of its lanes is the one driven, shorter
  than the shape by the junctions;
- **a signal may have several programs: the one in the file loaded last is in force**; `G` is green with priority, `g`
  green that has to give way, and both count as green here, told apart;
- detectors stand one per lane, `pos` from the lane's start, negative from its end;
- routes of `joined` are those of one morning hour of about 2008: a check of networks and signals, no demand of today.
"""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from exante.quantities.errors import SourceError

CONTROL = {
    "traffic_light": "signal",
    "traffic_light_unregulated": "signal",
    "traffic_light_right_on_red": "signal",
    "priority": "yield",
    "priority_stop": "stop",
    "allway_stop": "stop",
    "right_before_left": "none",
    "left_before_right": "none",
    "unregulated": "none",
    "dead_end": "none",
    "zipper": "none",
    "rail_crossing": "none",
    "rail_signal": "none",
}
#: Vehicle classes of SUMO whose permission opens a lane to our uses.
USES = {"auto": "passenger", "bus": "bus", "bike": "bicycle", "walk": "pedestrian"}
KMH = 3.6  # km/h per m/s


@dataclass
class Scenario:
    """What a SUMO net holds.

    Parameters
    ----------
    crs : str
        Reference system of the geometries, as the net states it.
    nodes : DataFrame
        `node_id, ctrl_type, geometry`.
    links : DataFrame
        `link_id, from_node_id, to_node_id, name, length, lanes, speed_limit, allowed_uses, geometry`; `lanes` counts
        those open to cars (all of them on a link without any), `speed_limit` is in km/h.
    movements : DataFrame
        Turns with a signal: `signal_id, signal_index, from_link_id, to_link_id, direction`.
    programs : dict
        Signal to its phases as `(duration, state)`; the program loaded last.
    notes : list of str
        What was read and left out.
    """

    crs: str
    nodes: pd.DataFrame
    links: pd.DataFrame
    movements: pd.DataFrame
    programs: dict[str, list[tuple[float, str]]]
    lanes: dict[str, shapely.LineString] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_net(path: Path, additional: Sequence[Path] = ()) -> Scenario:
    """Network and signal programs; programs of `additional` replace those of the net.

    Raises
    ------
    SourceError
        If a file is no SUMO net, or an edge names a junction that is not there.
    """
    root = _parse(path, "net")
    place = root.find("location")
    if place is None:
        raise SourceError("the net has no location", where=path.name, remedy="Make it with netconvert")
    try:
        crs = CRS.from_user_input(place.attrib["projParameter"]).to_string()
        offset = np.array([float(v) for v in place.attrib["netOffset"].split(",")])
    except (KeyError, ValueError, CRSError) as error:
        raise SourceError(
            f"the net's location cannot be read ({error})",
            where=path.name,
            remedy="Give netOffset and projParameter (a net with projParameter '!' has no place on the map)",
        ) from error
    nodes = _junctions(root, offset)
    known = dict(zip(nodes["node_id"], nodes["geometry"], strict=True))
    links, lanes, inner = _edges(root, offset, known, path)
    movements = _movements(root, set(links["link_id"]))
    programs = _programs(root)
    count = len(programs)
    for extra in additional:
        programs |= _programs(_parse(extra, ""))
    idle = sorted(set(movements["signal_id"]) - set(programs))
    notes = [
        f"{path.name}: {len(nodes)} nodes, {len(links)} links of {links['length'].sum() / 1000:.1f} km; {inner} edges "
        f"inside junctions are no links; {count} signal programs, {len(additional)} files beside them; "
        f"{len(movements)} turns with a signal" + (f"; no program for {', '.join(idle)}" if idle else "")
    ]
    return Scenario(crs, nodes, links, movements, programs, lanes, notes)


def green_shares(scenario: Scenario) -> pd.DataFrame:
    """Share of the cycle in which every turn has green.

    Returns
    -------
    DataFrame
        `signal_id, from_link_id, to_link_id, direction, cycle` (s), `green` (with or without priority), `priority`.

    Raises
    ------
    SourceError
        If a program has no state for a turn.
    """
    rows = []
    for signal, index, start, end, way in scenario.movements.to_numpy().tolist():
        phases = scenario.programs.get(signal)
        if phases is None:
            continue
        cycle = sum(duration for duration, _ in phases)
        short = next((state for _, state in phases if len(state) <= index), None)
        if short is not None or cycle <= 0:
            raise SourceError(
                f"signal {signal} has no state for its turn {index} ('{short}')",
                where="tlLogic",
                remedy="Take net and signals of one scenario",
            )
        green = sum(duration for duration, state in phases if state[index] in "Gg") / cycle
        first = sum(duration for duration, state in phases if state[index] == "G") / cycle
        rows.append((signal, start, end, way, cycle, green, first))
    columns = ["signal_id", "from_link_id", "to_link_id", "direction", "cycle", "green", "priority"]
    return pd.DataFrame(rows, columns=columns)


def read_detectors(path: Path, scenario: Scenario) -> pd.DataFrame:
    """Induction loops as `detector_id, code, link_id, lane, geometry`; `code` is the id less its lane (`…__l0`).

    Raises
    ------
    SourceError
        If a detector stands on a lane that the net does not have.
    """
    rows = []
    for item in _parse(path, "").iter():
        if item.tag not in ("e1Detector", "inductionLoop"):
            continue
        name, lane, at = _need(item, path, "id", "lane", "pos")
        line = scenario.lanes.get(lane)
        if line is None:
            raise SourceError(
                f"detector {name} stands on lane {lane}, which the net does not have",
                where=path.name,
                remedy="Take net and detectors of one scenario",
            )
        along = float(at) if float(at) >= 0 else line.length + float(at)
        link, _, number = lane.rpartition("_")
        code = name.partition("__l")[0].replace("_", " ")
        rows.append((name, code, link, int(number), shapely.line_interpolate_point(line, min(along, line.length))))
    scenario.notes.append(f"{path.name}: {len(rows)} detectors, {len({r[1] for r in rows})} codes")
    return pd.DataFrame(rows, columns=["detector_id", "code", "link_id", "lane", "geometry"])


def read_trips(path: Path, scenario: Scenario) -> tuple[pd.DataFrame, np.ndarray]:
    """Trips from first to last link of every vehicle's route, and vehicles by link.

    Returns
    -------
    trips : DataFrame
        `from_link_id, to_link_id, vehicle_type, vehicles`.
    flows : ndarray, shape (links,)
        Vehicles whose route holds the link, in the order of `scenario.links`.

    Raises
    ------
    SourceError
        If a route names a link that the net does not have.
    """
    row = {link: i for i, link in enumerate(scenario.links["link_id"])}
    flows, ends, departs = np.zeros(len(row)), [], []
    for name, kind, depart, edges in _routes(path):
        lost = [edge for edge in edges if edge not in row]
        if lost or not edges:
            raise SourceError(
                f"vehicle {name} drives on {lost[0] if lost else 'nothing'}, which the net does not have",
                where=path.name,
                remedy="Take net and routes of one scenario",
            )
        np.add.at(flows, [row[edge] for edge in edges], 1.0)
        ends.append((edges[0], edges[-1], kind))
        departs.append(depart)
    table = pd.DataFrame(ends, columns=["from_link_id", "to_link_id", "vehicle_type"])
    trips = table.value_counts(sort=False).rename("vehicles").reset_index()
    span = f"from {min(departs):g} to {max(departs):g} s" if departs else "none"
    scenario.notes.append(f"{path.name}: {len(ends)} vehicles leave, {span}; {len(trips)} pairs of links")
    return trips.sort_values(["from_link_id", "to_link_id", "vehicle_type"]).reset_index(drop=True), flows


def _parse(path: Path, tag: str) -> Xml.Element:
    try:
        root = Xml.parse(path).getroot()
    except (Xml.ParseError, OSError) as error:
        raise SourceError(f"the file is no XML ({error})", where=path.name, remedy="Fetch it again") from error
    if tag and root.tag != tag:
        raise SourceError(f"the file holds <{root.tag}>: expected <{tag}>", where=path.name, remedy="Give a SUMO net")
    return root


def _need(item: Xml.Element, path: Path, *names: str) -> list[str]:
    absent = [name for name in names if name not in item.attrib]
    if absent:
        raise SourceError(
            f"<{item.tag}> lacks {', '.join(absent)}: expected {', '.join(names)}; found {', '.join(item.attrib)}",
            where=path.name,
            remedy="Fetch the file again",
        )
    return [item.attrib[name] for name in names]


def _line(shape: str, offset: np.ndarray) -> shapely.LineString:
    xy = np.array([[float(v) for v in point.split(",")[:2]] for point in shape.split()])
    return shapely.linestrings(xy - offset)


def _junctions(root: Xml.Element, offset: np.ndarray) -> pd.DataFrame:
    rows = []
    for item in root.iter("junction"):
        if item.attrib.get("type") == "internal":
            continue
        x, y = (float(item.attrib[k]) - o for k, o in zip(("x", "y"), offset, strict=True))
        rows.append((item.attrib["id"], CONTROL.get(item.attrib.get("type", ""), "none"), shapely.Point(x, y)))
    return pd.DataFrame(rows, columns=["node_id", "ctrl_type", "geometry"])


def _edges(
    root: Xml.Element, offset: np.ndarray, known: dict[str, shapely.Point], path: Path
) -> tuple[pd.DataFrame, dict[str, shapely.LineString], int]:
    rows, lanes, inner = [], dict[str, shapely.LineString](), 0
    for edge in root.iter("edge"):
        if edge.attrib.get("function", "normal") != "normal" or edge.attrib["id"].startswith(":"):
            inner += 1
            continue
        name, start, end = _need(edge, path, "id", "from", "to")
        lost = [node for node in (start, end) if node not in known]
        if lost:
            raise SourceError(
                f"edge {name} ends at {lost[0]}, which is no junction of the net",
                where=path.name,
                remedy="Make the net again with netconvert",
            )
        parts = edge.findall("lane")
        for lane in parts:
            lanes[lane.attrib["id"]] = _line(lane.attrib["shape"], offset)
        uses = {use: [lane for lane in parts if _open(lane, kind)] for use, kind in USES.items()}
        shape = edge.attrib.get("shape")
        line = _line(shape, offset) if shape else shapely.LineString([known[start], known[end]])
        driven = uses["auto"] or parts
        rows.append(
            {
                "link_id": name,
                "from_node_id": start,
                "to_node_id": end,
                "name": edge.attrib.get("name"),
                "length": float(parts[0].attrib["length"]),
                "lanes": float(len(driven)),
                "speed_limit": KMH * max(float(lane.attrib["speed"]) for lane in driven),
                "allowed_uses": ",".join(use for use, open_ in uses.items() if open_),
                "geometry": line,
            }
        )
    if not rows:
        raise SourceError("the net has no street", where=path.name, remedy="Give the net of a road network")
    return pd.DataFrame(rows), lanes, inner


def _open(lane: Xml.Element, kind: str) -> bool:
    allow, disallow = lane.attrib.get("allow"), lane.attrib.get("disallow")
    if allow is not None:
        return kind in allow.split() or allow == "all"
    return disallow is None or (kind not in disallow.split() and disallow != "all")


def _movements(root: Xml.Element, links: set[str]) -> pd.DataFrame:
    rows = [
        (c.attrib["tl"], int(c.attrib["linkIndex"]), c.attrib["from"], c.attrib["to"], c.attrib.get("dir", ""))
        for c in root.iter("connection")
        if "tl" in c.attrib and c.attrib["from"] in links and c.attrib["to"] in links
    ]
    return pd.DataFrame(rows, columns=["signal_id", "signal_index", "from_link_id", "to_link_id", "direction"])


def _programs(root: Xml.Element) -> dict[str, list[tuple[float, str]]]:
    return {
        logic.attrib["id"]: [(float(p.attrib["duration"]), p.attrib["state"]) for p in logic.findall("phase")]
        for logic in root.iter("tlLogic")
    }


def _routes(path: Path) -> Iterator[tuple[str, str, float, list[str]]]:
    root = _parse(path, "routes")
    shared = {r.attrib["id"]: r.attrib["edges"].split() for r in root.findall("route") if "id" in r.attrib}
    for vehicle in root.findall("vehicle"):
        name, depart = _need(vehicle, path, "id", "depart")
        own = vehicle.find("route")
        edges = own.attrib["edges"].split() if own is not None else shared.get(vehicle.attrib.get("route", ""), [])
        yield name, vehicle.attrib.get("type", "not stated"), float(depart), edges
