"""Health: deaths of pollutants and of activity by hand, and their laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.models.health import ACTIVITY, MODEL
from exante.quantities import vocabulary
from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS, place


def deaths(tools, no2, pm25, **parameters):
    known = {
        "statistics.name": np.array(["deaths_year"], dtype=object),
        "statistics.value": np.array([1000.0]),
        "zones.population": np.array([300.0, 100.0]),
        "facade_zone": np.array([0, 1]),
        "facade_share": np.array([1.0, 1.0]),
        "home_no2": np.array(no2),
        "home_pm25": np.array(pm25),
    }
    return MODEL.run(Inputs(known, tools.medians(MODEL, **parameters)), None).arrays


def test_deaths_by_hand(tools):
    found = deaths(tools, [20.0, 10.0], [5.0, 25.0], natural_share=0.9, risk_no2=1.02, risk_pm25=1.08)
    # 900 natural deaths; three quarters of residents 10 ug/m3 of NO2 above 10, a quarter 20 ug/m3 of PM2.5 above 5
    assert found["attributable_deaths"] == pytest.approx([900 * 0.75 * (1 - 1 / 1.02), 900 * 0.25 * (1 - 1.08**-2)])


@settings(deadline=None)
@given(st.floats(5, 60), st.floats(0, 20))
def test_dirtier_air_has_never_fewer_deaths(tools, level, more):
    low, high = (deaths(tools, [x, x], [x, x])["attributable_deaths"] for x in (level, level + more))
    assert (low <= high).all()


def active(tools, minutes):
    """Everyone walks so many minutes a week."""
    trips = np.zeros(len(LABELS["mode"]))
    length = np.zeros(len(LABELS["mode"]))
    at = place("mode", "walk")
    trips[at], length[at] = 1000.0, minutes / (60.0 * 7 * 0.9) * 5.0
    known = {"zones.population": np.array([1000.0]), "trips_by_mode": trips, "trip_length_by_mode": length}
    own = tools.medians(ACTIVITY, walking_speed=5.0, adult_share=0.5, adult_death_rate=4.0, risk_walking=0.89)
    return ACTIVITY.run(Inputs(known, own), None).arrays["activity_deaths"]


def test_walking_by_hand(tools):
    found = active(tools, 168.0)
    assert found == pytest.approx([500 * 4.0 / 1000 * 0.11, 0.0])


def test_the_benefit_of_walking_is_bounded(tools):
    assert active(tools, 5000.0)[0] == pytest.approx(500 * 4.0 / 1000 * 0.30)


def test_units(tools):
    assert vocabulary.get("attributable_deaths").unit == vocabulary.get("activity_deaths").unit == "person/year"
    assert deaths(tools, [20.0, 20.0], [20.0, 20.0])["attributable_deaths"].shape == (2,)
