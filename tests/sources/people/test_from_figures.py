"""People from figures of the city alone: ages, household sizes and spreads on paper."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.quantities.errors import SourceError
from exante.sources.people.cube import make_people
from exante.sources.people.from_figures import ages_by_zone, know, sizes_of_city
from exante.sources.people.seed import make_seed

SHARE = np.array([0.12, 0.10, 0.20, 0.35, 0.23])


def test_without_a_grid_every_zone_has_the_citys_ages():
    ages = ages_by_zone(np.array([100.0, 300.0]), SHARE, None, ["A", "B"], {})
    np.testing.assert_allclose(ages, np.outer([100, 300], SHARE), rtol=1e-9)


def test_the_grid_leans_zones_and_the_city_stays():
    residents = np.array([100.0, 300.0, 0.0])
    ages = ages_by_zone(residents, SHARE, np.array([0.4, 0.2, np.nan]), ["A", "B", "B"], {})
    np.testing.assert_allclose(ages.sum(axis=1), residents, rtol=1e-12)
    np.testing.assert_allclose(ages.sum(axis=0), 400 * SHARE, rtol=1e-9)
    assert ages[0, 4] / 100 > 1.7 * ages[1, 4] / 300


def test_a_published_share_of_a_district_is_met():
    residents = np.full(10, 1000.0)
    district = ["A"] * 2 + ["B"] * 8
    ages = ages_by_zone(residents, SHARE, None, district, {"A": {"over_64": 28.0}})
    assert ages[:2, 4].sum() / 2000 == pytest.approx(0.28, abs=1e-8)
    np.testing.assert_allclose(ages.sum(axis=0), 10000 * SHARE, rtol=1e-9)


@given(st.floats(0.2, 0.6), st.floats(2.1, 4.0))
def test_household_sizes_keep_those_alone_all_persons_and_all_households(alone, mean):
    households = 1000.0
    residents = alone * households + (1 - alone) * households * mean
    persons = sizes_of_city(residents, households, alone)
    size = np.array([1, 2, 3, 4, 5.4])
    assert persons[0] == pytest.approx(alone * households)
    assert persons.sum() == pytest.approx(residents, rel=1e-9)
    assert (persons / size).sum() == pytest.approx(households, rel=1e-9)


def test_districts_that_contradict_the_city_are_told():
    with pytest.raises(SourceError) as error:
        ages_by_zone(np.array([100.0, 100.0]), SHARE, None, ["A", "A"], {"A": {"over_64": 28.0}})
    assert str(error.value).startswith(
        "ages of the city and of its districts cannot both be met (in [people.district])."
    )


def test_figures_that_leave_no_household_are_told():
    with pytest.raises(SourceError) as error:
        sizes_of_city(1000.0, 900.0, 0.5)
    told = "1,000 residents in 900 households, 50.0 % of one person, leave 1.22 persons in each of the others"
    assert str(error.value).startswith(told)


def document(**more):
    labels = ("under_15", "15_24", "25_39", "40_64", "over_64")
    shares = {k: 100 * v for k, v in zip(labels, SHARE, strict=True)}
    return {"age_share": shares, "women_share": 52.0, "one_person_households": 40.0, "source": "the town", **more}


def make(income, told=None):
    zones = np.array(["1", "2"], dtype=object)
    residents = np.array([4000.0, 2000.0])
    return know(
        zones, ["A", "B"], residents, np.array([1e6, 1e6]), income, None, {"households": 2800.0},
        document() if told is None else told, 0.55,
    )  # fmt: skip


def test_a_cube_from_figures_meets_them():
    people = make_people(make(np.array([20000.0, 30000.0])), make_seed()).persons
    assert people.sum() == pytest.approx(6000.0, rel=1e-9)
    assert people[:, :, 0].sum() == pytest.approx(0.52 * 6000, rel=1e-9)
    assert people[..., 0].sum() == pytest.approx(0.4 * 2800, rel=1e-9)
    np.testing.assert_allclose(people.sum(axis=(0, 2, 3, 4, 5)), 6000 * SHARE, rtol=1e-9)
    np.testing.assert_allclose(people.sum(axis=(0, 1, 2, 4, 5)), 1200.0, rtol=1e-9)


def test_the_spread_within_zones_is_what_the_citys_leaves():
    apart, together = make(np.array([15000.0, 40000.0])).bands, make(np.array([25000.0, 25000.0])).bands
    assert apart.share[1, 4] > together.share[1, 4]
    # the spread of the whole city stays: the highest fifth begins about as far above the lowest
    assert np.log(apart.lower[4] / apart.upper[0]) == pytest.approx(
        np.log(together.lower[4] / together.upper[0]), rel=0.15
    )


def test_without_income_every_zone_has_a_fifth_in_each_band_and_it_says_so():
    known = make(np.array([np.nan, np.nan]))
    np.testing.assert_allclose(known.bands.share, 0.2, atol=1e-9)
    assert next(o for o in known.origins if o.dims == ("zone", "income_band")).origin == "assumed"


def test_an_absent_figure_is_named():
    with pytest.raises(SourceError) as error:
        make(np.array([1.0, 1.0]), {"source": "the town"})
    assert str(error.value) == (
        "[people] lacks age_share, women_share, one_person_households (in the city's document). "
        "Type them in with their source."
    )
