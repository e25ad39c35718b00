"""The sketch: published totals to the person, a network a planner would believe, the same bytes twice."""

import copy
import math
import subprocess
import sys

import numpy as np
import pytest
import shapely

from exante.city import save
from exante.city.check import list_faults
from exante.quantities.errors import SourceError
from exante.sources.sketch import sketch, sketch_document
from exante.sources.statistics import list_city_documents, read_city_document

SKETCHED = [name for name in list_city_documents() if "sketch" in read_city_document(name)]


@pytest.fixture(scope="module", params=SKETCHED)
def report(request):
    return sketch(request.param)


@pytest.fixture
def city(report):
    return report.city


@pytest.fixture
def document():
    return copy.deepcopy(read_city_document("bologna"))


def figures(city):
    table = city.table("statistics")
    return dict(zip(table["name"], table["value"], strict=True))


def test_is_sound_and_says_that_it_is_a_sketch(report, city):
    assert list_faults(city) == []
    for name in city.tables:
        assert city.level(name) == 0, name
        assert city.layers[name].sources, name
    assert set(city.table("links")["lanes_origin"]) == set(city.table("links")["speed_limit_origin"]) == {"sketched"}
    assert city.history == ()
    assert any("sketched" in line for line in report.lines)


def test_totals_are_the_published_ones(city):
    zones, published = city.table("zones"), figures(city)
    names = {
        "population": "population", "households": "households", "employed": "employed_residents",
        "students": "students", "jobs": "jobs", "school_places": "school_places",
    }  # fmt: skip
    for column, name in names.items():
        assert zones[column].sum() == pytest.approx(published[name], rel=1e-9), column
        assert (zones[column] > 0).all()
    assert zones["area"].sum() / 1e6 == pytest.approx(published["area"], rel=5e-4)
    assert zones["services"].mean() == pytest.approx(1.0)
    adults = zones["population"]
    cars = published["car_ownership"] / 1000 / (1 - published["share_under_15"] / 100)
    assert np.average(zones["car_availability"], weights=adults) == pytest.approx(cars, rel=0.02)


def test_districts_have_their_residents_and_area(city):
    zones = city.table("zones")
    districts = read_city_document(city.name)["district"]
    share = figures(city)["area"] / sum(d["area"] for d in districts)
    for district in districts:
        mine = zones["district"] == district["name"]
        assert zones["population"][mine].sum() == pytest.approx(district["population"], rel=1e-9)
        assert zones["area"][mine].sum() / 1e6 == pytest.approx(district["area"] * share, rel=0.01)


def test_districts_lie_where_they_lie(city):
    x0, y0 = read_city_document(city.name)["sketch"]["centre"]
    areas = city.table("areas")
    for district in read_city_document(city.name)["district"]:
        if "bearing" not in district:
            continue
        middle = areas["geometry"][areas["name"] == district["name"]][0].centroid
        away = math.radians(district["bearing"])
        x, y = x0 + 1000 * district["distance"] * math.sin(away), y0 + 1000 * district["distance"] * math.cos(away)
        assert math.hypot(middle.x - x, middle.y - y) < 2500, district["name"]


def test_zones_part_the_city_without_gap_or_overlap(city):
    shapes = city.table("zones")["geometry"]
    whole = shapely.union_all(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(whole.area, rel=1e-6)
    assert 40 <= len(shapes) <= 110


def test_the_centre_is_denser_than_the_edge(city):
    zones = city.table("zones")
    density = zones["population"] / zones["area"]
    core = np.array(["centre" in name for name in zones["name"]])
    jobs = zones["jobs"] / zones["area"]
    assert np.median(density[core]) > np.median(density[~core])
    assert np.median(jobs[core]) > 2 * np.median(jobs[~core])


def test_network_has_a_hierarchy(city):
    links, nodes = city.table("links"), city.table("nodes")
    assert 1500 <= links.rows <= 4000
    kilometres = {k: float(links["length"][links["road_class"] == k].sum()) / 1000 for k in set(links["road_class"])}
    assert kilometres["residential"] > kilometres["tertiary"] > kilometres["secondary"]
    assert {"motorway", "trunk", "primary", "secondary", "tertiary", "residential"} <= set(kilometres)
    assert 40 <= (nodes["ctrl_type"] == "signal").sum() <= 400
    fast = np.isin(links["road_class"], ("motorway", "trunk"))
    assert not links["built_up"][fast].any()
    residential = links["road_class"] == "residential"
    assert (links["speed_limit"][residential] == 50).all()
    assert (links["effective_speed_limit"] == links["speed_limit"]).all()
    capacity = links["capacity"] * links["lanes"]
    assert capacity[links["road_class"] == "motorway"].min() > capacity[residential].max()


def test_links_are_as_long_as_they_are_drawn_and_end_at_their_nodes(city):
    links, nodes = city.table("links"), city.table("nodes")
    assert np.abs(shapely.length(links["geometry"]) - links["length"]).max() <= 0.05 + 1e-9
    place = nodes["geometry"]
    for end, column in ((0, "from_node_id"), (-1, "to_node_id")):
        at = place[nodes.positions(links[column])]
        assert shapely.distance(at, shapely.get_point(links["geometry"], end)).max() < 0.02
    pairs = list(zip(links["from_node_id"], links["to_node_id"], strict=True))
    assert len(set(pairs)) == len(pairs)
    assert all(a != b for a, b in pairs)


def test_ordinary_streets_meet_fast_roads_at_ramps_only(city):
    links = city.table("links")
    fast = np.isin(links["road_class"], ("motorway", "trunk")) & ~links["ramp"]
    ordinary = ~np.isin(links["road_class"], ("motorway", "trunk"))
    ends_fast = set(links["from_node_id"][fast]) | set(links["to_node_id"][fast])
    ends_ordinary = set(links["from_node_id"][ordinary]) | set(links["to_node_id"][ordinary])
    assert not ends_fast & ends_ordinary


def test_gates_carry_all_external_traffic(city):
    gates = city.table("gates")
    assert gates["weight"].sum() == pytest.approx(1.0)
    assert gates["motorway"].sum() >= 2
    assert len(set(gates["name"])) == gates.rows


def test_connectors_start_inside_or_beside_their_zone(city):
    connectors, zones, nodes = (city.table(n) for n in ("connectors", "zones", "nodes"))
    shape = zones["geometry"][zones.positions(connectors["zone_id"])]
    place = nodes["geometry"][nodes.positions(connectors["node_id"])]
    assert shapely.distance(shape, place).max() < 1500
    fast = city.table("links")["road_class"]
    ends = set(city.table("links")["from_node_id"][np.isin(fast, ("motorway", "trunk"))])
    ramps = set(city.table("links")["from_node_id"][city.table("links")["ramp"]])
    assert not (set(connectors["node_id"]) & (ends - ramps))


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n == "bologna" else [pytest.mark.slow]) for n in SKETCHED]
)
def test_two_sketches_are_the_same_bytes_in_different_processes(name, tmp_path):
    program = (
        "import sys; from pathlib import Path; from exante.city import save; from exante.sources.sketch import sketch; "
        "save(sketch(sys.argv[1]).city, Path(sys.argv[2]))"
    )
    folders = [tmp_path / "one.city", tmp_path / "two.city"]
    for folder, seed in zip(folders, ("1", "2"), strict=True):
        environment = {"PYTHONHASHSEED": seed, "PATH": "", "HOME": str(tmp_path)}
        subprocess.run([sys.executable, "-c", program, name, str(folder)], check=True, env=environment)
    for file in sorted(folders[0].iterdir()):
        assert file.read_bytes() == (folders[1] / file.name).read_bytes(), file.name


