"""A city's posterior in the draws of a forecast."""

import numpy as np
import pytest

from exante.city import Table
from exante.models import list_models
from exante.quantities.errors import CityError
from exante.simulation import Draws
from exante.simulation.posterior import Posterior, read_posterior

PARAMETERS = [p for m in list_models() for p in m.parameters]
NAMES = ("city.jobs_centre", "mobility.rate_other")


def posterior(members=8):
    first = np.linspace(-0.4, 0.4, members)
    return Posterior(NAMES, np.column_stack([first, 1.25 - 0.5 * first]))


def test_members_are_drawn_whole_and_evenly():
    draws = Draws(PARAMETERS, 64, 1, posterior())
    seen = [draws.values(k) for k in range(64)]
    pairs = {(d["city.jobs_centre"], d["mobility.rate_other"]) for d in seen}
    assert pairs == {tuple(row) for row in posterior().members.tolist()}
    count = np.unique([d["city.jobs_centre"] for d in seen], return_counts=True)[1]
    assert set(count.tolist()) == {8}


def test_other_parameters_keep_their_draws():
    with_it, without = Draws(PARAMETERS, 16, 1, posterior()), Draws(PARAMETERS, 16, 1)
    for k in range(16):
        a, b = with_it.values(k), without.values(k)
        assert {n: v for n, v in a.items() if n not in NAMES} == {n: v for n, v in b.items() if n not in NAMES}


def test_the_centre_is_the_posteriors_median():
    middle = Draws(PARAMETERS, 16, 1, posterior()).medians()
    assert middle["mobility.rate_other"] == pytest.approx(1.25)
    assert middle["city.jobs_centre"] == pytest.approx(0.0)


def test_parameters_that_no_model_has_are_left_out():
    told = Posterior(("mobility.gone",), np.ones((4, 1)))
    assert "mobility.gone" not in Draws(PARAMETERS, 4, 1, told).values(0)


def test_a_posterior_with_holes(village_city):
    table = Table("posterior", {"draw": [0, 0, 1], "parameter": ["a", "b", "a"], "value": [1.0, 2.0, 3.0]})
    with pytest.raises(CityError) as told:
        read_posterior(village_city.with_table(table))
    assert str(told.value) == (
        "member 1 of the posterior has no value of b (in table posterior). Calibrate the city again with "
        "`exante calibrate`."
    )
    assert read_posterior(village_city) is None


def test_a_forecast_draws_from_the_posterior(village_city, tmp_path):
    from dataclasses import replace

    from exante.calibration.modes import declare_modes
    from exante.city.city import Layer
    from exante.policy import read_policy
    from exante.simulation.cache import OutputCache
    from exante.study import forecast

    city = declare_modes(village_city)
    told = posterior(4)
    rows = {
        "draw": np.repeat(np.arange(4), 2),
        "parameter": np.tile(np.array(NAMES, dtype=object), 4),
        "value": told.members.ravel(),
    }
    city = replace(city.with_table(Table("posterior", rows)), layers={**city.layers, "posterior": Layer(2)})
    found = forecast(city, read_policy("citta-30"), draws=4, workers=2, cache=OutputCache(None))
    drawn = found.parameters.sel(parameter=list(NAMES)).values
    assert sorted(map(tuple, drawn.tolist())) == sorted(map(tuple, told.members.tolist()))
    assert found.levels["posterior"] == 2
    assert found.report(tmp_path / "r.html").stat().st_size > 1000
