"""Comparison of runs: pairing, regret, dominance and interaction, on numbers small enough for paper."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.quantities.errors import UserError
from exante.study.compare import Item, compare
from exante.study.runs import Run, read_run


def _run(title, changes, *, parts=("a",), base=(10.0, 20.0), floor=0.0, better="lower"):
    rows = [{"name": n, "title": n, "unit": "1", "better": better, "noise_floor": floor} for n in changes]
    base = np.array(base)
    document = {
        "policy": {"title": title},
        "city": {"title": "Town", "sketch": True},
        "draws": len(base),
        "indicators": rows,
    }
    return Run(
        folder=Path(title),
        document=document,
        baseline=dict.fromkeys(changes, base),
        policy={n: base + np.array(c) for n, c in changes.items()},
        parts=parts,
    )


def test_interaction_is_the_package_less_the_sum_of_its_parts():
    runs = [
        _run("a", {"x": [-1.0, -2.0]}, parts=("a",)),
        _run("b", {"x": [-3.0, -4.0]}, parts=("b",)),
        _run("a + b", {"x": [-3.5, -5.0]}, parts=("a", "b")),
    ]
    (found,) = compare(runs).interactions
    assert found.package == 2
    assert found.parts == (0, 1)
    np.testing.assert_allclose(found.draws, [0.5, 1.0])


def test_a_run_is_dominated_only_if_the_other_is_worse_on_nothing():
    worse = _run("a", {"x": [-1.0, -1.0], "y": [0.0, 0.0]}, parts=("a",))
    better = _run("b", {"x": [-2.0, -2.0], "y": [0.0, 0.0]}, parts=("b",))
    traded = _run("c", {"x": [-9.0, -9.0], "y": [1.0, 1.0]}, parts=("c",))
    assert compare([worse, better, traded]).dominated == {0: (1,)}


def test_wins_count_draws_beyond_the_noise():
    runs = [
        _run("a", {"x": [-2.0, -1.05]}, parts=("a",), floor=0.1),
        _run("b", {"x": [-1.0, -1.0]}, parts=("b",), floor=0.1),
    ]
    (pair,) = compare(runs).pairs
    assert (pair.wins, pair.losses) == (1, 0)


@given(
    st.lists(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), min_size=2, max_size=5),
    st.sampled_from(["lower", "higher"]),
)
def test_regret_is_never_negative_and_zero_for_the_best(changes, better):
    item = Item("x", "x", "1", better, np.array(changes), 0.0)
    regret = item.regret()
    assert (regret >= 0).all()
    helped = (item.gain > 0).any(axis=0)
    assert (regret.min(axis=0)[helped] == 0).all()


def test_draws_that_do_not_pair_are_refused():
    with pytest.raises(UserError, match="do not pair"):
        compare([_run("a", {"x": [0.0, 0.0]}), _run("b", {"x": [0.0, 0.0]}, base=(10.0, 21.0))])
    with pytest.raises(UserError, match="2 draws, b 3"):
        compare([_run("a", {"x": [0.0, 0.0]}), _run("b", {"x": [0.0] * 3}, base=(1.0, 2.0, 3.0))])
    with pytest.raises(UserError, match="one run"):
        compare([_run("a", {"x": [0.0, 0.0]})])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "policy.toml").write_text(
        'title = "Calm"\n[[measure]]\nkind = "speed_limit"\nwhere = { road_class = ["residential"] }\n'
        'speed = { value = 30, unit = "km/h" }\ncompliance = 0.5\n'
    )
    rows = [{"name": "x", "title": "X", "unit": "1", "better": "lower", "noise_floor": 0.0}]
    (tmp_path / "forecast.json").write_text(
        json.dumps({"draws": 2, "indicators": rows, "policy": {"title": "Calm"}, "city": {"title": "Town"}})
    )
    frame = pd.DataFrame({"scenario": ["baseline", "baseline", "policy", "policy"], "draw": [1, 0, 0, 1]})
    frame["x"] = [2.0, 1.0, 5.0, 7.0]
    frame.to_parquet(tmp_path / "indicators.parquet")
    return tmp_path


def test_a_run_is_read_in_draw_order(folder):
    run = read_run(folder)
    assert run.change("x").tolist() == [4.0, 5.0]
    assert len(run.parts) == 1


def test_a_folder_that_is_no_run_is_told(folder, tmp_path):
    with pytest.raises(UserError, match=r"is not a folder"):
        read_run(tmp_path / "nothing")
    (folder / "indicators.parquet").write_bytes(b"PAR1 damaged")
    with pytest.raises(UserError, match="cannot be read as a run"):
        read_run(folder)


def test_lost_draws_are_told(folder):
    document = json.loads((folder / "forecast.json").read_text())
    (folder / "forecast.json").write_text(json.dumps(document | {"draws": 4}))
    with pytest.raises(UserError, match="does not hold the 4 draws"):
        read_run(folder)
