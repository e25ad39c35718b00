"""The shipped documents on the golden village, on the sketch, and against what Bologna really did."""

import numpy as np
import pytest

from exante.policy import list_policies, read_policy


def test_on_the_village(village_city):
    assert read_policy("citta-30").describe_on(village_city) == [
        "14 links, 6.4 km, from 50 km/h to 30 km/h.",
    ]
    assert read_policy("centre-charge").describe_on(village_city) == [
        "Charged: 4 links across the edge of the centre.",
        "Not paying: 24 % of car passages, 24 % of van passages, 24 % of truck passages.",
    ]


@pytest.mark.parametrize("name", list_policies())
def test_on_the_sketch(sketch_city, name):
    policy = read_policy(name)
    after = policy.at(None).apply(sketch_city)
    assert after is not sketch_city
    assert policy.describe_on(sketch_city)


def test_the_boulevards_of_the_sketch_stay_free(sketch_city):
    links = sketch_city.table("links")
    rows = read_policy("centre-charge").measures[0].charged(sketch_city)
    ring = np.array([(name or "").startswith("Viali") for name in links["name"]])
    assert rows.sum() > 10
    assert not (rows & ring).any()


@pytest.mark.real_data
@pytest.mark.slow
def test_citta_30_agrees_with_the_signs_of_today(data_dir):
    """Kilometres of the built-up area, links whose limit the source states (docs/measures/speed_limit.md)."""
    from exante.sources.assemble import build

    built = build("bologna", mirror=data_dir)
    city = getattr(built, "city", built)
    links = city.table("links")
    rows = links["built_up"] & ~np.isnan(links["source_speed_limit"]) & (links["road_class"] != "busway")
    km = links["length"][rows] / 1000
    today = links["source_speed_limit"][rows] <= 30
    after = read_policy("citta-30").at(None).apply(city).column("links.speed_limit")[rows] <= 30
    assert km[after == today].sum() / km.sum() > 0.84
    assert km[after & today].sum() / km[after | today].sum() > 0.81
    assert 0.70 < km[today].sum() / km.sum() < 0.80
