"""Chains of nodes, lumping, and the simple method beside the full one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.kernels.heat import chain_of_class, chain_of_layers, lump, run
from exante.kernels.heat.five_r_one_c import run_simple
from exante.quantities.errors import ParameterError

LAYER = st.tuples(st.floats(0.03, 3.0), st.floats(0.005, 0.5), st.floats(0.0, 2500.0), st.floats(0.0, 2000.0))


@settings(max_examples=60, deadline=None)
@given(st.lists(LAYER, min_size=1, max_size=8))
def test_layers_keep_their_resistance_and_capacity(layers):
    k, d, rho, c = (np.array(x) for x in zip(*layers, strict=True))
    conductance, capacity = chain_of_layers(k, d, rho, c)
    assert conductance.shape == (4,)
    assert capacity.shape == (5,)
    assert (1 / conductance).sum() == pytest.approx((d / k).sum(), rel=1e-12)
    assert capacity.sum() == pytest.approx((rho * c * d).sum(), rel=1e-9, abs=1e-9)


def test_mass_lies_where_the_layers_have_it():
    # Outside first: insulation without mass, then concrete, which is cut in three.
    conductance, capacity = chain_of_layers([0.04, 1.0], [0.1, 0.3], [0.0, 2000.0], [0.0, 1000.0])
    np.testing.assert_allclose(1 / conductance, [2.5, 0.1, 0.1, 0.1])
    np.testing.assert_allclose(capacity, [0.0, 1e5, 2e5, 2e5, 1e5])


@pytest.mark.parametrize("mass_class", ["I", "E", "IE", "D", "M"])
def test_classes_of_iso_52016(mass_class):
    conductance, capacity = chain_of_class([1.0, 4.0], [1e5, 2e5], mass_class)
    np.testing.assert_allclose((1 / conductance).sum(axis=1), [1.0, 4.0])
    np.testing.assert_allclose(capacity.sum(axis=1), [1e5, 2e5])


def test_impossible_elements_are_refused():
    with pytest.raises(ParameterError, match="'X' is no mass class"):
        chain_of_class(1.0, 1.0, "X")
    with pytest.raises(ParameterError, match="a resistance above 0"):
        chain_of_class(0.0, 1.0, "D")
    with pytest.raises(ParameterError, match="a conductivity and thickness above 0"):
        chain_of_layers([0.0], [0.1], [1.0], [1.0])


def _house(building, series, seed):
    rng = np.random.default_rng(seed)
    n, hours = 40, 24 * 20
    u = rng.uniform(0.3, 2.0, (n, 1))
    conductance, capacity = chain_of_class(np.repeat(1 / u, 6, 1), np.full((n, 6), 1.5e5), "D")
    conductance[:, 4:], _ = chain_of_class(np.full((n, 2), 3.0), np.full((n, 2), 1e5), "D")
    area = rng.uniform(10, 60, (n, 6))
    area[: n // 2, 3] = 0.0
    one = building(
        area=area[:1],
        conductance=conductance[:1],
        capacity=capacity[:1],
        outer=[[20.0] * 6],
        convective=[[2.5] * 4 + [5.0, 0.7]],
        radiative=[[5.0] * 6],
        solar_share=[[0.1] * 6],
        exterior=[[0, 1, 2, 3, 4, 5]],
        light_area=[[3.0, 4.0, 5.0, 0.0]],
        light_conductance=[[1.4, 1.4, 1.4, 3.0]],
        light_convective=[[2.5] * 4],
        light_radiative=[[5.0] * 4],
        light_solar_share=[[0.01] * 4],
        light_exterior=[[6, 7, 8, 9]],
        air_capacity=[3e5],
    )
    many = one.take(np.zeros(n, int))
    many.area[:], many.conductance[:], many.capacity[:] = area, conductance, capacity
    many.air_weight[:] = rng.uniform(0, 1, n)
    hour = np.arange(hours)
    drivers = series(hours, air=5.0, ventilation=20.0, solar=np.maximum(0, 3000 * np.sin(hour / 24 * 2 * np.pi)))
    outside = 8 + rng.normal(0, 8, (hours, 10)) + 6 * np.sin(hour / 24 * 2 * np.pi)[:, None]
    return many, type(drivers)(**(vars(drivers) | {"exterior": outside}))


def test_elements_of_one_construction_can_be_joined(building, series):
    many, drivers = _house(building, series, 3)
    joined, mixed = lump(many, drivers)
    assert joined.area.shape == (40, 3)
    assert joined.light_area.shape == (40, 1)
    np.testing.assert_allclose(joined.area.sum(axis=1), many.area.sum(axis=1))
    a, b = run(many, drivers), run(joined, mixed)
    for name in ("heating", "cooling", "peak_heating", "peak_cooling", "lowest", "highest"):
        np.testing.assert_allclose(getattr(b, name), getattr(a, name), rtol=1e-9, atol=1e-6)
    single = run(joined, mixed, single=True)
    np.testing.assert_allclose(single.heating, a.heating, rtol=1e-3)


def test_the_simple_method_agrees_roughly_and_only_roughly(building, series):
    many, drivers = _house(building, series, 4)
    many.air_weight[:] = 1.0
    full, simple = run(many, drivers), run_simple(many, drivers)
    ratio = simple.heating.sum() / full.heating.sum()
    assert 0.85 < ratio < 1.15
    assert abs(ratio - 1) > 1e-3
