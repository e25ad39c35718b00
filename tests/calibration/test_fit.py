"""A twin experiment: a known truth is found again, and a street held out does not know its own fit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exante.calibration.counted import collect, own_counts, regime_days
from exante.calibration.fit import _Flows, calibrate, fold_mean, fold_streets
from exante.calibration.free import prior_scores
from exante.calibration.keep import with_posterior
from exante.calibration.modes import declare_modes, list_modes
from exante.city.check import list_faults
from exante.city.modes import apply_modes
from exante.quantities.errors import CityError, MissingLayerError, UserError
from exante.simulation.posterior import read_posterior

NAMES = ("mobility.external_other", "mobility.rate_other")


@pytest.fixture(scope="session")
def village_fit(counted_village):
    return calibrate(counted_village, folds=2, members=24, iterations=2, names=NAMES, workers=2)


def test_truth_is_found_again(village_fit):
    rows = {row["name"]: row for row in village_fit.parameters()}
    truth = {"mobility.external_other": 1.15, "mobility.rate_other": 1.35}
    for name, value in truth.items():
        low, _, high = rows[name]["posterior"]
        assert low <= value <= high, rows[name]
    assert max(rows[name]["shrinkage"] for name in truth) > 0.3
    assert village_fit.after.r2 > max(village_fit.before.r2, 0.95)
    assert abs(village_fit.after.bias) < abs(village_fit.before.bias)


def test_the_posterior_is_kept_and_read(village_fit, tmp_path):
    from exante.city import open_folder, save

    city = open_folder(save(with_posterior(village_fit), tmp_path / "v.city"))
    assert not list_faults(city)
    found = read_posterior(city)
    assert found.names == tuple(p.name for p in village_fit.free)
    assert np.array_equal(found.members, village_fit.members)
    assert city.level("posterior") == village_fit.level
    assert "held out" in city.layers["posterior"].note


def test_level_two_is_refused_without_skill(village_fit):
    worse = replace(village_fit, held_after=replace(village_fit.held_after, r2=village_fit.held_before.r2 - 0.1))
    assert worse.level == 1
    assert "NOT surely closer" in with_posterior(worse).layers["posterior"].note
    guess = replace(village_fit, held_naive=replace(village_fit.held_naive, r2=0.9999))
    assert guess.level == 1
    assert replace(village_fit, chance=0.6).level == 1
    assert replace(village_fit, chance=0.99).level == 2


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(factor=st.floats(0.1, 10.0), fold=st.integers(0, 3))
def test_a_held_out_street_never_influences_its_own_fit(counted_village, factor, fold):
    counted = collect(counted_village, *own_counts(counted_village))
    groups = fold_streets(counted, 4)
    random = np.random.default_rng(1)
    flows = _Flows(np.full((16, 1, 5), 4.8), 300.0 + 50.0 * random.standard_normal((16, 1, 5, len(counted.links))))
    first, held = prior_scores(16, 3, 5), groups[fold]
    flow = counted.flow.copy()
    flow[held] *= factor
    other = replace(counted, flow=flow)
    assert np.array_equal(fold_mean(first, flows, counted.take(~held)), fold_mean(first, flows, other.take(~held)))


def test_folds_are_whole_streets(counted_village):
    counted = collect(counted_village, *own_counts(counted_village))
    groups = fold_streets(counted, 4)
    assert np.sum(groups, axis=0).tolist() == [1] * len(counted.site)
    for held in groups:
        assert not set(counted.street[held]) & set(counted.street[~held])
    with pytest.raises(UserError) as told:
        fold_streets(counted, 9)
    assert str(told.value) == (
        "9 folds of 4 counted streets (in --folds). Whole streets are held out: ask for at least 2 folds and at most "
        "one for each street."
    )


def test_a_city_without_counts(village_city):
    with pytest.raises(MissingLayerError) as told:
        calibrate(village_city)
    assert str(told.value) == (
        "city 'village' has no traffic counts (in table count_sites). Build the city from a source that counts "
        "traffic, or name a file of sites with --sites."
    )


def test_modes_move_demand_and_make_none(sketch_city):
    city = declare_modes(sketch_city)
    assert "city.jobs_centre" in list_modes(city)
    moved = apply_modes(city, {"city.jobs_centre": 0.4, "city.gates_motorway": -0.3, "mobility.rate_other": 2.0})
    for table, column in (("zones", "jobs"), ("gates", "weight")):
        before, after = city.table(table)[column], moved.table(table)[column]
        assert after.sum() == pytest.approx(before.sum())
        assert not np.allclose(before, after)
    assert apply_modes(city, {"city.jobs_centre": 0.0}) is city
    assert moved.table("links") is city.table("links")
    with pytest.raises(CityError) as told:
        apply_modes(sketch_city, {"city.jobs_centre": 0.4})
    assert str(told.value) == (
        "the city declares no mode city.jobs_centre (in table demand_modes). Use the posterior with the city it was "
        "fitted on."
    )


def test_every_count_has_the_rules_of_its_day(village_city):
    import datetime as dt

    history = ({"title": "x", "starts": village_city.as_of + dt.timedelta(days=10)},)
    city = replace(village_city, history=history)
    asked = [village_city.as_of + dt.timedelta(days=d) for d in (-400, 0, 9, 10, 99)]
    assert [(day - city.as_of).days for day in regime_days(city, asked)] == [0, 0, 0, 10, 10]


def test_every_class_is_scored_by_itself(village_fit):
    rows = village_fit.classes
    assert sum(row["after"]["sites"] for row in rows) == village_fit.held_after.sites
    assert len({row["class"] for row in rows}) == len(rows)
