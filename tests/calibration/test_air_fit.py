"""Fit of air to stations: what made-up stations tell comes back, and a station is judged without itself."""

import numpy as np
import pytest

from exante.calibration.air.fit import Measured, estimate, fit, prior_members
from exante.calibration.air.stations import Stations
from exante.calibration.safety.verify import empirical_bayes, overdispersion

MEMBERS = 4096


def made_up(canyon=0.6, sites=6):
    """Stations whose means are those of the model with that canyon and the other parameters in their middle."""
    traffic = np.arange(sites) % 2 == 0
    pair = np.column_stack([np.linspace(5.0, 25.0, sites), np.ones(sites)])
    stations = Stations(
        [f"s{i}" for i in range(sites)],
        ["traffic" if t else "background" for t in traffic],
        np.where(traffic, 0, -1),
        pair,
        np.column_stack([np.where(traffic, 60.0, 0.0), np.zeros(sites)]),
        np.zeros((sites, 2)),
        np.ones(sites),
    )
    middle = {k: np.array([np.median(v)]) for k, v in prior_members(MEMBERS).items()} | {"canyon": np.array([canyon])}
    known = {"background_no2": 10.0, "background_o3": 60.0}
    told = estimate(stations, middle, known)[0]
    return Measured("Town", stations, dict(zip(stations.site, told.tolist(), strict=True)), known)


def test_without_sources_the_estimate_is_the_background():
    there = made_up()
    none = Stations(there.stations.site[:1], ["x"], np.array([-1]), *(np.zeros((1, 2)),) * 3, np.zeros(1))
    draws = prior_members(64)
    assert np.allclose(estimate(none, draws, there.known)[:, 0], 10.0 * draws["background_scale_no2"])


@pytest.mark.parametrize("canyon", [0.25, 1.2])
def test_the_fit_moves_to_the_canyon_that_made_the_stations(canyon):
    found = fit([made_up(canyon)], MEMBERS).posterior["canyon"]
    assert abs(np.log(found["posterior"][1] / canyon)) < abs(np.log(found["prior"][1] / canyon))


def test_a_wrong_station_is_judged_by_the_others_alone():
    there = made_up()
    wild = Measured(there.city, there.stations, there.means | {"s0": 5.0 * there.means["s0"]}, there.known)
    honest, told = fit([there], MEMBERS).rows[0], fit([wild], MEMBERS).rows[0]
    assert told["left_out"] == pytest.approx(honest["left_out"])
    assert told["fitted"] > honest["fitted"]


def test_two_cities_share_the_canyon_and_not_their_background():
    there = made_up()
    both = fit([there, Measured("Other", there.stations, there.means, there.known)], MEMBERS)
    assert {r["city"] for r in both.rows} == {"Town", "Other"}
    assert {"canyon", "other_nox, Town", "other_nox, Other"} <= set(both.posterior)
    assert set(both.document()["cities"]) == {"Town", "Other"}


def test_places_that_differ_by_chance_alone_have_no_factor_of_their_own():
    rng = np.random.default_rng(3)
    told = np.full(4000, 20.0)
    assert overdispersion(told, rng.poisson(80.0, 4000) / 4.0, 4) == pytest.approx(0.0, abs=0.002)
    assert empirical_bayes(told, told + 5.0, 4, 0.0) == pytest.approx(told)
