"""`exante verify emissions`: curves beside a table, and what is said where there is none."""

import csv

import pytest
from typer.testing import CliRunner

from exante.apps.cli import app
from exante.apps.verify_emissions import compare_factors
from exante.quantities.errors import SourceError

NAMES = ("Sub-Sector", "Euro No.", "Pollutant", "Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zita", "Equation")
ROW = ("Diesel <1.4 l", "6", "NOx", 0.436, 1.0e-2, -5.39e-3, -1.02e-4, 2.90e-5, -0.461, "Equation 1")


def table(folder, factor):
    row = [*ROW[:3], *(x * (factor if k in (0, 2, 4, 5) else 1.0) for k, x in enumerate(ROW[3:9])), ROW[9]]
    with (folder / "PC_parameter.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([NAMES, row])


def test_curves_are_compared_with_the_table(tmp_path):
    table(tmp_path, 1.0)
    assert compare_factors(tmp_path)["largest"] < 0.001
    table(tmp_path, 1.25)  # a table a quarter higher: ours is a fifth lower
    assert compare_factors(tmp_path) == {"compared": 1, "largest": pytest.approx(0.2, abs=0.001)}


def test_a_folder_without_the_table_is_told(tmp_path):
    with pytest.raises(SourceError, match=r"there is no PC_parameter\.csv"):
        compare_factors(tmp_path)


@pytest.mark.slow
def test_the_sketch_is_verified(tmp_path, monkeypatch):
    import json

    monkeypatch.setenv("EXANTE_CACHE", str(tmp_path))
    told = CliRunner().invoke(app, ["verify", "emissions", "bologna", "--json"])
    found = json.loads(told.stdout)
    assert found["sum_over_links"] == pytest.approx(1.0)
    assert sum(found["co2_parts"].values()) == pytest.approx(1.0)
    for row in found["totals"]:
        assert row["p05"] < row["median"] < row["p95"]


@pytest.mark.real_data
def test_cars_agree_with_the_guidebook(data_dir):
    found = compare_factors(data_dir / "emissions" / "pollemission_emep2013")
    assert found["compared"] == 21
    assert found["largest"] < 0.02
