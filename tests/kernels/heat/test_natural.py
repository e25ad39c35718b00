"""Inside coefficients that follow the temperatures."""

import numpy as np
import pytest

from exante.kernels.heat import run
from exante.kernels.heat.natural import DOWN, UP, VERTICAL, pane_factor, run_natural
from exante.kernels.heat.natural import natural_coefficient as compiled_coefficient
from exante.quantities.errors import ParameterError

# Compiled for other kernels only: Python calls its source.
natural_coefficient = compiled_coefficient.py_func


def test_steady_loss_solves_its_own_equation(building, series):
    # One wall: 20 degC air, 0 degC outside, 1 / 20 + 2 m2 K/W to its surface, and h = 1.31 d^(1/3) inside.
    b = building()
    r = run_natural(b, series(24 * 20), np.array([[VERTICAL]]), np.zeros((1, 0)))
    low, high = 0.0, 20.0
    for _ in range(60):
        d = (low + high) / 2
        low, high = (d, high) if 1.31 * d ** (4 / 3) < (20 - d) / 2.05 else (low, d)
    assert r.peak_heating[0] == pytest.approx(10 * (20 - d) / 2.05, rel=1e-4)


def test_heat_rises_from_floors_and_hangs_below_ceilings():
    assert natural_coefficient(8.0, VERTICAL) == pytest.approx(2.62)
    assert natural_coefficient(8.0, UP) == pytest.approx(natural_coefficient(-8.0, DOWN))
    assert natural_coefficient(8.0, UP) > natural_coefficient(8.0, VERTICAL) > natural_coefficient(8.0, DOWN)
    assert natural_coefficient(0.0, UP) == 0.1


def test_thin_air_convects_less_at_a_pane():
    assert pane_factor(2.0, 1.0) / pane_factor(2.0, 1.2) == pytest.approx((1.0 / 1.2) ** 0.5)


def test_it_equals_the_linear_balance_with_the_coefficients_it_ends_at(building, series):
    b = building()
    drivers = series(24 * 20)
    r = run_natural(b, drivers, np.array([[VERTICAL]]), np.zeros((1, 0)))
    coefficient = 1 / ((20 * 10 / r.peak_heating[0]) - 2.05)
    same = run(building(convective=[[coefficient]]), drivers, warm_up=480)
    assert same.heating[0] == pytest.approx(r.heating[0], rel=1e-6)


def test_closed_boxes_keep_their_heat(building, series):
    gains = np.zeros(3000)
    gains[5:15] = 400.0
    b = building(outer=[[0.0]], air_capacity=[2e5])
    drivers = series(3000, convective=gains, radiative=gains, heating=-np.inf, cooling=np.inf)
    r = run_natural(b, drivers, np.array([[UP]]), np.zeros((1, 0)), warm_up=0)
    assert r.air[-1, 0] - 20 == pytest.approx(2 * 400 * 10 * 3600 / (2e5 + 10 * 1e5), rel=1e-3)


def test_shapes_are_checked(building, series):
    with pytest.raises(ParameterError, match="Each element needs a direction"):
        run_natural(building(), series(), np.zeros((1, 2), int), np.zeros((1, 0)))
    with pytest.raises(ParameterError, match="does not divide an hour"):
        run_natural(building(), series(), np.zeros((1, 1), int), np.zeros((1, 0)), step=1000.0)
