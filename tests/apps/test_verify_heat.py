"""`exante verify heat` as its reader sees it."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from exante.apps import cli


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["exante", "verify", "heat", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code or 0
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    spec = importlib.util.spec_from_file_location("epw_tests", Path(__file__).parents[1] / "sources" / "test_epw.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = tmp_path_factory.mktemp("std140")
    module.write(path / "mild.epw")
    (path / "loads_by_tool.csv").write_text(
        "tool,case,annual_heating_MWh,annual_cooling_MWh,peak_heating_kW,peak_cooling_kW\n"
        "A,600,0.5,40,0.5,1\nB,600,9.5,50,5,99\n"
    )
    return path


def test_json_holds_cases_with_metrics_and_their_ranges(run, folder):
    code, out, _ = run("--reference", folder, "--cases", "600, 600ff", "--json", "--steps-per-hour", 1)
    assert code == 0
    cases = json.loads(out)["cases"]
    assert [c["case"] for c in cases] == ["600", "600FF"]
    first = cases[0]["metrics"][0]
    assert set(first) == {"name", "value", "low", "high", "inside"}
    assert (first["name"], first["low"], first["high"]) == ("annual_heating_MWh", 0.5, 9.5)
    assert first["inside"] == (0.5 <= first["value"] <= 9.5)
    assert [m["name"] for m in cases[1]["metrics"]] == [
        "minimum_temperature",
        "average_temperature",
        "maximum_temperature",
    ]
    assert all(m["low"] is None and m["inside"] is None for m in cases[1]["metrics"])


def test_the_table_names_units_and_verdicts_and_defaults_to_the_folders_cases(run, folder):
    code, out, err = run("--reference", folder, "--steps-per-hour", 1)
    assert code == 0
    assert "annual heating, MWh" in out
    assert "peak cooling, kW" in out
    assert out.count("\n") == 5
    assert "of 4 values inside the range; weather mild.epw" in err


def test_mistakes_get_one_paragraph(run, folder, tmp_path):
    code, out, err = run("--reference", folder, "--cases", "600,601")
    assert (code, out) == (2, "")
    assert err.startswith("Error: ASHRAE 140 has no case '601' (in --cases). Choose from 600, 610,")
    code, _, err = run("--reference", tmp_path / "x")
    assert code == 2
    assert "The folder of reference results does not exist" in err
    code, _, err = run("--reference", folder, "--cases", " , ")
    assert code == 2
    assert "No case is named" in err
