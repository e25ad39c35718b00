"""The cube of the village: margins, structure, what paper says, a golden and the store."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from exante.city import open_folder, people, save
from exante.quantities.errors import SourceError
from exante.quantities.labels import LABELS
from exante.sources.people.cube import (
    DIMS,
    availability_by_zone,
    car_share,
    households_by_zone,
    make_people,
    sizes_by_zone,
)
from exante.sources.people.seed import make_seed

GOLDEN = Path(__file__).parents[2] / "golden" / "village_people.csv"


def summed(people, *dims):
    kept = [DIMS.index(d) for d in dims]
    return people.persons.sum(axis=tuple(k for k in range(len(DIMS)) if k not in kept))


def test_margins_are_exact(village_known, village_people):
    known, people = village_known, village_people
    np.testing.assert_allclose(summed(people, "zone", "age"), known.ages, rtol=1e-9)
    np.testing.assert_allclose(summed(people, "zone", "sex"), known.sexes, rtol=1e-9)
    residents = known.ages.sum(axis=1)
    np.testing.assert_allclose(summed(people, "zone", "income_band"), residents[:, None] * known.bands.share, rtol=1e-9)
    np.testing.assert_allclose(summed(people, "zone"), residents, rtol=1e-9)
    sizes = summed(people, "zone", "household_size")
    np.testing.assert_allclose(sizes[:2].sum(axis=0), known.sizes[0], rtol=1e-9)  # the valley's two zones
    np.testing.assert_allclose(sizes[2], known.sizes[1], rtol=1e-9)
    adults = people.persons[:, 1:]
    assert adults[:, :, :, :, 1].sum() == pytest.approx(0.6 * adults.sum(), rel=1e-9)


def test_what_cannot_be_is_zero_and_nothing_is_negative(village_people):
    persons = village_people.persons
    assert (persons >= 0).all()
    assert persons[:, 0, :, :, 1].sum() == 0  # no child has a car
    assert persons[:, 0, :, :, :, 0].sum() == 0  # no child lives alone


def test_odds_of_a_car_within_a_zone_are_those_of_the_seed(village_people):
    odds = village_people.persons[:, 1:, :, :, 1] / village_people.persons[:, 1:, :, :, 0]
    seed = make_seed().car[1:]
    ratio = odds / seed[None]
    np.testing.assert_allclose(ratio, np.broadcast_to(ratio[:, :1, :1, :1, :1], ratio.shape), rtol=1e-9)


def test_raking_keeps_the_odds_of_age_by_size_within_a_zone(village_known):
    seed = make_seed()
    by_age = (seed.women[:, :, None] * seed.size).sum(axis=1)
    people = make_people(replace(village_known, sexes=seed.women.T @ village_known.ages.sum(axis=0)), seed)
    table = people.persons[1].sum(axis=(1, 2, 3))[1:]  # adults of East by size
    one = np.diff(np.diff(np.log(by_age[1:]), axis=0), axis=1)
    other = np.diff(np.diff(np.log(table), axis=0), axis=1)
    # sexes and incomes of the zone are raked too, which moves these odds by a few per cent at most
    np.testing.assert_allclose(other, one, atol=0.05)


def test_density_lowers_and_income_raises_car_availability(village_known):
    seed = make_seed()
    denser = make_people(replace(village_known, density=village_known.density * np.array([4.0, 1.0, 1.0])), seed)
    plain = make_people(village_known, seed)
    assert availability_by_zone(denser.persons)[0] < availability_by_zone(plain.persons)[0]
    share = village_known.bands.share.copy()
    share[0] = [0.05, 0.1, 0.15, 0.3, 0.4]
    richer = make_people(replace(village_known, bands=village_known.bands._replace(share=share)), seed)
    assert availability_by_zone(richer.persons)[0] > availability_by_zone(plain.persons)[0]


def test_a_zone_without_people_is_empty_and_takes_the_citys_car_share(village_known):
    ages = village_known.ages.copy()
    ages[2] = 0.0
    sexes = village_known.sexes.copy()
    sexes[2] = 0.0
    people = make_people(replace(village_known, ages=ages, sexes=sexes), make_seed())
    assert people.persons[2].sum() == 0.0
    assert availability_by_zone(people.persons)[2] == pytest.approx(0.6, rel=1e-9)
    assert np.isfinite(people.persons).all()


def test_a_zone_without_income_gets_the_citys(village_known):
    share = village_known.bands.share.copy()
    share[1] = np.nan
    people = make_people(replace(village_known, bands=village_known.bands._replace(share=share)), make_seed())
    np.testing.assert_allclose(summed(people, "zone", "income_band")[1], 200.0, rtol=1e-9)


def test_sizes_follow_the_ages_of_the_zone(village_known):
    sizes = sizes_by_zone(village_known, make_seed())
    np.testing.assert_allclose(sizes.sum(axis=1), village_known.ages.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(sizes[:2].sum(axis=0), village_known.sizes[0], rtol=1e-9)


def test_households_on_paper(village_people):
    homes = households_by_zone(village_people.persons, 3000.0)
    sizes = summed(village_people, "zone", "household_size")
    raw = sizes @ np.array([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5.4])
    np.testing.assert_allclose(homes, raw * 3000.0 / raw.sum(), rtol=1e-12)
    assert homes.sum() == pytest.approx(3000.0)


def test_car_share_is_in_cars_per_adult():
    assert car_share(0.534, 0.886) == pytest.approx(0.6027, abs=1e-4)
    assert car_share(0.5, 0.8, drivers_per_car=1.2) == pytest.approx(0.75)
    assert car_share(2.0, 0.8) == 0.98


def test_arrays_that_do_not_fit_are_told_together(village_known):
    with pytest.raises(SourceError) as error:
        make_people(replace(village_known, ages=village_known.ages[:, :4], car_share=1.4), make_seed())
    assert "ages have shape (3, 4), not (3, 5)" in str(error.value)
    assert "the share of adults with a car is 1.4, not between 0 and 1" in str(error.value)


def test_the_golden_village(village_people):
    """Sums of the village's cube, as they were when looked at: a change here is a change of every city."""
    wanted = {tuple(row[:3]): float(row[3]) for row in csv.reader(GOLDEN.open(encoding="utf-8"))}
    frame = village_people.frame()
    found = frame.groupby(["zone_id", "age", "car"])["persons"].sum()
    found_sizes = frame.groupby(["zone_id", "income_band", "household_size"])["persons"].sum()
    have = {(*k,): v for k, v in found.items()} | {(*k,): v for k, v in found_sizes.items()}
    assert have.keys() == wanted.keys()
    for key, value in wanted.items():
        assert have[key] == pytest.approx(value, rel=1e-6), key


