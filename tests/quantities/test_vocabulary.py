"""Every name has a meaning, a unit that parses and dims that are known; every column of a city resolves."""

import numpy as np
import pytest

from exante.city import Table
from exante.quantities import vocabulary
from exante.quantities.errors import CityError, VocabularyError
from exante.quantities.units import factor
from exante.quantities.vocabulary import DIMENSIONS, KINDS

ENTRIES = vocabulary.vocabulary()


@pytest.mark.parametrize("name", ENTRIES)
def test_entry_is_complete(name):
    entry = ENTRIES[name]
    assert entry.kind in KINDS
    assert set(entry.dims) <= set(DIMENSIONS), "unknown dims"
    assert entry.meaning, "no meaning"
    assert entry.reference, "no reference"
    if entry.kind in ("float", "int"):
        assert factor(entry.unit, entry.unit) == 1.0
    else:
        assert entry.unit == ""
        assert entry.minimum is None
        assert entry.maximum is None
    if entry.one_of:
        assert entry.kind == "str"
    if entry.minimum is not None and entry.maximum is not None:
        assert entry.minimum < entry.maximum
    if entry.refers_to:
        other = vocabulary.get(entry.refers_to)
        assert other.key, f"{entry.refers_to} is no key"
        assert other.kind == entry.kind


@pytest.mark.parametrize("table", vocabulary.list_tables())
def test_table_has_one_dim_and_at_most_one_key(table):
    columns = vocabulary.list_columns(table)
    assert len({column.dims for column in columns}) == 1
    assert sum(column.key for column in columns) <= 1
    # cities built before the fleet had a key keep their table
    assert all(column.required for column in columns if column.key and column.name != "fleet.fleet_id")


@pytest.mark.parametrize("city", ["braess_city", "village_city", "sketch_city"])
def test_every_column_of_a_city_resolves_to_an_entry_of_its_kind(city, request):
    city = request.getfixturevalue(city)
    for name, table in city.tables.items():
        for column in table:
            entry = vocabulary.get(f"{name}.{column}")
            kind = {"float": "f", "int": "i", "bool": "b"}.get(entry.kind, "O")
            assert table[column].dtype.kind == kind, f"{name}.{column}"
            assert not table[column].flags.writeable


def test_units_of_published_figures_parse(sketch_city):
    for unit in sketch_city.table("statistics")["unit"]:
        assert factor(unit, unit) == 1.0


def test_unknown_name_offers_near_ones():
    with pytest.raises(VocabularyError) as told:
        vocabulary.get("links.lenght")
    assert str(told.value).startswith("'links.lenght' is not in the vocabulary. Did you mean links.length")
    with pytest.raises(VocabularyError) as told:
        vocabulary.get("zzz")
    assert str(told.value) == "'zzz' is not in the vocabulary. Add it to quantities/vocabulary.toml."


@pytest.mark.parametrize(
    ("kind_of", "values", "found"),
    [
        ("links.length", [1, 2.5], np.array([1.0, 2.5])),
        ("counts.hour", [7.0, 8.0], np.array([7, 8])),
        ("links.ramp", [1, 0], np.array([True, False])),
        ("links.name", ["A", None], np.array(["A", None], dtype=object)),
    ],
)
def test_values_become_the_kind_of_their_entry(kind_of, values, found):
    table, column = kind_of.split(".")
    got = Table(table, {column: values})[column]
    assert got.dtype == found.dtype
    assert got.tolist() == found.tolist()


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("links.length", ["long"], "links.length holds values that are not numbers"),
        ("counts.hour", [7.5], "counts.hour holds values that are not numbers (not whole numbers)"),
        ("counts.hour", [float("inf")], "counts.hour holds values that are not numbers (not whole numbers)"),
        ("links.ramp", ["perhaps"], "row 0 of links.ramp is 'perhaps', not true or false"),
    ],
)
def test_values_of_another_kind_are_refused(name, values, told):
    table, column = name.split(".")
    with pytest.raises(CityError, match=r".") as error:
        Table(table, {column: values})
    assert told in str(error.value)
