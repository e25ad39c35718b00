"""Units: one pint registry for the border of the program; kernels see plain floats."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from exante.quantities.errors import PolicyError, VocabularyError

if TYPE_CHECKING:
    import pint

#: Units that cities use and pint does not know. `pce` is the passenger-car equivalent.
CITY_UNITS = (
    "person = [person]",
    "household = [household]",
    "job = [job]",
    "vehicle = [vehicle]",
    "pce = [vehicle]",
    "trip = [trip]",
    "lane = [lane]",
    "EUR = [currency]",
    "gCO2e = [carbon_dioxide_equivalent]",
    "kgCO2e = 1000 * gCO2e",
    "tCO2e = 1000000 * gCO2e",
)


@cache
def registry() -> pint.UnitRegistry:
    """The one pint registry of exante, with the units of cities added to SI."""
    import pint

    units: pint.UnitRegistry = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
    for definition in CITY_UNITS:
        units.define(definition)
    units.formatter.default_format = "~"
    return units


@cache
def factor(unit: str, to: str) -> float:
    """Number by which a value in `unit` is multiplied to be in `to`.

    Raises
    ------
    VocabularyError
        If a unit is unknown, the two measure different things, or their zeros differ.

    Examples
    --------
    >>> round(factor("km/h", "m/s"), 6)
    0.277778
    """
    try:
        zero = float(registry().Quantity(0.0, unit).to(to).magnitude)
        one = float(registry().Quantity(1.0, unit).to(to).magnitude)
    except Exception as error:  # pint's parser raises a dozen kinds (assertions, tokenizer errors) on malformed text
        raise VocabularyError(
            f"a value in '{unit}' cannot be read as '{to}': {str(error) or 'not a unit'}",
            remedy="Use a unit of the same kind",
        ) from error
    if zero != 0.0:
        raise VocabularyError(
            f"a value in '{unit}' is not a multiple of one in '{to}': their zeros differ",
            remedy="Use differences of temperature (delta_degC), or kelvin",
        )
    return one


def convert(value: float, unit: str, to: str, *, where: str) -> float:
    """`value` of a user's document, given in `unit`, in the unit `to` that the measure works in.

    Raises
    ------
    PolicyError
        If the units do not measure the same thing.
    """
    try:
        return value * factor(unit, to)
    except VocabularyError as error:
        raise PolicyError(
            f"the unit '{unit}' cannot be converted to '{to}'",
            where=where,
            remedy=f"Give the value in {to} or a unit of the same kind",
        ) from error
