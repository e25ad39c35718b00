"""Published figures: typed in with unit, year and source, or refused whole."""

import numpy as np
import pytest

from exante.quantities import vocabulary
from exante.quantities.errors import SourceError
from exante.sources.statistics import (
    list_city_documents,
    list_provenance,
    read_city_document,
    read_fleet,
    read_published,
    read_statistics,
)

FIGURE = {
    "name": "population", "value": 1000, "unit": "person", "year": 2023, "source": "Town hall, https://example.org",
    "verified": True,
}  # fmt: skip
CARS = {
    "vehicle_class": "car", "year": 2023, "source": "Register, https://example.org", "verified": True,
    "fuel": {"petrol": 60, "diesel": 30, "hybrid": 8, "electric": 2},
    "euro_class": {"euro0_3": 20, "euro4": 30, "euro5_6": 50}, "possible": {"hybrid": ["euro5_6"]},
}  # fmt: skip


def margin(table, column):
    share = table["share"]
    return {value: float(share[table[column] == value].sum()) for value in dict.fromkeys(table[column].tolist())}


def test_figures_become_the_table():
    table, layer = read_statistics({"statistic": [FIGURE]})
    assert table["value"].tolist() == [1000.0]
    assert layer.level == 0
    assert layer.sources[0].title == "Town hall"
    assert layer.sources[0].url == "https://example.org"
    assert layer.note == "0 of 1 figures have not been checked in their publication (verified = false)"


def test_every_fault_of_the_figures_is_told_together():
    bad = [
        FIGURE,
        FIGURE,
        {k: v for k, v in FIGURE.items() if k not in ("name", "year")},
        FIGURE | {"name": "area", "unit": "hectolitrees"},
    ]
    with pytest.raises(SourceError) as told:
        read_statistics({"statistic": bad})
    assert str(told.value) == (
        "entry 3 lacks name, year; area has the unit 'hectolitrees', which is not one; population stands more than "
        "once (in [[statistic]]). Mend these entries of the city's document."
    )


def test_a_document_without_figures_is_refused():
    with pytest.raises(SourceError) as told:
        read_statistics({})
    assert str(told.value) == (
        "the city's document has no [[statistic]] (in [[statistic]]). Type in the published figures."
    )


def test_a_fleet_keeps_both_margins_and_its_impossible_cells_empty():
    table, _ = read_fleet({"fleet": [CARS]})
    assert margin(table, "fuel") == pytest.approx({"petrol": 0.6, "diesel": 0.3, "hybrid": 0.08, "electric": 0.02})
    euro = margin(table, "euro_class")
    assert euro["none"] == pytest.approx(0.02)
    assert [euro[k] / 0.98 for k in ("euro0_3", "euro4", "euro5_6")] == pytest.approx([0.2, 0.3, 0.5])
    hybrid = table["euro_class"][table["fuel"] == "hybrid"]
    assert hybrid.tolist() == ["euro5_6"]
    assert table["share"].sum() == pytest.approx(1.0, abs=1e-12)


def test_without_impossible_cells_the_fleet_is_independent():
    table, _ = read_fleet({"fleet": [{k: v for k, v in CARS.items() if k != "possible"}]})
    petrol_euro4 = table["share"][(table["fuel"] == "petrol") & (table["euro_class"] == "euro4")]
    assert petrol_euro4 == pytest.approx([0.6 * 0.3])


def test_margins_that_no_fleet_has_are_refused():
    impossible = CARS | {"fuel": {"hybrid": 100}}
    with pytest.raises(SourceError) as told:
        read_fleet({"fleet": [impossible]})
    assert str(told.value) == (
        "no fleet of class car has both the given fuels and Euro groups (in [[fleet]]). "
        "Check the margins, and the combinations that `possible` leaves out."
    )


def test_a_publication_is_cited_once():
    data = FIGURE | {"source": "Data", "url": "https://example.org/data"}
    found = list_provenance([FIGURE, FIGURE, FIGURE | {"source": "From memory"}, data])
    assert [(p.title, p.url) for p in found] == [
        ("Town hall", "https://example.org"),
        ("From memory", ""),
        ("Data", "https://example.org/data"),
    ]


def test_known_cities():
    assert "bologna" in list_city_documents()
    with pytest.raises(SourceError) as told:
        read_city_document("atlantis")
    assert str(told.value).startswith("exante knows no city 'atlantis' (in cities). Known cities: ")
    assert "bologna" in str(told.value)
    with pytest.raises(SourceError):
        read_city_document("../pyproject")


@pytest.mark.parametrize("name", list_city_documents())
def test_shipped_documents_read(name):
    document = read_city_document(name)
    table, _ = read_statistics(document)
    assert np.isfinite(table["value"]).all()
    for figure in document["statistic"]:
        assert "http" in figure["source"] or "url" in figure or "no document seen" in figure["source"], figure["name"]
    claimed = {f["name"] for f in document["statistic"] if f["verified"]}
    seen = {f["name"] for f in document["statistic"] if f["seen"] in ("page", "computed")}
    assert claimed == seen, "verified is for figures read in their page or computed from open data"
    assert margin(read_fleet(document)[0], "vehicle_class") == pytest.approx(
        dict.fromkeys(("car", "van", "truck", "motorcycle", "bus"), 1.0)
    )


PUBLISHED = {
    "quantity": "car_share", "value": 40, "unit": "percent", "year": 2020, "scope": "all trips", "comparable": True,
    "source": "Survey, https://example.org", "verified": True,
}  # fmt: skip


def test_a_published_figure_may_stand_on_a_statistic():
    document = {"statistic": [FIGURE | {"name": "cars", "value": 35, "unit": "percent"}]}
    own = {"quantity": "car_share", "statistic": "cars", "scope": "trips to work", "comparable": False}
    table, layer = read_published({**document, "published": [own, PUBLISHED]})
    assert table["value"].tolist() == [35.0, 40.0]
    assert table["scope"].tolist() == ["trips to work", "all trips"]
    assert [s.title for s in layer.sources] == ["Town hall", "Survey"]
    assert read_published(document) is None


def test_every_fault_of_published_figures_is_told():
    bare = {k: v for k, v in PUBLISHED.items() if k not in ("scope", "comparable")}
    with pytest.raises(SourceError) as told:
        read_published({"published": [bare, PUBLISHED | {"statistic": "cars"}]})
    assert str(told.value) == (
        "car_share names the statistic 'cars', which is not there; car_share lacks scope, comparable (in "
        "[[published]]). Mend "
        "these entries of the city's document."
    )


@pytest.mark.parametrize("name", list_city_documents())
def test_published_figures_of_known_cities_are_cited_and_of_known_kinds(name):
    document = read_city_document(name)
    table, _ = read_published(document)
    assert set(table["quantity"]) <= set(vocabulary.get("published.quantity").one_of)
    assert len(table["scope"][0]) > 10
    for entry in document["published"]:
        assert "statistic" in entry or "http" in entry["source"]
        assert entry.get("verified", False) == (entry.get("seen") in ("page", "computed"))
