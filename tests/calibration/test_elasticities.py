"""Elasticities by changes of the city: sign, size on paper, and what a city does not know."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from exante.apps.cli import app
from exante.calibration.elasticities import list_cases, measure_elasticities
from exante.city.store import save
from exante.models import list_models
from exante.quantities import vocabulary


@pytest.fixture(scope="module")
def found(village_city):
    return {e.name: e for e in measure_elasticities(village_city)}


def test_what_costs_more_is_used_less(found):
    for name in ("fuel_distance", "fuel_trips", "time_trips", "toll_passages"):
        assert -1.5 < found[name].value < 0.0, name


def test_a_change_that_a_city_does_not_know_says_so(village_city):
    free = village_city.tables["zones"].with_columns(parking_price=np.zeros(3))
    parking = {e.name: e for e in measure_elasticities(village_city.with_table(free))}["parking_trips"]
    assert np.isnan(parking.value)
    assert not parking.inside
    assert parking.remark == "nobody pays for parking in this city"


def test_cases_read_what_models_write():
    written = {name for model in list_models() for name in model.writes}
    assert {"zone_car_arrivals", "zone_car_time", "toll_revenue_by_period"} <= written
    assert vocabulary.get("zone_car_arrivals").unit == "trip/day"
    assert all(case.low < case.high for case in list_cases())


def test_the_command_prints_one_row_a_case(village_city, tmp_path, monkeypatch):
    monkeypatch.setenv("EXANTE_CACHE", "off")
    folder = save(village_city, tmp_path / "village.city")
    shown = CliRunner().invoke(app, ["verify", "elasticities", str(folder), "--json"])
    assert shown.exit_code == 0, shown.output
    rows = json.loads(shown.stdout)["elasticities"]
    assert [r["name"] for r in rows] == [case.name for case in list_cases()]
    assert {r["name"]: r["value"] for r in rows}["toll_passages"] < 0.0
