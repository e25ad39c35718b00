"""A village of three zones: a crossroads with a signal, a by-pass, a lane, and one gate.

          n5                       North (N): 2,000 residents, 200 jobs
          |
    n1 -- n2 -- n3 -- n4 == gate   West (W): 3,000 residents, 500 jobs; East (E): 1,000 residents, 2,300 jobs
     \\    |    /
      --- n6 --                    by-pass n1-n6-n3, trunk, 70 km/h
          |
         n7 -- n8                  lane, residential (dead end at n8)

The street of the village (n1-n2-n3-n4) is tertiary, 50 km/h, 1 lane; spacing 500 m. All streets run in both directions.
On paper: n1 to n3 along the street is 1,000 m at 50 km/h: 72.0 s without delay; by the by-pass
2 x hypot(500, 400) = 1,280.6 m at 70 km/h: 65.9 s.
"""

import importlib.util
from pathlib import Path

import numpy as np
from shapely.geometry import LineString, Point, box

from exante.city import City, Table

_spec = importlib.util.spec_from_file_location("exante_golden_braess_helpers", Path(__file__).with_name("braess.py"))
_braess = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_braess)

POINTS = {
    "n1": (0.0, 0.0), "n2": (500.0, 0.0), "n3": (1000.0, 0.0), "n4": (1500.0, 0.0),
    "n5": (500.0, 600.0), "n6": (500.0, -400.0), "n7": (500.0, -800.0), "n8": (800.0, -800.0),
}  # fmt: skip

#: Ends, class, limit (km/h), capacity (pce/h/lane), built up.
STREETS = [
    ("n1", "n2", "tertiary", 50.0, 720.0, True),
    ("n2", "n3", "tertiary", 50.0, 720.0, True),
    ("n3", "n4", "tertiary", 50.0, 800.0, True),
    ("n2", "n5", "residential", 50.0, 600.0, True),
    ("n2", "n6", "residential", 50.0, 600.0, True),
    ("n1", "n6", "trunk", 70.0, 1800.0, False),
    ("n6", "n3", "trunk", 70.0, 1800.0, False),
    ("n6", "n7", "residential", 50.0, 600.0, True),
    ("n7", "n8", "residential", 50.0, 600.0, True),
]


def build() -> City:
    """The village."""
    both = [(a, b, *rest) for a, b, *rest in STREETS] + [(b, a, *rest) for a, b, *rest in STREETS]
    lines = [LineString([POINTS[a], POINTS[b]]) for a, b, *_ in both]
    zones = {"W": box(-500, -1000, 400, 300), "E": box(400, -1000, 2000, 300), "N": box(-500, 300, 2000, 1000)}
    count = len(both)

    def holder(line: LineString) -> str:
        middle = line.interpolate(0.5, normalized=True)
        return next(zone for zone, shape in zones.items() if shape.covers(middle))

    tables = [
        Table(
            "nodes",
            {
                "node_id": list(POINTS),
                "ctrl_type": ["signal" if name == "n2" else "none" for name in POINTS],
                "geometry": [Point(xy) for xy in POINTS.values()],
            },
        ),
        Table(
            "links",
            {
                "link_id": [f"{a}-{b}" for a, b, *_ in both],
                "from_node_id": [row[0] for row in both],
                "to_node_id": [row[1] for row in both],
                "name": [None] * count,
                "road_class": [row[2] for row in both],
                "ramp": np.zeros(count, dtype=bool),
                "length": [line.length for line in lines],
                "lanes": [1] * count,
                "lanes_origin": ["observed"] * count,
                "capacity": [row[4] for row in both],
                "speed_limit": [row[3] for row in both],
                "speed_limit_origin": ["observed"] * count,
                "effective_speed_limit": [row[3] for row in both],
                "built_up": [row[5] for row in both],
                "allowed_uses": ["auto,bus" if row[2] == "trunk" else "auto,bus,bike,walk" for row in both],
                "zone_id": [holder(line) for line in lines],
                "geometry": lines,
            },
        ),
        Table(
            "zones",
            {
                "zone_id": list(zones),
                "name": ["West", "East", "North"],
                "district": ["Valley", "Valley", "Hill"],
                "area": [shape.area for shape in zones.values()],
                "population": [3000.0, 1000.0, 2000.0],
                "households": [1500.0, 500.0, 1000.0],
                "employed": [1500.0, 500.0, 1000.0],
                "students": [450.0, 150.0, 300.0],
                "jobs": [500.0, 2300.0, 200.0],
                "school_places": [300.0, 500.0, 100.0],
                "services": [0.8, 1.8, 0.4],
                "income": [22000.0, 26000.0, 30000.0],
                "car_availability": [0.6, 0.6, 0.8],
                "parking_price": [0.0, 0.5, 0.0],
                "geometry": list(zones.values()),
            },
        ),
        Table(
            "connectors",
            {
                "zone_id": ["W", "W", "E", "E", "N"],
                "node_id": ["n1", "n2", "n3", "n8", "n5"],
                "length": [150.0, 350.0, 200.0, 100.0, 100.0],
            },
        ),
        Table(
            "gates",
            {
                "gate_id": ["g1"],
                "name": ["Road to the city"],
                "entry_node_id": ["n4"],
                "exit_node_id": ["n4"],
                "weight": [1.0],
                "motorway": [False],
            },
        ),
        Table(
            "areas",
            {
                "area_id": ["centre", "built-up"],
                "name": ["Village green", "Built-up area"],
                "kind": ["centre", "built_up"],
                "geometry": [box(200, -200, 800, 200), box(-200, -900, 1600, 700)],
            },
        ),
        village_figures(),
    ]
    return _braess.assemble("village", "Village", tables)


def village_figures() -> Table:
    """Figures of the village: 600 enter, 300 leave daily."""
    table = _braess.figures(6000.0, 3000.0, 3000.0)
    value = np.array(table["value"])
    for name, number in {"commuters_in": 600.0, "residents_commuting_out": 300.0}.items():
        value[table["name"] == name] = number
    return table.with_columns(value=value)
