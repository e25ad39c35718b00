"""Modes of demand and capacity that a city declares, from its own geometry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from exante.city.city import City, Layer
from exante.city.table import Table

FloatArray = NDArray[np.float64]

#: Loadings stay within this many standard deviations: one far gate must not be a mode of its own.
WIDEST = 2.0


def declare_modes(city: City) -> City:
    """The city with its table `demand_modes`: patterns over zones, gates and permit-only streets.

    Zones: closeness to the centre (negative root of the distance to the middle of jobs), east and north, weighted
    by jobs; gates: motorway against others, east and north; links whose middle is inside a limited-traffic zone.
    A pattern without variation in this city is left out.
    """
    parts: list[tuple[str, str, np.ndarray, FloatArray]] = []
    zones = city.table("zones")
    middle = shapely.get_coordinates(shapely.centroid(zones["geometry"]))
    jobs, ids = zones["jobs"], zones["zone_id"]
    if jobs.sum() > 0:
        centre = np.average(middle, axis=0, weights=jobs)
        near = -np.sqrt(np.hypot(*(middle - centre).T))
        parts += [
            ("city.jobs_centre", "zones.jobs", ids, _standard(near, jobs)),
            ("city.jobs_east", "zones.jobs", ids, _standard(middle[:, 0], jobs)),
            ("city.jobs_north", "zones.jobs", ids, _standard(middle[:, 1], jobs)),
            ("city.services_centre", "zones.services", ids, _standard(near, jobs)),
        ]
    gates = city.tables.get("gates")
    if gates is not None and gates.rows > 1:
        nodes = city.table("nodes")
        at = shapely.get_coordinates(nodes["geometry"][nodes.positions(gates["entry_node_id"])])
        weight, gate_ids = gates["weight"], gates["gate_id"]
        parts += [
            ("city.gates_motorway", "gates.weight", gate_ids, gates["motorway"].astype(float)),
            ("city.gates_east", "gates.weight", gate_ids, _standard(at[:, 0], weight)),
            ("city.gates_north", "gates.weight", gate_ids, _standard(at[:, 1], weight)),
        ]
    parts += _permit_streets(city)
    kept = [p for p in parts if len(p[3]) and (p[1] == "links.capacity" or np.ptp(p[3]) > 1e-9)]
    rows = [(p[0], p[1], key, load) for p in kept for key, load in zip(p[2].tolist(), p[3].tolist(), strict=True)]
    columns = ("parameter", "column", "id", "loading")
    table = Table("demand_modes", {name: [row[k] for row in rows] for k, name in enumerate(columns)})
    layers = {
        **city.layers,
        "demand_modes": Layer(1, (), "Patterns by geometry: declared before any count is looked at."),
    }
    return replace(city.with_table(table), layers=layers)


def list_modes(city: City) -> list[str]:
    """Names of the modes that the city declares."""
    table = city.tables.get("demand_modes")
    return sorted(set(table["parameter"].tolist())) if table is not None else []


def _permit_streets(city: City) -> list[tuple[str, str, np.ndarray, FloatArray]]:
    areas, links, bans = city.tables.get("areas"), city.table("links"), city.tables.get("bans")
    if areas is None or (bans is not None and bans.rows):  # a city that says who is barred needs no stand-in for it
        return []
    shapes = areas["geometry"][areas["kind"] == "limited_traffic_zone"]
    if not len(shapes):
        return []
    inside = shapely.contains(
        shapely.union_all(shapes), shapely.line_interpolate_point(links["geometry"], 0.5, normalized=True)
    )
    ids = links["link_id"][inside]
    return [("city.permit_capacity", "links.capacity", ids, np.ones(len(ids)))] if len(ids) else []


def _standard(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Values in standard deviations from their weighted mean, clipped to `WIDEST`."""
    mean = np.average(values, weights=weight)
    spread = np.sqrt(np.average((values - mean) ** 2, weights=weight))
    return np.clip((values - mean) / spread, -WIDEST, WIDEST) if spread > 0 else np.zeros(len(values))
