"""Fares and departures of public transport."""

import numpy as np
import pytest

from exante.policy.measures.transit_fare import TransitFare
from exante.policy.measures.transit_frequency import TransitFrequency


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
