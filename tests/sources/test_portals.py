"""Files of a dataset by name, from the list that a portal gives."""

import json

import pytest

from exante.quantities.errors import SourceError
from exante.sources.catalogue import list_sources, locate
from exante.sources.portals import find_resource

LIST = {
    "result": {
        "resources": [
            {"name": "2019 crashes", "url": "https://x.org/1/2019_Crashes.csv"},
            {"url": "https://x.org/2/b.csv"},
        ]
    }
}


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "list.json"
    path.write_text(json.dumps(LIST))
    return path


def test_a_file_is_found_by_its_title_or_its_name(listed):
    assert find_resource(listed, "x", "2019 Crashes") == "https://x.org/1/2019_Crashes.csv"
    assert find_resource(listed, "x", "2019_crashes.csv") == "https://x.org/1/2019_Crashes.csv"
    assert find_resource(listed, "x", "b.csv") == "https://x.org/2/b.csv"


def test_a_file_that_is_not_listed_is_told_with_those_that_are(listed):
    with pytest.raises(SourceError) as error:
        find_resource(listed, "https://x.org/list", "c.csv")
    assert str(error.value) == (
        "the dataset has no file c.csv: expected c.csv; found 2019 crashes, https://x.org/2/b.csv (in "
        "https://x.org/list). The portal renamed it: correct `resource` in the city's document."
    )


@pytest.mark.parametrize("text", ["<!--", "[]", '{"result": {}}', '{"result": {"resources": [{}]}}'])
def test_an_answer_that_is_no_list_is_told(tmp_path, text):
    path = tmp_path / "list.json"
    path.write_text(text)
    with pytest.raises(SourceError) as error:
        find_resource(path, "https://x.org/list", "c.csv")
    assert str(error.value).startswith("the portal's answer is no list of the dataset's files (in https://x.org/list)")


def test_a_source_is_fetched_through_the_list(portal, tmp_path, monkeypatch):
    monkeypatch.setenv("EXANTE_CACHE", str(tmp_path))
    portal.files["/list"] = json.dumps(
        {"result": {"resources": [{"name": "a", "url": f"{portal.base}/a.csv"}]}}
    ).encode()
    portal.files["/a.csv"] = b"x\n1\n"
    entry = {"title": "T", "page": "https://x.org", "licence": "CC0", "attribution": "Town", "date": "2024"}
    entry |= {"file": "town/a.csv", "address": f"{portal.base}/list", "resource": "a.csv"}
    source = list_sources({"source": {"s": entry}}, "town")["s"]
    assert locate(source, None).read_text() == "x\n1\n"
    assert [path for path, _ in portal.asked] == ["/list", "/a.csv"]
