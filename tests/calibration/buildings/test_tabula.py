"""The tabulated needs reproduced, and the two methods beside each other on the real table and weather."""

import importlib.util
from pathlib import Path

import pytest

from exante.calibration.buildings.verify import (
    compare_methods,
    read_reference,
    summary_of,
    transmittance_summary,
    verify_transmittances,
    verify_variants,
)
from exante.quantities.errors import SourceError
from exante.sources.tabula import read_variants

WEATHER = "bologna/weather/ITA_ER_Bologna-Marconi.AP.161400_TMYx.2004-2018.epw"


@pytest.fixture(scope="module")
def houses():
    path = Path(__file__).parents[2] / "golden" / "houses.py"
    spec = importlib.util.spec_from_file_location("exante_golden_houses", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_wrong_table_is_found_out_and_its_part_named(houses, tmp_path):
    rows = [
        houses.row(),
        houses.row("IT.X.SFH.02.Gen.ReEx.001.001", q_h_nd=75.0, h_Transmission=3.2),
        houses.row("ES.X.SFH.02.Gen.ReEx.001.001", q_h_nd=0.0),
    ]
    found = verify_variants(read_variants(houses.write(tmp_path / "t.csv", rows))).set_index("variant")
    assert found["within"].tolist() == [True, False, False]
    assert found["parts"].tolist() == ["", "transmission", ""]
    assert found["error"].iloc[1] == pytest.approx(70.4315 / 75 - 1, abs=1e-5)
    assert found["error"].isna().tolist() == [False, False, True]
    summary = summary_of(found.reset_index())
    assert summary["IT"]["variants"] == 2
    assert summary["IT"]["p50"] == pytest.approx((abs(70.4315 / 75 - 1) + abs(70.4315 / 70.4 - 1)) / 2, abs=1e-5)
    assert summary["all"]["within_rounding"] == 1


def test_a_folder_without_the_table_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"There is no tabula_ES_IT\.csv"):
        read_reference(tmp_path)


@pytest.mark.real_data
def test_every_tabulated_need_is_reproduced(data_dir):
    rows = verify_variants(read_reference(data_dir / "energy" / "tabula"))
    summary = summary_of(rows)
    assert summary["ES"]["variants"] + summary["IT"]["variants"] == 182
    assert summary["ES"]["p50"] < 0.005
    assert summary["IT"]["p50"] < 0.001
    assert rows["within"].all()
    assert set(rows.loc[rows["error"].abs() > 0.01, "country"]) == {"ES"}


@pytest.mark.real_data
def test_in_the_days_of_the_season_both_methods_agree(data_dir):
    found = compare_methods(read_reference(data_dir / "energy" / "tabula"), data_dir / WEATHER)
    assert found["season"]["days"] == 147
    inside = found["ratios"]["hourly_in_season"]
    assert 0.94 < inside["p5"] < inside["p50"] < inside["p95"] < 1.03
    assert found["ratios"]["hourly"]["p50"] > inside["p50"]


@pytest.mark.real_data
def test_every_u_value_follows_from_construction_and_measure(data_dir):
    rows = verify_transmittances(read_reference(data_dir / "energy" / "tabula"))
    summary = transmittance_summary(rows)
    assert summary["elements"] == 878
    assert summary["median"] < 0.001
    off = rows[rows["error"].abs() > 0.01]
    assert set(off["element"]) == {"window_1"}
    assert summary["largest"] < 0.026
