"""Noise, rents and income by barri and section: hand-made rows, and the real files."""

import json

import geopandas as gpd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources.barcelona import noise, rents, section_income
from exante.sources.report import Report

NOISE = "Codi_Barri,Nom_Barri,Concepte,Rang_soroll,Valor\n"
RENTS = "Any,Trimestre,Nom_Districte,Nom_Barri,Eur,Clau,Eur_m2\n"
BARRIS = {"el Poble-sec": "barri-11", "la Clota": "barri-42"}


@pytest.fixture
def write(tmp_path):
    def place(text):
        path = tmp_path / "table.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return place


def test_noise_classes_with_open_ends(write):
    rows = "1,x,GI_TR_DEN,<40 dB,60.00%\n1,x,GI_TR_DEN,40-45 dB,39.95%\n1,x,GI_TR_DEN,>=80 dB,0.05%\n"
    table = noise.read_exposure(write(NOISE + rows), Report())
    assert table[["low", "high", "share"]].fillna(-1).to_numpy().tolist() == [
        [-1.0, 40.0, 0.6], [40.0, 45.0, pytest.approx(0.3995)], [80.0, -1.0, pytest.approx(0.0005)],
    ]  # fmt: skip
    assert set(table["noise_source"] + table["noise_period"] + table["area_id"]) == {
        "main_roadsday_evening_nightbarri-01"
    }


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1,x,TOTAL_D,<40 dB,50.00%", "barri-01 total day add up to 50.00%"),
        ("1,x,TOTAL_X,<40 dB,100%", "'TOTAL_X' is no Concepte that is known"),
        ("1,x,TOTAL_D,40 dB,100%", "'40 dB' is no Rang_soroll"),
        ("1,x,TOTAL_D,<40 dB,100", "'100' is no Valor"),
        ("1,x,TOTAL_D,<40 dB,101%", "'101' in column Valor is no number between 0 and 100"),
    ],
)
def test_noise_that_cannot_be(write, row, told):
    with pytest.raises(SourceError, match=told):
        noise.read_exposure(write(NOISE + row + "\n"), Report())


def test_a_barri_spelt_in_another_way_is_found_and_blanks_are_told(write):
    report = Report("rents")
    text = RENTS + "2014,1,Sants,el Poble Sec,600,1120141,10\n2014,2,Sants,el Poble Sec,,1120142,\n"
    table = rents.read_rents(write(text), BARRIS, report)
    assert table.to_numpy().tolist() == [["barri-11", 2014.0, 1.0, 600.0, 10.0]]
    assert (
        "1 of 2 barris; 1 blank left out; no rent for barri-42; years of fewer than four quarters: 2014"
        in report.lines[0]
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2014,1,d,Nowhere,1,1120141,1", "no barri is called Nowhere"),
        ("2014,1,d,la Clota,1,1120141,1", "the key 1120141 contradicts barri, year and quarter .4220141."),
        ("2014,5,d,la Clota,1,4220145,1", "'5' in column Trimestre is no number between 1 and 4"),
    ],
)
def test_rents_that_cannot_be(write, row, told):
    with pytest.raises(SourceError, match=told):
        rents.read_rents(write(RENTS + row + "\n"), BARRIS, Report())


def test_sections_of_two_districts_keep_apart(tmp_path, write):
    shapes = gpd.GeoDataFrame(
        {"DISTRICTE": ["01", "02"], "SEC_CENS": ["001", "001"], "AEB": ["005", "009"]},
        geometry=[shapely.box(0, 0, 1, 1)] * 2,
        crs="EPSG:25831",
    )
    shapes.to_file(tmp_path / "sections.gpkg")
    report = Report()
    text = "Codi_Districte,Seccio_Censal,Index_Gini\n1,1,30.5\n2,1,\n3,1,40\n"
    gini = section_income.read_measure(write(text), "gini", 2020, report)
    table = section_income.join([gini], tmp_path / "sections.gpkg", report)
    assert table["zone_id"].fillna("none").tolist() == ["005", "009", "none"]
    assert table["gini"].fillna(-1).tolist() == [pytest.approx(0.305), -1.0, pytest.approx(0.4)]
    assert table["net_household_income"].isna().all()
    assert "1 sections are on no map (03001)" in report.lines[-1]


@pytest.mark.real_data
def test_real_files(data_dir):
    folder, report = data_dir / "barcelona", Report()
    table = noise.read_exposure(
        folder / "noise" / "2017_poblacio_exposada_barris_mapa_estrategic_soroll_bcn_long.csv", report
    )
    assert len(table) == 18980 == 73 * 26 * 10
    road = table[(table["noise_source"] == "road") & (table["noise_period"] == "day_evening_night")]
    loud = road[road["low"] >= 55].groupby("area_id")["share"].sum()
    assert 0.3 < loud.mean() < 0.9
    features = json.loads((folder / "boundaries" / "barris.geojson").read_text(encoding="utf-8"))["features"]
    barris = {f["properties"]["NOM"].strip(): f"barri-{f['properties']['BARRI']}" for f in features}
    table = rents.read_rents(folder / "housing" / "prices_14_23.csv", barris, report)
    assert (len(table), table["area_id"].nunique()) == (2479, 67)
    parts = [
        section_income.read_measure(folder / "income" / name, measure, 2019, report)
        for name, measure in (
            ("2019_renda_neta_mitjana_per_llar.csv", "net_household_income"),
            ("2019_atles_renda_index_gini.csv", "gini"),
        )
    ]
    table = section_income.join(parts, folder / "boundaries" / "seccio-censal.geojson", report)
    assert len(table) == 1068
    assert table["zone_id"].nunique() == 233
    assert not table.drop(columns="gross_personal_income").isna().any(axis=None)
