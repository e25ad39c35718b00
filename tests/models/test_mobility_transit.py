"""The model `transit` and what mobility makes of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from exante.models.mobility import MODEL, TRANSIT
from exante.models.mobility.costs import of_city
from exante.models.mobility.network import build_network
from exante.models.mobility.transit_costs import expected_gain, joined, line_cost, transit_cost
from exante.models.mobility.transit_lines import build_lines, hours_covered, wait_of
from exante.policy.measures.bus_lane import BusLane
from exante.policy.measures.transit_frequency import TransitFrequency
from exante.policy.measures.transit_line import TransitLine
from exante.quantities.declarations import Inputs


def read(city, model, parameters=None):
    wanted = [n for n in (*model.reads, *model.uses) if "." in n]
    found = {n: city.column(n) if city.has_column(n) else np.zeros(0) for n in wanted}
    found |= {n: np.zeros(0) for n in model.uses if "." not in n}
    return Inputs(found, parameters or {})


def medians():
    return {q.name.split(".", 1)[1]: float(q.distribution.quantile(0.5)) for q in MODEL.parameters}


def skims(city):
    return TRANSIT.run(read(city, TRANSIT), None).arrays


def cost(city, results=None):
    inputs = of_city(read(city, MODEL, medians()))
    inputs = Inputs(dict(inputs) | (results if results is not None else skims(city)), inputs.parameters)
    return transit_cost(inputs, build_network(inputs))


@pytest.fixture(scope="module")
def across(sketch_city):
    """A fast line through the middle of the sketch."""
    return TransitLine(
        name="Across",
        stops=[[11.30, 44.50], [11.32, 44.50], [11.34, 44.50], [11.36, 44.50], [11.38, 44.50]],
        speed={"value": 30, "unit": "km/hour"},
        headway={"value": 4, "unit": "minute"},
    )


@pytest.fixture(scope="module")
def with_line(sketch_city, across):
    return across.apply(sketch_city)


def test_waits_on_paper():
    assert wait_of(np.array([10.0, 12.0, 60.0])).tolist() == [5.0, 6.0, 18.0]
    assert hours_covered(23.0, 1.0).sum() == 2.0


def test_without_a_line_all_results_are_zero_and_the_formula_stands(sketch_city):
    found = skims(sketch_city)
    assert set(found) == set(TRANSIT.writes)
    assert not any(a.any() for a in found.values())
    np.testing.assert_array_equal(cost(sketch_city, found), cost(sketch_city, {}))


def test_a_drawn_line_in_minutes_and_kilometres(with_line):
    """1.6 km and 1.1 as long between stops at 30 km/h; a departure every 4 minutes."""
    line = build_lines(read(with_line, TRANSIT))[0]
    ride = line.time[:4].sum()
    km = np.hypot(*np.diff([(g.x, g.y) for g in with_line.column("stops.geometry")], axis=0).T).sum() / 1000.0
    assert ride == pytest.approx(1.1 * km / 30.0 * 60.0)
    assert line.wait.tolist() == pytest.approx([2.0, 2.0])
    assert 12.0 < ride < 15.0


def test_a_line_never_makes_a_trip_dearer_and_helps_beside_it(sketch_city, with_line):
    before, after = cost(sketch_city), cost(with_line)
    assert (after <= before + 1e-9).all()
    assert (before - after).max() > 2.0
    assert np.median(before - after) < 1.0
    np.testing.assert_allclose(np.diag(after), np.diag(before), rtol=1e-12)


def test_twice_the_departures_of_a_line_cost_less(with_line):
    often = TransitFrequency(change={"value": 100, "unit": "percent"}).apply(with_line)
    assert often.column("transit_frequencies.route_id").tolist() == [None, "drawn:Across"]
    halved, waited = skims(often)["transit_wait"], skims(with_line)["transit_wait"]
    ratio = halved[waited > 0] / waited[waited > 0]
    assert np.median(ratio) == pytest.approx(0.5)
    assert np.mean(np.isclose(ratio, 0.5)) > 0.9  # some take another stop or direction now
    assert (cost(often) <= cost(with_line) + 1e-9).all()


def test_lines_that_nobody_drew_are_left_aside_unless_they_are_the_whole_network(with_line):
    table = with_line.table("route_stops").with_columns(origin=np.full(10, "assumed", dtype=object))
    known = with_line.with_table(table)
    assert not skims(known)["transit_boardings"].any()
    statistics = known.table("statistics")
    row = {name: [None if statistics[name].dtype == object else 0.0] for name in statistics}
    row |= {"name": ["transit_network_complete"], "value": [1.0], "unit": ["1"]}
    for name in statistics:
        row[name] = row[name] if row[name] != [None] else [statistics[name][0]]
    whole = known.with_table(statistics.append(row))
    found = skims(whole)
    assert found["transit_boardings"].any()
    inputs = Inputs(dict(read(whole, MODEL, medians())) | found, medians())
    lines = line_cost(inputs, 0)
    got, p = cost(whole, found), medians()
    by_line = np.isfinite(lines)
    assert by_line.any()
    assert not by_line.all()
    away = ~by_line & ~np.isfinite(line_cost(inputs, 1)) & ~np.isfinite(line_cost(inputs, 4))
    np.testing.assert_allclose(got[away], cost(whole, {})[away], rtol=1e-12)
    assert (got[by_line] >= 60.0 * p["transit_fare"] / p["value_of_time"]).all()


def test_a_bus_lane_shortens_rides_by_what_it_saves_a_kilometre(sketch_city):
    wide = sketch_city.column("links.lanes") >= 2.0
    road = sketch_city.column("links.road_class")[wide][0]
    lanes = BusLane(where={"road_class": [str(road)]})
    after = lanes.apply(sketch_city)
    changed = lanes.changed(sketch_city)
    lost = sketch_city.column("links.lanes") - after.column("links.lanes")
    np.testing.assert_array_equal(lost, changed.astype(float))
    saved = cost(sketch_city, {}) - cost(after, {})
    assert (saved >= -1e-9).all()
    assert saved.max() > 0.1
    km = build_network(of_city(read(sketch_city, MODEL, medians()))).walk_distance
    assert (saved <= 1.5 * medians()["transit_lane_saving"] * km + 1e-6).all()
    half = BusLane(where={"road_class": [str(road)]}, hours="07:00-10:00").apply(sketch_city)
    assert 0 < (cost(sketch_city, {}) - cost(half, {})).max() < saved.max()


costs = arrays(float, (4, 4), elements=st.floats(1.0, 200.0))


@given(costs, costs, costs, st.floats(0.0, 20.0))
def test_what_is_gained_is_never_less_than_nothing_nor_than_by_the_mean(formula, lines, walk, transfer):
    both = joined(formula, lines, walk, 5.0, transfer)
    assert (both <= formula + 1e-9).all()
    away = ~np.eye(4, dtype=bool)
    assert (both[away] <= np.minimum(formula, lines + 5.0)[away] + 1e-9).all()
    assert (expected_gain(formula - lines, walk) >= np.maximum(formula - lines, 0.0) - 1e-9).all()
