"""TABULA's variants and values: what is read, and what is refused."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from exante.quantities.errors import SourceError
from exante.sources.tabula import VALUES, VARIANTS, read_climates, read_constructions, read_generators, read_variants


@pytest.fixture(scope="module")
def houses():
    path = Path(__file__).parents[1] / "golden" / "houses.py"
    spec = importlib.util.spec_from_file_location("exante_golden_houses", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_variant_keeps_its_units_and_names(houses, tmp_path):
    table = read_variants(houses.write(tmp_path / "t.csv", [houses.row()]))
    first = table.iloc[0]
    assert (first["variant"], first["country"], first["level"]) == ("IT.X.SFH.01.Gen.ReEx.001.001", "IT", 1)
    assert (first["area_floor_1"], first["u_floor_1"], first["factor_floor_1"]) == (100.0, 1.0, 0.5)
    assert (first["window_south"], first["sun_horizontal"], first["tabulated_need"]) == (20.0, 300.0, 70.4)
    assert "factor_window_1" not in table


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"A_C_Ref": ""}, "A_C_Ref is blank (in t.csv:3). Complete the row."),
        ({"b_Transmission_Roof_1": 1.5}, "'1.5' in column b_Transmission_Roof_1 is no number between 0 and 1"),
        ({"U_Actual_Wall_1": "bad"}, "'bad' in column U_Actual_Wall_1 is no number"),
        ({"Code_BuildingVariant": "IT.X.SFH.01.Gen.ReEx.001.001"}, "appears twice (in t.csv:3). Drop one."),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(houses, tmp_path, change, message):
    rows = [houses.row(), houses.row(**({"Code_BuildingVariant": "IT.Y"} | change))]
    with pytest.raises(SourceError) as error:
        read_variants(houses.write(tmp_path / "t.csv", rows))
    assert message in str(error.value)


def test_a_missing_column_and_an_empty_table_are_refused(houses, tmp_path):
    row = houses.row()
    del row["c_m"]
    with pytest.raises(SourceError, match="The table lacks c_m of the 127 columns that are read"):
        read_variants(houses.write(tmp_path / "t.csv", [row]))
    other = tmp_path / "other.csv"
    other.write_text("id,value\n1,2\n")
    with pytest.raises(SourceError) as error:
        read_variants(other)
    assert "Code_BuildingSizeClass and 122 more of the 127 columns" in str(error.value)
    assert len(str(error.value)) < 400
    path = houses.write(tmp_path / "u.csv", [houses.row()])
    path.write_text(path.read_text().splitlines()[0] + "\n")
    with pytest.raises(SourceError, match="the table has no rows"):
        read_variants(path)


@pytest.mark.real_data
def test_the_real_table_is_complete(data_dir):
    table = read_variants(data_dir / "energy" / "tabula" / VARIANTS)
    assert table["country"].value_counts().to_dict() == {"IT": 106, "ES": 76}
    spain = table[table["country"] == "ES"]
    assert spain["heating_days"].unique().round(2).tolist() == [22.44]


@pytest.mark.real_data
def test_the_values_hold_climates_constructions_and_generators(data_dir):
    pytest.importorskip("python_calamine", reason="reading workbooks needs the extra sources")
    path = data_dir / "energy" / "tabula" / VALUES
    climates = read_climates(path).set_index("climate")
    assert climates.loc["IT.MidClim", ["heating_days", "season_temperature", "sun_south"]].tolist() == [174, 5.2, 496]
    assert climates.loc["ES.ME", "heating_days"] == pytest.approx(22.44, abs=0.01)
    walls = read_constructions(path)
    italian = walls[(walls["country"] == "IT") & (walls["construction"] == "IT.Ceiling.ReEx.01.02")]
    assert italian["u"].tolist() == [2.86]
    made = read_generators(path)
    assert np.isfinite(made.loc[made["country"] == "IT", "expenditure"]).any()


def test_a_workbook_that_is_none_is_refused(tmp_path):
    pytest.importorskip("python_calamine", reason="reading workbooks needs the extra sources")
    path = tmp_path / "x.xlsx"
    path.write_text("no workbook")
    with pytest.raises(SourceError, match=r"the sheet Tab\.Climate cannot be read"):
        read_climates(path)
