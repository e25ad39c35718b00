"""The hand-made cities are sound, and say on paper what the tests of the models rely on."""

import numpy as np
import pytest

from exante.city.check import require_sound


def test_hand_made_cities_are_sound(braess_city, village_city):
    require_sound(braess_city)
    require_sound(village_city)


def test_free_times_of_braess_are_those_on_paper(braess, braess_city):
    links = braess_city.table("links")
    time = links["length"] / (links["speed_limit"] / 3.6)
    found = dict(zip(links["link_id"], time, strict=True))
    for name, seconds in braess.FREE_TIME.items():
        assert found[name] == pytest.approx(seconds, abs=1e-9)
    assert found["a"] + found["e"] + found["d"] == pytest.approx(382.8427, abs=1e-3)
    assert found["a"] + found["b"] == pytest.approx(424.2641, abs=1e-3)


def test_the_textbook_equilibrium_makes_all_used_routes_equal(braess):
    time = {k: a + b * braess.TEXTBOOK["flow"][k] for k, (a, b) in braess.TEXTBOOK["time"].items()}
    assert time["a"] + time["b"] == time["c"] + time["d"] == time["a"] + time["e"] + time["d"] == 92.0
    half = braess.TEXTBOOK["trips"] / 2
    assert 10 * half + 50 + half == braess.TEXTBOOK["time_without"] == 83.0


def test_braess_without_its_short_cut_has_no_road_from_2_to_3(braess):
    links = braess.build(short_cut=False).table("links")
    assert "e" not in links["link_id"].tolist()
    assert links.rows == 8


def test_the_village_by_pass_is_faster_than_its_street_when_both_are_empty(village_city):
    links = village_city.table("links")
    time = dict(zip(links["link_id"], links["length"] / (links["speed_limit"] / 3.6), strict=True))
    assert time["n1-n2"] + time["n2-n3"] == pytest.approx(72.0)
    assert time["n1-n6"] + time["n6-n3"] == pytest.approx(65.86, abs=0.01)


def test_the_village_has_the_published_totals(village_city):
    zones, figures = village_city.table("zones"), village_city.table("statistics")
    value = dict(zip(figures["name"], figures["value"], strict=True))
    assert zones["population"].sum() == value["population"]
    assert zones["employed"].sum() == value["employed_residents"]
    assert zones["jobs"].sum() == value["jobs"]
    assert np.mean(zones["services"]) == pytest.approx(1.0)
