"""Lights shared by the roads that meet, and gaps waited for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.models.mobility.junctions import (
    EFFECTIVE,
    EQUAL_GREEN,
    ORDER,
    RANK,
    Roads,
    delays,
    find_approaches,
    gap_delay,
    green_shares,
    rise_at_line,
    rise_at_signal,
    signal_delay,
)

P = {"delay_signal": 14.0, "delay_priority": 4.0, "gap_flow": 1.0, "delay_full": 1.0}


def roads(*links, length=200.0):
    """Links as (tail, head, class, bearing)."""
    tail, head, name, bearing = zip(*links, strict=True)
    turn = np.array(bearing, dtype=float)
    ranks = np.array([RANK[c] for c in name])
    lengths = np.broadcast_to(np.asarray(length, dtype=float), (len(links),))
    return Roads(np.array(tail), np.array(head), lengths, ranks, turn, turn, np.ones(len(links), dtype=bool))


def low(links, control):
    """Delay without congestion where every link carries 900 vehicles an hour."""
    return delays(links, control, np.full(len(links.head), 900.0), P).low


def test_a_light_on_paper():
    """Two like roads: 14 s. Primary over residential: 0.89 x 500 / 620 is cut to 0.71 for pedestrians."""
    assert signal_delay(green_shares(np.array([300.0, 300.0]), np.array([0.0, 90.0])), 14.0).tolist() == [14.0, 14.0]
    main, side = green_shares(np.array([500.0, 120.0]), np.array([0.0, 90.0]))
    assert (main, side) == (pytest.approx(0.71), pytest.approx(0.18))
    assert signal_delay(np.array([side]), 14.0)[0] == pytest.approx(14.0 * (0.82 / 0.555) ** 2)


def test_a_cycle_of_90_s_has_the_delay_of_the_manual():
    """C (1 - g)^2 / 2 with C = 90 s and two like roads is 13.9 s: the parameter's mode."""
    delay = 0.5 * 90.0 * (1.0 - EQUAL_GREEN) ** 2
    assert delay == pytest.approx(13.9, abs=0.05)


def test_a_junction_of_two_nodes_is_waited_for_once():
    """A dual carriageway: 30 m between the two signalled nodes 1 and 2."""
    control = np.array(["none", "signal", "signal", "none"])
    links = roads((0, 1, "primary", 0), (1, 2, "primary", 0), (2, 3, "primary", 0), length=[200.0, 30.0, 200.0])
    waits = low(links, control)
    assert waits[0] > 0
    assert waits[1] == waits[2] == 0.0
    far = low(roads((0, 1, "primary", 0), (1, 2, "primary", 0), length=200.0), control)
    assert (far > 0).all()


def test_side_streets_wait_for_a_gap_and_main_roads_do_not():
    links = roads((0, 1, "primary", 0), (1, 2, "primary", 0), (3, 1, "tertiary", 90), (4, 1, "tertiary", 10))
    found = find_approaches(links, np.full(5, "none"))
    assert found.gives_way.tolist() == [-1, -1, RANK["primary"], -1]  # the slip road joins along the road
    waits = low(links, np.full(5, "none"))
    assert waits[2] == pytest.approx(4.0 + float(gap_delay(np.array(1000.0))))
    assert waits[[0, 1, 3]].tolist() == [0.0, 0.0, 0.0]


def test_motorways_neither_wait_nor_are_waited_for():
    links = roads((0, 1, "motorway", 0), (1, 2, "motorway", 0), (3, 1, "primary", 90))
    for control in ("none", "signal", "roundabout"):
        assert low(links, np.full(4, control))[:2].tolist() == [0.0, 0.0]
    assert find_approaches(links, np.full(4, "none")).gives_way[2] == -1


@given(st.lists(st.tuples(st.sampled_from([60.0, 120.0, 300.0, 400.0, 500.0]), st.floats(0, 360)), min_size=1))
def test_phases_share_the_cycle(approaches):
    """Greens of the two phases sum to the effective cycle, and the busiest approach has no less than another."""
    flow, bearing = (np.array(x) for x in zip(*approaches, strict=True))
    green = green_shares(flow, bearing)
    told = np.unique(green.round(9))
    assert len(told) <= 2
    assert (green >= 0.18 - 1e-9).all()
    assert len(told) < 2 or told.sum() == pytest.approx(EFFECTIVE)
    assert green[int(np.argmax(flow))] >= green.max() - 1e-9


def test_waiting_grows_with_the_class_of_the_road():
    usual = gap_delay(np.array([60.0, 240.0, 600.0, 800.0, 1000.0]))
    assert (np.diff(usual) > 0).all()
    assert tuple(RANK) == ORDER


@given(st.floats(0.18, 0.71), st.floats(100.0, 4000.0))
def test_more_room_queues_less(green, capacity):
    rooms = np.array([capacity, 2.0 * capacity])
    for rise in (rise_at_signal(np.full(2, green), rooms), rise_at_line(rooms)):
        assert rise[0] > rise[1] > 0.0


def test_delay_at_capacity_does_not_depend_on_length():
    control = np.array(["none", "signal", "none"])
    for length in (30.0, 400.0):
        links = roads((0, 1, "primary", 0), (1, 2, "primary", 0), length=length)
        rise = delays(links, control, np.full(2, 900.0), P).rise
        assert rise.tolist() == pytest.approx([45.0 * 0.71 * 0.29 + 30.0, 0.0])
