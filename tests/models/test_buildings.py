"""Heating need of archetypes: numbers on paper, what always holds, units, and the real table."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.models.buildings import Archetypes, HourlyClimate, Season, hourly_need, seasonal_need
from exante.models.buildings.archetypes import PLANES
from exante.models.buildings.refurbishment import transmittance_after
from exante.models.buildings.seasonal import part_use_of, utilisation_of
from exante.quantities.errors import ParameterError
from exante.sources.tabula import read_variants

HOURS = 8760


@pytest.fixture(scope="module")
def houses():
    path = Path(__file__).parents[1] / "golden" / "houses.py"
    spec = importlib.util.spec_from_file_location("exante_golden_houses", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def table(houses, tmp_path_factory):
    return read_variants(houses.write(tmp_path_factory.mktemp("t") / "t.csv", [houses.row()]))


@pytest.fixture(scope="module")
def house(table):
    return Archetypes.from_table(table)


def climate(air, *, sun=0.0, sky=None):
    air = np.broadcast_to(np.asarray(air, float), (HOURS,)).copy()
    return HourlyClimate(air, air - 10.0 if sky is None else sky, np.full((HOURS, len(PLANES)), sun))


def test_the_need_of_one_house_on_paper(houses, table, house):
    found = seasonal_need(house, Season.from_table(table))
    assert found.transmission[0] == pytest.approx(3.0)
    assert found.ventilation[0] == pytest.approx(0.68)
    assert found.time_constant[0] == pytest.approx(36.0)
    assert found.losses[0] == pytest.approx(88.32)
    assert (found.solar[0], found.internal[0]) == (pytest.approx(11.34), pytest.approx(7.2))
    assert found.utilisation[0] == pytest.approx(houses.UTILISATION)
    assert found.need[0] == pytest.approx(70.4315, abs=1e-3)
    assert found.need[0] == pytest.approx(houses.NEED)


def test_heated_everywhere_at_all_times_the_losses_are_whole(table, house):
    found = seasonal_need(house, Season.from_table(table), part_use=False)
    assert found.part_use[0] == 1.0
    assert found.losses[0] == pytest.approx(3.68 * 12 * 2.4)


def test_thermal_bridges_count_on_all_area_even_behind_an_unheated_space(house):
    bridged = replace(house, bridges=np.array([0.1]))
    assert bridged.bridge_loss[0] == pytest.approx(0.1 * 320)
    assert bridged.transmission[0] == pytest.approx(332.0)


def test_no_need_where_the_season_is_warmer_than_the_set_point(house):
    season = Season(np.asarray(50.0), np.asarray(21.0), np.zeros(5))
    assert seasonal_need(house, season).need[0] == 0.0


@given(
    loss=st.floats(0.05, 12),
    low=st.floats(0.5, 1),
    drop=st.floats(0, 0.4),
    ratio=st.floats(0, 50),
    hours=st.floats(1, 500),
)
def test_factors_stay_in_their_bounds(loss, low, drop, ratio, hours):
    factor = part_use_of(np.array([loss]), np.array([low]), np.array([low - drop]))[0]
    assert low - drop - 1e-9 <= factor <= low + 2 * (1 - low) + 1e-9
    used = utilisation_of(np.array([ratio]), np.array([hours]))[0]
    assert 0 <= used <= 1
    assert used * ratio <= 1 + 1e-9
    more = utilisation_of(np.array([ratio * 1.01 + 1e-3]), np.array([hours]))[0]
    assert more <= used + 1e-9


@given(u=st.floats(0.1, 3), days=st.floats(1, 300), outdoor=st.floats(-10, 15), sun=st.floats(0, 900))
def test_a_better_wall_never_needs_more(u, days, outdoor, sun):
    base = house_of(u)
    season = Season(np.asarray(days), np.asarray(outdoor), np.full(5, sun))
    worse, better = (seasonal_need(h, season, part_use=False) for h in (base, house_of(0.7 * u)))
    assert better.need[0] <= worse.need[0] + 1e-9
    gains = worse.solar[0] + worse.internal[0]
    assert max(worse.losses[0] - gains, 0) - 1e-9 <= worse.need[0] <= worse.losses[0] + 1e-9


def house_of(u):
    one = np.ones(1)
    wide = np.zeros((1, 10))
    area, us = wide.copy(), wide.copy()
    area[0, [0, 2, 7]], us[0, [0, 2, 7]] = (50, 120, 20), (1.0, u, 2.5)
    glazing = np.array([[0.0, 5.0, 5.0, 5.0, 5.0]])
    return Archetypes(
        names=("h",),
        floor_area=100 * one,
        area=area,
        u=us,
        factor=np.ones((1, 10)),
        bridges=0.05 * one,
        glazing=glazing,
        aperture=np.full((1, 5), 0.2),
        air_change=0.6 * one,
        room_height=2.5 * one,
        internal_gains=3 * one,
        capacity=45 * one,
        set_point=20 * one,
        reduction_low=0.9 * one,
        reduction_high=0.8 * one,
    )


def test_units_a_house_twice_as_large_needs_the_same_per_square_metre(table, house):
    season = Season.from_table(table)
    twice = replace(house, floor_area=2 * house.floor_area, area=2 * house.area, glazing=2 * house.glazing)
    assert seasonal_need(twice, season).need == pytest.approx(seasonal_need(house, season).need)
    weather = climate(5.0, sun=50.0)
    one, two = (hourly_need(h, weather).heating[0] for h in (house, twice))
    assert two == pytest.approx(2 * one, rel=1e-9)


def test_units_a_steady_hour_costs_the_loss_times_the_difference(house):
    alone = replace(house, internal_gains=np.zeros(1), air_change=np.zeros(1))
    found = hourly_need(alone, climate(0.0), keep="loads")
    watts = found.hourly_heating[:, 0]
    assert np.ptp(watts) < 1e-3
    assert watts[0] == pytest.approx(300.0 * 20.0, rel=0.01)
    assert found.heating[0] == pytest.approx(watts.sum())


def test_an_hour_of_sun_or_gains_saves_what_it_gives(house):
    cold = climate(-10.0)
    without = hourly_need(replace(house, internal_gains=np.zeros(1)), cold).heating[0]
    saved = without - hourly_need(house, cold).heating[0]
    assert saved == pytest.approx(3.0 * 100 * HOURS, rel=0.02)
    lit = hourly_need(house, climate(-10.0, sun=100.0)).heating[0]
    # Sun is absorbed at inner surfaces; of each, U over its inner coefficient goes straight out.
    lost = (100 * 1.0 / 10.13 + 100 * 1.0 / 7.63 + 100 * 0.5 / 5.83 + 20 * 2.5 / 7.63) / 320
    assert without - saved - lit == pytest.approx((1 - lost) * 0.189 * 20 * 100 * HOURS, rel=0.01)


def test_sky_and_sun_on_walls_count_only_if_asked(house):
    dark = hourly_need(house, climate(0.0), outer_radiation=True).heating[0]
    plain = hourly_need(house, climate(0.0)).heating[0]
    sunny = hourly_need(house, climate(0.0, sun=100.0), outer_radiation=True).heating[0]
    assert sunny < plain < dark


def test_set_points_may_be_given_by_the_hour(house):
    night = np.where((np.arange(HOURS) % 24 >= 7) & (np.arange(HOURS) % 24 < 22), 20.0, 16.0)
    weather = climate(2.0)
    lowered = hourly_need(house, weather, heating=night).heating[0]
    assert lowered < hourly_need(house, weather).heating[0]
    assert lowered > hourly_need(house, weather, heating=np.full(HOURS, 16.0)).heating[0]


def test_the_season_of_a_year_of_hours():
    air = np.where(np.arange(HOURS) < 24 * 90, 4.0, 18.0)
    season = climate(air, sun=100.0).season()
    assert (float(season.days), float(season.temperature)) == (90.0, 4.0)
    assert season.sun == pytest.approx(np.full(5, 0.1 * 24 * 90))
    with pytest.raises(ParameterError, match="No day has a mean of 12 degC or less"):
        climate(15.0).season()


def test_arrays_that_do_not_fit_are_refused_with_every_fault(house, table):
    with pytest.raises(ParameterError) as error:
        replace(house, u=house.u[:, :3], bridges=np.array([-1.0]), capacity=np.zeros(1))
    assert "u has shape (1, 3), not (1, 10)" in str(error.value)
    assert "bridges holds values that are negative" in str(error.value)
    assert "capacity is 0" in str(error.value)
    with pytest.raises(ParameterError, match="lacks u_wall_1"):
        Archetypes.from_table(table.drop(columns="u_wall_1"))
    with pytest.raises(ParameterError, match="lacks heating_days"):
        Season.from_table(table.drop(columns="heating_days"))
    with pytest.raises(ParameterError, match="10 hours, not 8760"):
        HourlyClimate.of(
            44, 11, 1, 40, pd.DataFrame(dict.fromkeys(("dry_bulb", "direct_normal", "diffuse_horizontal"), [1.0] * 10))
        )


def test_a_wall_thinner_than_its_films_is_refused(house):
    u = house.u.copy()
    u[0, 2] = 9.0
    with pytest.raises(ParameterError, match="wall_1 has a U-value that its surface films alone would not reach"):
        hourly_need(replace(house, u=u), climate(0.0))


def test_half_a_wall_insulated_on_paper():
    one = np.ones(2)
    found = transmittance_after(2 * one, 0 * one, 1.5 * one, np.array([False, True]), 0.5 * one)
    assert found == pytest.approx([0.5 / 2.0 + 0.5 * 2.0, 0.5 / 1.5 + 0.5 * 2.0])
    cellar = transmittance_after(one, 0.3 * one, 0 * one, np.array([False, True]), one)
    assert cellar == pytest.approx([1 / 1.3, 1 / 1.3])
    with pytest.raises(ParameterError, match="a U-value is not above 0; a resistance is negative; a share is outside"):
        transmittance_after(0 * one, -one, one, one > 2, 2 * one)
