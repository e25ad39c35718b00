"""The command line: what it prints, what it refuses, and that it leaves nothing behind when it does."""

import json
import shutil
import sys

import pytest

from exante.apps import cli
from exante.city import Edit, save


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs `exante …` in an empty folder; gives exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXANTE_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("EXANTE_CACHE", str(tmp_path / "cache"))

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["exante", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code or 0
        told = capsys.readouterr()
        return code, told.out, " ".join(told.err.split())

    return call


@pytest.fixture
def village(village_city, tmp_path):
    return save(village_city, tmp_path / "village.city")


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def policy(tmp_path, text):
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


SPEED = 'title = "Try"\n[[measure]]\nkind = "speed_limit"\nwhere = {{ {where} }}\nspeed = {speed}\ncompliance = 0.5\n'


@pytest.mark.slow
def test_a_forecast_end_to_end(run, village, tmp_path):
    code, out, _ = run("forecast", village, "citta-30", "--draws", 4, "--json")
    assert code == 0
    told = json.loads(out)
    assert {"indicators", "city", "policy", "levels", "footprint", "draws", "seed"} <= set(told)
    assert {"cpu_seconds", "peak_memory_mb", "energy_joule", "energy_method", "gco2e"} <= set(told["footprint"])
    for row in told["indicators"]:
        assert {"name", "unit", "baseline", "policy", "change", "probability_of_sign"} <= set(row)
        assert row["change"]["p05"] <= row["change"]["p50"] <= row["change"]["p95"]
    folder = tmp_path / told["run"]
    assert files(folder) == [
        "forecast.json", "indicators.parquet", "links.parquet", "parameters.parquet", "policy.toml",
        "report.html", "zones.parquet",
    ]  # fmt: skip
    again = json.loads(run("forecast", village, "citta-30", "--draws", 4, "--json", "--workers", 1)[1])
    assert again["indicators"] == told["indicators"]
    assert again["run"] == told["run"]


@pytest.mark.slow
def test_a_policy_that_changes_nothing_changes_nothing_in_every_draw(run, village, tmp_path):
    document = policy(
        tmp_path,
        SPEED.format(where='road_class = ["residential"]', speed='{ value = 30, unit = "km/h" }').replace("0.5", "0"),
    )
    told = json.loads(run("forecast", village, document, "--draws", 4, "--json")[1])
    for row in told["indicators"]:
        assert set(row["change"].values()) == {0.0}
        assert row["probability_of_sign"] == 0


BAD = {
    "an unknown zone": (
        SPEED.format(where='zone = "Nowhere"', speed='{ value = 30, unit = "km/h" }'), "Nowhere"
    ),
    "a misspelt key": (
        SPEED.format(where='road_clas = ["residential"]', speed='{ value = 30, unit = "km/h" }'), "road_class"
    ),
    "a speed without unit": (SPEED.format(where='road_class = ["residential"]', speed="20"), "unit"),
    "a negative toll": (
        'title = "Try"\n[[measure]]\nkind = "access_charge"\nname = "c"\nscheme = "cordon"\n'
        'around = { within = "centre" }\nhours = "07:00-19:00"\namount = { value = -5, unit = "EUR" }\n',
        "-5",
    ),
    "a polygon outside the city": (
        SPEED.format(
            where="polygon = [[2.1, 41.3], [2.2, 41.3], [2.2, 41.4], [2.1, 41.3]]",
            speed='{ value = 30, unit = "km/h" }',
        ),
        "outside",
    ),
    "two measures that contradict each other": (
        SPEED.format(where='road_class = ["residential"]', speed='{ value = 30, unit = "km/h" }')
        + SPEED.format(where='road_class = ["residential"]', speed='{ value = 20, unit = "km/h" }').split("\n", 1)[1],
        "contradict",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_policies_get_one_paragraph_and_write_nothing(run, village, tmp_path, case):
    text, word = BAD[case]
    document = policy(tmp_path, text)
    before = files(tmp_path)
    code, out, err = run("forecast", village, document, "--draws", 2, "--json")
    assert code == 2, err
    assert out == ""
    assert err.startswith("Error: ")
    assert word in err
    assert "Traceback" not in err
    assert [f for f in files(tmp_path) if not f.startswith("cache")] == before


def test_a_missing_layer(run, village_city, tmp_path):
    tables = {k: t for k, t in village_city.tables.items() if k != "fleet"}
    poor = type(village_city)(**{**vars(village_city), "tables": tables})
    folder = save(poor, tmp_path / "poor.city")
    code, out, err = run("forecast", folder, "citta-30", "--draws", 2)
    assert (code, out) == (2, "")
    assert "fleet" in err
    assert "Add these layers" in err
    assert not (tmp_path / "runs").exists()


def test_a_corrupt_parquet_file(run, village, tmp_path):
    file = village / "links.parquet"
    file.write_bytes(file.read_bytes()[:-20])
    code, out, err = run("forecast", village, "citta-30")
    assert (code, out) == (2, "")
    assert "links.parquet is damaged" in err
    assert not (tmp_path / "runs").exists()


def test_a_half_copied_city(run, village):
    (village / "zones.parquet").unlink()
    code, _, err = run("city", "show", village)
    assert code == 2
    assert "zones.parquet is missing" in err


def test_a_folder_that_cannot_be_written_is_told_before_any_work(run, village, tmp_path):
    (tmp_path / "file").write_text("taken")
    code, _, err = run("forecast", village, "citta-30", "--out", tmp_path / "file")
    assert (code, err) == (2, f"Error: {tmp_path / 'file'} is a file (in --out). Name a folder.")
    code, _, err = run("forecast", village, "citta-30", "--out", "/proc/nothing")
    assert code == 2
    assert err.startswith("Error: nothing can be written to /proc/nothing (")


def test_stopping_writes_nothing_and_says_so(run, village, tmp_path, monkeypatch):
    def stop(*words, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("exante.study.forecast", stop)
    before = files(tmp_path)
    code, out, err = run("forecast", village, "citta-30", "--draws", 2)
    assert (code, out, err) == (130, "", "Error: Stopped; nothing was written.")
    assert files(tmp_path) == before


def test_no_draws_and_no_workers_are_refused(run, village):
    assert "0 draws asked for (in --draws)" in run("forecast", village, "citta-30", "--draws", 0)[2]
    assert "0 workers asked for (in --workers)" in run("forecast", village, "citta-30", "--workers", 0)[2]


def test_an_unknown_city_lists_what_there_is(run):
    code, _, err = run("forecast", "atlantis", "citta-30")
    assert code == 2
    assert "there is no city 'atlantis'" in err
    assert "bologna" in err


def test_a_fault_of_the_city_is_told_before_anything_is_computed(run, village_city, tmp_path):
    ids = village_city.column("links.link_id")[:1]
    broken = village_city.edit([Edit("links", "capacity", ids, [-5.0], "a slip")])
    folder = save(broken, tmp_path / "broken.city")
    code, _, err = run("forecast", folder, "citta-30", "--draws", 2)
    assert code == 2
    assert f"links.capacity, link_id {ids[0]} is -5" in err
    code, out, _ = run("city", "check", folder)
    assert code == 2
    assert "links.capacity" in out


def test_an_existing_city_is_not_overwritten(run, village):
    code, _, err = run("city", "sketch", "bologna", "--out", village)
    assert code == 2
    assert "exists already" in err


def test_the_store_comes_before_the_sketch(run, village, tmp_path):
    shutil.copytree(village, tmp_path / "store" / "bologna.city")
    code, out, err = run("city", "show", "bologna", "--json")
    assert code == 0
    assert json.loads(out)["name"] == "village"
    assert "the user's store" in err


def test_a_fault_of_ours_says_so(run, monkeypatch, village):
    def broken(folder):
        raise RuntimeError("planted")

    monkeypatch.setattr("exante.apps.resolve.open_folder", broken)
    code, _, err = run("city", "show", village)
    assert code == 1
    assert "exante made a mistake (RuntimeError: planted)" in err


def test_wrong_words_exit_with_2(run):
    assert run("forecast")[0] == 2
    assert run("city", "nothing")[0] == 2
