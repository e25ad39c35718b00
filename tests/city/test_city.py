"""The city: layers, levels, and the city of another day."""

import datetime as dt
from dataclasses import FrozenInstanceError, dataclass, replace

import numpy as np
import pytest

from exante.city import Edit
from exante.city import history as history_module
from exante.quantities.errors import CityError, MissingLayerError


@dataclass(frozen=True)
class Limit:
    """A policy that sets one limit, for the tests of the history."""

    value: float

    def apply(self, city):
        return city.edit([Edit("links", "speed_limit", np.array(["n1-n2"]), self.value, "history")])


@pytest.fixture
def reader(monkeypatch):
    monkeypatch.setattr(history_module, "_readers", [])
    history_module.register_reader(lambda document, where: Limit(document["limit"]))


def with_history(city, *entries):
    return replace(city, history=tuple(entries))


def limit_of(city):
    return city.column("links.speed_limit")[0]


def test_a_city_is_frozen(village_city):
    with pytest.raises(FrozenInstanceError):
        village_city.name = "other"


def test_a_missing_layer_says_what_to_add(village_city):
    with pytest.raises(MissingLayerError) as told:
        village_city.table("counts")
    assert str(told.value) == (
        "city 'village' has no layer 'counts' (in city village, layers areas, connectors, fleet, gates, links, nodes, "
        "statistics, zones). Add the table 'counts': build the city again from a source that holds it."
    )
    assert village_city.level("counts") == 0
    assert village_city.level("links") == 1


def test_policies_apply_in_the_order_of_their_start(village_city, reader):
    city = with_history(
        village_city,
        {"starts": dt.date(2024, 6, 1), "limit": 20.0},
        {"starts": dt.date(2024, 2, 1), "limit": 30.0},
    )
    assert limit_of(city.at(dt.date(2024, 1, 31))) == 50.0
    assert limit_of(city.at(dt.date(2024, 2, 1))) == 30.0
    assert limit_of(city.at(dt.date(2024, 5, 31))) == 30.0
    assert limit_of(city.at(dt.date(2024, 6, 1))) == 20.0
    assert city.at(dt.date(2024, 6, 1)).as_of == dt.date(2024, 6, 1)
    assert limit_of(city) == 50.0


def test_policies_that_started_before_the_citys_day_are_in_it_already(village_city, reader):
    city = with_history(village_city, {"starts": dt.date(2024, 1, 15), "limit": 20.0})
    assert limit_of(city.at(dt.date(2024, 12, 1))) == 50.0


def test_an_expired_policy_is_not_applied(village_city, reader):
    city = with_history(village_city, {"starts": dt.date(2024, 2, 1), "ends": dt.date(2024, 3, 1), "limit": 20.0})
    assert limit_of(city.at(dt.date(2024, 2, 29))) == 20.0
    assert limit_of(city.at(dt.date(2024, 3, 1))) == 50.0


def test_a_policy_in_force_cannot_be_undone_by_time(village_city, reader):
    city = with_history(village_city, {"starts": dt.date(2024, 2, 1), "ends": dt.date(2024, 3, 1), "limit": 20.0})
    during = city.at(dt.date(2024, 2, 10))
    assert during.at(dt.date(2024, 2, 20)) is not None
    with pytest.raises(CityError) as told:
        during.at(dt.date(2024, 3, 5))
    assert str(told.value) == (
        "entry 1 of the history is in force on 2024-02-10 and ends on 2024-03-01: the city cannot undo it "
        "(in history.toml). Open the city again and take it to the later date in one step, "
        "or build it with a later as_of."
    )


def test_a_city_cannot_be_taken_back(village_city):
    with pytest.raises(CityError) as told:
        village_city.at(dt.date(2023, 12, 31))
    assert str(told.value) == (
        "city 'village' describes 2024-01-15 and cannot be taken back to 2023-12-31 (in city village). "
        "Build the city with an earlier as_of."
    )


@pytest.mark.parametrize("starts", [None, "2024-02-01", dt.datetime(2024, 2, 1, 8)])
def test_an_entry_without_start_is_refused(village_city, reader, starts):
    entry = {"limit": 20.0} | ({} if starts is None else {"starts": starts})
    with pytest.raises(CityError) as told:
        with_history(village_city, entry).at(dt.date(2024, 12, 1))
    assert str(told.value) == (
        "entry 1 of the history has no date 'starts' (in history.toml). Write starts = YYYY-MM-DD."
    )


def test_a_history_that_nobody_can_read_is_refused(village_city, monkeypatch):
    monkeypatch.setattr(history_module, "_readers", [])
    with pytest.raises(CityError) as told:
        with_history(village_city, {"starts": dt.date(2024, 2, 1)}).at(dt.date(2024, 12, 1))
    assert str(told.value) == (
        "the city's history holds policies, but nothing that reads policy documents is loaded (in history.toml). "
        "import exante.policy."
    )
