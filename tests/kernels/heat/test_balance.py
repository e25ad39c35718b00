"""The heat balance: numbers on paper, conservation of energy, limits, sums over zones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exante.kernels.heat import chain_of_class, run
from exante.quantities.errors import ParameterError

OFF = {"heating": -np.inf, "cooling": np.inf}


def test_steady_loss_is_u_times_area_times_difference(building, series):
    # One wall: the mean radiant temperature is its own, so only convection brings heat: 1/20 + 2 + 1/2.5 = 2.45 m2 K/W.
    b = building(bridges=[3.0])
    r = run(b, series(24 * 20, ventilation=7.0), warm_up=480)
    power = 20.0 * (10.0 / 2.45 + 3.0 + 7.0)
    assert r.peak_heating[0] == pytest.approx(power, rel=1e-9)
    assert r.heating[0] == pytest.approx(power * 24 * 20, rel=1e-9)
    assert r.cooling[0] == 0.0


def test_units_one_kelvin_and_one_watt_per_kelvin_for_a_day_are_24_wh(building, series):
    b = building(conductance=[[[1e-9] * 4]], capacity=[[[0.0] * 5]], bridges=[1.0])
    r = run(b, series(24, heating=1.0))
    assert r.heating[0] == pytest.approx(24.0, rel=1e-6)
    assert r.peak_heating[0] == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("minutes", [60, 15, 1])
def test_a_lone_capacity_decays_exponentially(building, series, minutes):
    # C dT/dt = -H T with C / H = 10 h; implicit Euler gives (1 + dt / 10 h)^-n, which tends to exp(-t / 10 h).
    b = building(
        area=[[0.0]],
        light_area=[[1.0]],
        light_conductance=[[1e-12]],
        light_convective=[[1e-9]],
        light_radiative=[[1.0]],
        light_solar_share=[[0.0]],
        light_exterior=[[0]],
        air_capacity=[360000.0],
        bridges=[10.0],
    )
    per_hour = 60 // minutes
    r = run(b, series(20 * per_hour, **OFF), keep="all", step=60.0 * minutes, warm_up=0)
    expected = 20.0 * (1 + 0.1 / per_hour) ** -(20.0 * per_hour)
    assert r.air[-1, 0] == pytest.approx(expected, rel=1e-6)
    assert r.air[-1, 0] == pytest.approx(20.0 * np.exp(-2.0), rel=0.12 / per_hour)


@settings(max_examples=40, deadline=None)
@given(
    resistance=st.floats(0.1, 8.0),
    capacity=st.floats(1e3, 5e5),
    mass_class=st.sampled_from(["I", "E", "IE", "D", "M"]),
    area=st.floats(1.0, 500.0),
    air=st.floats(1e3, 1e6),
    power=st.floats(-2000.0, 2000.0),
)
def test_heat_given_to_a_closed_box_is_all_there_in_the_end(
    building, series, resistance, capacity, mass_class, area, air, power
):
    conductance, nodes = chain_of_class(resistance, capacity, mass_class)
    hours = 4000
    sun = np.zeros(hours)
    sun[:24] = power
    gains = np.zeros(hours)
    gains[10:20] = 50.0
    b = building(area=[[area]], conductance=[[conductance]], capacity=[[nodes]], outer=[[0.0]], air_capacity=[air])
    r = run(b, series(hours, solar=sun, convective=gains, radiative=gains, **OFF), keep="all", warm_up=0)
    given_heat = 24 * power * 3600 + 2 * 10 * 50.0 * 3600
    assert r.air[-1, 0] - 20.0 == pytest.approx(given_heat / (air + capacity * area), rel=1e-4, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(share=st.floats(0, 1), weight=st.floats(0, 1), limit=st.floats(10.0, 1e4), out=st.floats(-20, 35))
def test_the_plant_holds_the_sensed_temperature_or_gives_all_it_has(building, series, share, weight, limit, out):
    b = building(
        area=[[30.0, 20.0]],
        conductance=np.full((1, 2, 4), 3.0),
        capacity=np.full((1, 2, 5), 2e4),
        outer=[[20.0, 10.0]],
        convective=[[2.5, 5.0]],
        radiative=[[5.0, 5.0]],
        solar_share=[[0.5, 0.5]],
        exterior=[[0, 0]],
        heating_power=[limit],
        cooling_power=[limit],
        convective_share=[share],
        air_weight=[weight],
        air_capacity=[1e5],
    )
    r = run(b, series(72, exterior=out, air=out, ventilation=20.0), keep="all")
    sensed = weight * r.air[:, 0] + (1 - weight) * r.radiant[:, 0]
    heat, cool = r.hourly_heating[:, 0], r.hourly_cooling[:, 0]
    assert (heat >= 0).all()
    assert (cool >= 0).all()
    assert (np.minimum(heat, cool) == 0).all()
    assert heat.max() <= limit * (1 + 1e-9)
    free = (heat < limit * (1 - 1e-9)) & (cool < limit * (1 - 1e-9))
    assert (sensed[free] > 20.0 - 1e-6).all()
    assert (sensed[free] < 26.0 + 1e-6).all()
    np.testing.assert_allclose(sensed[(heat > 1e-6) & free], 20.0, atol=1e-6)


def test_ventilation_counts_in_its_own_hours(building, series):
    exchange = np.tile(np.repeat([0.0, 30.0], 12), 10)
    b = building(capacity=[[[0.0] * 5]])
    r = run(b, series(240, ventilation=exchange), keep="loads")
    steady = 20.0 * 10.0 / 2.45
    np.testing.assert_allclose(r.hourly_heating[:, 0], steady + 20.0 * exchange, rtol=1e-9)


def test_buildings_do_not_disturb_each_other_and_zones_are_sums(building, series):
    rng = np.random.default_rng(1)
    one = building(area=[[30.0]], air_capacity=[1e5])
    many = one.take(np.zeros(150, int))
    many.bridges[:] = rng.uniform(0, 20, 150)
    many.exterior[:, 0] = rng.integers(0, 3, 150)
    drivers = series(72, air=5.0)
    drivers = type(drivers)(**(vars(drivers) | {"exterior": rng.uniform(-5, 30, (72, 3))}))
    whole = run(many, drivers, keep="loads")
    for i in (0, 63, 64, 149):
        alone = run(many.take(np.array([i])), drivers)
        assert alone.heating[0] == pytest.approx(whole.heating[i], rel=1e-12)
        assert alone.highest[0] == pytest.approx(whole.highest[i], rel=1e-12)
    zone = rng.integers(0, 4, 150)
    weight = rng.uniform(1, 9, 150)
    grouped = run(many, drivers, keep="loads", group=zone, weight=weight)
    by_hand = np.stack([(whole.hourly_heating * weight)[:, zone == z].sum(axis=1) for z in range(4)], axis=1)
    np.testing.assert_allclose(grouped.hourly_heating, by_hand, rtol=1e-12)
    np.testing.assert_allclose(whole.hourly_heating.sum(axis=0), whole.heating, rtol=1e-12)
    np.testing.assert_allclose(run(many, drivers, single=True).heating, whole.heating, rtol=1e-4, atol=1.0)


GOLDEN = [197.808, 1037.276, 16.0, 19.091, 20.903, 0.0]


def test_golden_day(building, series):
    hour = np.arange(24 * 30)
    drivers = series(
        hour.size,
        exterior=5 + 6 * np.cos((hour - 14) / 24 * 2 * np.pi),
        air=4 + 5 * np.cos((hour - 15) / 24 * 2 * np.pi),
        ventilation=15.0,
        solar=np.maximum(0, 900 * np.cos((hour - 12) / 24 * 2 * np.pi)),
        convective=60.0,
        radiative=90.0,
        heating=np.where(hour % 24 >= 7, 20.0, 16.0),
    )
    r = run(building(area=[[60.0]], air_capacity=[2e5]), drivers, keep="all")
    got = [r.heating[0] / 720, r.peak_heating[0], r.lowest[0], r.mean[0], r.highest[0], r.cooling[0]]
    assert [round(float(v), 3) for v in got] == GOLDEN


def test_impossible_buildings_are_refused_with_every_fault(building, series):
    with pytest.raises(ParameterError) as told:
        run(building(area=[[-1.0]], convective_share=[2.0]), series(24, heating=30.0))
    assert told.value.what == (
        "area holds values that are negative or not finite; convective_share is not between 0 and 1; "
        "a heating set-point lies above its cooling set-point, or is missing"
    )
    with pytest.raises(ParameterError, match="exterior names columns outside 0 to 0"):
        run(building(exterior=[[3]]), series())
    with pytest.raises(ParameterError, match=r"area has shape \(1,\), not"):
        run(building(area=[1.0]), series())
    with pytest.raises(ParameterError, match="does not divide an hour"):
        run(building(), series(), step=1000.0)


def test_no_buildings_give_nothing(building, series):
    r = run(building().take(np.zeros(0, int)), series())
    assert r.heating.shape == (0,)
