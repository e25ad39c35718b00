"""Fares, departures, lines and lanes of public transport."""

import numpy as np
import pytest

from exante.policy.measures.bus_lane import BusLane
from exante.policy.measures.transit_fare import TransitFare
from exante.policy.measures.transit_frequency import TransitFrequency
from exante.policy.measures.transit_line import TransitLine
from exante.quantities.errors import PolicyError


def test_fare_and_frequency_write_one_rule_in_shares(village_city):
    fare = TransitFare(change={"value": -20, "unit": "percent"}, share=0.5).apply(village_city).table("transit_fares")
    often = TransitFrequency(change={"value": 25, "unit": "percent"}).apply(village_city).table("transit_frequencies")
    assert fare["factor"].tolist() == [0.8]
    assert fare["share"].tolist() == [0.5]
    assert often["factor"].tolist() == [1.25]
    assert often["route_id"].tolist() == [None]


@pytest.mark.parametrize("measure", [TransitFare, TransitFrequency])
def test_no_change_writes_nothing(village_city, measure):
    assert measure(change={"value": 0, "unit": "percent"}).edits(village_city) == []


def test_cost_of_a_trip_falls_by_fare_and_wait(village_city):
    from exante.models.mobility import MODEL
    from exante.models.mobility.costs import of_city, transit_cost
    from exante.models.mobility.network import build_network
    from exante.quantities.declarations import Inputs

    p = {q.name.split(".", 1)[1]: float(q.distribution.quantile(0.5)) for q in MODEL.parameters}

    def cost(city):
        wanted = (*MODEL.reads, *MODEL.uses)
        arrays = {n: city.column(n) if "." in n and city.has_column(n) else np.zeros(0) for n in wanted}
        inputs = of_city(Inputs(arrays, p))
        return transit_cost(inputs, build_network(inputs))

    before = cost(village_city)
    free = cost(TransitFare(change={"value": -100, "unit": "percent"}).apply(village_city))
    assert before - free == pytest.approx(p["transit_fare"] / p["value_of_time"] * 60.0)
    assert (cost(TransitFrequency(change={"value": 100, "unit": "percent"}).apply(village_city)) < before).all()


def line(**changes):
    given = {
        "name": "One",
        "stops": [[11.34, 44.50], [11.35, 44.50], [11.36, 44.51]],
        "speed": {"value": 18, "unit": "km/hour"},
        "headway": {"value": 5, "unit": "minute"},
    }
    return TransitLine(**(given | changes))


def test_a_line_writes_seconds_both_ways_and_its_headway(sketch_city):
    measure = line(hours="06:00-22:00", detour=1.0)
    after = measure.apply(sketch_city)
    calls, headways = after.table("route_stops"), after.table("headways")
    km = measure.kilometres(sketch_city)
    assert calls["time"][:3] == pytest.approx(km / 18.0 * 3600.0)
    assert calls["time"][3:] == pytest.approx((km[-1] - km[::-1]) / 18.0 * 3600.0)
    assert calls["stop_id"].tolist() == [f"drawn:One:{k}" for k in (1, 2, 3, 3, 2, 1)]
    assert headways["headway"].tolist() == [300.0, 300.0]
    assert headways["start_hour"].tolist() == [6.0, 6.0]
    assert set(calls["origin"]) == {"drawn"}
    assert 1.5 < km[-1] < 3.0


def test_a_line_elsewhere_or_twice_is_refused(sketch_city):
    with pytest.raises(PolicyError) as error:
        line(stops=[[11.34, 44.50], [2.18, 41.40]]).edits(sketch_city)
    assert "stop 2 of the line One, at [2.18, 41.4], lies outside" in str(error.value)
    with pytest.raises(PolicyError, match="there are two lines 'One'"):
        line().apply(line().apply(sketch_city))


@pytest.mark.parametrize("stops", [[[11.3, 44.5]], [[11.3, 44.5, 0.0]], "x", [[200.0, 44.5], [11.3, 44.5]]])
def test_stops_are_at_least_two_pairs_of_degrees(stops):
    with pytest.raises(ValueError, match="stop"):
        line(stops=stops)


def test_bus_lanes_take_one_of_two_lanes_and_not_the_only_one(village_city):
    links = village_city.tables["links"]
    wide = village_city.with_table(links.with_columns(lanes=np.where(links["link_id"] == "n1-n2", 2.0, 1.0)))
    measure = BusLane(where={"link": ["n1-n2", "n2-n1"]}, hours=["07:00-09:00", "17:00-19:00"])
    after = measure.apply(wide)
    assert after.column("links.lanes").tolist() == [1.0] * links.rows
    assert after.table("bus_lanes")["link_id"].tolist() == ["n1-n2", "n1-n2"]
    assert after.table("bus_lanes")["start_hour"].tolist() == [7.0, 17.0]
    assert "1 link with a single lane" in measure.describe_on(wide)[1]
    assert BusLane(where={"link": "n1-n2"}).edits(after) == []
    with pytest.raises(PolicyError, match="has two lanes for cars"):
        BusLane(where={"link": "n2-n1"}).edits(wide)
