"""`exante city …` on a made-up town: built from a mirror or a portal, updated, checked, shown; refusals in one line."""

import datetime as dt
import json
import shutil
import sys

import pytest

from exante.apps import cli
from exante.sources import assemble, statistics


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs `exante city …` in an empty folder; gives exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXANTE_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("EXANTE_CACHE", str(tmp_path / "cache"))

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["exante", "city", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code or 0
        told = capsys.readouterr()
        return code, told.out, " ".join(told.err.split())

    return call


@pytest.fixture
def publish(town, portal, tmp_path, monkeypatch):
    """A town whose files lie in a mirror and on a portal; publishes the mirror's files anew when called."""
    mirror = town.write_files(tmp_path / "mirror")
    bologna = statistics.read_city_document("bologna")
    document = town.document(bologna["statistic"], bologna["fleet"], portal.base)
    for module in (assemble, statistics):
        monkeypatch.setattr(module, "read_city_document", lambda _: document)

    def call():
        portal.files = {f"/{file.name}": file.read_bytes() for file in mirror.iterdir()}

    call()
    return call


def _content(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_city_is_fetched_built_and_nothing_is_asked_for_twice(run, publish, portal, tmp_path):
    code, out, err = run("build", "town")
    assert code == 0
    assert out.rstrip().endswith("Wrote town.city")
    assert "Fetching streets.gpkg (" in err
    asked = len(portal.asked)
    code, out, _ = run("build", "town", "--replace", "--json")
    assert code == 0
    assert json.loads(out)["faults"] == []
    assert len(portal.asked) == asked + 1  # the month that has not come yet


def test_an_update_that_finds_nothing_writes_nothing(run, publish, tmp_path):
    run("build", "town", "--mirror", tmp_path / "mirror")
    before = _content(tmp_path / "town.city")
    code, out, _ = run("update", "town", "--mirror", tmp_path / "mirror")
    assert code == 0
    assert "0 differ" in out
    assert "Nothing is newer; nothing was written." in out
    assert _content(tmp_path / "town.city") == before


def test_an_update_tells_what_is_newer_and_what_it_changed(run, publish, town, tmp_path):
    run("build", "town")
    town.write_counts(tmp_path / "mirror" / "counts_2024_02.csv", dt.date(2024, 2, 5), days=4)
    publish()
    before = _content(tmp_path / "town.city")
    code, out, _ = run("update", "town", "--look")
    assert (code, _content(tmp_path / "town.city")) == (0, before)
    assert "new: counts_hourly_2024_02 (none -> " in out
    assert "Nothing was written." in out
    code, out, _ = run("update", "town", "--json")
    told = json.loads(out)
    assert told["written"] is True
    counts = next(t for t in told["tables"] if t["table"] == "counts")
    assert (counts["rows_before"], counts["rows_after"], counts["added"]) == (216, 288, 72)
    code, out, _ = run("update", "town", "--rebuild")
    assert "No table changed." in out
    assert "Nothing was written." in out


def test_a_portal_that_changed_leaves_the_city_as_it_was(run, publish, portal, tmp_path):
    run("build", "town")
    before = _content(tmp_path / "town.city")
    portal.files["/counts_2024_01.csv"] = b"data;codice\n2024-01-01;x\n"
    code, out, err = run("update", "town")
    assert (code, out) == (2, "")
    assert "the columns lack codice_spira, Nome via, direzione" in err
    assert "found data, codice" in err
    assert _content(tmp_path / "town.city") == before
    portal.files["/counts_2024_01.csv"] = b"<!DOCTYPE html>"
    code, _, err = run("update", "town")
    assert code == 2
    assert "a web page came instead of data" in err


def test_a_calibrated_city_is_not_updated_unasked(run, publish, town, tmp_path):
    from exante.city import Layer, Table, open_folder, save

    run("build", "town", "--mirror", tmp_path / "mirror")
    city = open_folder(tmp_path / "town.city")
    posterior = Table("posterior", {"draw": [0], "parameter": ["mobility.x"], "value": [1.0]})
    calibrated = city.with_table(posterior)
    object.__setattr__(calibrated, "layers", {**city.layers, "posterior": Layer(2)})
    save(calibrated, tmp_path / "town.city", replace=True)
    town.write_counts(tmp_path / "mirror" / "counts_2024_02.csv", dt.date(2024, 2, 5), days=4)
    code, out, err = run("update", "town", "--mirror", tmp_path / "mirror")
    assert (code, out) == (2, "")
    assert err.startswith("Error: town.city is calibrated: rebuilding drops its posterior (in counts_hourly_2024_02).")
    code, out, _ = run("update", "town", "--mirror", tmp_path / "mirror", "--drop-posterior")
    assert code == 0
    assert "posterior: gone, 1 -> 0 rows" in out


def test_a_city_that_was_never_built_cannot_be_updated(run):
    code, out, err = run("update", "bologna")
    assert (code, out) == (2, "")
    assert err.startswith("Error: there is no built city 'bologna' to update (in ./bologna.city and ")
    assert err.endswith("Build it first: exante city build bologna.")


def test_quality_shows_every_row_and_its_fate(run, publish, tmp_path):
    run("build", "town", "--mirror", tmp_path / "mirror")
    code, out, _ = run("quality", "town")
    assert code == 0
    assert "Every account adds up." in out
    assert "L1 (counts, counts_hourly_2024_01)" not in out  # 9 of 10 days kept
    told = json.loads(run("quality", "town", "--json")[1])
    days = next(s for s in told["subjects"] if s["item"] == "loop-days")
    assert (days["subject"], days["read"], days["kept"], days["stuck"], days["missing"]) == ("L1", 10, 9, 1, 0)
    assert days["remarks"] == ["stuck: silent by day (1)"]
    checked = json.loads(run("check", "town", "--json")[1])
    assert checked["faults"] == []
    assert checked["quality"] == told


def test_a_sketch_has_no_record_of_rows(run):
    code, out, _ = run("quality", "bologna")
    assert code == 0
    assert out.startswith("The city has no record of its sources' rows")


@pytest.mark.slow
def test_figures_stand_beside_the_models_only_when_asked_or_kept(run, publish, tmp_path, monkeypatch):
    document = statistics.read_city_document("town")
    document["published"] = [
        {"quantity": "mean_speed", "value": 10.0, "unit": "m/s", "year": 2020, "scope": "all streets",
         "comparable": True, "source": "Survey, https://example.org", "verified": True},
    ]  # fmt: skip
    run("build", "town", "--mirror", tmp_path / "mirror")
    code, out, err = run("show", "town")
    assert code == 0
    assert "not modelled" in out
    assert "Not modelled yet: run `exante city show town --base`, or any forecast of this city." in err
    told = json.loads(run("show", "town", "--base", "--json")[1])["figures"]
    speed = next(r for r in told["rows"] if r["quantity"] == "mean_speed")
    assert speed["published"] == pytest.approx(36.0)
    assert speed["ratio"] == pytest.approx(speed["modelled"] / 36.0)
    assert json.loads(run("show", "town", "--json")[1])["figures"] == told  # now it is kept
    shutil.rmtree(tmp_path / "cache")
    assert json.loads(run("show", "town", "--json")[1])["figures"]["modelled"] is False
