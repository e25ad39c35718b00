"""The seed: shares that add up, the published odds in it, units and sources."""

import numpy as np
import pytest

from exante.quantities.errors import ParameterError
from exante.quantities.labels import LABELS
from exante.quantities.units import factor
from exante.sources.people.seed import list_parameters, make_seed, medians, read_tables


def test_shares_add_up_and_living_alone_is_as_published():
    seed = make_seed()
    np.testing.assert_allclose(seed.women.sum(axis=1), 1.0)
    np.testing.assert_allclose(seed.size.sum(axis=2), 1.0)
    alone = (seed.women * seed.size[:, :, 0]).sum(axis=1)
    np.testing.assert_allclose(alone, read_tables()["alone"]["share"], atol=1e-12)
    women, men = seed.size[4, :, 0]
    assert women / (1 - women) / (men / (1 - men)) == pytest.approx(2.8, rel=1e-9)
    assert seed.size[0, :, 0].tolist() == [0.0, 0.0]


def test_odds_of_a_car_are_those_of_the_assumptions():
    told, car = medians(), make_seed().car
    assert (car[0] == 0).all()
    assert car[3, 1, 2, 2] / car[3, 0, 2, 2] == pytest.approx(told["licence_sex_odds"])
    assert car[3, 1, 3, 2] / car[3, 1, 2, 2] == pytest.approx(told["car_income_odds"])
    assert car[3, 1, 3, 1] / car[3, 1, 3, 0] == pytest.approx(told["car_second_odds"])
    other = make_seed({"car_income_odds": 2.0}).car
    assert other[3, 1, 3, 2] / other[3, 1, 2, 2] == pytest.approx(2.0)


def test_an_assumption_nobody_knows_is_refused():
    with pytest.raises(ParameterError) as error:
        make_seed({"car_income": 2.0})
    assert str(error.value).startswith("the cube has no assumption car_income (in people). Known: ")


def test_tables_have_the_shape_of_their_labels_units_parse_and_sources_are_named():
    tables = read_tables()
    ages, sizes = len(LABELS["age"]), len(LABELS["household_size"])
    assert np.shape(tables["together"]["share"]) == (ages, sizes - 1)
    for table, key in (("women", "share"), ("alone", "share"), ("alone", "women_odds"), ("car", "age_odds")):
        assert np.shape(tables[table][key]) == (ages,)
    assert np.shape(tables["households"]["italy"]) == (sizes,)
    for table in tables.values():
        assert table["source"]
        assert isinstance(table["verified"], bool)
    for parameter in list_parameters():
        assert factor(parameter.unit, parameter.unit) == 1.0
        low, high = parameter.distribution.quantile(np.array([0.05, 0.95]))
        assert low < medians()[parameter.name.split(".")[1]] < high or parameter.name == "people.drivers_per_car"
