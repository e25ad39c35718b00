"""A town small enough to check by hand.

    p --Via Verdi-- q
    |               |
 Via Roma       Via Bassi        motorway m1 -> m2 -> m3 above the axis, ramp m2 -> c
    |               |
a --b----- c -------d axis "Via Emilia" (b and c lie in the centre)
"""

import datetime as dt

import numpy as np
import pytest
import shapely

from exante.city import City, Table

X, Y = 686_000.0, 4_929_000.0
NODES = {
    "a": (0, 0),
    "b": (1000, 0),
    "c": (2000, 0),
    "d": (3000, 0),
    "p": (1000, 1000),
    "q": (2000, 1000),
    "m1": (-500, 500),
    "m2": (1500, 500),
    "m3": (3500, 500),
}
#: from, to, both ways, name, class, ramp, limit, built-up
STREETS = [
    ("a", "b", True, "Via Emilia", "secondary", False, 50, True),
    ("b", "c", True, "Via Emilia", "primary", False, 50, True),
    ("c", "d", True, "Via Emilia", "secondary", False, 70, False),
    ("b", "p", True, "Via Roma", "residential", False, 50, True),
    ("p", "q", True, "Via Verdi", "residential", False, 30, True),
    ("q", "c", True, "Via Bassi", "tertiary", False, 50, True),
    ("m1", "m2", False, None, "motorway", False, 110, False),
    ("m2", "m3", False, None, "motorway", False, 110, False),
    ("m2", "c", False, None, "motorway", True, 110, False),
]


def _links():
    rows = []
    for start, end, both, *rest in STREETS:
        rows.append((start, end, *rest))
        if both:
            rows.append((end, start, *rest))
    lines = [shapely.LineString([(X + x, Y + y) for x, y in (NODES[r[0]], NODES[r[1]])]) for r in rows]
    limits = np.array([float(r[5]) for r in rows])
    return Table(
        "links",
        {
            "link_id": [f"{r[0]}{r[1]}" for r in rows],
            "from_node_id": [r[0] for r in rows],
            "to_node_id": [r[1] for r in rows],
            "name": [r[2] for r in rows],
            "road_class": [r[3] for r in rows],
            "ramp": [r[4] for r in rows],
            "length": [line.length for line in lines],
            "lanes": np.ones(len(rows)),
            "lanes_origin": ["sketched"] * len(rows),
            "capacity": np.full(len(rows), 900.0),
            "speed_limit": limits,
            "speed_limit_origin": ["restored" if r[2] == "Via Roma" else "observed" for r in rows],
            "effective_speed_limit": limits,
            "built_up": [r[6] for r in rows],
            "allowed_uses": ["auto,bus,bike,walk"] * len(rows),
            "zone_id": ["1" if line.centroid.x < X + 1600 else "2" for line in lines],
            "geometry": lines,
        },
    )


def _zones():
    boxes = [shapely.box(X - 1000, Y - 1000, X + 1600, Y + 2000), shapely.box(X + 1600, Y - 1000, X + 4000, Y + 2000)]
    ones = np.ones(2)
    return Table(
        "zones",
        {
            "zone_id": ["1", "2"],
            "name": ["Colle", "Valle"],
            "district": ["Ponente", "Levante"],
            "area": [box.area for box in boxes],
            **dict.fromkeys(("population", "employed", "students", "jobs", "school_places", "services"), ones),
            "car_availability": ones / 2,
            "parking_price": ones,
            "geometry": boxes,
        },
    )


@pytest.fixture(scope="session")
def town():
    """Fifteen links, two zones, one centre."""
    nodes = Table(
        "nodes",
        {
            "node_id": list(NODES),
            "ctrl_type": ["none"] * len(NODES),
            "geometry": [shapely.Point(X + x, Y + y) for x, y in NODES.values()],
        },
    )
    areas = Table(
        "areas",
        {
            "area_id": ["ztl1"],
            "name": ["Old Town"],
            "kind": ["centre"],
            "geometry": [shapely.box(X + 600, Y - 500, X + 2450, Y + 800)],
        },
    )
    fleet = Table(
        "fleet",
        {
            "vehicle_class": ["car", "car"],
            "fuel": ["petrol", "electric"],
            "euro_class": ["euro5_6", "none"],
            "share": [0.9, 0.1],
        },
    )
    tables = {t.name: t for t in (nodes, _links(), _zones(), areas, fleet)}
    return City("town", "Town", dt.date(2024, 1, 1), "EPSG:32632", tables)


@pytest.fixture
def limits():
    """Signs and effective limits of a city by link."""

    def read(city):
        ids = city.column("links.link_id").tolist()
        return {
            c: dict(zip(ids, city.column(f"links.{c}").tolist(), strict=True))
            for c in ("speed_limit", "effective_speed_limit")
        }

    return read


def _document(*measures, title="Trial", **keys):
    head = "".join(f"{key} = {value}\n" for key, value in keys.items())
    body = "".join(f"\n[[measure]]\n{m.strip()}\n" for m in measures)
    return f'title = "{title}"\n{head}{body}'


@pytest.fixture
def write():
    """TOML text of a document from the lines of its measures."""
    return _document


@pytest.fixture
def policy(write):
    """A policy from the lines of its measures."""
    from exante.policy import read_text

    return lambda *measures, **keys: read_text(write(*measures, **keys), "trial.toml")
