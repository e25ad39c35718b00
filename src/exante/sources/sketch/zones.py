"""Zones of a sketched town: small in the dense centre, wide at the edge, with exact district totals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPoint, MultiPolygon, Polygon

from exante.city import Table
from exante.quantities.errors import SourceError
from exante.sources.sketch.plan import GRID, Plan

#: Distance between the points on which density is sampled (m).
SAMPLE = 120.0

#: A district with less of the historic centre than this share has no zone of its own in it.
SMALLEST_CORE = 0.04

#: Rounds of Lloyd's relaxation; the cells settle before.
ROUNDS = 25

#: Zones are compact where residents are, so that cells are weighted with density to this power.
COMPACTNESS = 0.7

#: Cars per adult in the centre relative to the edge of the town: a choice of the sketch, scaled to the register.
CENTRE_CAR_AVAILABILITY = 0.7


@dataclass(frozen=True)
class Cells:
    """Shapes of the zones before anybody lives in them, shape (zones,)."""

    shape: np.ndarray
    district: np.ndarray
    core: np.ndarray
    centre: np.ndarray


def draw_zones(plan: Plan, figures: dict[str, float]) -> Table:
    """The table `zones`; population, households, jobs and students sum to the published figures.

    Population is the district's density gradient fitted to the district totals and to the residents of
    the historic centre; the other quantities follow residents and the gradient of their own.
    """
    cells = _draw_cells(plan)
    area = shapely.area(cells.shape)
    population = _settle(plan, cells, area)
    total = population.sum()
    settings = plan.settings
    jobs = _spread(plan, cells, area, population, settings["jobs"]) * figures["jobs"]
    places = _spread(plan, cells, area, population, settings["school_places"]) * figures["school_places"]
    services = 0.5 * jobs / jobs.sum() + 0.5 * population / total
    income = {entry["name"]: float(entry["income"]) for entry, _ in plan.districts}
    count = len(cells.shape)
    return Table(
        "zones",
        {
            "zone_id": _identifiers(cells),
            "name": _names(cells),
            "district": cells.district,
            "area": np.round(area, 1),
            "population": population,
            "households": population * figures["households"] / total,
            "employed": population * figures["employed_residents"] / total,
            "students": population * figures["students"] / total,
            "jobs": jobs,
            "school_places": places,
            "services": services * count,
            "income": [income[d] for d in cells.district],
            "car_availability": _car_availability(plan, cells, population, figures),
            "parking_price": _parking(plan, cells, figures),
            "geometry": cells.shape,
        },
    )


def _draw_cells(plan: Plan) -> Cells:
    rng = np.random.default_rng(plan.settings["seed"])
    weights = [float(entry["population"]) for entry, _ in plan.districts]
    outer_zones = plan.settings["zones"] - len(plan.districts)
    shapes: list[Polygon | MultiPolygon] = []
    district: list[str] = []
    core: list[bool] = []
    for (entry, polygon), weight in zip(plan.districts, weights, strict=True):
        inner = shapely.set_precision(polygon.intersection(plan.core), GRID)
        if inner.area < SMALLEST_CORE * plan.core.area:
            inner = Polygon()
        outer = shapely.set_precision(polygon.difference(inner), GRID)
        wanted = max(1, round(outer_zones * weight / sum(weights)))
        pieces = _split(plan, outer, wanted, rng)
        inmost = [] if inner.is_empty else [inner]
        shapes += [*inmost, *pieces]
        district += [entry["name"]] * len([*inmost, *pieces])
        core += [True] * len(inmost) + [False] * len(pieces)
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    centre = np.array([(p.centroid.x, p.centroid.y) for p in shapes])
    return Cells(array, np.array(district, dtype=object), np.array(core), centre)


def _split(plan: Plan, polygon: Polygon, wanted: int, rng: np.random.Generator) -> list[Polygon]:
    """`wanted` cells of a polygon, small where density is high (Lloyd 1982, weighted)."""
    points = _sample(polygon)
    weight = plan.density(points, plan.settings["density_scale"]) ** COMPACTNESS
    seeds = points[rng.choice(len(points), wanted, replace=False, p=weight / weight.sum())]
    for _ in range(ROUNDS):
        nearest = np.argmin(((points[:, None, :] - seeds[None]) ** 2).sum(axis=2), axis=1)
        for cell in range(wanted):
            mine = nearest == cell
            if mine.any():
                seeds[cell] = np.average(points[mine], axis=0, weights=weight[mine])
    diagram = shapely.voronoi_polygons(MultiPoint(np.round(seeds, 1)), extend_to=polygon.buffer(5000))
    cells = [shapely.set_precision(c.intersection(polygon), GRID) for c in shapely.get_parts(diagram)]
    return sorted((c for c in cells if not c.is_empty), key=lambda c: (c.centroid.y, c.centroid.x))


def _sample(polygon: Polygon) -> np.ndarray:
    left, bottom, right, top = polygon.bounds
    grid = np.meshgrid(np.arange(left, right, SAMPLE), np.arange(bottom, top, SAMPLE))
    points = np.column_stack([axis.ravel() for axis in grid])
    return points[shapely.contains_xy(polygon, points[:, 0], points[:, 1])]


def _mean_density(plan: Plan, cells: Cells, scale: float) -> np.ndarray:
    found = []
    for shape, middle in zip(cells.shape, cells.centre, strict=True):
        points = _sample(shape)
        found.append(plan.density(points if len(points) else middle[None], scale).mean())
    return np.array(found)


def _settle(plan: Plan, cells: Cells, area: np.ndarray) -> np.ndarray:
    """Residents by zone: the gradient, fitted in turn to the centre's and the districts' residents."""
    population = _mean_density(plan, cells, plan.settings["density_scale"]) * area
    totals = {entry["name"]: float(entry["population"]) for entry, _ in plan.districts}
    centre = plan.settings.get("centre_population")
    if centre is not None and not 0 < centre < sum(totals.values()):
        raise SourceError("the centre has more residents than the city", where="[sketch] centre_population")
    for _ in range(200):
        if centre is not None:
            population[cells.core] *= centre / population[cells.core].sum()
            population[~cells.core] *= (sum(totals.values()) - centre) / population[~cells.core].sum()
        for name, total in totals.items():
            mine = cells.district == name
            population[mine] *= total / population[mine].sum()
    return population


def _spread(plan: Plan, cells: Cells, area: np.ndarray, population: np.ndarray, how: dict[str, float]) -> np.ndarray:
    """Shares by zone: partly as residents, partly by a gradient of its own."""
    gradient = _mean_density(plan, cells, how["scale"]) * area
    share = how["spread"] * population / population.sum() + (1 - how["spread"]) * gradient / gradient.sum()
    return share / share.sum()


def _car_availability(plan: Plan, cells: Cells, population: np.ndarray, figures: dict[str, float]) -> np.ndarray:
    """Cars per adult, lower in the centre, its mean over residents the register's."""
    mean = figures["car_ownership"] / 1000 / (1 - figures["share_under_15"] / 100)
    reach = plan.distance(cells.centre) / plan.distance(cells.centre).max()
    shape = CENTRE_CAR_AVAILABILITY + (1 - CENTRE_CAR_AVAILABILITY) * np.minimum(1.0, 2 * reach)
    return np.minimum(1.0, shape * mean / np.average(shape, weights=population))


def _parking(plan: Plan, cells: Cells, figures: dict[str, float]) -> np.ndarray:
    price = np.zeros(len(cells.shape))
    distance = np.where(cells.core, 0.0, plan.distance(cells.centre))
    for limit, name in reversed(plan.settings.get("parking", [])):
        price[distance <= limit] = figures[name]
    return price


def _identifiers(cells: Cells) -> list[str]:
    names = list(dict.fromkeys(cells.district.tolist()))
    within: dict[str, int] = {}
    found = []
    for name in cells.district:
        within[name] = within.get(name, 0) + 1
        found.append(f"{names.index(name) + 1}{within[name]:02d}")
    return found


def _names(cells: Cells) -> list[str]:
    within: dict[str, int] = {}
    found = []
    for name, core in zip(cells.district, cells.core, strict=True):
        within[name] = within.get(name, 0) + (not core)
        found.append(f"{name}, centre" if core else f"{name} {within[name]}")
    return found
