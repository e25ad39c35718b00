"""The network of Braess, as a city of four nodes: every number below can be checked on paper.

    1 --a--> 2 --b--> 4        a, d: capacity small, so that time grows with flow
    1 --c--> 3 --d--> 4        b, c: long and hardly congested
    2 --e--> 3                 e: the short cut, absent with ``short_cut=False``

Geometry (m): 1 (0, 0), 2 (1000, 1000), 3 (1000, -1000), 4 (2000, 0). All roads point one way for the
trips from zone A (node 1) to zone B (node 4), and each has a slow twin back, so that the city is
strongly connected.

On paper. At 36 km/h (10 m/s) the drawn length of a road is 1,414.2 m: 141.42 s. Links a and d have a
limit of 36 km/h, b and c of 18 km/h (282.84 s); e is 2,000 m at 72 km/h: 100 s. Without traffic the short cut a-e-d
takes 141.42 + 100 + 141.42 = 382.84 s, each of the others 141.42 + 282.84 = 424.26 s.
"""

import datetime as dt

import numpy as np
from shapely.geometry import LineString, Point, Polygon

from exante.city import City, Layer, Provenance, Table

POINTS = {"1": (0.0, 0.0), "2": (1000.0, 1000.0), "3": (1000.0, -1000.0), "4": (2000.0, 0.0)}

#: Ends, limit (km/h), lanes, capacity (pce/h/lane).
ROADS = {
    "a": ("1", "2", 36.0, 1, 600.0),
    "b": ("2", "4", 18.0, 4, 2000.0),
    "c": ("1", "3", 18.0, 4, 2000.0),
    "d": ("3", "4", 36.0, 1, 600.0),
    "e": ("2", "3", 72.0, 4, 2000.0),
}

#: Free travel time of each road (s): length over limit.
FREE_TIME = {
    "a": 1000 * 2**0.5 / 10, "b": 1000 * 2**0.5 / 5, "c": 1000 * 2**0.5 / 5, "d": 1000 * 2**0.5 / 10,
    "e": 100.0,
}  # fmt: skip

#: The textbook's figures (Braess 1968; Sheffi 1985, p. 77): time of a link in minutes for a flow v (vehicles).
TEXTBOOK = {
    "trips": 6.0,
    "time": {
        "a": (0.0, 10.0), "b": (50.0, 1.0), "c": (50.0, 1.0), "d": (0.0, 10.0), "e": (10.0, 1.0),
    },
    "flow": {"a": 4.0, "b": 2.0, "c": 2.0, "d": 4.0, "e": 2.0},
    "time_with": 92.0,
    "time_without": 83.0,
}  # fmt: skip


def build(*, short_cut: bool = True) -> City:
    """The city, with or without the road that makes everybody slower."""
    names = [name for name in ROADS if short_cut or name != "e"]
    rows = [(name, *ROADS[name]) for name in names]
    rows += [(f"{name}-back", *ROADS[name][1::-1], 10.0, 1, 300.0) for name in names]
    lines = [LineString([POINTS[tail], POINTS[head]]) for _, tail, head, *_ in rows]
    limit = [row[3] for row in rows]
    links = Table(
        "links",
        {
            "link_id": [row[0] for row in rows],
            "from_node_id": [row[1] for row in rows],
            "to_node_id": [row[2] for row in rows],
            "name": [f"Road {row[0]}" for row in rows],
            "road_class": ["primary" if row[0] in "ade" else "residential" for row in rows],
            "ramp": np.zeros(len(rows), dtype=bool),
            "length": [line.length for line in lines],
            "lanes": [row[4] for row in rows],
            "lanes_origin": ["observed"] * len(rows),
            "capacity": [row[5] for row in rows],
            "speed_limit": limit,
            "speed_limit_origin": ["observed"] * len(rows),
            "effective_speed_limit": limit,
            "built_up": np.ones(len(rows), dtype=bool),
            "allowed_uses": ["auto,bus,bike,walk"] * len(rows),
            "zone_id": ["A" if line.centroid.x <= 1000 else "B" for line in lines],
            "geometry": lines,
        },
    )
    zones = Table(
        "zones",
        {
            "zone_id": ["A", "B"],
            "name": ["Alpha", "Beta"],
            "district": ["West", "East"],
            "area": [6e6, 6e6],
            "population": [10000.0, 2000.0],
            "households": [5000.0, 1000.0],
            "employed": [5000.0, 1000.0],
            "students": [1500.0, 300.0],
            "jobs": [1000.0, 5000.0],
            "school_places": [600.0, 1200.0],
            "services": [0.5, 1.5],
            "income": [20000.0, 30000.0],
            "car_availability": [0.6, 0.7],
            "parking_price": [0.0, 1.0],
            "geometry": [
                Polygon([(-1000, -1500), (1000, -1500), (1000, 1500), (-1000, 1500)]),
                Polygon([(1000, -1500), (3000, -1500), (3000, 1500), (1000, 1500)]),
            ],
        },
    )
    nodes = Table(
        "nodes",
        {
            "node_id": list(POINTS),
            "ctrl_type": ["none"] * 4,
            "geometry": [Point(xy) for xy in POINTS.values()],
        },
    )
    connectors = Table("connectors", {"zone_id": ["A", "B"], "node_id": ["1", "4"], "length": [100.0, 100.0]})
    return assemble("braess", "Braess", [nodes, links, zones, connectors, figures(12000.0, 6000.0, 6000.0)])


def figures(population: float, employed: float, jobs: float) -> Table:
    """Published figures of a town that exists on paper only."""
    values = {
        "population": (population, "person"),
        "employed_residents": (employed, "person"),
        "students": (0.15 * population, "person"),
        "jobs": (jobs, "job"),
        "commuters_in": (0.0, "person/day"),
        "commuters_in_car_share": (0.6, "1"),
        "residents_commuting_out": (0.0, "person/day"),
        "through_traffic": (0.0, "vehicle/day"),
        "car_ownership": (500.0, "vehicle/kiloperson"),
        "car_occupancy": (1.25, "person/vehicle"),
        "mean_speed_observed": (30.0, "km/hour"),
    }
    count = len(values)
    return Table(
        "statistics",
        {
            "name": list(values),
            "value": [value for value, _ in values.values()],
            "unit": [unit for _, unit in values.values()],
            "year": [2024] * count,
            "source": ["hand-made"] * count,
            "verified": [True] * count,
        },
    )


def fleet() -> Table:
    """Half of the cars petrol, half diesel; one kind of everything else."""
    rows = [
        ("car", "petrol", "euro5_6", 0.5),
        ("car", "diesel", "euro4", 0.5),
        ("van", "diesel", "euro5_6", 1.0),
        ("truck", "diesel", "euro5_6", 1.0),
        ("motorcycle", "petrol", "euro4", 1.0),
        ("bus", "diesel", "euro5_6", 1.0),
    ]
    names = ("vehicle_class", "fuel", "euro_class", "share")
    return Table("fleet", {name: [row[i] for row in rows] for i, name in enumerate(names)})


def assemble(name: str, title: str, tables: list[Table]) -> City:
    """A city of these tables and the fleet, all of one hand-made source."""
    layer = Layer(1, (Provenance("drawn by hand", "", "Apache-2.0"),), "a town on paper")
    found = {table.name: table for table in (*tables, fleet())}
    return City(
        name=name,
        title=title,
        as_of=dt.date(2024, 1, 15),
        crs="EPSG:25832",
        tables=found,
        layers=dict.fromkeys(found, layer),
    )
