"""Topology of centre lines, strokes, following and one-way rule on streets small enough to draw by hand."""

import numpy as np
import pandas as pd
import pytest
import shapely

from exante.quantities.errors import SourceError
from exante.sources.centre_lines import bridge, build_graph, parts
from exante.sources.following import follow
from exante.sources.one_ways import alternate, neighbours, reopen
from exante.sources.strokes import make_strokes


def streets(**lines):
    return pd.DataFrame({"code": list(lines), "geometry": [shapely.LineString(xy) for xy in lines.values()]})


def test_ends_within_three_metres_become_one_node():
    graph = build_graph(streets(a=[(0, 0), (100, 0)], b=[(102, 0), (200, 0)], c=[(101, 1), (101, 80)]))
    assert len(graph.nodes) == 4
    assert graph.segments["segment_id"].tolist() == ["a", "b", "c"]
    assert (parts(graph) == 0).all()
    assert set(graph.nodes["node_id"]) >= {"0-0", "200-0", "101-80", "101-0"}


def test_a_street_that_ends_on_another_splits_it_but_a_crossing_does_not():
    graph = build_graph(streets(main=[(0, 0), (100, 0)], side=[(40, 8), (40, 90)], bridge=[(70, -50), (70, 50)]))
    assert sorted(graph.segments["segment_id"]) == ["bridge", "main.1", "main.2", "side"]
    side = graph.segments.set_index("segment_id").loc["side"]
    assert side["length"] == pytest.approx(90.0)
    lengths = graph.segments.set_index("segment_id")["length"]
    assert lengths["main.1"] == pytest.approx(40.0)
    assert lengths["main.2"] == pytest.approx(60.0)
    assert graph.notes[0] == (
        "topology: 6 ends meet no other; 1 of them lie within 12 m of another segment and are taken to it, 1 segments "
        "are split there; the others are dead ends"
    )


def test_a_gap_is_bridged_only_for_parts_of_some_size_and_only_when_short():
    frame = streets(
        main=[(0, 0), (2000, 0)],
        near=[(2100, 0), (2700, 0)],
        court=[(2100, 500), (2120, 500)],
        far=[(0, 400), (900, 400)],
    )
    graph = build_graph(frame)
    bridge(graph)
    added = graph.segments[graph.segments["segment_id"].str.startswith("bridge")]
    assert added["length"].tolist() == [pytest.approx(100.0)]
    assert sorted(graph.segments["segment_id"][parts(graph)[graph.segments["a"]] > 0]) == ["court", "far"]


def test_a_code_that_stands_twice_is_refused():
    frame = pd.concat([streets(a=[(0, 0), (1, 0)]), streets(a=[(5, 0), (6, 0)])])
    with pytest.raises(SourceError) as error:
        build_graph(frame)
    assert str(error.value) == "segment a stands more than once. Dissolve it."


def test_strokes_go_straight_on_at_a_crossing():
    graph = build_graph(
        streets(
            west=[(0, 0), (100, 0)],
            east=[(100, 0), (200, 5)],
            south=[(100, 0), (100, -90)],
            north=[(100, 90), (100, 0)],
        )
    )
    lines = graph.segments["geometry"].to_numpy(dtype=object)
    stroke, along = make_strokes(lines, graph.segments["a"].to_numpy(), graph.segments["b"].to_numpy())
    of = dict(zip(graph.segments["segment_id"], stroke, strict=True))
    assert of["west"] == of["east"] != of["north"] == of["south"]
    way = dict(zip(graph.segments["segment_id"], along, strict=True))
    assert way["west"] == way["east"]  # both drawn eastwards
    assert way["north"] == way["south"]  # both drawn southwards


def test_a_line_votes_for_the_parallel_street_beside_it_and_its_direction():
    segments = np.array([shapely.LineString(p) for p in ([(0, 0), (100, 0)], [(50, -50), (50, 50)])], dtype=object)
    lines = np.array([shapely.LineString([(100, 8), (0, 8)])], dtype=object)
    samples = follow(lines, segments, 20.0)
    ahead, back = samples.votes(2)
    assert ahead.tolist() == [0.0, 0.0]
    assert back.tolist() == [pytest.approx(100.0), 0.0]
    assert (follow(lines, segments, 5.0).segment == -1).all()


def grid():
    """Four parallel streets of three blocks each, 133 m apart, all drawn eastwards."""
    lines, stroke = [], []
    for row in range(4):
        for block in range(3):
            lines.append(shapely.LineString([(133 * block, 133 * row), (133 * (block + 1), 133 * row)]))
            stroke.append(row)
    return np.array(lines, dtype=object), np.array(stroke)


def test_the_grid_alternates_from_one_known_street():
    lines, stroke = grid()
    count = len(lines)
    known = np.where(stroke == 0, 1.0, 0.0)
    direction = alternate(lines, stroke, np.ones(count, bool), known, np.zeros(count, bool), np.ones(count, bool))
    assert direction.tolist() == [1.0, -1.0, 1.0, -1.0]


def test_a_street_known_to_be_two_way_and_what_lies_beyond_stay_two_way():
    lines, stroke = grid()
    count = len(lines)
    known = np.where(stroke == 0, 1.0, 0.0)
    both = stroke == 1
    direction = alternate(lines, stroke, np.ones(count, bool), known, both, np.ones(count, bool))
    assert direction.tolist() == [1.0, 0.0, 0.0, 0.0]


def test_neighbours_know_when_they_are_drawn_the_other_way():
    lines = np.array([shapely.LineString(p) for p in ([(0, 0), (100, 0)], [(100, 50), (0, 50)])], dtype=object)
    first, second, metres = neighbours(lines, np.array([0, 1]), np.ones(2, bool))
    assert sorted(zip(first.tolist(), second.tolist(), metres.tolist(), strict=True)) == [
        (0, 1, -100.0),
        (1, 0, -100.0),
    ]


def test_streets_that_the_rule_would_cut_off_are_opened_again():
    a, b = np.array([0, 1, 1]), np.array([1, 0, 2])  # 0 -> 1, 1 -> 0, and a dead end 1 -> 2
    forward, backward = np.ones(3, bool), np.zeros(3, bool)
    assert reopen(a, b, forward, backward, np.array([False, False, True]), 3) == 1
    assert backward.tolist() == [False, False, True]
