"""Edits: the one way in which a city changes."""

import numpy as np
import pytest

from exante.city import Append, Edit
from exante.quantities.errors import CityError, VocabularyError

TOLL = {
    "toll_id": ["bridge"], "link_id": ["n1-n2"], "vehicle_class": ["car"], "start_hour": [7.0],
    "end_hour": [19.0], "amount": [2.0], "exempt_share": [0.0],
}  # fmt: skip


def limit(new, ids=("n1-n2", "n2-n5"), **more):
    return Edit("links", "speed_limit", np.array(ids), new, "test", **more)


def test_only_the_edited_column_is_copied(village_city):
    after = village_city.edit([limit(np.array([30.0, 20.0]))])
    before, links = village_city.table("links"), after.table("links")
    changed = {name for name in links if links[name] is not before[name]}
    assert changed == {"speed_limit"}
    assert after.table("zones") is village_city.table("zones")
    assert {n for n in links if links.sha256(n) != before.sha256(n)} == {"speed_limit"}
    by_id = dict(zip(links["link_id"], links["speed_limit"], strict=True))
    assert (by_id["n1-n2"], by_id["n2-n5"], by_id["n5-n2"]) == (30.0, 20.0, 50.0)


def test_one_value_serves_all_rows(village_city):
    after = limit(30.0).apply(village_city)
    assert (after.column("links.speed_limit") == 30.0).sum() == 2


def test_reverse_takes_it_back(village_city):
    edit = limit(30.0).filled(village_city)
    assert edit.old.tolist() == [50.0, 50.0]
    there = edit.apply(village_city)
    assert there != village_city
    back = edit.reverse().apply(there)
    assert back == village_city
    assert edit.reverse().why == "reverse of: test"


def test_reverse_without_old_values_is_refused():
    with pytest.raises(CityError) as told:
        limit(30.0).reverse()
    assert str(told.value) == "an edit without old values cannot be reversed. Use Edit.filled(city) first."


@pytest.mark.parametrize("use", ["apply", "filled"])
def test_unknown_identifiers_are_refused(village_city, use):
    with pytest.raises(CityError) as told:
        getattr(limit(30.0, ids=("n1-n2", "nowhere", "neither")), use)(village_city)
    assert str(told.value) == (
        "2 identifiers of an edit are not in the city, first nowhere, neither (in table links). "
        "The edit was made for another network: rebuild it on this city."
    )


def test_other_old_values_are_refused(village_city):
    with pytest.raises(CityError) as told:
        limit(30.0, old=np.array([50.0, 70.0])).apply(village_city)
    assert str(told.value) == (
        "the values that an edit of links.speed_limit expects are not those of the city (in table links). "
        "Apply edits in the order in which they were made."
    )


def test_wrong_number_of_values_is_refused(village_city):
    with pytest.raises(CityError) as told:
        limit(np.array([1.0, 2.0, 3.0])).apply(village_city)
    assert str(told.value) == (
        "an edit of links.speed_limit has 3 values for 2 rows (in table links). "
        "Give one value for all rows, or one for each."
    )


def test_values_of_another_kind_are_refused(village_city):
    with pytest.raises(CityError, match=r"links.speed_limit holds values that are not numbers"):
        limit("fast").apply(village_city)


def test_unknown_column_and_table_without_identifier_are_refused(village_city):
    with pytest.raises(VocabularyError, match="speed_limt"):
        Edit("links", "speed_limt", np.array(["n1-n2"]), 1.0, "test").apply(village_city)
    with pytest.raises(CityError, match="rows of table connectors have no identifier"):
        Edit("connectors", "length", np.array(["W"]), 1.0, "test").apply(village_city)


def test_append_makes_rules_that_were_not_there(village_city):
    assert village_city.rules.tolls.rows == 0
    assert village_city.rules.describe() == []
    after = village_city.edit([Append("tolls", TOLL, "test"), Append("tolls", TOLL, "test")])
    assert after.rules.tolls.rows == 2
    assert village_city.rules.tolls.rows == 0
    assert after.table("links") is village_city.table("links")


def test_append_without_a_required_column_is_refused(village_city):
    short = {k: v for k, v in TOLL.items() if k != "amount"}
    with pytest.raises(CityError, match="new rows of table tolls lack 'amount'"):
        Append("tolls", short, "test").apply(village_city)
