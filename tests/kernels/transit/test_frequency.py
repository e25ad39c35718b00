"""Optimal strategies: numbers from paper, and what must hold of any lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.kernels.transit import Lines, Weights, Zones, line_skims, time_percentile
from exante.quantities.errors import NetworkError, ParameterError

NONE = np.zeros(0, np.int64)


def lines_of(*runs):
    """Lines from (stops, minutes between them, mean wait)."""
    first = np.cumsum([0, *(len(stops) for stops, _, _ in runs)])
    stop = np.concatenate([np.asarray(stops) for stops, _, _ in runs])
    time = np.concatenate([[*minutes, 0.0] for _, minutes, _ in runs])
    zero = np.zeros(len(stop))
    return Lines(first, stop, time, zero, zero, np.array([float(wait) for _, _, wait in runs]))


def zones_at(*stops, n_stops, walk=0.0, foot=()):
    """One zone at each of the stops; walks between stops as (from, to, minutes)."""
    foot = sorted(foot)
    ends = np.array([a for a, _, _ in foot], np.int64)
    return Zones(
        np.arange(len(stops) + 1),
        np.array(stops),
        np.full(len(stops), float(walk)),
        np.searchsorted(ends, np.arange(n_stops + 1)).astype(np.int64),
        np.array([b for _, b, _ in foot], np.int64),
        np.array([float(m) for _, _, m in foot]),
    )


def cost(skims, weights):
    ride, _, _, wait, walk, boardings = skims
    total = ride + weights.wait * wait + weights.walk * walk + weights.transfer * (boardings - 1.0)
    return np.where(boardings > 0, total, np.inf)


def test_the_example_of_spiess_and_florian_takes_27_75_minutes():
    """Four lines of mean waits 6, 6, 15 and 3 minutes between A, X, Y and B; waits count as rides."""
    a, x, y, b = range(4)
    lines = lines_of(([a, b], [25], 6), ([a, x, y], [7, 6], 6), ([x, y, b], [4, 4], 15), ([y, b], [10], 3))
    weights = Weights(walk=1.0, wait=1.0, transfer=0.0)
    skims = line_skims(lines, zones_at(a, x, y, b, n_stops=4), weights)
    total = cost(skims, weights)
    assert total[0, 3] == pytest.approx(27.75)
    assert total[1, 3] == pytest.approx(4.45 / (7.0 / 30.0))
    assert total[2, 3] == pytest.approx(11.5)


def test_two_lines_share_passengers_and_a_slow_one_gets_none():
    lines = lines_of(([0, 1], [10], 5), ([0, 1], [12], 5), ([0, 1], [25], 5))
    skims = line_skims(lines, zones_at(0, 1, n_stops=2, walk=3.0), Weights())
    assert skims[:, 0, 1].tolist() == pytest.approx([11.0, 0.0, 0.0, 2.5, 6.0, 1.0])


def test_a_transfer_on_foot_is_made_where_it_pays():
    lines = lines_of(([0, 1], [10], 5), ([2, 3], [10], 4))
    joined = line_skims(lines, zones_at(0, 3, n_stops=4, foot=[(1, 2, 3.0), (2, 1, 3.0)]), Weights())
    assert joined[:, 0, 1].tolist() == pytest.approx([20.0, 0.0, 0.0, 9.0, 3.0, 2.0])
    assert not line_skims(lines, zones_at(0, 3, n_stops=4), Weights()).any()


def test_a_line_that_does_not_run_is_not_boarded():
    lines = lines_of(([0, 1], [10], np.inf))
    assert not line_skims(lines, zones_at(0, 1, n_stops=2), Weights()).any()


runs = st.lists(
    st.tuples(
        st.lists(st.integers(0, 5), min_size=2, max_size=5, unique=True),
        st.lists(st.integers(1, 20), min_size=4, max_size=4),
        st.integers(1, 20),
    ),
    min_size=2,
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(runs)
def test_another_line_or_a_shorter_wait_never_costs_more(drawn):
    made = [(stops, minutes[: len(stops) - 1], wait) for stops, minutes, wait in drawn]
    zones = zones_at(*range(6), n_stops=6, walk=2.0, foot=[(0, 1, 4.0), (1, 0, 4.0)])
    weights = Weights()
    whole = cost(line_skims(lines_of(*made), zones, weights), weights)
    fewer = cost(line_skims(lines_of(*made[:-1]), zones, weights), weights)
    stops, minutes, wait = made[0]
    rarer = cost(line_skims(lines_of((stops, minutes, 2.0 * wait), *made[1:]), zones, weights), weights)
    assert (whole <= fewer + 1e-6).all()
    assert (whole <= rarer + 1e-6).all()


@settings(max_examples=30, deadline=None)
@given(runs, st.floats(0.5, 4.0))
def test_in_another_unit_of_time_the_same_ways_are_taken(drawn, unit):
    made = [(stops, minutes[: len(stops) - 1], wait) for stops, minutes, wait in drawn]
    other = [(stops, [unit * m for m in minutes], unit * wait) for stops, minutes, wait in made]
    zones = zones_at(*range(6), n_stops=6)
    one = cost(line_skims(lines_of(*made), zones, Weights()), Weights())
    scaled = Weights(transfer=15.0 * unit)
    np.testing.assert_allclose(cost(line_skims(lines_of(*other), zones, scaled), scaled), unit * one, rtol=1e-9)


def test_faults_are_told_together():
    lines = lines_of(([0, 7], [-1], 0))
    with pytest.raises(NetworkError) as error:
        line_skims(lines, zones_at(0, 1, n_stops=2), Weights())
    text = str(error.value)
    assert "lines.stop names stops outside 0 to 1" in text
    assert "time is negative or missing at 0" in text
    assert "a line without any wait" in text


def test_percentiles_of_waits_stay_between_none_and_twice_the_mean():
    walk, wait, ride, boardings = (np.array([x]) for x in (4.0, 5.0, 10.0, 2.0))
    assert time_percentile(walk, wait, ride, boardings, 0)[0] == pytest.approx(14.0)
    assert time_percentile(walk, wait, ride, boardings, 100)[0] == pytest.approx(24.0)
    assert np.isinf(time_percentile(walk, wait, ride, np.zeros(1), 50)[0])
    with pytest.raises(ParameterError, match="is no percentile"):
        time_percentile(walk, wait, ride, boardings, 101)
