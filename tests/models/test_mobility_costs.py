"""Parameters that a city's own document replaces."""

import numpy as np
import pytest

from exante.models.mobility.costs import mode_constants, of_city, reference_costs
from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS
from exante.quantities.vocabulary import list_columns

PRICE = ("item", "factor", "added")
HOME = ("share", "days")


def inputs(statistics, prices=(), telework=()):
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
        "ebike_share": 0.0,
        "taxi_flag": 3.5,
        "taxi_km": 1.3,
        "taxi_wait": 10.0,
        "taxi_occupancy": 1.4,
        "rate_work": 1.5,
        "telework_rebound": 0.4,
    }
    modes = tuple(mode for mode in LABELS["mode"] if mode != "car")
    p |= {f"constant_{mode}_{purpose}": -1.0 for mode in modes for purpose in LABELS["purpose"]}
    names = np.array(list(statistics), dtype=object)
    columns = {"statistics.name": names, "statistics.value": np.array(list(statistics.values()), float)}
    columns |= {f"prices.{column}": np.array([row[k] for row in prices]) for k, column in enumerate(PRICE)}
    columns |= {f"telework.{column}": np.array([row[k] for row in telework]) for k, column in enumerate(HOME)}
    for table in ("transit_fares", "transit_frequencies"):
        columns |= {column.name: np.empty(0) for column in list_columns(table)}
    columns |= {"zones.population": np.array([300.0, 100.0]), "zones.employed": np.array([150.0, 50.0])}
    return Inputs(columns, p)


def test_a_city_without_its_own_constants_has_those_of_the_parameters():
    given = inputs({"population": 5.0})
    found = of_city(given).parameters
    assert {n: found[n] for n in given.parameters} == given.parameters


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


def test_prices_of_the_city_leave_the_constants_alone():
    """Petrol at half as much again and 5 cents: 0.12 x 1.5 + 0.05 EUR/km; the reference trip keeps 0.12."""
    given = inputs({}, prices=[("car_running", 1.5, 0.05)])
    p, before = of_city(given).parameters, of_city(inputs({})).parameters
    assert p["car_cost"] == pytest.approx(0.23)
    assert p["taxi_km"] == before["taxi_km"]
    assert reference_costs(p) == reference_costs(before)


def test_two_days_at_home_of_a_quarter_are_a_tenth_of_the_work_trips():
    """r = 0.25 x 2 / 5; half of the residents are employed, each such day adds 0.4 trips."""
    p = of_city(inputs({}, telework=[(0.25, 2.0)])).parameters
    assert p["rate_work"] == pytest.approx(1.5 * 0.9)
    assert p["rate_other"] == pytest.approx(1.25 + 0.4 * 0.1 * 0.5)
