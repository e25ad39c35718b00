"""Parameters that a city's own document replaces."""

import numpy as np
import pytest

from exante.models.mobility.costs import mode_constants, of_city, reference_costs
from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS


def inputs(statistics):
    p = {
        "rate_other": 1.25,
        "external_other": 0.9,
        "external_alternative": 32.0,
        "value_of_time": 12.0,
        "car_cost": 0.12,
        "car_occupancy": 1.2,
        "car_terminal": 5.0,
        "walk_speed": 5.0,
        "walk_weight": 1.5,
        "cycle_speed": 15.0,
        "cycle_weight": 1.0,
        "transit_speed": 15.0,
        "transit_access": 8.0,
        "transit_wait": 5.0,
        "transit_walk_wait_weight": 2.0,
        "transit_transfers": 0.1,
        "transit_transfer_penalty": 10.0,
        "transit_fare": 1.0,
        "motorcycle_time": 0.8,
    }
    modes = ("walk", "cycle", "transit", "motorcycle")
    p |= {f"constant_{mode}_{purpose}": -1.0 for mode in modes for purpose in LABELS["purpose"]}
    names = np.array(list(statistics), dtype=object)
    return Inputs({"statistics.name": names, "statistics.value": np.array(list(statistics.values()), float)}, p)


def test_a_city_without_its_own_constants_has_those_of_the_parameters():
    given = inputs({"population": 5.0})
    assert of_city(given).parameters == given.parameters


def test_a_citys_own_constants_take_their_place():
    own = {"odds_walk_other": 0.7, "other_trips_ratio": 2.0, "external_other_ratio": 3.0}
    given = inputs(own | {"external_alternative_shift": -7.0})
    p = of_city(given).parameters
    assert p["constant_walk_other"] == 0.7
    assert p["constant_walk_work"] == -1.0
    assert p["rate_other"] == pytest.approx(2.5)
    assert p["external_other"] == pytest.approx(2.7)
    assert p["external_alternative"] == pytest.approx(25.0)
    assert given.parameters["rate_other"] == 1.25


def test_even_odds_cost_the_same_on_the_reference_trip():
    p = of_city(inputs({"odds_walk_work": 0.0})).parameters
    walk, car = reference_costs(p)["walk"]
    assert (walk, car) == pytest.approx((1.4 / 5 * 60 * 1.5, 1.4 * (60 / 25 + 0.12 * 5 / 1.2) + 5))
    assert mode_constants(p, "work", 0.05)["walk"] == pytest.approx(car - walk)
