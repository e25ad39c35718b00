"""The people of the village: three zones, figures one can check by hand."""

import numpy as np
import pytest

from exante.city import Table
from exante.sources.people import bands
from exante.sources.people.cube import Known, Origin, make_people
from exante.sources.people.seed import make_seed

AGES = np.array(
    [[450.0, 300.0, 750.0, 900.0, 600.0], [100.0, 150.0, 350.0, 300.0, 100.0], [300.0, 160.0, 300.0, 700.0, 540.0]]
)
SEXES = np.array([[1560.0, 1440.0], [480.0, 520.0], [1040.0, 960.0]])
SIZES = np.array([[900.0, 1200.0, 900.0, 700.0, 300.0], [250.0, 600.0, 500.0, 450.0, 200.0]])
GROUPS = np.array([0, 0, 1])
INCOME = np.array([22000.0, 26000.0, 30000.0])


@pytest.fixture(scope="session")
def village_known():
    residents = AGES.sum(axis=1)
    found = bands.fifths(INCOME, np.full(3, 0.6), residents, np.arange(3), 3)
    return Known(
        zone_id=np.array(["W", "E", "N"], dtype=object),
        ages=AGES,
        sexes=SEXES,
        groups=GROUPS,
        sizes=SIZES,
        bands=found,
        density=np.array([2500.0, 480.0, 1150.0]),
        car_share=0.6,
        origins=(
            Origin(("zone", "age"), "observed", "zone", "the village's register"),
            Origin(("zone", "sex"), "observed", "zone", "the village's register"),
            Origin(("zone", "household_size"), "derived", "larger area", "the valley and the hill"),
            Origin(("zone", "income_band"), "derived", "zone", "lognormal"),
            Origin(("zone", "car"), "assumed", "city", "odds"),
            Origin(("car",), "derived", "city", "cars a resident"),
        ),
    )


@pytest.fixture(scope="session")
def village_people(village_known):
    return make_people(village_known, make_seed())


@pytest.fixture(scope="session")
def village_with_people(village_city, village_people):
    """The village with its cube; residents by zone are those of its table of zones."""
    city = village_city
    for name, frame in (
        ("people", village_people.frame()),
        ("people_margins", village_people.margins_frame()),
        ("income_bands", village_people.bands_frame()),
    ):
        city = city.with_table(Table.from_frame(name, frame))
    return city.with_table(city.table("zones").with_columns(jobs_cv=[0.5, 0.2, 0.8]))
