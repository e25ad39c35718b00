"""What cyclists see, and what answers to it."""

import numpy as np
import pytest

from exante.models.mobility.cycling import cycle_distance, stress
from exante.models.mobility.network import build_network
from exante.policy import read_policy
from exante.quantities.labels import LABELS, place


def with_column(city, **columns):
    return city.with_table(city.tables["links"].with_columns(**columns))


def lanes(city, tmp_path, where):
    path = tmp_path / "lanes.toml"
    path.write_text(f'title = "Lanes"\n[[measure]]\nkind = "cycle_lanes"\nwhere = {where}\n', encoding="utf-8")
    return read_policy(path).apply(city)


def test_stress_on_paper(tools, village_city):
    """Primary at 50: twice; at 30: 1 + 0.36; with a lane 0.92; pushed where bicycles may not ride."""
    n = village_city.tables["links"].rows
    city = with_column(
        village_city,
        road_class=np.full(n, "primary", dtype=object),
        effective_speed_limit=np.array([50.0, 30.0, 50.0, 50.0] + [50.0] * (n - 4)),
        cycle_facility=np.array([None, None, "lane", None] + [None] * (n - 4), dtype=object),
        allowed_uses=np.array(["auto,bike"] * 3 + ["auto,walk"] + ["auto,bike"] * (n - 4), dtype=object),
    )
    assert stress(tools.inputs(city))[:4] == pytest.approx([2.0, 1.36, 0.92, 3.0])


def test_quiet_streets_are_as_long_as_on_the_map(tools, village_city):
    n = village_city.tables["links"].rows
    inputs = tools.inputs(with_column(village_city, road_class=np.full(n, "residential", dtype=object)))
    network = build_network(inputs)
    assert cycle_distance(inputs, network) == pytest.approx(network.walk_distance)


def test_lanes_bring_people_onto_bicycles(tools, village_city, village_run, tmp_path):
    run = tools.run(
        lanes(village_city, tmp_path, '{ road_class = ["primary", "secondary", "tertiary"] }'), village_run.state
    )
    change = run.arrays["trips_by_mode"] - village_run.arrays["trips_by_mode"]
    assert change[place("mode", "cycle")] > 0.0
    assert (np.delete(change, place("mode", "cycle")) <= 1e-6).all()
    assert run.arrays["zone_surplus"].sum() > village_run.arrays["zone_surplus"].sum()


def test_electric_bicycles_are_faster_and_leave_the_constants_alone(tools, village_city, village_run):
    figures = village_city.tables["statistics"]
    row = {name: [figures[name][0]] for name in figures} | {"name": ["ebike_share"], "value": [0.5]}
    run = tools.run(village_city.with_table(figures.append(row)), village_run.state)
    cycle = LABELS["mode"].index("cycle")
    assert run.arrays["trips_by_mode"][cycle] > village_run.arrays["trips_by_mode"][cycle]
