"""Places, parks and trees: by hand on the village, against pandana, and what is told of them."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from exante.city import Table
from exante.indicators.green import INDICATORS
from exante.models.access import GREEN, PLACES, TREES
from exante.models.access.places import distance_to_shapes
from exante.models.access.streets import open_links
from exante.quantities.declarations import Inputs
from exante.quantities.labels import place
from exante.sources.places import from_green, trees_along
from exante.sources.report import Report


def places(*rows):
    return Table(
        "places",
        {
            "place_id": np.array([f"p{k}" for k in range(len(rows))], dtype=object),
            "kind": np.array([r[0] for r in rows], dtype=object),
            "area": np.array([r[1] for r in rows], dtype=float),
            "geometry": np.array([r[2] for r in rows], dtype=object),
        },
    )


def run(model, city, **parameters):
    return model.run(Inputs({n: city.column(n) for n in model.reads}, parameters), None).arrays


def test_places_of_the_village_by_hand(village_city):
    xy = dict(zip(village_city.column("nodes.node_id"), village_city.column("nodes.geometry"), strict=True))
    city = village_city.with_table(places(("school", np.nan, xy["n2"]), ("park", 5000.0, xy["n2"])))
    found = run(PLACES, city)["node_place_distance"]
    names = village_city.column("nodes.node_id").tolist()
    school = dict(zip(names, found[place("place_kind", "school")], strict=True))
    assert school["n2"] == 0.0
    links = village_city.table("links")
    street = (links["from_node_id"] == "n1") & (links["to_node_id"] == "n2")
    assert school["n1"] == pytest.approx(float(links["length"][street][0]))
    assert (found[place("place_kind", "pharmacy")] == 10_000.0).all()
    assert (run(GREEN, city)["node_green_distance"] == 10_000.0).all(), "half a hectare is not the park of the rule"


def test_a_park_is_entered_along_its_edge(sketch_city):
    nodes = sketch_city.column("nodes.geometry")
    disc = shapely.buffer(nodes[100], 300.0)
    found = run(GREEN, sketch_city.with_table(places(("park", shapely.area(disc), disc))))["node_green_distance"]
    inside = shapely.contains(disc, nodes)
    walkable = open_links(sketch_city.column("links.allowed_uses"), "walk")
    ends = np.union1d(
        sketch_city.column("links.from_node_id")[walkable].astype(str),
        sketch_city.column("links.to_node_id")[walkable].astype(str),
    )
    on_foot = np.isin(sketch_city.column("nodes.node_id").astype(str), ends)
    assert (inside & on_foot).sum() > 1
    np.testing.assert_allclose(found[inside & on_foot], 0.0, atol=1e-6)
    assert (found >= np.minimum(shapely.distance(disc, nodes), 10_000.0) - 1e-3)[~on_foot | ~inside].mean() > 0.99


def test_pandana_finds_the_same_distances(sketch_city):
    pandana = pytest.importorskip("pandana", reason="pandana comes with the extra dev")
    names = {n: k for k, n in enumerate(sketch_city.column("nodes.node_id").tolist())}
    foot = open_links(sketch_city.column("links.allowed_uses"), "walk")
    tail, head = (
        np.array([names[n] for n in sketch_city.column(f"links.{end}")[foot]]) for end in ("from_node_id", "to_node_id")
    )
    xy = shapely.get_coordinates(sketch_city.column("nodes.geometry"))
    network = pandana.Network(
        pd.Series(xy[:, 0]), pd.Series(xy[:, 1]), pd.Series(tail), pd.Series(head),
        pd.DataFrame({"m": sketch_city.column("links.length")[foot]}),
    )  # fmt: skip
    chosen = np.unique(tail)[::97]
    network.set_pois("school", 3000.0, 1, pd.Series(xy[chosen, 0]), pd.Series(xy[chosen, 1]))
    expected = network.nearest_pois(3000.0, "school", num_pois=1).to_numpy()[:, 0]
    inputs = Inputs({n: sketch_city.column(n) for n in PLACES.reads if not n.startswith("places")}, {})
    mine = distance_to_shapes(inputs, sketch_city.column("nodes.geometry")[chosen])
    # entrances within 50 m shorten a few ways that pandana leads along streets alone
    on_foot = np.unique(np.concatenate([tail, head]))
    both = np.minimum(mine, 3000.0)[on_foot] - expected[on_foot]
    assert (both <= 0.01).all()
    assert (np.abs(both) <= 0.01).mean() > 0.8
    assert np.abs(both).max() <= 100.0


@settings(max_examples=25, deadline=None)
@given(trees=st.floats(0, 500), more=st.floats(0, 500))
def test_more_trees_are_seen_by_more(village_city, trees, more):
    links = village_city.table("links")

    def seen(number):
        city = village_city.with_table(links.with_columns(trees=np.full(links.rows, number)))
        return run(TREES, city, tree_sight=50.0)["zone_trees_in_sight"]

    one, two = seen(trees), seen(trees + more)
    assert (two >= one - 1e-12).all()
    assert (one >= 0).all()
    assert (two <= 1).all()


def test_trees_in_sight_on_paper(village_city):
    links = village_city.table("links")
    # one tree every ten metres: five in fifty metres, and e^-5 (1 + 5 + 12.5) see fewer than three
    city = village_city.with_table(links.with_columns(trees=links["length"] / 10.0))
    share = run(TREES, city, tree_sight=50.0)["zone_trees_in_sight"]
    west = village_city.column("zones.zone_id").tolist().index("W")
    assert share[west] == pytest.approx(1 - np.exp(-5) * 18.5)


def test_polygons_of_one_park_are_one_place():
    squares = [shapely.box(0, 0, 60, 100), shapely.box(68, 0, 128, 100), shapely.box(500, 0, 560, 100)]
    green = pd.DataFrame({"name": ["A", "B", "C"], "kind": ["PARCO", "PARCO", "PARCO"], "geometry": squares})
    report = Report()
    found = from_green(green, {"PARCO": "park"}, report)
    assert found["area"].tolist() == pytest.approx([12000.0, 6000.0])
    assert "2 park" in report.lines[0]


def test_trees_along_a_street_are_within_its_distance():
    line = np.array([shapely.LineString([(0, 0), (100, 0)])])
    assert trees_along(line, np.array([Point(50, 19), Point(50, 21), Point(-10, 0)]), 20.0).tolist() == [2.0]


def test_units_of_the_indicators():
    units = {i.name: i.unit for i in INDICATORS}
    assert units.pop("green_per_head") == "m^2/person"
    assert set(units.values()) == {"percent"}


def test_verify_access_says_what_has_no_data(monkeypatch, capsys, tmp_path, sketch_city):
    from exante.apps import cli
    from exante.city import save

    monkeypatch.setenv("EXANTE_CACHE", str(tmp_path / "cache"))
    point = shapely.point_on_surface(sketch_city.column("zones.geometry")[0])
    folder = save(sketch_city.with_table(places(("school", np.nan, point))), tmp_path / "town.city")
    monkeypatch.setattr(sys, "argv", ["exante", "verify", "access", str(folder), "--json"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert not stop.value.code
    told = json.loads(capsys.readouterr().out)
    assert "park" in told["without_data"]
    assert "school" not in told["without_data"]
    first = told["reached"][0]
    assert first["name"].startswith("school")
    assert 0 < first["mean"] < 100
    assert set(first["sex"]) == {"women", "men"}
