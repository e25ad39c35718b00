"""Crashes and census sections, on a few rows."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources.barcelona.accidents import name_segments, read_accidents, street_places, working_hours
from exante.sources.barcelona.census import by_zone, read_register

COLUMNS = "Numero_expedient,Nom_districte,Codi_barri,Nom_carrer,NK_Any,Mes_any,Hora_dia,Longitud,Latitud"


def crash_file(folder, rows):
    file = folder / "2019.csv"
    file.write_text("\ufeff" + COLUMNS + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def test_a_crash_with_two_causes_counts_once_and_places_out_of_the_city_are_told(tmp_path):
    file = crash_file(
        tmp_path,
        [
            '"2019S1   ",Gràcia,31,"Balmes   ",2019,5,9,2.15,41.40',
            '"2019S1   ",Gràcia,31,"Balmes   ",2019,5,9,2.15,41.40',
            "2019S2,Desconegut,-1,Dalt (Besòs),2019,5,9,2.16,41.41",
            "2019S3,Gràcia,31,Aragó / Balmes,2019,5,22,-1,-1",
        ],
    )
    notes = []
    crashes = read_accidents([file], "EPSG:25831", notes)
    assert crashes["street"].tolist() == ["Balmes", "Dalt (Besòs)", "Aragó / Balmes"]
    assert notes == [
        "crashes: 4 rows of 1 files are 3 crashes (a row a cause); 1 without a usable position, 1 without a barri"
    ]
    box = shapely.Point(crashes.loc[0, ["x", "y"]]).buffer(9000)
    assert working_hours(crashes, np.array([box])).tolist() == [1.0]  # not the ronde, not 22 h
    assert street_places(crashes) == {}  # fewer than three crashes
    x, y = crashes.loc[0, ["x", "y"]]
    segment = np.array([shapely.LineString([(x - 50, y + 5), (x + 50, y + 5)])], dtype=object)
    names, votes = name_segments(crashes, segment, 20.0)
    assert names.tolist() == ["Balmes"]
    assert votes.tolist() == [1.0]


def test_crashes_with_changed_columns_show_both_sides(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError) as error:
        read_accidents([file], "EPSG:25831", [])
    assert str(error.value) == (
        "the crashes lack Numero_expedient, Nom_districte, Codi_barri, Nom_carrer, NK_Any, Mes_any, Hora_dia, "
        "Longitud, Latitud: expected Numero_expedient, Nom_districte, Codi_barri, Nom_carrer, NK_Any, Mes_any, "
        "Hora_dia, Longitud, Latitud; found a, b (in x.csv). The portal changed its columns: correct the reader."
    )


def test_sections_are_summed_by_their_own_area_code(tmp_path):
    shapes = gpd.GeoDataFrame(
        {"DISTRICTE": ["01", "01", "02"], "SEC_CENS": ["001", "002", "001"], "AEB": ["001", "001", "002"]},
        geometry=[shapely.box(i, 0, i + 1, 1) for i in range(3)],
        crs="EPSG:4326",
    )
    shapes.to_file(tmp_path / "s.geojson")
    (tmp_path / "r.csv").write_text(
        "SECCIO_CENSAL,HOMES,DONES,EDAT_0_A_14,EDAT_15_A_24,EDAT_25_A_64,EDAT_65_A_MES\n"
        '"01001",50,50,10,10,60,20\n"01002",100,100,0,0,200,0\n"02001",10,30,0,0,0,40\n"09009",1,1,0,0,2,0\n',
        encoding="utf-8",
    )
    (tmp_path / "i.csv").write_text(
        "Codi_Districte,Seccio_Censal,Import_Euros\n1,1,30000\n1,2,60000\n2,1,\n", encoding="utf-8"
    )
    notes = []
    register = read_register(tmp_path / "r.csv", tmp_path / "i.csv", tmp_path / "s.geojson", notes)
    assert notes == [
        "register: 342 residents in 4 sections; 1 sections without a polygon or a row; ages differ from men and women "
        "in 0; income for 2 sections"
    ]
    zones = gpd.GeoDataFrame({"zone_id": ["001", "002"]}, geometry=[shapely.box(0, 0, 2, 1), shapely.box(2, 0, 3, 1)])
    table = by_zone(register, zones, {"households": 34.0, "employed": 100.0, "students": 10.0})
    assert table["population"].tolist() == [300.0, 40.0]
    assert table["households"].tolist() == [30.0, 4.0]
    assert table["income"].iloc[0] == pytest.approx((30000 * 100 + 60000 * 200) / 300)
    assert np.isnan(table["income"].iloc[1])
    assert table["employed"].sum() == pytest.approx(100.0)
    assert pd.Series(table["students"]).sum() == pytest.approx(10.0)
