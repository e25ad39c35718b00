"""Units at the border: conversions, and refusals in one paragraph."""

import math
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exante.quantities.errors import PolicyError, VocabularyError
from exante.quantities.units import CITY_UNITS, convert, factor, registry


@pytest.mark.parametrize(
    ("unit", "to", "value"),
    [
        ("km/h", "m/s", 1 / 3.6),
        ("mph", "km/hour", 1.609344),
        ("tonne/day", "kg/day", 1000),
        ("g/day", "kg/day", 1e-3),
        ("tCO2e", "kgCO2e", 1000),
        ("percent", "1", 0.01),
        ("vehicle/kiloperson", "vehicle/person", 1e-3),
        ("pce", "vehicle", 1),
        ("EUR/hour", "EUR/minute", 1 / 60),
        ("vehicle*km/day", "vehicle*m/day", 1000),
    ],
)
def test_factor(unit, to, value):
    assert factor(unit, to) == pytest.approx(value, rel=1e-12)


@given(st.sampled_from([("km", "mile"), ("m^2", "km^2"), ("hour", "s"), ("kg", "tonne")]))
def test_there_and_back_is_one(pair):
    assert factor(*pair) * factor(*reversed(pair)) == pytest.approx(1.0, rel=1e-12)


def test_every_unit_of_cities_is_defined():
    for definition in CITY_UNITS:
        assert factor(definition.split(" = ")[0], definition.split(" = ")[0]) == 1.0


def test_the_registry_is_built_without_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        registry.__wrapped__()


@pytest.mark.parametrize(
    ("unit", "to"),
    [("km", "hour"), ("person", "household"), ("furlongs_", "m"), ("", "m"), ("m//", "m"), ("m(", "m"), ("5 m", "m")],
)
def test_factor_of_different_things_is_refused(unit, to):
    with pytest.raises(VocabularyError) as told:
        factor(unit, to)
    assert str(told.value).startswith(f"a value in '{unit}' cannot be read as '{to}': ")
    assert str(told.value).endswith("Use a unit of the same kind.")


def test_scales_with_another_zero_have_no_factor():
    with pytest.raises(VocabularyError) as told:
        factor("degC", "K")
    assert str(told.value) == (
        "a value in 'degC' is not a multiple of one in 'K': their zeros differ. "
        "Use differences of temperature (delta_degC), or kelvin."
    )
    assert factor("delta_degC", "K") == 1.0


def test_convert_tells_the_user_where():
    assert convert(30, "km/h", "km/hour", where="x") == pytest.approx(30)
    assert math.isclose(convert(20, "mph", "km/hour", where="x"), 32.18688)
    with pytest.raises(PolicyError) as told:
        convert(30, "kg", "km/hour", where="citta-30.toml:4")
    assert str(told.value) == (
        "the unit 'kg' cannot be converted to 'km/hour' (in citta-30.toml:4). "
        "Give the value in km/hour or a unit of the same kind."
    )
    assert told.value.exit_code == 2
