"""The whole build of Bologna from its real files."""

import datetime as dt

import numpy as np
import pytest
import shapely

from exante.city import save
from exante.city.check import list_faults
from exante.quantities.errors import SourceError
from exante.sources.assemble import build

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def report(data_dir):
    return build("bologna", data_dir)


@pytest.fixture(scope="module")
def city(report):
    return report.city


def test_the_network_is_bologna(city):
    links = city.table("links").frame()
    km = links["length"].groupby(links["road_class"]).sum() / 1000
    assert 400 < km["residential"] < 700
    assert 140 < km["primary"] < 180
    assert 90 < km["motorway"] < 150
    assert abs(shapely.length(links["geometry"].to_numpy()).sum() / 1000 - km.sum()) < 45  # turn links are drawn short
    assert set(links["lanes_origin"]) == {"observed", "rule"}


def test_limits_are_those_of_the_eve(city):
    links = city.table("links").frame()
    back = links[links["speed_limit_origin"] == "restored"]
    assert set(back["speed_limit"]) == {50.0}
    assert set(back["source_speed_limit"]) == {30.0}
    assert links["effective_speed_limit"].equals(links["speed_limit"])
    built_up = links[links["built_up"] & links["allowed_uses"].str.contains("auto")]
    whole = built_up["length"].sum()
    assert built_up.loc[built_up["speed_limit"] <= 30, "length"].sum() / whole == pytest.approx(0.30, abs=0.02)
    # the extract itself is after Città 30, which the city says covers 70 % of its streets
    assert built_up.loc[built_up["source_speed_limit"] <= 30, "length"].sum() / whole == pytest.approx(0.70, abs=0.03)
    policy = city.history[0]
    assert (policy["title"], policy["starts"]) == ("Città 30", dt.date(2024, 1, 16))


def test_a_later_day_keeps_the_limits_of_the_extract(data_dir):
    later = build("bologna", data_dir, as_of=dt.date(2024, 3, 1))
    assert "restored" not in set(later.city.column("links.speed_limit_origin"))
    assert "limits of the extract kept: 2024-03-01 is not before 2024-01-16" in later.lines


def test_people_and_jobs_meet_the_published_totals(city):
    zones = city.table("zones").frame()
    figures = dict(zip(city.column("statistics.name"), city.column("statistics.value"), strict=True))
    assert len(zones) == 90
    assert zones["population"].sum() == pytest.approx(figures["population"])
    assert zones["jobs"].sum() == pytest.approx(figures["jobs"])
    assert zones["services"].mean() == pytest.approx(1.0)
    by_district = zones.groupby("district")["population"].sum()
    assert by_district["Savena"] == pytest.approx(59593)
    adults = zones["population"] / zones["population"].sum()
    assert (zones["car_availability"] * adults).sum() == pytest.approx(0.603, abs=0.005)
    assert zones["income"].notna().all()
    assert zones.loc[zones["name"] == "Galvani-1", "parking_price"].tolist() == [2.4]


def test_loops_are_joined_and_the_lost_are_named(report):
    every = report.city.table("count_sites").frame()
    sites = every[~every["site_id"].str.startswith("mts-")]
    sites = sites[~sites["site_id"].str.startswith("mts-")]  # regional stations stand outside the network
    lost = sites[sites["link_id"].isna()]
    assert len(sites) == 65
    unknown = ["1.9 0.127 6 1", "1.9 1.8 2 1", "2.28 0.127 6 1", "2.29 2.28 4 1", "2.30 2.31 8 1"]
    assert lost["site_id"].tolist() == unknown
    assert all(any(site in line for line in report.lines) for site in unknown)
    line = next(text for text in report.lines if text.startswith("loops: "))
    assert line.startswith("loops: joined 60 of 65, 1 of them under another street name; not joined: 1.9 0.127 6 1")
    assert np.nanmedian(sites["match_distance"].to_numpy(dtype=float)) < 4.0


def test_layers_of_the_open_data(city):
    names = ("weather", "temperature_series", "air_sites", "sensors", "zone_ages")
    rows = {name: city.table(name).rows for name in names}
    assert rows == {"weather": 8760, "temperature_series": 78, "air_sites": 5, "sensors": 103, "zone_ages": 180}
    sites = city.table("count_sites").frame().set_index("site_id")
    regional = sites[sites.index.str.startswith("mts-")]
    assert len(regional) == 13
    assert regional["link_id"].isna().all()
    roads = regional["gate_id"].dropna()
    assert sorted(roads.index) == [f"mts-{s}-{d}" for s in (152, 154, 156, 160, 683) for d in (0, 1)]
    counts = city.table("counts").frame()
    mine = counts["site_id"].str.startswith("mts-")
    assert counts.loc[~mine, "van_flow"].isna().all()
    classed = counts.loc[mine, ["car_flow", "van_flow", "truck_flow", "bus_flow"]].sum(axis=1)
    assert (classed <= counts.loc[mine, "flow"]).all()
    environment = city.table("zone_environment").frame()
    assert environment["trees"].sum() == 86043
    assert environment["heat_days"].between(40, 100).all()
    assert not list_faults(city)


def test_nothing_of_this_machine_and_the_same_bytes_twice(report, data_dir, tmp_path):
    one = save(report.city, tmp_path / "one.city")
    other = save(build("bologna", data_dir).city, tmp_path / "other.city")
    for file in sorted(one.iterdir()):
        data = file.read_bytes()
        assert data == (other / file.name).read_bytes(), file.name
        assert str(data_dir).encode() not in data


def test_the_mirror_must_hold_every_file(tmp_path):
    with pytest.raises(SourceError) as error:
        build("bologna", tmp_path)
    assert str(error.value).startswith("the mirror has no bologna/traffic/bologna_road_network.gpkg (OpenStreetMap")


def test_an_unknown_city_lists_the_known_ones(tmp_path):
    with pytest.raises(SourceError) as error:
        build("atlantis", tmp_path)
    assert str(error.value).startswith("exante knows no city 'atlantis' (in cities). Known cities: ")
    assert "bologna" in str(error.value)
