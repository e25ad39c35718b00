"""What models may sum and what may be shown of the people of a city."""

import numpy as np
import pytest

from exante.city import Table, people
from exante.city.zone_spread import vary
from exante.quantities.errors import CityError, MissingLayerError, UserError


def row(zone, age, sex, band, car, size, persons):
    return dict(zip(Table.empty("people"), (zone, age, sex, band, car, size, persons), strict=True))


@pytest.fixture(scope="module")
def city(village_city):
    """40 old and 60 adults in W, 50 of the hundred with a car; 30 children; 8 adults in N."""
    rows = [
        row("W", "over_64", "women", "lowest", "without", "1", 30.0),
        row("W", "over_64", "men", "lowest", "with", "2", 10.0),
        row("W", "40_64", "women", "highest", "with", "2", 40.0),
        row("W", "40_64", "men", "highest", "without", "2", 20.0),
        row("W", "under_15", "men", "highest", "without", "3", 30.0),
        row("N", "40_64", "men", "highest", "with", "2", 8.0),
    ]
    cells = {key: [r[key] for r in rows] for key in rows[0]}
    margins = {
        "margin": ["zone,age", "zone,car", "zone,sex", "age,sex"],
        "origin": ["observed", "assumed", "derived", "derived"],
        "resolution": ["zone", "city", "zone", "city"],
        "source": ["x"] * 4,
    }
    zones = village_city.table("zones").with_columns(jobs_cv=[0.5, 0.2, 0.0])
    for table in (Table("people", cells), Table("people_margins", margins), zones):
        village_city = village_city.with_table(table)
    return village_city


def test_sums_for_models(city):
    assert people.cube(city).shape == (3, 5, 2, 5, 2, 5)
    np.testing.assert_allclose(people.count(city), 138.0)
    np.testing.assert_allclose(people.count(city, "zone", "car"), [[80, 50], [0, 0], [0, 8]])
    np.testing.assert_allclose(people.count(city, "car", "zone"), [[80, 0, 0], [50, 0, 8]])
    np.testing.assert_allclose(people.car_availability(city), [0.5, np.nan, 1.0])


def test_a_margin_is_shown_as_it_is(city):
    frame = people.publish(city, "zone", "age").set_index(["zone", "age"])
    told = frame.loc[("W", "over_64")]
    assert (told["persons"], told["low"], told["high"], told["basis"], told["margins"]) == (
        40.0, 40.0, 40.0, "margin", "observed",
    )  # fmt: skip


def test_a_margin_of_the_city_serves_the_city_only(city):
    assert set(people.publish(city, "age", "sex")["basis"]) == {"margin"}
    assert (people.publish(city, "zone", "age", "sex")["basis"] == "bounds").any()


def test_a_joint_count_comes_with_bounds_among_adults(city):
    frame = people.publish(city, "zone", "age", "car").set_index(["zone", "age", "car"])
    # W: 40 old and 60 others among 100 adults, 50 of them with a car
    old = frame.loc[("W", "over_64", "with")]
    assert (old["persons"], old["low"], old["high"], old["basis"]) == (10.0, 0.0, 40.0, "bounds")
    assert old["margins"] == "assumed"
    middle = frame.loc[("W", "40_64", "with")]
    assert (middle["low"], middle["high"]) == (10.0, 50.0)
    child = frame.loc[("W", "under_15", "without")]
    assert (child["low"], child["high"]) == (30.0, 30.0)
    assert frame.loc[("W", "under_15", "with"), "high"] == 0.0


def test_small_counts_are_never_shown(city):
    frame = people.publish(city, "zone", "car").set_index(["zone", "car"])
    small = frame.loc[("N", "with")]
    assert np.isnan(small[["persons", "low", "high"]].astype(float)).all()
    assert small["basis"] == "too small to show"
    assert (
        people.publish(city, "zone", "car", smallest=5.0).set_index(["zone", "car"]).loc[("N", "with"), "persons"] == 8
    )


def test_districts_add_their_zones_up(city):
    frame = people.publish(city, "district", "car").set_index(["district", "car"])
    assert frame.loc[("Valley", "with"), "persons"] == 50.0


def test_wrong_questions_are_told(city, village_city):
    with pytest.raises(UserError) as error:
        people.count(city, "zone", "wealth")
    assert str(error.value) == (
        "wealth: not dimensions of the people, each once (in people). "
        "Use zone, age, sex, income_band, car, household_size."
    )
    with pytest.raises(UserError, match="zone and district cannot be shown together"):
        people.publish(city, "zone", "district")
    with pytest.raises(MissingLayerError, match="has no layer 'people'"):
        people.cube(village_city)
    table = city.table("people")
    with pytest.raises(CityError) as error:
        people.cube(city.with_table(table.with_columns(zone_id=["X"] * table.rows)))
    assert str(error.value) == "row 0 of people has a zone nobody knows (in people)."


def test_varied_jobs_keep_the_citys_total_and_a_certain_zone_its_place(city):
    jobs = city.column("zones.jobs")
    np.testing.assert_allclose(vary(city, "jobs", np.zeros(3)), jobs)
    found = vary(city, "jobs", np.array([1.0, -1.0, 3.0]))
    assert found.sum() == pytest.approx(jobs.sum())
    sigma = np.sqrt(np.log1p([0.25, 0.04, 0.0]))
    np.testing.assert_allclose(
        found / found[2] * jobs[2] / jobs, np.exp(sigma * np.array([1.0, -1.0, 3.0])), rtol=1e-12
    )


def test_what_has_no_spread_is_told(city):
    with pytest.raises(UserError) as error:
        vary(city, "services", np.zeros(3))
    assert str(error.value) == "zones.services has no stated spread (in city village). Stated: jobs."
    with pytest.raises(UserError, match="3 finite numbers are needed, one a zone"):
        vary(city, "jobs", np.zeros(2))