def test_the_same_bytes_twice_and_through_the_store(village_with_people, village_known, tmp_path):
    again = make_people(village_known, make_seed())
    table = village_with_people.table("people")
    assert again.frame()["persons"].to_numpy().tobytes() == table["persons"].tobytes()
    one, other = (save(village_with_people, tmp_path / f"{n}.city") for n in ("one", "other"))
    for name in ("people", "people_margins", "income_bands"):
        assert (one / f"{name}.parquet").read_bytes() == (other / f"{name}.parquet").read_bytes()
    assert open_folder(one).table("people") == table


def test_labels_of_the_cube_are_those_of_the_vocabulary():
    from exante.quantities.vocabulary import get

    for dim in DIMS[1:]:
        assert get(f"people.{dim}").one_of == LABELS[dim]
    assert get("income_bands.income_band").one_of == LABELS["income_band"]


def test_bounds_hold_for_the_cube_itself(village_with_people):
    for dims in (("zone", "age", "car"), ("age", "sex", "car"), ("zone", "sex", "income_band", "car"), ("sex", "car")):
        frame = people.publish(village_with_people, *dims, smallest=0.0)
        assert (frame["low"] <= frame["persons"] + 1e-6).all(), dims
        assert (frame["high"] >= frame["persons"] - 1e-6).all(), dims
