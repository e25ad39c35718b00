"""The block about people in `exante city show`."""

import json

import pytest
from typer.testing import CliRunner

from exante.apps.cli import app
from exante.apps.people import people_document
from exante.city import Table, save


@pytest.fixture
def folder(village_city, tmp_path):
    columns = list(Table.empty("people"))
    rows = [
        ("W", "over_64", "women", "lowest", "without", "1", 30.0),
        ("W", "40_64", "men", "highest", "with", "2", 50.0),
        ("N", "under_15", "men", "highest", "without", "5_plus", 20.0),
        ("N", "40_64", "men", "highest", "without", "2", 20.0),
    ]
    city = village_city.with_table(Table("people", dict(zip(columns, zip(*rows, strict=True), strict=True))))
    margins = {
        "margin": ["zone,age", "zone,car"],
        "origin": ["observed", "assumed"],
        "resolution": ["zone", "city"],
        "source": ["register", "odds"],
    }
    bands = {
        "income_band": ["lowest", "second", "third", "fourth", "highest"],
        "lower": [0.0, 1e4, 2e4, 3e4, 4e4],
        "upper": [1e4, 2e4, 3e4, 4e4, None],
        "mean": [5e3, 1.5e4, 2.5e4, 3.5e4, 6e4],
    }
    city = city.with_table(Table("people_margins", margins)).with_table(Table("income_bands", bands))
    city = city.with_table(city.table("zones").with_columns(jobs_cv=[0.5, 0.75, 1.0]))
    return save(city, tmp_path / "village.city")


def test_people_are_told_in_a_few_lines(folder):
    told = CliRunner().invoke(app, ["city", "show", str(folder)]).stdout
    for line in (
        "people: 120 residents, expected counts",
        "  age: under 15 17 %, 15 to 24 0 %, 25 to 39 0 %, 40 to 64 58 %, over 64 25 %",
        "  sex: women 25 %, men 75 %",
        "  household size: 1 25 %, 2 58 %, 3 0 %, 4 0 %, 5 and more 17 %",
        "  adults with a car they can use: 50 % (zones 3 to 59 %)",
        "  fifths of income divide at EUR/year 10,000, 20,000, 30,000, 40,000",
        "  observed: zone x age",
        "  assumed: zone x car",
        "  not counted by zone; standard deviation in a typical zone: jobs 75 %",
    ):
        assert line in told.splitlines(), line


def test_the_same_as_json(folder):
    document = json.loads(CliRunner().invoke(app, ["city", "show", str(folder), "--json"]).stdout)["people"]
    assert document["residents"] == 120.0
    assert document["margins"][0] == {
        "margin": "zone,age", "origin": "observed", "resolution": "zone", "source": "register",
    }  # fmt: skip


def test_a_city_without_people_has_no_such_block(village_city):
    assert people_document(village_city) == {}
