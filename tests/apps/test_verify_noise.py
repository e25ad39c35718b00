"""`exante verify noise`: emission, its coefficients against another implementation, faults told."""

import json

import pytest
from typer.testing import CliRunner

from exante.apps.cli import app
from exante.apps.noise_coefficients import compare_coefficients
from exante.quantities.errors import SourceError


def test_emission_without_a_city():
    told = json.loads(CliRunner().invoke(app, ["verify", "noise", "--json"]).stdout)
    assert [row["category"] for row in told["emission"]] == ["1", "2", "3", "4a", "4b"]
    assert told["exposure"] is None
    assert "motorcycles" in CliRunner().invoke(app, ["verify", "noise"]).stdout


def test_a_file_that_holds_no_coefficients_is_told(tmp_path):
    file = tmp_path / "other.json"
    file.write_text('{"vehicles": {}}')
    with pytest.raises(SourceError, match="no table of coefficients"):
        compare_coefficients(file)


@pytest.mark.real_data
def test_coefficients_are_those_of_noise_modelling(data_dir):
    told = compare_coefficients(data_dir / "emissions" / "cnossos" / "RoadCnossos_2020.json")
    assert told == {"compared": 3 * 32 + 2 * 16 + 5 * 4, "different": []}
