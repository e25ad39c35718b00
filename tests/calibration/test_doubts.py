"""Doubtful sites are told by the counts alone."""

import datetime as dt

import numpy as np
import pytest

from exante.calibration.counted import Counted
from exante.calibration.doubts import find_doubts

SHAPE = np.array([1, 1, 1, 1, 1, 2, 4, 8, 9, 7, 6, 6, 6, 6, 6, 6, 7, 8, 8, 6, 4, 3, 2, 2], dtype=float)


def sites(city, levels, days=None, street="main street", shapes=None):
    """Sites on different links of one direction, `levels` times the shape of a day."""
    links = city.column("links.link_id").tolist()
    chosen = [k for k in ("n1-n2", "n2-n3", "n3-n2", "n2-n1") if k in links][: len(levels)]
    count = len(levels)
    flow = np.array([level * (SHAPE if shapes is None else shapes[k]) for k, level in enumerate(levels)])
    return Counted(
        site=np.array([f"s{k}" for k in range(count)], dtype=object),
        street=np.array([street] * count, dtype=object),
        link=np.arange(count),
        regime=np.zeros(count, dtype=np.int64),
        days=np.array(days or [10] * count),
        flow=flow,
        links=tuple(chosen),
        regimes=(dt.date(2024, 1, 15),),
    )


def test_few_days_and_a_day_that_is_none(village_city):
    flat = [SHAPE, SHAPE[::-1].copy()]
    counted = sites(village_city, [10.0, 10.0], days=[1, 10], street="a", shapes=[flat[0], flat[0]])
    assert list(find_doubts(village_city, counted)) == ["s0"]
    night = np.where(np.arange(24) < 6, 50.0, 1.0)
    told = find_doubts(village_city, sites(village_city, [10.0, 10.0], shapes=[SHAPE, night]))
    assert "correlate" in told["s1"]


def test_what_the_join_said_is_told(village_city):
    told = find_doubts(village_city, sites(village_city, [10.0]), {"s0": "position; disagrees with x on the same link"})
    assert told == {"s0": "disagrees with x on the same link"}


def test_opposite_directions_do_not_doubt_each_other(village_city):
    """n1-n2 and n2-n1 are one street: one busy way says nothing of the other."""
    counted = sites(village_city, [100.0, 100.0, 1.0, 1.0])
    assert find_doubts(village_city, counted) == {}


def test_a_loop_that_misses_lanes(village_city, monkeypatch):
    """Three sites that count one way: the one with a tenth of the others is told, the others are not."""
    from exante.calibration import doubts

    monkeypatch.setattr(doubts, "_neighbours", lambda _c, _n, at: ~np.eye(len(at), dtype=bool))
    told = find_doubts(village_city, sites(village_city, [100.0, 10.0, 100.0]))
    assert list(told) == ["s1"]
    assert "it may not count all lanes" in told["s1"]


@pytest.mark.parametrize("level", [0.5, 50.0])
def test_scale_does_not_matter(village_city, level):
    assert find_doubts(village_city, sites(village_city, [level, level, level])) == {}
