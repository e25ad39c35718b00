"""Link cost functions: values from paper, derivatives and integrals against numbers, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from exante.kernels.link_cost import LinkCost
from exante.quantities.errors import NetworkError, UserError

KINDS = {
    "bpr": LinkCost.bpr([10.0], [1000.0]),
    "bpr 2.5": LinkCost.bpr([10.0], [1000.0], 0.4, 2.5),
    "bpr linear": LinkCost.bpr([10.0], [1000.0], 0.4, 1.0),
    "conical": LinkCost.conical([10.0], [1000.0], 5.0),
    "akcelik": LinkCost.akcelik([0.1], [1000.0], 0.8),
    "piecewise": LinkCost.piecewise_linear([[0.0, 500.0, 1000.0]], [[10.0, 11.0, 20.0]]),
    "constant": LinkCost.constant([7.0]),
}


def test_values_on_paper():
    assert KINDS["bpr"].time([1000.0]) == pytest.approx([11.5])
    assert KINDS["bpr"].time([2000.0]) == pytest.approx([34.0])
    # Spiess: free-flow time at zero, twice that at capacity
    assert KINDS["conical"].time([0.0]) == pytest.approx([10.0])
    assert KINDS["conical"].time([1000.0]) == pytest.approx([20.0])
    # at capacity: t0 + T/4 sqrt(8 J / (c T)) = 0.1 + 0.25 * sqrt(0.0064) = 0.12 h
    assert KINDS["akcelik"].time([1000.0]) == pytest.approx([0.12])
    assert KINDS["piecewise"].time([750.0]) == pytest.approx([15.5])
    assert KINDS["piecewise"].time([1500.0]) == pytest.approx([29.0])


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.floats(1.0, 3000.0))
def test_derivative_and_integral_agree_with_the_time(kind, x):
    cost = KINDS[kind]
    step = 1e-3
    rise = (cost.time([x + step]) - cost.time([x - step])) / (2 * step)
    if kind != "piecewise" or min(abs(x - 500), abs(x - 1000)) > 1:
        assert cost.derivative([x]) == pytest.approx(rise, rel=1e-5, abs=1e-9)
    area, _ = quad(lambda v: cost.time([v])[0], 0, x, points=[500.0, 1000.0] if x > 1000 else None, limit=200)
    assert cost.integral([x]) == pytest.approx([area], rel=1e-7)


@pytest.mark.parametrize("kind", ["bpr", "bpr 2.5", "bpr linear", "conical", "akcelik", "constant"])
def test_marginal_cost_is_the_derivative_of_the_total(kind):
    cost, x, step = KINDS[kind], 800.0, 1e-3
    total = [v * cost.time([v])[0] for v in (x - step, x + step)]
    marginal = cost.marginal()
    assert marginal.time([x])[0] == pytest.approx((total[1] - total[0]) / (2 * step), rel=1e-6)
    rise = (marginal.time([x + step]) - marginal.time([x - step])) / (2 * step)
    assert marginal.derivative([x]) == pytest.approx(rise, rel=1e-5, abs=1e-9)
    assert marginal.integral([x]) == pytest.approx([x * cost.time([x])[0]])


def test_power_zero_and_free_flow_time_zero_are_legal():
    cost = LinkCost.bpr([10.0, 0.0, 10.0], [100.0, 100.0, 0.0], [0.15, 0.15, 0.0], [0.0, 4.0, 4.0])
    assert cost.time([500.0, 500.0, 500.0]) == pytest.approx([11.5, 0.0, 10.0])
    assert cost.derivative([500.0, 500.0, 500.0]).tolist() == [0.0, 0.0, 0.0]


def test_kinds_mix():
    mixed = LinkCost.bpr([10.0, 10.0, 10.0], 1000.0).where(
        [False, True, False], LinkCost.piecewise_linear([[0, 10]] * 3, [[0, 1], [2, 3], [4, 5]])
    )
    mixed = mixed.where([False, False, True], LinkCost.constant([1.0, 1.0, 1.0]))
    assert mixed.time([1000.0, 5.0, 9.0]) == pytest.approx([11.5, 2.5, 1.0])


def test_all_faults_are_told_at_once():
    with pytest.raises(NetworkError) as caught:
        LinkCost.bpr([1.0, -1.0, np.nan], [1.0, np.inf, 1.0])
    text = str(caught.value)
    for part in ("negative free flow time on links: 1", "missing free flow time on links: 2", "infinite capacity"):
        assert part in text
    with pytest.raises(NetworkError, match="Zero capacity with a cost that depends on it, on links: 1"):
        LinkCost.bpr([1.0, 1.0], [1.0, 0.0])
    with pytest.raises(NetworkError, match="never fall"):
        LinkCost.piecewise_linear([[0.0, 1.0]], [[2.0, 1.0]])
    with pytest.raises(UserError, match="no continuous marginal cost"):
        KINDS["piecewise"].marginal()
