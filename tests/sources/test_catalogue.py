import pytest

from exante.quantities.errors import SourceError
from exante.sources.catalogue import list_sources, locate
from exante.sources.statistics import list_city_documents, read_city_document

ENTRY = {
    "file": "town/streets.gpkg",
    "title": "Streets",
    "page": "https://example.org/streets",
    "licence": "CC BY 4.0",
    "attribution": "Town",
    "date": "2024",
}


def _source(**more):
    return list_sources({"source": {"streets": {**ENTRY, **more}}}, "town")["streets"]


def test_a_file_of_the_mirror_is_found_and_hashed(tmp_path):
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "streets.gpkg").write_bytes(b"abc")
    source = _source(layer="edges")
    provenance = source.provenance(locate(source, tmp_path))
    assert source.settings == {"layer": "edges"}
    assert provenance.title == "Streets (town/streets.gpkg)"
    assert provenance.sha256.startswith("ba7816bf")
    assert str(tmp_path) not in str(provenance)


def test_a_file_missing_in_the_mirror_names_it_and_its_address(tmp_path):
    with pytest.raises(SourceError) as error:
        locate(_source(address="https://example.org/streets.gpkg"), tmp_path)
    assert str(error.value) == (
        f"the mirror has no town/streets.gpkg (Streets) (in mirror {tmp_path}). Fetch it: its address is "
        "https://example.org/streets.gpkg."
    )


def test_a_file_without_address_asks_for_a_mirror_or_lies_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("EXANTE_CACHE", str(tmp_path))
    with pytest.raises(SourceError) as error:
        locate(_source(), None)
    assert str(error.value) == (
        "no download address is known for town/streets.gpkg (Streets) (in source 'streets'). Get the file yourself "
        "(its publisher is at https://example.org/streets) and build with --mirror DIR, where DIR holds it under that "
        f"path, or put it under that path into {tmp_path}/sources."
    )
    (tmp_path / "sources" / "town").mkdir(parents=True)
    (tmp_path / "sources" / "town" / "streets.gpkg").write_bytes(b"abc")
    assert locate(_source(), None).read_bytes() == b"abc"


def test_a_source_without_licence_is_refused():
    entry = {k: v for k, v in ENTRY.items() if k != "licence"}
    with pytest.raises(SourceError) as error:
        list_sources({"source": {"streets": entry}}, "town")
    assert str(error.value) == "source 'streets' lacks licence (in cities/town.toml). Add them."


def test_a_city_without_sources_can_only_be_sketched():
    with pytest.raises(SourceError) as error:
        list_sources({}, "town")
    assert str(error.value) == (
        "city 'town' has no open-data sources in its document (in cities/town.toml). Sketch it instead: exante city "
        "sketch town."
    )


@pytest.mark.parametrize("name", list_city_documents())
def test_every_source_of_every_known_city_is_cited(name):
    document = read_city_document(name)
    for source in list_sources(document, name).values() if "source" in document else ():
        assert source.licence
        assert source.attribution
        assert source.page.startswith("https://")
        assert not source.verified or source.address.startswith("https://")
        assert not source.file.startswith("/")


def test_a_file_beside_counts_in_the_hash(tmp_path):
    (tmp_path / "town").mkdir()
    for name in ("streets.gpkg", "streets.dbf"):
        (tmp_path / "town" / name).write_bytes(b"abc")
    source = _source(beside=["streets.dbf"])
    before = source.provenance(locate(source, tmp_path)).sha256
    (tmp_path / "town" / "streets.dbf").write_bytes(b"abd")
    assert source.provenance(locate(source, tmp_path)).sha256 != before
    (tmp_path / "town" / "streets.dbf").unlink()
    with pytest.raises(SourceError) as error:
        locate(source, tmp_path)
    assert str(error.value).startswith("the mirror has no town/streets.dbf (Streets)")
