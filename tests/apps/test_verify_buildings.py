"""`exante verify buildings` as its reader sees it."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from exante.apps import cli

TESTS = Path(__file__).parents[1]


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["exante", "verify", "buildings", *map(str, arguments)])
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
    houses = load("exante_golden_houses", TESTS / "golden" / "houses.py")
    path = tmp_path_factory.mktemp("tabula")
    rows = [houses.row(), houses.row("ES.X.SFH.01.Gen.ReEx.001.002", q_h_nd=80.0), houses.row("ES.Y", q_h_nd=0.0)]
    houses.write(path / "tabula_ES_IT.csv", rows)
    return path


@pytest.fixture(scope="module")
def weather(tmp_path_factory):
    module = load("epw_tests", TESTS / "sources" / "test_epw.py")
    return module.write(tmp_path_factory.mktemp("epw") / "mild.epw")


def test_the_table_golden(run, folder):
    code, out, err = run("--reference", folder)
    assert code == 0
    assert out.splitlines() == [
        "country    variants   median      p90      p95  largest  in 1 %  in rounding",
        "ES                2   11.96%   11.96%   11.96%   11.96%       0            0",
        "IT                1    0.04%    0.04%    0.04%    0.04%       1            1",
        "all               3    6.00%   10.77%   11.36%   11.96%       1            1",
        "U-values from construction and measure: 12 of 12 elements in 1 %, largest 0.00%; "
        "0 are worse after the measure than before",
        "",
        "beyond 1 %                               tabulated  computed    error  why",
        "ES.X.SFH.01.Gen.ReEx.001.002                  80.0    70.432  -11.96%  differs in the need only",
    ]
    assert "kWh/m2 of reference floor area" in err


def test_json_holds_summary_variants_and_methods(run, folder, weather):
    code, out, _ = run("--reference", folder, "--country", "it", "--weather", weather, "--json")
    assert code == 0
    found = json.loads(out)
    assert set(found) == {"summary", "transmittances", "variants", "methods"}
    assert [v["variant"] for v in found["variants"]] == ["IT.X.SFH.01.Gen.ReEx.001.001"]
    assert set(found["methods"]["ratios"]) == {"hourly_in_season", "hourly", "hourly_radiation"}
    assert found["methods"]["season"]["days"] == 365
    code, out, _ = run("--reference", folder, "--country", "ES", "--json")
    assert json.loads(out)["variants"][1]["error"] is None


def test_the_methods_are_told(run, folder, weather):
    code, out, _ = run("--reference", folder, "--weather", weather)
    assert code == 0
    assert "Island Town: 365 heating days of 10.5 degC on average, 3468 Kd; heated at all times" in out
    assert "hourly, days of the season" in out


def test_mistakes_get_one_paragraph(run, folder, tmp_path):
    code, out, err = run("--reference", tmp_path)
    assert (code, out) == (2, "")
    assert err.startswith("Error: There is no tabula_ES_IT.csv (in ")
    code, _, err = run("--reference", folder, "--country", "FR")
    assert (code, err.strip()) == (2, "Error: The table has no variants of FR (in --country). Choose from ES, IT.")
    code, _, err = run("--reference", folder, "--weather", tmp_path / "no.epw")
    assert code == 2


def test_a_city_is_held_beside_published_figures(run, built_village, monkeypatch):
    from dataclasses import replace

    from exante.apps import resolve

    monkeypatch.setattr(resolve, "open_city", lambda name: replace(built_village, name=name))
    code, told, _ = run("bologna", "--draws", "2", "--json")
    assert code == 0
    figures = {row["name"]: row for row in json.loads(told)["figures"]}
    gas = figures["gas"]
    assert gas["published"] == 3300
    assert gas["ratio"] == pytest.approx(gas["model"] / 3300)
    assert gas["low"] <= gas["high"]
    assert figures["peak"]["published"] is None
    code, told, _ = run("bologna", "--draws", "2")
    assert "civil gas" in told


def test_a_city_without_buildings_is_told(run, village_city, monkeypatch):
    from exante.apps import resolve

    monkeypatch.setattr(resolve, "open_city", lambda name: village_city)
    code, told, err = run("village")
    assert code != 0
    assert "has no archetype_elements" in told + err
    assert "Traceback" not in told + err
