"""Hours made from days: what they keep, what they refuse, and what they cost in heat at Bologna."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.models.buildings import Archetypes, HourlyClimate, hourly_need, hours_of_days
from exante.quantities.errors import ParameterError

DAYS = 365


def year(value):
    return np.full(DAYS, float(value))


@settings(max_examples=20, deadline=None)
@given(
    latitude=st.floats(30, 60),
    offset=st.floats(-10, 10),
    mean=st.floats(-20, 30),
    span=st.floats(0, 20),
    radiation=st.floats(0, 12),
)
def test_means_and_sums_of_days_are_kept(latitude, offset, mean, span, radiation):
    found = hours_of_days(latitude, 15 + offset, 1.0, year(mean), year(mean + span), year(mean), year(radiation))
    by_day = found.to_numpy().reshape(DAYS, 24, 4)
    assert by_day[:, :, 0].mean(axis=1) == pytest.approx(year(mean), abs=1e-9)
    assert by_day[:, :, 1].sum(axis=1) / 1e6 * 3600 == pytest.approx(year(radiation), abs=1e-9)
    assert (by_day[:, :, 1:] >= 0).all()
    assert (by_day[:, :, 2] <= 1410).all()


def test_the_warmest_hour_and_solar_noon_are_where_they_belong():
    found = hours_of_days(45.0, 15.0, 1.0, year(10), year(15), year(5), year(10))
    day = found.iloc[24 * 80 : 24 * 81].reset_index(drop=True)
    assert day["dry_bulb"].idxmax() in (14, 15)
    assert day["dry_bulb"].max() - day["dry_bulb"].min() == pytest.approx(10.0, abs=0.2)
    # At the meridian of its zone noon lies between the hours 11 and 12; at the equinox the sun is up for 12 hours.
    assert day["global_horizontal"].idxmax() in (11, 12)
    assert (day["global_horizontal"] > 0).sum() in (12, 13)


def test_a_dark_day_has_no_direct_sun():
    found = hours_of_days(45.0, 11.0, 1.0, year(0), year(5), year(-5), year(0.3))
    assert found["direct_normal"].max() < 30
    assert found["diffuse_horizontal"].sum() > 0.95 * found["global_horizontal"].sum()


def test_gaps_and_impossible_days_are_refused():
    gap = year(5)
    gap[100] = np.nan
    with pytest.raises(ParameterError, match="The daily radiation is not 365 numbers"):
        hours_of_days(45, 11, 1, year(0), year(5), year(0), gap)
    with pytest.raises(ParameterError, match="colder at its highest"):
        hours_of_days(45, 11, 1, year(0), year(-5), year(0), year(5))


@pytest.mark.real_data
def test_heat_from_days_is_heat_from_hours_at_bologna(data_dir):
    from exante.sources.epw import read_epw
    from exante.sources.tabula import VARIANTS, read_variants

    file = read_epw(data_dir / "bologna/weather/ITA_ER_Bologna-Marconi.AP.161400_TMYx.2004-2018.epw")
    air = file.hourly["dry_bulb"].to_numpy().reshape(DAYS, 24)
    sun = file.hourly["global_horizontal"].to_numpy().reshape(DAYS, 24).sum(axis=1) * 3600 / 1e6
    place = (file.latitude, file.longitude, file.time_zone)
    made = hours_of_days(*place, air.mean(axis=1), air.max(axis=1), air.min(axis=1), sun)
    table = read_variants(data_dir / "energy" / "tabula" / VARIANTS)
    houses = Archetypes.from_table(table[table["country"] == "IT"].iloc[::10])
    needs = [
        hourly_need(houses, HourlyClimate.of(*place, file.altitude, weather)).heating for weather in (file.hourly, made)
    ]
    assert np.abs(needs[1] / needs[0] - 1).max() < 0.015
