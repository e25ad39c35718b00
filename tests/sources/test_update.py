"""A town on a portal on loopback: built, looked at again, and rebuilt only when something is newer."""

import datetime as dt

import pytest

from exante.city import open_folder, save
from exante.quantities.errors import SourceError
from exante.sources.assemble import build_from
from exante.sources.catalogue import list_sources
from exante.sources.files import Files
from exante.sources.statistics import read_city_document
from exante.sources.update import compare_cities, compare_sources


@pytest.fixture
def document(town, portal, tmp_path, monkeypatch):
    monkeypatch.setenv("EXANTE_CACHE", str(tmp_path / "cache"))
    _publish(portal, town.write_files(tmp_path / "files"))
    bologna = read_city_document("bologna")
    return town.document(bologna["statistic"], bologna["fleet"], portal.base)


def _publish(portal, folder):
    portal.files |= {f"/{file.name}": file.read_bytes() for file in folder.iterdir()}


def _look(document, refresh=True):
    return Files(list_sources(document, "town"), None, refresh=refresh)


def _build(document):
    return build_from("town", document, _look(document, refresh=False)).city


def test_the_same_files_are_asked_for_and_not_sent_again(document, portal):
    city = _build(document)
    portal.asked.clear()
    changes = compare_sources(city, document, _look(document))
    assert {c.state for c in changes} == {"unchanged"}
    paths = [path for path, _ in portal.asked]
    assert sorted(paths) == [
        "/counts_2024_01.csv", "/counts_2024_02.csv", "/people.tif", "/streets.gpkg", "/volume.tif", "/zones.geojson",
    ]  # fmt: skip
    assert all("If-None-Match" in headers for path, headers in portal.asked if path != "/counts_2024_02.csv")


def test_a_new_month_of_counts_adds_rows_and_touches_nothing_else(document, portal, town, tmp_path):
    city = _build(document)
    town.write_counts(tmp_path / "files" / "counts_2024_02.csv", dt.date(2024, 2, 5), days=4)
    _publish(portal, tmp_path / "files")
    files = _look(document)
    changes = [c for c in compare_sources(city, document, files) if c.state != "unchanged"]
    assert [(c.source, c.state) for c in changes] == [("counts_hourly_2024_02", "new")]
    assert changes[0].layers == ("count_sites", "counts")
    newer = build_from("town", document, files).city
    found = {c.table: c for c in compare_cities(city, newer)}
    assert set(found) == {"counts", "quality"}
    counts = found["counts"]
    assert (counts.rows_before, counts.rows_after, counts.added, counts.removed) == (9 * 24, 12 * 24, 3 * 24, 0)


def test_a_changed_file_and_a_changed_figure_are_told_with_their_layers(document, portal, town, tmp_path):
    city = _build(document)
    town.write_counts(tmp_path / "files" / "counts_2024_01.csv", dt.date(2024, 1, 8), days=12)
    _publish(portal, tmp_path / "files")
    figures = [{**f, "value": 1000} if f["name"] == "jobs" else f for f in document["statistic"]]
    later = {**document, "statistic": figures}
    changes = [c for c in compare_sources(city, later, _look(later)) if c.state != "unchanged"]
    assert [(c.source, c.state, c.layers) for c in changes] == [
        ("counts_hourly_2024_01", "newer", ("count_sites", "counts")),
        ("statistic", "newer", ("statistics",)),
    ]


def test_a_source_that_is_gone_is_told(document, portal):
    city = _build(document)
    del portal.files["/counts_2024_01.csv"]
    changes = [c for c in compare_sources(city, document, _look(document)) if c.state != "unchanged"]
    assert [(c.title, c.state) for c in changes] == [("Counts (counts_2024_01.csv)", "gone")]


def test_a_portal_that_changed_its_columns_is_told_with_both_sides_and_the_city_stays(document, portal, tmp_path):
    folder = save(_build(document), tmp_path / "town.city")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    text = portal.files["/counts_2024_01.csv"].decode()
    portal.files["/counts_2024_01.csv"] = text.replace("codice_spira", "codice_della_spira").encode()
    with pytest.raises(SourceError) as error:
        _look(document)
    told = str(error.value)
    assert told.startswith("the columns lack codice_spira: expected data, codice_spira, Nome via, ")
    assert "; found data, codice_della_spira, 00:00-01:00, " in told
    assert "; codice_spira may now be codice_della_spira (in counts_2024_01.csv (Counts)). The portal changed " in told
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_every_row_of_the_town_is_accounted_for(document):
    city = _build(document)
    quality = city.tables["quality"]
    rows = {(i, k): n for i, k, n in zip(quality["item"], quality["kind"], quality["rows"], strict=True)}
    assert rows["loop-days", "read"] == 10
    assert rows["loop-days", "stuck"] == 1
    assert rows["loop-days", "kept"] == 9
    assert rows["directed links", "read"] == 48


def test_two_builds_are_the_same_bytes(document, tmp_path):
    one, two = (save(_build(document), tmp_path / f"{n}.city") for n in ("one", "two"))
    assert {f.name: f.read_bytes() for f in one.iterdir()} == {f.name: f.read_bytes() for f in two.iterdir()}
    assert open_folder(one).tables["counts"].rows == 9 * 24
