"""Files of a city's sources: series by month and year, and what is missing told before anything is fetched."""

import pytest

from exante.quantities.errors import SourceError
from exante.sources.catalogue import list_sources
from exante.sources.files import REQUIRED, Files

ENTRY = {"page": "https://example.org/town", "licence": "CC0", "attribution": "Town", "date": "2024"}


@pytest.fixture
def mirror(tmp_path):
    for name in REQUIRED:
        (tmp_path / f"{name}.tif").write_text("x")
    return tmp_path


def _sources(**more):
    needed = {name: {**ENTRY, "file": f"{name}.tif", "title": name} for name in REQUIRED}
    return list_sources({"source": needed | {n: {**ENTRY, "title": n, **entry} for n, entry in more.items()}}, "town")


def test_a_series_by_month_is_what_the_mirror_has(mirror):
    for month in ("2023_12", "2024_01", "2024_03"):
        (mirror / f"c_{month}.csv").write_text("a\n1\n")
    series = {"file": "c_{year}_{month}.csv", "series": {"every": "month", "first": "2023-12"}}
    files = Files(_sources(counts=series), mirror)
    assert files.names("counts") == ("counts_2023_12", "counts_2024_01", "counts_2024_03")
    assert files.sources["counts_2023_12"].date == "2023-12"
    assert len(files.provenance(("counts",))) == 3


def test_a_series_by_year_and_the_interval_of_an_address(mirror, portal, tmp_path, monkeypatch):
    monkeypatch.setenv("EXANTE_CACHE", str(tmp_path / "cache"))
    for name in REQUIRED:
        portal.files[f"/{name}.tif"] = b"x"
    portal.files |= {"/c": b"a\n1\n"}
    needed = {n: {**ENTRY, "file": f"{n}.tif", "title": n, "address": f"{portal.base}/{n}.tif"} for n in REQUIRED}
    address = f"{portal.base}/c?from={{year}}-{{month}}&to={{next_year}}-{{next_month}}"
    series = {"file": "c_{year}_{month}.csv", "address": address, "series": {"every": "month", "first": "2023-11"}}
    sources = list_sources({"source": needed | {"counts": {**ENTRY, "title": "c", **series}}}, "town")
    portal.most = 3
    files = Files(sources, None)
    assert files.names("counts") == ("counts_2023_11", "counts_2023_12", "counts_2024_01")
    asked = [path for path, _ in portal.asked if path.startswith("/c?")]
    assert asked[:2] == ["/c?from=2023-11&to=2023-12", "/c?from=2023-12&to=2024-01"]


@pytest.mark.parametrize(
    "entry",
    [
        {"file": "c.csv", "series": {"every": "month", "first": "2024-01"}},
        {"file": "c_{year}.csv", "series": {"every": "month", "first": "2024-01"}},
        {"file": "c_{year}_{month}.csv", "series": {"every": "week", "first": "2024-01"}},
        {"file": "c_{year}.csv", "series": {"every": "year"}},
        {"file": "c_{year}.csv", "series": {"every": "year", "first": "now"}},
    ],
)
def test_a_series_that_makes_no_sense_is_refused(mirror, entry):
    with pytest.raises(SourceError) as error:
        Files(_sources(counts=entry), mirror)
    assert str(error.value) == (
        'source \'counts\' has no sound series: expected every = "month" or "year", first = "2024-05", and {year} and '
        "{month} in file. Correct it in the city's document."
    )


def test_all_files_without_an_address_are_told_before_anything_is_fetched(portal, tmp_path, monkeypatch):
    monkeypatch.setenv("EXANTE_CACHE", str(tmp_path))
    with pytest.raises(SourceError) as error:
        Files(_sources(counts={"file": "c.csv", "address": f"{portal.base}/c.csv"}), None)
    assert str(error.value).startswith(
        "no download address is known for 4 files: streets.tif (https://example.org/town); zones.tif "
    )
    assert "(in sources streets, zones, population, volume). Get them from their publishers" in str(error.value)
    assert portal.asked == []


def test_a_document_without_a_needed_source_is_refused(mirror):
    sources = {name: source for name, source in _sources().items() if name != "volume"}
    with pytest.raises(SourceError) as error:
        Files(sources, mirror)
    assert str(error.value) == "the city's document lacks the sources volume. Add [source.NAME] for each."


def test_all_files_that_a_mirror_lacks_are_told(mirror):
    for name in ("zones", "volume"):
        (mirror / f"{name}.tif").unlink()
    with pytest.raises(SourceError) as error:
        Files(_sources(), mirror)
    assert str(error.value) == (
        f"the mirror has no zones.tif (zones), nor 1 more files: volume.tif (in mirror {mirror}). Fetch them; "
        "`address` or `page` in the city's document says where."
    )
