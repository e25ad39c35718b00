"""The plan of a sketched town: its edge, centre, districts and main roads, drawn from polar coordinates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from exante.quantities.errors import SourceError
from exante.sources.sketch.faults import SEPARATED

#: Angle between two vertices of a drawn curve (degrees).
STEP = 1.0

#: Coordinates are rounded to this (m), so that a sketch does not hang on the last bit.
GRID = 0.01

#: Rounds in which the cells of districts find their areas, and how near they come (share of the city's area).
CELL_ROUNDS = 2000
CELL_TOLERANCE = 2e-4

#: Streets of open land are this much further apart.
OPEN_SPACING = 1.7


@dataclass(frozen=True)
class Road:
    """A main road of the plan.

    Parameters
    ----------
    name, road_class : str
        As on the map, and the vocabulary's class.
    lanes : int
        Lanes in each direction.
    speed_limit : float
        Limit (km/h).
    line : LineString
        Centre line.
    gates : tuple of bool
        Whether its start and its end are gates of the city.
    separated : bool
        True where other roads pass above or below it: motorways and trunk roads.
    interchanges : tuple of str
        Classes of the roads it has interchanges with.
    junctions : tuple of (str, float)
        Separated roads it is joined to, and the bearing at which.
    start_on : str
        Separated road on which it begins, or `""`.
    """

    name: str
    road_class: str
    lanes: int
    speed_limit: float
    line: LineString
    gates: tuple[bool, bool] = (False, False)
    interchanges: tuple[str, ...] = ()
    junctions: tuple[tuple[str, float], ...] = ()
    start_on: str = ""

    @property
    def separated(self) -> bool:
        """Whether other roads cross it on another level."""
        return self.road_class in SEPARATED


@dataclass(frozen=True)
class Plan:
    """What is drawn before streets and zones are.

    Parameters
    ----------
    settings : mapping
        The section `[sketch]` of the city's document.
    centre : tuple of float
        Middle of the town (m, CRS of the city).
    edge, core : Polygon
        The city's edge with its official area, and the historic centre.
    districts : list of (mapping, Polygon)
        Each district's entry and shape, clockwise.
    roads : list of Road
        Main roads.
    """

    settings: Mapping[str, Any]
    centre: tuple[float, float]
    edge: Polygon
    core: Polygon
    districts: list[tuple[Mapping[str, Any], Polygon]]
    roads: list[Road] = field(default_factory=list)

    def distance(self, xy: np.ndarray) -> np.ndarray:
        """Distance from the middle of the town (km); `xy` has shape (points, 2)."""
        return np.hypot(*(np.asarray(xy) - self.centre).T) / 1000

    def openness(self, xy: np.ndarray) -> np.ndarray:
        """Density relative to ordinary land: below one on hills and fields (shape (points,))."""
        dx, dy = (np.asarray(xy) - self.centre).T
        bearing, distance = np.degrees(np.arctan2(dx, dy)) % 360, np.hypot(dx, dy) / 1000
        result = np.ones(len(bearing))
        for land in self.settings.get("open_land", ()):
            start, end = land["bearings"]
            inside = ((bearing - start) % 360 <= (end - start) % 360) & (distance > land["beyond"])
            result[inside] = np.minimum(result[inside], land["density"])
        return result

    def density(self, xy: np.ndarray, scale: float) -> np.ndarray:
        """Density before scaling to any total: exp(-distance / scale) on ordinary land (shape (points,))."""
        return np.exp(-self.distance(xy) / scale) * self.openness(xy)

    def spacing(self, xy: np.ndarray) -> np.ndarray:
        """Distance between neighbouring street corners (m), shape (points,)."""
        table = np.array(self.settings["spacing"], dtype=float)
        wide = np.where(self.openness(xy) < 1, OPEN_SPACING, 1.0)
        return 1000 * np.interp(self.distance(xy), table[:, 0], table[:, 1]) * wide


def draw_plan(document: Mapping[str, Any], area: float) -> Plan:
    """Plan of the city in a document that can be drawn (`require_drawable`), its edge enclosing `area` (m²)."""
    settings = document["sketch"]
    x, y = (float(v) for v in settings["centre"])
    bearings = np.arange(0.0, 360.0, STEP)
    radius = _around(settings["edge"], bearings)
    rough = Polygon(_points(x, y, bearings, radius))
    radius = radius * np.sqrt(area / rough.area)
    edge = shapely.set_precision(Polygon(_points(x, y, bearings, radius)), GRID)
    roads = [_draw_road(entry, settings, x, y) for entry in settings["road"]]
    ring = next(i for i, entry in enumerate(settings["road"]) if entry.get("centre"))
    core = shapely.set_precision(Polygon(roads[ring].line), GRID)
    if "sectors_from" in settings:
        districts = _draw_sectors(document["district"], settings, edge, bearings, radius, (x, y))
    else:
        districts = _draw_cells(document["district"], edge, (x, y))
    return Plan(settings, (x, y), edge, core, districts, roads)


def _draw_cells(
    entries: Sequence[Mapping[str, Any]], edge: Polygon, centre: tuple[float, float]
) -> list[tuple[Mapping[str, Any], Polygon]]:
    """Cells of a power diagram round the districts' middles, with areas in the proportion of the official ones.

    The weights rise where a cell is too small (Aurenhammer, Hoffmann and Aronov 1998).
    """
    places = [(float(entry["bearing"]), 1000 * float(entry["distance"])) for entry in entries]
    seeds = np.array([_points(*centre, np.array([b]), np.array([d]))[0] for b, d in places])
    wanted = np.array([float(entry["area"]) for entry in entries])
    wanted *= edge.area / wanted.sum()
    weights = np.zeros(len(seeds))
    for _ in range(CELL_ROUNDS):
        cells = [_power_cell(i, seeds, weights, edge) for i in range(len(seeds))]
        lacking = wanted - np.array([cell.area for cell in cells])
        if np.abs(lacking).max() < CELL_TOLERANCE * edge.area:
            break
        weights += lacking / 2
    return [(entry, shapely.set_precision(cell, GRID)) for entry, cell in zip(entries, cells, strict=True)]


def _power_cell(i: int, seeds: np.ndarray, weights: np.ndarray, edge: Polygon) -> Polygon:
    """Points of the edge that are nearest to seed `i`, squared distances less weights."""
    cell = edge
    far = 4 * float(np.sqrt(edge.area))
    for j in range(len(seeds)):
        if j == i or cell.is_empty:
            continue
        way = seeds[j] - seeds[i]
        apart = float(np.hypot(*way))
        along = (apart**2 + weights[i] - weights[j]) / (2 * apart)
        unit, across = way / apart, np.array([-way[1], way[0]]) / apart
        border = seeds[i] + along * unit
        corners = [border + far * across, border - far * across]
        corners += [corners[1] - 2 * far * unit, corners[0] - 2 * far * unit]
        cell = cell.intersection(Polygon(corners))
    return cell


def _draw_sectors(
    entries: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Any],
    edge: Polygon,
    bearings: np.ndarray,
    radius: np.ndarray,
    centre: tuple[float, float],
) -> list[tuple[Mapping[str, Any], Polygon]]:
    """Sectors, clockwise, whose areas are in the proportion of the official ones."""
    x, y = centre
    start = float(settings["sectors_from"])
    fine = np.arange(0.0, 360.01, 0.1)
    swept = np.interp((fine + start) % 360, bearings, radius, period=360) ** 2
    cumulated = np.concatenate([[0.0], np.cumsum((swept[1:] + swept[:-1]) / 2)])
    shares = np.cumsum([0.0, *(float(entry["area"]) for entry in entries)])
    cuts = np.interp(shares / shares[-1], cumulated / cumulated[-1], fine) + start
    found = []
    for entry, low, high in zip(entries, cuts[:-1], cuts[1:], strict=True):
        arc = np.linspace(low, high, max(8, int((high - low) / 2)))
        far = 3 * float(radius.max())
        wedge = Polygon([(x, y), *_points(x, y, arc, np.full(len(arc), far))])
        found.append((entry, shapely.set_precision(wedge.intersection(edge), GRID)))
    return found


def _draw_road(entry: Mapping[str, Any], settings: Mapping[str, Any], x: float, y: float) -> Road:
    path = np.array(entry["path"], dtype=float)
    if entry.get("closed"):
        bearings = np.arange(0.0, 360.0 + STEP, STEP)
        line = _points(x, y, bearings, 1000 * _around(entry["path"], bearings % 360))
    else:
        bearing = np.unwrap(path[:, 0], period=360)
        along = np.arange(len(path), dtype=float)
        fine = np.linspace(0, along[-1], 1 + 12 * (len(path) - 1))
        line = _points(x, y, np.interp(fine, along, bearing), 1000 * np.interp(fine, along, path[:, 1]))
    gates = entry.get("gates", (False, False))
    usual = settings["road_class"][entry["road_class"]]
    return Road(
        name=entry["name"],
        road_class=entry["road_class"],
        lanes=int(entry.get("lanes", usual["lanes"])),
        speed_limit=float(entry.get("speed_limit", usual["speed_limit"])),
        line=LineString(line),
        gates=(bool(gates[0]), bool(gates[1])),
        interchanges=tuple(entry.get("interchanges", ())),
        junctions=tuple((str(name), float(bearing)) for name, bearing in entry.get("junctions", ())),
        start_on=entry.get("start_on", ""),
    )


def _around(points: Sequence[Sequence[float]], bearings: np.ndarray) -> np.ndarray:
    """Distance of a closed curve at each bearing, in the unit of the points."""
    table = np.array(sorted(map(tuple, points)), dtype=float)
    return np.interp(bearings, table[:, 0], table[:, 1], period=360)


def _points(x: float, y: float, bearings: np.ndarray, radius: np.ndarray) -> list[tuple[float, float]]:
    angle = np.radians(bearings)
    xy = np.round(np.column_stack([x + radius * np.sin(angle), y + radius * np.cos(angle)]), 2)
    return [(float(a), float(b)) for a, b in xy]


def bearing_point(plan: Plan, line: LineString, bearing: float) -> Point:
    """Where a ray from the middle of the town at `bearing` meets a line."""
    x, y = plan.centre
    far = _points(x, y, np.array([bearing]), np.array([50_000.0]))[0]
    hit = LineString([(x, y), far]).intersection(line)
    if hit.is_empty:
        raise SourceError(f"no road at bearing {bearing:g}", where="[[sketch.road]]", remedy="Correct its junctions")
    return min(shapely.get_parts(hit), key=lambda p: p.distance(Point(x, y))).centroid
