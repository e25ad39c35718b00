"""Expected columns: every format that has columns, and both sides of what differs."""

import zipfile

import geopandas as gpd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources.catalogue import list_sources
from exante.sources.expected import BY_SUFFIX, FORMATS, WITH_COLUMNS, format_of, require_expected
from exante.sources.statistics import list_city_documents, read_city_document

ENTRY = {"title": "T", "page": "https://example.org", "licence": "CC0", "attribution": "Town", "date": "2024"}
FRAME = gpd.GeoDataFrame({"code": ["1"], "label": ["a"]}, geometry=[shapely.Point(0, 0)], crs="EPSG:4326")


def _source(file, **more):
    return list_sources({"source": {"s": {**ENTRY, "file": file, **more}}}, "town")["s"]


def _error(source, path):
    with pytest.raises(SourceError) as error:
        require_expected([(source, path)])
    return str(error.value)


def test_a_table_is_read_with_its_own_separator_mark_and_blanks(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b'\xef\xbb\xbf"code"; label ;"total, all"\n1;a;3\n')
    require_expected([(_source("a.csv", separator=";", columns=["code", "label", "total, all"]), path)])
    assert _error(_source("a.csv", separator=";", columns=["codes", "zone"]), path) == (
        "the columns lack codes, zone: expected codes, zone; found code, label, total, all; codes may now be code "
        "(in a.csv (T)). The portal changed its columns: take an earlier file, or correct `columns` in the city's "
        "document and the reader."
    )


@pytest.mark.parametrize("kind", ["geojson", "shp", "gpkg"])
def test_a_vector_file_tells_its_fields(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    FRAME.to_file(path)
    require_expected([(_source(path.name, columns=["code", "label"]), path)])
    assert _error(_source(path.name, columns=["kode"]), path).startswith(
        "the columns lack kode: expected kode; found code, label; kode may now be code (in "
    )


def test_layers_and_the_files_of_a_feed_are_told_apart(tmp_path):
    path = tmp_path / "a.gpkg"
    FRAME.to_file(path, layer="nodes")
    told = _error(_source("a.gpkg", columns={"nodes": ["osmid"], "edges": ["u"]}), path)
    assert told.startswith(
        "nodes lacks osmid: expected osmid; found code, label; there is no edges: expected nodes, edges; "
        "found nodes (in "
    )
    feed = tmp_path / "feed.zip"
    with zipfile.ZipFile(feed, "w") as archive:
        archive.writestr("stops.txt", "stop_id,name\n")
    told = _error(_source("feed.zip", format="gtfs", columns={"stops.txt": ["stop_id", "stop_name"]}), feed)
    assert told.startswith(
        "stops.txt lacks stop_name: expected stop_id, stop_name; found stop_id, name; stop_name may now be name (in "
    )


def test_a_table_in_a_zip_is_opened(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x;y\n1;2\n")
    require_expected([(_source("a.zip", format="csv.zip", separator=";", columns=["x", "y"]), path)])


def test_every_file_that_differs_is_told_together(tmp_path):
    files = []
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("x,y\n")
        files.append((_source(name, columns=["zz"]), tmp_path / name))
    with pytest.raises(SourceError) as error:
        require_expected(files)
    assert "(in a.csv (T); b.csv (T))" in str(error.value)


@pytest.mark.parametrize(("name", "format"), [("a.gpkg", ""), ("a.zip", "gtfs"), ("a.csv", "")])
def test_a_file_of_another_kind_is_no_traceback(tmp_path, name, format):
    path = tmp_path / name
    path.write_bytes(b"\xff\xfe\x00 not what it says")
    told = _error(_source(name, format=format, columns=["x"]), path)
    assert told.startswith("the file cannot be read as ")
    assert told.endswith("Fetch it again; if it was downloaded, the portal may have sent something else.")


@pytest.mark.parametrize("name", list_city_documents())
def test_every_source_says_where_it_is_from_and_what_it_holds(name):
    document = read_city_document(name)
    for key, source in list_sources(document, name).items() if "source" in document else ():
        entry = document["source"][key]
        assert all(entry[field].strip() for field in ("title", "licence", "attribution", "date")), key
        assert source.page.startswith(("https://", "http://")), key
        assert "example" not in source.page + source.address, key
        assert not source.verified or source.address, key
        assert not source.resource or "package_show?id=" in source.address, key
        assert format_of(source) in FORMATS, key
        assert entry.get("format"), f"{key} does not state its format"
        if format_of(source) in WITH_COLUMNS:
            assert "columns" in entry, f"{key} does not state the columns it expects"


def test_suffixes_stand_for_known_formats():
    assert set(BY_SUFFIX.values()) <= set(FORMATS)
    assert set(WITH_COLUMNS) <= set(FORMATS)


@pytest.mark.real_data
@pytest.mark.parametrize("name", list_city_documents())
def test_the_real_files_have_the_columns_that_are_expected(name, data_dir):
    sources = list_sources(read_city_document(name), name)
    files = [(s, data_dir / s.file) for s in sources.values() if not s.series]
    require_expected(files)
    for source, path in files:
        if source.columns and not isinstance(source.columns, dict):
            changed = _source(source.file, format=source.format, separator=source.separator, columns=["absent_one"])
            assert "the columns lack absent_one: expected absent_one; found " in _error(changed, path)
