"""Air: plumes and chemistry on paper, laws, and a run on the village."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from exante.kernels.plume.canyon import canyon_gain, exchange_velocity
from exante.kernels.plume.chemistry import nitrogen_dioxide
from exante.kernels.plume.dispersion import rose_table, vertical_spread
from exante.kernels.plume.far import convolve
from exante.models.air import MODEL, PATHS
from exante.models.air.carriageways import carriageways
from exante.models.air.run import along_boulevard
from exante.models.health.declaration import attributable
from exante.models.noise import PATHS as NOISE_PATHS
from exante.quantities import vocabulary
from exante.quantities.declarations import Inputs
from exante.sources.wind import even_rose

GOLDEN = {"street_no2": 18.232, "home_no2": 17.332, "home_pm25": 12.949}


def test_a_plume_on_paper():
    table = rose_table([180.0], [2.0], np.array(["C"]), [1.0], [100.0])
    width = 2 * np.pi / 16
    assert vertical_spread("C", 100.0) == pytest.approx(23.0)
    assert table[0, 0] == pytest.approx(np.sqrt(2 / np.pi) / (23.0 * 2.0 * 100.0 * width))


def test_a_canyon_on_paper():
    assert canyon_gain([20.0], 3.0)[0] == pytest.approx(1.0 / (20.0 * exchange_velocity(3.0)))


@given(st.floats(0, 200), st.floats(0, 200), st.floats(0.05, 0.4), st.floats(20, 90))
def test_more_nox_is_never_less_no2(a, b, primary, ozone):
    low, high = nitrogen_dioxide([10.0, 10.0], [14.0, 14.0], sorted([a, b]), primary, ozone, 100.0)
    assert low <= high + 1e-9
    assert high <= 10.0 + max(a, b) + 1e-9


def test_convolution_is_the_sum_by_hand():
    emission = np.zeros((1, 3, 4))
    emission[0, 1, 2] = 2.0
    kernel = np.arange(5 * 7, dtype=float).reshape(5, 7)
    found = convolve(emission, kernel)
    assert found[0, 1, 2] == pytest.approx(2.0 * kernel[2, 3])
    assert found[0, 2, 0] == pytest.approx(2.0 * kernel[3, 1])


def test_the_risk_is_for_ten_micrograms():
    assert attributable(np.array([15.0]), 1.08, 5.0)[0] == pytest.approx(1 - 1 / 1.08)


def village_air(city, tools, nox):
    rows = city.table("links").rows
    wind = even_rose()
    known = {n: city.column(n) for n in PATHS.reads if "." in n and city.has_column(n)}
    known |= {f"wind.{c}": wind[c] for c in ("direction", "stability", "speed", "traffic_share")}
    known |= {"links.built_density": np.full(rows, 6.0), "statistics.name": np.array([], dtype=object)}
    known |= {"statistics.value": np.array([]), "link_nox": np.full(rows, nox), "link_pm25": np.full(rows, nox / 10)}
    known |= NOISE_PATHS.run(Inputs({n: city.column(n) for n in NOISE_PATHS.reads}, {}), None).arrays
    known |= PATHS.run(Inputs({n: known[n] for n in PATHS.reads}, {}), None).arrays
    return known, MODEL.run(Inputs({n: known[n] for n in MODEL.reads}, tools.medians(MODEL)), None).arrays


def test_without_traffic_only_background_and_others_are_left(village_city, tools):
    _, clean = village_air(village_city, tools, 0.0)
    _, dirty = village_air(village_city, tools, 1000.0)
    assert np.allclose(clean["street_no2"], clean["home_no2"].mean(), rtol=0.9)
    assert (dirty["street_no2"] > clean["street_no2"]).all()
    assert (dirty["cell_no2"] >= clean["cell_no2"]).all()
    assert (dirty["street_pm25"] > clean["street_pm25"]).all()


def test_results_have_the_units_and_dims_of_the_vocabulary(village_city, tools):
    known, found = village_air(village_city, tools, 500.0)
    for name, array in found.items():
        assert vocabulary.get(name).unit == "ug/m^3"
        assert np.ndim(array) == len(vocabulary.get(name).dims)
        assert np.isfinite(array).all()
    assert len(found["home_no2"]) == len(known["facade_street"])


def boulevard(names=("Viale", "Viale"), back=True, apart=20.0):
    """Two one-way streets of 100 m, the second `apart` m to the left of the first."""
    second = [(100, apart), (0, apart)] if back else [(0, apart), (100, apart)]
    known = {
        "street_of_link": np.arange(2),
        "links.road_class": np.array(["primary", "primary"], dtype=object),
        "links.name": np.array(names, dtype=object),
        "links.ramp": np.zeros(2, dtype=bool),
    }
    shapes = np.array([shapely.LineString([(0, 0), (100, 0)]), shapely.LineString(second)], dtype=object)
    return carriageways(Inputs(known, {}), np.arange(2), shapes)


def test_carriageways_of_a_boulevard_are_joined():
    sides, away = boulevard()
    assert sides.tolist() == [[-1, -1], [1, 0]]  # each has the other on its left
    assert away[1].tolist() == [20.0, 20.0]


@pytest.mark.parametrize("case", [{"apart": 60.0}, {"names": ("A", "B"), "back": False}])
def test_streets_far_apart_or_the_same_way_are_not_one(case):
    assert (boulevard(**case)[0] == -1).all()


@given(st.lists(st.floats(0, 50), min_size=2, max_size=2))
def test_a_boulevard_has_the_emission_of_both_carriageways(metre):
    found = along_boulevard(boulevard()[0], np.array([metre]))
    assert np.allclose(found, sum(metre))


def test_golden_village(village_city, tools):
    _, found = village_air(village_city, tools, 800.0)
    assert {n: round(float(found[n].mean()), 3) for n in ("street_no2", "home_no2", "home_pm25")} == GOLDEN
