"""Numbers of a policy document: a value or a bounded distribution, with its unit.

A speed or a sum of money always says its unit; a share between 0 and 1 needs none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel
from pydantic_core import core_schema

from exante.policy.document import fault
from exante.quantities.distributions import Distribution
from exante.quantities.errors import ParameterError, PolicyError
from exante.quantities.units import convert


@dataclass(frozen=True)
class Uncertain:
    """A number of a document: known, or uncertain until a draw resolves it.

    Parameters
    ----------
    distribution : Distribution
        As written, in `unit`.
    unit : str
        Unit the document gives.
    to : str
        Unit the measure works in.
    drawn : float, optional
        Value of this draw, in `unit`.
    """

    distribution: Distribution
    unit: str
    to: str
    drawn: float | None = None

    @property
    def resolved(self) -> bool:
        """True when it has one value."""
        return self.drawn is not None or self.distribution.known

    @property
    def value(self) -> float:
        """The value, in the unit the measure works in.

        Raises
        ------
        PolicyError
            If it is still uncertain.
        """
        if not self.resolved:
            raise PolicyError(
                "a number of the policy is still uncertain", remedy="Resolve the policy with policy.at(draw) first"
            )
        return self._converted(self.drawn if self.drawn is not None else float(self.distribution.quantile(0.5)))

    def at(self, uniform: float | None) -> Uncertain:
        """The number at this quantile of its distribution; None gives the median."""
        return replace(self, drawn=float(self.distribution.quantile(0.5 if uniform is None else uniform)))

    def in_words(self, of: str = "") -> str:
        """The number in plain words, in the unit of the document; a share in per cent, `of` something."""
        number = Distribution("value", (self.drawn,)) if self.drawn is not None else self.distribution
        if self.unit == self.to == "1":
            return _share_in_words(number, of)
        text = number.in_words(self.unit)
        if self.resolved and self._converted(1.0) != 1.0:
            text += f" ({self.value:.3g} {self.to.replace('hour', 'h')})"
        return text

    def document(self) -> dict[str, Any]:
        """The number as a table that a document may hold."""
        table = {"value": self.drawn} if self.drawn is not None else self.distribution.document()
        return table if self.unit == "1" else {**table, "unit": self.unit}

    def _converted(self, number: float) -> float:
        return convert(number, self.unit, self.to, where="policy document")


def _share_in_words(share: Distribution, of: str) -> str:
    tail = f" of {of}" if of else ""
    if share.known:
        return f"{100 * float(share.quantile(0.5)):.3g} %{tail}"
    low, middle, high = (100 * float(share.quantile(p)) for p in (0.05, 0.5, 0.95))
    return f"{middle:.0f} %{tail} (in nine of ten draws between {low:.0f} and {high:.0f} %)"


@dataclass(frozen=True)
class Wanted:
    """What a key of a document wants: the kind of quantity, its unit and its range.

    Parameters
    ----------
    noun : str
        What the number is, as a sentence calls it.
    to : str
        Unit the measure works in; `"1"` for shares.
    low, high : float
        Range in that unit.
    example : str
        How to write it.
    known : bool
        True where a distribution makes no sense.
    """

    noun: str
    to: str
    low: float
    high: float
    example: str
    known: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        """Validate with `read`, write back with `Uncertain.document`."""
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(Uncertain.document)
        )

    def read(self, given: object) -> Uncertain:
        """The number a document gives.

        Raises
        ------
        PydanticCustomError
            If unit, shape or range do not fit.
        """
        if isinstance(given, Uncertain):
            return given
        table: Any = dict(given) if isinstance(given, Mapping) else given
        unit = table.pop("unit", None) if isinstance(table, dict) else None
        if unit is None and self.to != "1":
            told = f" {given:g}" if isinstance(given, int | float) and not isinstance(given, bool) else ""
            raise fault(f"the {self.noun}{told} has no unit", f"Write for example {self.example}")
        try:
            distribution = Distribution.read(table, where=self.noun)
        except ParameterError as error:
            raise fault(error.what, error.remedy) from error
        if distribution.shape == "beta" and self.to != "1" and not {"low", "high"} <= set(table):
            raise fault(f"the beta distribution of the {self.noun} has no bounds", f"Add low and high in {unit}")
        number = Uncertain(distribution, "1" if unit is None else str(unit), self.to)
        self._check(number)
        return number

    def _check(self, number: Uncertain) -> None:
        try:
            low, high = number._converted(number.distribution.low), number._converted(number.distribution.high)
        except PolicyError as error:
            raise fault(
                f"the {self.noun} is in '{number.unit}', which cannot be read as {self.to.replace('hour', 'h')}",
                f"Write for example {self.example}",
            ) from error
        if self.known and not number.distribution.known:
            raise fault(f"the {self.noun} cannot be a distribution", f"Write for example {self.example}")
        shown = number.distribution.in_words(number.unit)
        if low < 0 <= self.low:
            raise fault(
                f"the {self.noun} {shown} can be negative" if low != high else f"the {self.noun} {shown} is negative",
                f"Write for example {self.example}",
            )
        if low < self.low or high > self.high:
            unit = "" if self.to == "1" else f" {self.to.replace('hour', 'h')}"
            raise fault(
                f"the {self.noun} {shown} is outside {self.low:g} to {self.high:g}{unit}",
                f"Write for example {self.example}",
            )


_SPEED = '{ value = 30, unit = "km/h" }'
Speed = Annotated[Uncertain, Wanted("speed", "km/hour", 5, 140, _SPEED)]
KnownSpeed = Annotated[Uncertain, Wanted("speed", "km/hour", 0, 140, _SPEED, known=True)]
Length = Annotated[Uncertain, Wanted("length", "m", 0, 2000, '{ value = 50, unit = "m" }', known=True)]
Charge = Annotated[Uncertain, Wanted("charge", "EUR", 0, 1000, '{ value = 5, unit = "EUR" }')]
Share = Annotated[Uncertain, Wanted("share", "1", 0, 1, "0.5 or { beta = [4, 4] }")]

P = TypeVar("P", bound=BaseModel)


def list_numbers(part: BaseModel) -> Iterator[tuple[str, Uncertain]]:
    """Every number of a part of a document, by its path in the part."""
    for name, field in type(part).model_fields.items():
        value, key = getattr(part, name), field.alias or name
        if isinstance(value, Uncertain):
            yield key, value
        elif isinstance(value, BaseModel):
            yield from ((f"{key}.{path}", number) for path, number in list_numbers(value))
        elif isinstance(value, tuple):
            for k, entry in enumerate(value):
                if isinstance(entry, BaseModel):
                    yield from ((f"{key}[{k}].{path}", number) for path, number in list_numbers(entry))


def resolve(part: P, uniforms: Mapping[str, float] | None, prefix: str) -> P:
    """The part with every uncertain number at its quantile; None gives medians."""
    changed: dict[str, Any] = {}
    for name, field in type(part).model_fields.items():
        value, path = getattr(part, name), f"{prefix}.{field.alias or name}"
        if isinstance(value, Uncertain) and not value.resolved:
            changed[name] = value.at(None if uniforms is None else _uniform(uniforms, path))
        elif isinstance(value, BaseModel):
            changed[name] = resolve(value, uniforms, path)
        elif isinstance(value, tuple) and any(isinstance(entry, BaseModel) for entry in value):
            changed[name] = tuple(
                resolve(entry, uniforms, f"{path}[{k}]") if isinstance(entry, BaseModel) else entry
                for k, entry in enumerate(value)
            )
    return part.model_copy(update=changed) if changed else part


def _uniform(uniforms: Mapping[str, float], path: str) -> float:
    if path not in uniforms:
        raise PolicyError(
            f"the draw has no number for '{path}'", remedy="Draw one in (0, 1) for each path of policy.uncertain()"
        )
    number = float(uniforms[path])
    if not 0 < number < 1:
        raise PolicyError(f"the draw of '{path}' is {number:g}", remedy="Draws are between 0 and 1, ends excluded")
    return number
