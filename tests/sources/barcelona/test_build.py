"""The whole build of Barcelona from its real files."""

import numpy as np
import pandas as pd
import pytest

from exante.city import save
from exante.sources.assemble import build

pytestmark = [pytest.mark.real_data, pytest.mark.slow]


@pytest.fixture(scope="module")
def report(data_dir):
    return build("barcelona", data_dir)


@pytest.fixture(scope="module")
def city(report):
    return report.city


def test_the_network_has_the_city_s_length_and_rondes(city):
    links = city.table("links").frame()
    one = links.assign(code=links["link_id"].str[:-1]).drop_duplicates("code")
    km = one["length"].groupby(one["road_class"]).sum() / 1000
    assert 1350 < km.sum() < 1550  # 1,416 km of segments, the rondes and the stretches that the map lacks
    assert 45 < km["motorway"] < 90
    assert set(links["lanes_origin"]) <= {"rule", "observed"}
    assert set(links.loc[links["speed_limit_origin"] == "observed", "speed_limit"]) == {30.0}
    calm = one.loc[one["speed_limit"] <= 30, "length"].sum() / 1000
    assert 600 < calm < 680


@pytest.mark.parametrize(
    ("street", "bearing"),
    [("Aragó", 225), ("València", 45), ("Mallorca", 225), ("Muntaner", 135), ("Aribau", 315), ("Pau Claris", 135)],
)
def test_streets_of_the_eixample_run_as_they_do(city, street, bearing):
    links = city.table("links").frame()
    mine = links[(links["name"] == street) & (links["road_class"].isin(("primary", "secondary")))]
    way = np.array([np.subtract(g.coords[-1], g.coords[0]) for g in mine["geometry"]])
    angle = np.degrees(np.arctan2(way[:, 0], way[:, 1])) % 360
    off = np.abs((angle - bearing + 180) % 360 - 180)
    assert len(mine) >= 10
    assert (off < 45).mean() > 0.95


def test_residents_are_the_register_s(city):
    zones = city.table("zones").frame()
    assert len(zones) == 233
    assert zones["district"].nunique() == 10
    assert zones["population"].sum() == pytest.approx(1_669_630)
    eixample = zones.loc[zones["district"] == "Eixample", "population"].sum()
    assert eixample == pytest.approx(269_349, rel=0.02)  # the city's table of 2021, fact BCN-DEMO-019


def test_areas_gates_and_observations(city):
    areas = city.table("areas").frame()["kind"].value_counts().to_dict()
    assert areas == {"named": 73, "district": 10, "centre": 1}
    gates = city.table("gates").frame()
    assert gates["motorway"].sum() == 5
    assert gates["weight"].sum() == pytest.approx(1.0)
    headways = city.table("headways").frame()
    tram = headways[headways["route_id"].str.startswith("TRAM") & (headways["start_hour"] == 7)]
    assert set(tram["origin"]) == {"timetable"}
    assert tram["headway"].between(240, 1800).all()
    assert set(headways.loc[headways["route_id"].str.startswith("TMB"), "origin"]) == {"assumed"}
    crashes = city.table("crashes").frame()
    assert crashes.groupby("year")["crashes"].sum().loc[2019] > 8000
    hours = city.table("air_hours").frame()
    year = (
        hours[(hours["pollutant"] == "NO2") & (hours["time"] < "2020-03-01")].groupby("site_id")["concentration"].mean()
    )
    assert year.loc["43"] > year.loc["57"]  # Eixample (traffic) above Palau Reial (background)
    assert 30 < year.loc["43"] < 70


def test_layers_of_the_open_data(city):
    names = ("weather_days", "temperature_series", "noise_exposure", "rents", "section_income", "bike_stations")
    rows = {name: city.table(name).rows for name in names}
    assert rows == {
        "weather_days": 7646, "temperature_series": 2904, "noise_exposure": 18980, "rents": 2479,
        "section_income": 3204, "bike_stations": 517,
    }  # fmt: skip
    links = city.table("links").frame()
    km = links.groupby("cycle_facility")["length"].sum() / 1000
    assert 150 < km["lane"] < 230
    assert set(links.loc[~links["allowed_uses"].str.contains("bike"), "cycle_facility"]) == {"none"}
    ages = city.table("zone_ages").frame()
    assert ages["people"].sum() == pytest.approx(1669630, abs=200)  # the register by section, not the grid
    assert city.table("zone_environment").frame()["heat_days"].notna().all()


def test_what_was_done_is_told(report):
    told = "\n".join(report.lines)
    for word in (
        "topology:",
        "rondes:",
        "directions:",
        "road class",
        "signals by rule",
        "left out:",
        "register:",
        "air",
    ):
        assert word in told


def test_two_builds_are_the_same_bytes(city, data_dir, tmp_path):
    first, second = save(city, tmp_path / "a.city"), save(build("barcelona", data_dir).city, tmp_path / "b.city")
    for file in sorted(first.iterdir()):
        assert file.read_bytes() == (second / file.name).read_bytes(), file.name
    assert isinstance(pd.read_parquet(first / "zones.parquet"), pd.DataFrame)
