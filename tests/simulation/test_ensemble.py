"""Paired ensembles on a model whose every number is known."""

import datetime as dt

import numpy as np
import pytest

from exante.city import City, Edit, Table
from exante.quantities.declarations import Indicator, Model, Outputs
from exante.quantities.distributions import Distribution
from exante.quantities.errors import WiringError
from exante.quantities.parameters import Parameter, Spread
from exante.simulation import Draws, Simulator, run_ensemble, wire
from exante.simulation.cache import OutputCache

LAW = Distribution("uniform", (1.0, 2.0), 1.0, 2.0)
FACTOR = Parameter("toy.factor", "1", LAW, "source", Spread.UNCERTAINTY, "kg of CO2 a metre")


class Toy:
    """CO2 = factor × length; remembers how often it ran and leaves an error of 1e-6 of its start."""

    def __init__(self, wobble=0.0):
        self.runs = 0
        self.wobble = wobble

    def __call__(self, inputs, state):
        self.runs += 1
        value = inputs["links.length"] * inputs.parameters["factor"]
        if state is not None:
            value = value + self.wobble * (state["start"] - value)
        return Outputs({"link_co2": value}, {"start": value}, {"gap": 1e-6})

    def model(self):
        return Model("toy", ("links.length",), ("link_co2",), (FACTOR,), self, ())


TOTAL = Indicator(
    "co2_traffic", "CO2", "lower", "all links", ("link_co2",), lambda inputs: float(inputs["link_co2"].sum())
)


class Shorten:
    """A policy that makes link `a` shorter by its own uncertain share."""

    def __init__(self, share=None, law=None):
        self.share, self.law = share, law

    def uncertain(self):
        return {"shorten/share": self.law} if self.law else {}

    def at(self, uniforms):
        return (
            self if self.law is None else Shorten(float(self.law.quantile((uniforms or {}).get("shorten/share", 0.5))))
        )

    def apply(self, city):
        old = city.column("links.length")[0]
        return city.edit([Edit("links", "length", np.array(["a"]), np.array([old * (1 - self.share)]), "shorter")])


@pytest.fixture
def city():
    return City(
        "toy",
        "Toy",
        dt.date(2024, 1, 1),
        "EPSG:25832",
        {"links": Table("links", {"link_id": ["a", "b"], "length": [100.0, 300.0]})},
    )


def ensemble(city, policy, toy=None, number=8, cache=None, **options):
    toy = toy or Toy()
    return run_ensemble(
        Simulator(wire([toy.model()]), cache), city, policy, Draws([FACTOR], number), [TOTAL],
        lambda state: {"link_co2": state.read("link_co2")}, **options,
    )  # fmt: skip


def test_the_difference_is_paired(city):
    result = ensemble(city, Shorten(0.5))
    factors = [Draws([FACTOR], 8).values(k)["toy.factor"] for k in range(8)]
    assert result.indicators[0, 1] - result.indicators[0, 0] == pytest.approx(-50 * np.array(factors), rel=1e-12)
    assert result.fields["link_co2"].shape == (2, 8, 2)


def test_a_policy_that_changes_nothing_changes_nothing_to_the_bit(city):
    toy = Toy(wobble=1e-3)
    result = ensemble(city, Shorten(0.0), toy)
    assert np.array_equal(result.indicators[0, 0], result.indicators[0, 1])
    assert toy.runs == 1 + 8 + 2  # the centre, a baseline each, two restarts for the noise: no policy ran


def test_the_noise_floor_is_the_solvers_own(city):
    assert ensemble(city, Shorten(0.5), Toy(wobble=0.0)).noise[0] == 0
    noise = ensemble(city, Shorten(0.5), Toy(wobble=1e-3)).noise[0]
    assert 0 < noise < 1


def test_results_do_not_depend_on_the_number_of_workers(city):
    law = Distribution("beta", (4.0, 4.0), 0.0, 1.0)
    one = ensemble(city, Shorten(law=law), Toy(1e-3), workers=1)
    four = ensemble(city, Shorten(law=law), Toy(1e-3), workers=4)
    assert one.indicators.tobytes() == four.indicators.tobytes()
    assert len({u["shorten/share"] for u in one.policy_uniforms}) == 8


def test_a_second_policy_reuses_the_baselines(city, tmp_path):
    toy = Toy()
    ensemble(city, Shorten(0.5), toy, cache=OutputCache(tmp_path))
    first, toy.runs = toy.runs, 0
    ensemble(city, Shorten(0.25), toy, cache=OutputCache(tmp_path))
    assert first == 1 + 8 + 8 + 2
    assert toy.runs == 8 + 2  # the policy's own draws and the noise of its restarts


def test_a_damaged_cache_entry_is_computed_again(city, tmp_path):
    before = ensemble(city, Shorten(0.5), cache=OutputCache(tmp_path))
    for file in tmp_path.rglob("*.npz"):
        file.write_bytes(file.read_bytes()[:100])
    after = ensemble(city, Shorten(0.5), cache=OutputCache(tmp_path))
    assert before.indicators.tobytes() == after.indicators.tobytes()


def test_an_error_in_a_draw_is_raised_not_lost(city):
    def broken(inputs, state):
        if inputs.parameters["factor"] > 1.6:
            return Outputs({"link_co2": np.array([np.nan, 1.0])})
        return Outputs({"link_co2": np.ones(2)})

    model = Model("toy", ("links.length",), ("link_co2",), (FACTOR,), broken, ())
    with pytest.raises(WiringError) as error:
        run_ensemble(Simulator(wire([model])), city, Shorten(0.5), Draws([FACTOR], 8), [TOTAL], lambda state: {})
    assert str(error.value) == "model toy: link_co2 holds values that are not finite (in model toy)."


def test_a_model_sees_only_what_it_declared(city):
    model = Model("toy", (), ("link_co2",), (), lambda inputs, state: Outputs({"link_co2": inputs["links.length"]}), ())
    with pytest.raises(WiringError, match=r"a model reads 'links.length' without declaring it"):
        Simulator(wire([model])).run(city, {})
