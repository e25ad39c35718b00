"""The people of both cities from their real files: totals of the registers, margins, and figures held out."""

import numpy as np
import pytest

from exante.city import people
from exante.sources.barcelona import people as barcelona
from exante.sources.catalogue import list_sources, locate
from exante.sources.people.cube import availability_by_zone, car_share, make_people
from exante.sources.people.seed import make_seed
from exante.sources.statistics import read_city_document

pytestmark = pytest.mark.real_data
USED = ("register", "income", "gini", "census_sections", "barri_profile")


@pytest.fixture(scope="module")
def paths(data_dir):
    sources = list_sources(read_city_document("barcelona"), "barcelona")
    return {name: locate(sources[name], data_dir) for name in USED}


@pytest.fixture(scope="module")
def known(paths):
    notes = []
    sections = barcelona.read_sections(paths, notes)
    zones = np.array(sorted(sections["zone_id"].unique(), key=int), dtype=object)
    return barcelona.know(paths, zones, np.full(len(zones), 4.4e5), car_share(0.362, 0.879), notes)


@pytest.fixture(scope="module")
def cube(known):
    return make_people(known, make_seed())


def test_barcelona_has_its_register_to_the_person(cube, known):
    assert cube.persons.shape == (233, 5, 2, 5, 2, 5)
    assert cube.persons.sum() == pytest.approx(1_669_630, rel=1e-9)
    np.testing.assert_allclose(cube.persons.sum(axis=(0, 1, 3, 4, 5)), [874_370, 795_260], rtol=1e-9)
    ages = cube.persons.sum(axis=(0, 2, 3, 4, 5))
    np.testing.assert_allclose(
        [ages[0], ages[1], ages[2] + ages[3], ages[4]], [199_782, 156_852, 959_168, 353_828], rtol=1e-9
    )
    np.testing.assert_allclose(cube.persons.sum(axis=(2, 3, 4, 5)), known.ages, rtol=1e-9)
    np.testing.assert_allclose(cube.persons.sum(axis=(0, 1, 2, 4, 5)), 1_669_630 / 5, rtol=1e-9)


def test_who_lives_alone_agrees_with_the_register_of_2023(cube):
    """213,839 lived alone in 2023, 60.8 % of them women and 43 % over 64: the seed's figures survive the margins."""
    alone = cube.persons[..., 0]
    assert alone.sum() == pytest.approx(213_839, rel=0.03)
    assert alone[:, :, 0].sum() / alone.sum() == pytest.approx(0.608, abs=0.02)
    assert alone[:, 4].sum() / alone.sum() == pytest.approx(0.43, abs=0.02)


def test_cars_are_the_citys_and_differ_between_zones(cube):
    adults = cube.persons[:, 1:]
    assert adults[:, :, :, :, 1].sum() / adults.sum() == pytest.approx(car_share(0.362, 0.879), rel=1e-9)
    found = availability_by_zone(cube.persons)
    assert 0.25 < found.min() < found.max() < 0.75


@pytest.mark.slow
def test_bologna_has_the_people_of_its_figures(data_dir):
    from exante.sources.assemble import build

    city = build("bologna", data_dir).city
    cube = people.cube(city)
    zones = city.table("zones")
    np.testing.assert_allclose(cube.sum(axis=(1, 2, 3, 4, 5)), zones["population"], rtol=1e-9)
    assert cube.sum() == pytest.approx(392_017, rel=1e-9)
    assert cube[:, :, 0].sum() / cube.sum() == pytest.approx(0.525, rel=1e-9)
    assert cube[..., 0].sum() == pytest.approx(0.529 * 211_823, rel=1e-9)
    ages, district = cube.sum(axis=(2, 3, 4, 5)), zones["district"]
    np.testing.assert_allclose(ages.sum(axis=0) / ages.sum(), [0.111, 0.0864, 0.1938, 0.3638, 0.245], rtol=1e-9)
    savena = ages[district == "Savena"]
    assert savena[:, 4].sum() / savena.sum() == pytest.approx(0.279, abs=1e-6)
    assert zones["households"].sum() == pytest.approx(211_823)
    np.testing.assert_allclose(people.car_availability(city), zones["car_availability"], rtol=1e-9)
    assert (zones["jobs_cv"] > 0.3).all()