def test_unknown_city_lists_the_known_ones():
    with pytest.raises(SourceError, match=r"exante knows no city 'bolonga' \(in cities\). Known cities: .*bologna"):
        sketch("bolonga")


def test_districts_that_do_not_sum_to_the_city_are_refused(document):
    document["district"][0]["population"] += 1000
    with pytest.raises(SourceError) as told:
        sketch_document(document, "bologna")
    assert str(told.value) == (
        "the districts' residents sum to 393,017, the city's are 392,017 (in [[district]]). "
        "Use figures of one day, or state which district takes the difference."
    )


def test_missing_figures_and_sections_are_named(document):
    short = document | {"statistic": [f for f in document["statistic"] if f["name"] not in ("area", "jobs")]}
    with pytest.raises(SourceError) as told:
        sketch_document(short, "bologna")
    assert str(told.value) == (
        "a sketch needs the published figures jobs, area (in [[statistic]]). "
        "Add them with value, unit, year and source."
    )


def test_absent_keys_are_named_together(document):
    del document["sketch"]["edge"], document["sketch"]["seed"], document["district"][1]["income"]
    del document["sketch"]["road"][2]["path"], document["city"]["crs"]
    with pytest.raises(SourceError) as told:
        sketch_document(document, "bologna")
    assert str(told.value) == (
        "[city] lacks crs; [sketch] lacks seed, edge; [[district]] San Donato-San Vitale lacks income; "
        "[[sketch.road]] Secondo anello lacks path (in the city's document). "
        "Mend these entries; bologna.toml is an example."
    )


def test_every_fault_of_a_plan_is_told_together(document):
    roads = document["sketch"]["road"]
    del roads[0]["centre"]
    roads[1]["road_class"] = "alley"
    roads[2]["path"] = [[0, 1.0]]
    roads[5]["junctions"][0][0] = "Viali di circonvallazione"
    document["district"][2]["income"] = -5
    document["sketch"]["parking"].append([9.0, "parking_price_moon"])
    document["sketch"]["spacing"][0][0] = 99
    document["sketch"]["zones"] = 4
    with pytest.raises(SourceError) as told:
        sketch_document(document, "bologna")
    faults = str(told.value).split("; ")
    assert [f.split(" (in")[0] for f in faults[:8]] == [
        "district Savena: income -5 is not a number above zero",
        "not one closed road is marked centre",
        "road Circonvallazione interna: class 'alley' is not in [sketch.road_class] or not one of motorway, trunk, "
        "primary, secondary, tertiary, unclassified, residential, living_street, busway",
        "road Secondo anello: its path is not a list of [bearing, km], three at least where closed, two otherwise",
        "road Autostrada A14 cannot be joined to 'Viali di circonvallazione': both have to be motorways or trunk roads",
        "spacing is not a list of [km, km above zero] in rising order",
        "4 zones are fewer than two a district",
        "parking names the figure 'parking_price_moon', which is not among [[statistic]]",
    ]


def test_cells_of_districts_need_their_middles(document):
    del document["sketch"]["sectors_from"], document["district"][0]["bearing"]
    with pytest.raises(SourceError, match=r"district Navile lacks bearing and distance, and \[sketch\] has no sectors"):
        sketch_document(document, "bologna")


def test_districts_as_cells_have_the_official_areas(document):
    del document["sketch"]["sectors_from"]
    zones = sketch_document(document, "bologna").city.table("zones")
    for district in document["district"]:
        mine = zones["district"] == district["name"]
        assert zones["area"][mine].sum() / 1e6 == pytest.approx(district["area"], rel=0.01)


def test_saves_and_opens(city, tmp_path):
    from exante.city import open_folder

    assert open_folder(save(city, tmp_path / "a.city")) == city
