"""Safety: the power model on paper, its laws and units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.models.safety import MODEL
from exante.models.safety.run import CLASSES, REFERENCE_SPEED
from exante.quantities import vocabulary
from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS

GOLDEN = (14.954706940659772, 0.13548536490575502)


def street(tools, speed, flow=1000.0, **parameters):
    known = {
        "links.length": np.array([1000.0]),
        "links.road_class": np.array(["tertiary"], dtype=object),
        "statistics.name": np.array([], dtype=object),
        "statistics.value": np.array([]),
        "period_weight": np.array([10.0]),
        "link_flow_by_vehicle": np.full((1, 1, 1), flow),
        "link_speed": np.array([[speed]]),
        "link_cruise_speed": np.array([speed]),
        "link_free_time": np.array([3600.0 / speed]),
    }
    return MODEL.run(Inputs(known, tools.medians(MODEL, **parameters)), None).arrays


def test_a_street_on_paper(tools):
    found = street(tools, REFERENCE_SPEED["tertiary"], rate_tertiary=2.0, level=1.0, year_factor=1.0)
    assert found["link_crashes"][0] == pytest.approx(2.0 * 10_000 * 365.25 / 1e6)


@given(st.floats(15, 60), st.floats(0.6, 0.99))
def test_slower_is_safer_and_more_so_for_deaths(tools, speed, ratio):
    before, after = street(tools, speed), street(tools, speed * ratio)
    crashes = after["link_crashes"][0] / before["link_crashes"][0]
    deaths = after["link_fatalities"][0] / before["link_fatalities"][0]
    assert deaths <= crashes <= 1.0


def test_twice_the_traffic_has_less_than_twice_the_crashes(tools):
    ratio = street(tools, 30.0, 2000.0)["link_crashes"][0] / street(tools, 30.0)["link_crashes"][0]
    assert 1.0 < ratio < 2.0


def test_units_and_dims(tools):
    found = street(tools, 30.0)
    assert vocabulary.get("link_crashes").unit == "1/year"
    assert found["casualties"].shape == tuple(len(LABELS[d]) for d in vocabulary.get("casualties").dims)
    assert set(REFERENCE_SPEED) == set(CLASSES)


def test_golden_street(tools):
    found = street(tools, 40.0)
    assert found["link_crashes"][0] == pytest.approx(GOLDEN[0], rel=1e-6)
    assert found["link_fatalities"][0] == pytest.approx(GOLDEN[1], rel=1e-6)
