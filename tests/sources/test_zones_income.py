import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources import activities, income, zones

FIELDS = {"zone_id": "code", "name": "label", "district": "part", "group": "larger"}


def _file(tmp_path, codes=(10, 9), **more):
    frame = gpd.GeoDataFrame(
        {"code": codes, "label": ["SANTA VIOLA", "CNR"], "part": ["Reno", "Navile"], "larger": ["S. Viola", "Lame"]},
        geometry=[shapely.box(0, 0, 1000, 500), shapely.box(1000, 0, 1500, 500)],
        crs="EPSG:32632",
    )
    path = tmp_path / "zones.geojson"
    frame.drop(columns=list(more.get("drop", ()))).to_crs("EPSG:4326").to_file(path, driver="GeoJSON")
    return path


def test_zones_keep_their_codes_in_numeric_order(tmp_path):
    found = zones.read_zones(_file(tmp_path), FIELDS, "EPSG:32632")
    assert found["zone_id"].tolist() == ["9", "10"]
    assert found["name"].tolist() == ["Cnr", "Santa Viola"]
    assert found["area"].to_numpy() == pytest.approx([250_000, 500_000], rel=1e-4)
    assert zones.districts(found)["area_id"].tolist() == ["district-navile", "district-reno"]


def test_a_lost_field_shows_both_sides(tmp_path):
    with pytest.raises(SourceError) as error:
        zones.read_zones(_file(tmp_path, drop=["part"]), FIELDS, "EPSG:32632")
    assert str(error.value) == (
        "the zones lack part: expected code, label, part, larger; found code, label, larger (in zones.geojson). "
        "Correct the fields in the city's file."
    )


def test_a_code_that_stands_twice_is_refused(tmp_path):
    with pytest.raises(SourceError) as error:
        zones.read_zones(_file(tmp_path, codes=(9, 9)), FIELDS, "EPSG:32632")
    assert str(error.value) == "zone 9 stands 2 times (in zones.geojson). Dissolve the parts of a zone into one."


def test_income_joins_by_name_without_saints(tmp_path):
    path = tmp_path / "income.csv"
    path.write_text("\ufeffNOMEZONA;reddito\nSanta Viola;25.430,50\nMurri;35181\n", encoding="utf-8")
    table = income.read_income(path, "NOMEZONA", "reddito")
    notes = []
    found = income.by_group(pd.Series(["S. Viola", "Lame"]), table, notes)
    assert found[0] == 25430.5
    assert np.isnan(found[1])
    assert notes == ["income: 1 of 2 zones from 2 larger zones; none for Lame; unused: murri"]


def test_an_income_that_is_none_is_shown_with_its_line(tmp_path):
    path = tmp_path / "income.csv"
    path.write_text("NOMEZONA;reddito\nMurri;35181\nLame;n.d.\n")
    with pytest.raises(SourceError) as error:
        income.read_income(path, "NOMEZONA", "reddito")
    assert str(error.value) == "'n.d.' for Lame is no income (in income.csv, line 3). Correct the row or leave it out."


def test_an_income_table_of_another_shape_shows_both_sides(tmp_path):
    path = tmp_path / "income.csv"
    path.write_text("zona;reddito\nMurri;35181\n")
    with pytest.raises(SourceError) as error:
        income.read_income(path, "NOMEZONA", "reddito")
    assert str(error.value) == (
        "the income table lacks NOMEZONA: expected NOMEZONA, reddito; found zona, reddito (in income.csv). "
        "Correct the columns in the city's file."
    )


def test_population_meets_the_register_and_its_districts():
    found = activities.population(np.array([10.0, 30.0, 20.0]), np.array(["a", "a", "b"]), 130.0, {"a": 100.0})
    assert found == pytest.approx([25.0, 75.0, 30.0])


def test_parking_rings_go_from_the_inside_out():
    middles = shapely.points([(500000, 4930000), (500500, 4930000), (502000, 4930000), (509000, 4930000)])
    settings = {
        "heart": [9.0, 44.5226],
        "ring": [{"price": 2.4, "within": 300}, {"price": 1.8, "groups": ["Old"]}, {"price": 1.2, "within": 3000}],
    }
    groups = np.array(["Old", "Old", "New", "New"])
    price = activities.parking_price(middles, groups, settings, "EPSG:32632")
    assert price.tolist() == [2.4, 1.8, 1.2, 0.0]


def test_car_availability_keeps_the_city_mean():
    people, area = np.array([1000.0, 3000.0]), np.array([1e6, 1e6])
    found = activities.car_availability(0.534, 0.886, people, area)
    assert np.average(found, weights=people) == pytest.approx(0.534 / 0.886)
    assert found[0] > found[1]
