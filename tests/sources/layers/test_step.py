"""Steps of a build: their order, what they must declare, and the layers they give."""

import datetime as dt

import pytest

from exante.city import Table
from exante.quantities import vocabulary
from exante.quantities.errors import SourceError
from exante.sources.catalogue import list_sources
from exante.sources.files import Files
from exante.sources.layers import Assembly, Makes, Step, list_steps, run_steps
from exante.sources.layers.step import in_order
from exante.sources.statistics import list_city_documents, read_city_document

ENTRY = {"page": "https://example.org", "licence": "CC BY 4.0", "attribution": "Town", "date": "2024"}
NAMES = ("streets", "zones", "population", "volume", "crashes_2019", "crashes_2020")


@pytest.fixture
def assembly(tmp_path):
    entries = {}
    for name in NAMES:
        (tmp_path / f"{name}.csv").write_text(name)
        entries[name] = {**ENTRY, "file": f"{name}.csv", "title": name.title()}
    document = {"source": entries, "build": {"notes": {"zones": "As the town says."}}}
    return Assembly(document, Files(list_sources(document, "town"), tmp_path), "EPSG:25832", dt.date(2024, 1, 1))


def _rows(name, key, *values):
    return {name: Table(name, {key: list(values)})}


def test_a_step_gives_a_table_with_its_layer(assembly):
    steps = (
        Step(
            "crash",
            (Makes("crashes", ("crashes", "elsewhere"), note="Few."),),
            lambda _: _rows("crashes", "year", 2019),
        ),
    )
    run_steps(steps, assembly)
    layer = assembly.layers["crashes"]
    assert [s.title for s in layer.sources] == ["Crashes_2019 (crashes_2019.csv)", "Crashes_2020 (crashes_2020.csv)"]
    assert (layer.level, layer.note) == (1, "Few.")


def test_an_amended_table_rests_on_both_and_on_the_lower_level(assembly):
    first = Step("one", (Makes("zones", ("zones",)),), lambda _: _rows("zones", "zone_id", "1"))
    second = Step(
        "two", (Makes("zones", ("population",), assumed=True, note="More.", amends=True),),
        lambda _: _rows("zones", "zone_id", "1", "2"), after=("one",),
    )  # fmt: skip
    run_steps(in_order((second, first)), assembly)
    assert assembly.tables["zones"].rows == 2
    layer = assembly.layers["zones"]
    assert (layer.level, [s.title for s in layer.sources]) == (0, ["Zones (zones.csv)", "Population (population.csv)"])
    assert layer.note == "As the town says."


def test_a_step_without_its_sources_does_not_run(assembly):
    step = Step("air", (Makes("air_sites", ()),), lambda _: 1 / 0, when=lambda a: a.has("air_stations"))
    run_steps((step,), assembly)
    assert assembly.tables == {}
    assert assembly.has("crashes")


@pytest.mark.parametrize("made", [(), (Makes("zones", (), amends=True),)])
def test_a_table_that_is_not_declared_so_is_refused(assembly, made):
    with pytest.raises(SourceError) as error:
        run_steps((Step("one", made, lambda _: _rows("zones", "zone_id", "1")),), assembly)
    assert str(error.value) == "step 'one' made the table 'zones', which it does not declare so."


def test_steps_that_wait_for_each_other_or_for_none_are_refused():
    def step(name, *after):
        return Step(name, (), lambda _: {}, after=after)

    assert [s.name for s in in_order((step("b"), step("c", "d"), step("a", "b"), step("d")))] == ["b", "a", "d", "c"]
    with pytest.raises(SourceError) as error:
        in_order((step("a", "b"), step("b", "a")))
    assert str(error.value) == "the steps a, b wait for each other."
    with pytest.raises(SourceError) as error:
        in_order((step("a", "b"),))
    assert str(error.value) == "step 'a' comes after 'b', which is no step."


def test_every_module_is_a_step_and_its_tables_are_known():
    steps = list_steps()
    assert {"areas", "network", "zones", "connectors", "counts"} <= {s.name for s in steps}
    assert len({s.name for s in steps}) == len(steps)
    assert {entry.table for step in steps for entry in step.makes} <= set(vocabulary.list_tables())


def test_a_statistic_that_is_missing_is_named(assembly):
    assembly.tables["statistics"] = Table("statistics", {"name": ["jobs"], "value": [3.0]})
    assert assembly.statistic("jobs") == 3.0
    with pytest.raises(SourceError) as error:
        assembly.statistic("households")
    assert str(error.value) == (
        "the city's document has no statistic 'households' (in [[statistic]]). Type it in with its source."
    )


@pytest.mark.parametrize("name", list_city_documents())
def test_every_source_of_a_known_city_is_cited_by_a_layer(name):
    told = {source for step in list_steps() for entry in step.makes for source in entry.sources}
    for source in read_city_document(name)["source"]:
        assert any(source == t or source.startswith(f"{t}_") for t in told), f"no layer cites {source}"
