"""`climate_shift`: seasons, units, a still sun, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from exante.policy import read_text
from exante.quantities.errors import PolicyError
from exante.sources.sketch import sketch

LINES = 'title = "Warm"\n[[measure]]\nkind = "climate_shift"\n'


@pytest.fixture(scope="module")
def city():
    return sketch("bologna").city


def read(**seasons):
    told = {"winter": 1, "spring": 1, "summer": 1, "autumn": 1} | seasons
    lines = "\n".join(f'{k} = {{ value = {v}, unit = "delta_degC" }}' for k, v in told.items())
    return read_text(LINES + lines, "trial.toml").at(None)


def test_every_season_warms_by_its_own(city):
    after = read(winter=1, spring=0, summer=2, autumn=0.5).apply(city)
    rise = (after.column("weather.dry_bulb") - city.column("weather.dry_bulb")).reshape(365, 24)[:, 0]
    assert rise[0] == pytest.approx(1) == rise[364]  # 1 January and 31 December are winter
    assert rise[59] == pytest.approx(0)  # 1 March
    assert rise[151] == pytest.approx(2)  # 1 June
    assert rise[243] == pytest.approx(0.5)  # 1 September
    np.testing.assert_array_equal(after.column("weather.direct_normal"), city.column("weather.direct_normal"))


def test_the_sky_warms_with_the_fourth_power(city):
    after = read().apply(city)
    air = city.column("weather.dry_bulb") + 273.15
    ratio = after.column("weather.infrared_horizontal") / city.column("weather.infrared_horizontal")
    np.testing.assert_allclose(ratio, ((air + 1) / air) ** 4)


def test_units_and_nothing(city):
    half = read_text(LINES + "\n".join(f'{s} = {{ value = 0.9, unit = "delta_degF" }}' for s in
                                       ("winter", "spring", "summer", "autumn")), "x").at(None).apply(city)  # fmt: skip
    assert half.column("weather.dry_bulb").mean() - city.column("weather.dry_bulb").mean() == pytest.approx(0.5)
    assert read(winter=0, spring=0, summer=0, autumn=0).edits(city) == []


def test_a_city_without_weather_is_told(city):
    tables = {n: t for n, t in city.tables.items() if n != "weather"}
    with pytest.raises(PolicyError, match="no hourly weather"):
        read().edits(type(city)(city.name, city.title, city.as_of, city.crs, tables))
