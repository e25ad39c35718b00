"""The policy: a titled, dated, cited list of measures that turns a city into another."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import Field, PrivateAttr, field_validator, model_validator

from exante.city import City
from exante.policy.areas import folded
from exante.policy.compose import Named, join_edits
from exante.policy.document import Part, fault
from exante.policy.measures import AnyMeasure
from exante.policy.measures.base import Change
from exante.policy.outlays import Outlay
from exante.policy.uncertain import Uncertain, Wanted, list_numbers, resolve
from exante.quantities.distributions import Distribution
from exante.quantities.errors import PolicyError

#: A sum of money whose unit stands beside it.
Money = Annotated[Uncertain, Wanted("cost", "1", 0, 1e12, "24e6")]


class Cost(Part):
    """What the policy costs the public.

    Parameters
    ----------
    capital : number or distribution
        Once, in `unit`.
    yearly : number or distribution
        Every year, in `unit`.
    unit : str
        `"EUR"`.
    """

    capital: Money | None = None
    yearly: Money | None = None
    unit: Literal["EUR"]

    @model_validator(mode="after")
    def _says_a_sum(self) -> Cost:
        if self.capital is None and self.yearly is None:
            raise fault("cost says no sum", 'Write cost = { capital = 24e6, yearly = 1e6, unit = "EUR" }')
        return self

    def in_words(self) -> str:
        """The cost in a sentence."""
        parts = [
            f"{_sum(number)} {self.unit} {when}"
            for number, when in ((self.capital, "once"), (self.yearly, "a year"))
            if number is not None
        ]
        return f"Cost: {' and '.join(parts)}."


class Policy(Part):
    """A policy document: measures with their dates, source and cost.

    Policies are read by `read_policy` and added with `+`. A policy with uncertain numbers is resolved by
    `at` before it is applied.

    Parameters
    ----------
    title : str
        Name of the policy.
    summary : str
        A sentence or two for readers.
    city : str
        City it is for; empty for any.
    starts, ends : datetime.date
        First day in force, and first day no longer in force.
    source : str
        Where the city decided it.
    cost : Cost
        What it costs the public.
    measures : tuple of Measure
        In documents `[[measure]]`.
    """

    title: str = Field(min_length=1)
    summary: str = ""
    city: str = ""
    starts: dt.date | None = None
    ends: dt.date | None = None
    source: str = ""
    cost: Cost | None = None
    measures: tuple[AnyMeasure, ...] = Field(alias="measure")
    _parts: tuple[Policy, ...] = PrivateAttr(default=())

    @field_validator("measures")
    @classmethod
    def _has_measures(cls, measures: tuple[AnyMeasure, ...]) -> tuple[AnyMeasure, ...]:
        if not measures:
            raise fault("the policy has no measure", 'Add [[measure]] with its kind, e.g. kind = "speed_limit"')
        return measures

    @model_validator(mode="after")
    def _ends_after_start(self) -> Policy:
        if self.starts and self.ends and self.ends <= self.starts:
            raise fault(f"the policy ends on {self.ends}, not after its start on {self.starts}", "Correct the dates")
        return self

    @property
    def parts(self) -> tuple[Policy, ...]:
        """The documents it consists of: itself, or those that were added."""
        return self._parts or (self,)

    @property
    def slug(self) -> str:
        """Short name made from the title, as `citta-30`."""
        return folded(self.title)

    def __add__(self, other: object) -> Policy:
        """Both policies together; contradictions are reported when the sum is applied."""
        if not isinstance(other, Policy):
            return NotImplemented
        parts = (*self.parts, *other.parts)
        named = {part.slug: part for part in parts}
        for part in parts:
            if named[part.slug] != part:
                raise PolicyError(
                    f"two different policies are both called '{part.title}'", remedy="Give one another title"
                )
        return _joined(parts)

    def __hash__(self) -> int:
        """Hash of the content."""
        return hash(self.sha256)

    def uncertain(self) -> dict[str, Distribution]:
        """Every number that is still uncertain, by a path made of the policy's and the measure's names.

        The path `citta-30.speed_limit[0].compliance` depends on the document's content alone, so that the
        same document is drawn the same way alone and in a sum.
        """
        return {
            f"{prefix}.{path}": number.distribution
            for prefix, part in self._prefixed()
            for path, number in list_numbers(part)
            if not number.resolved
        }

    def at(self, uniforms: Mapping[str, float] | None) -> Policy:
        """The policy with every number known.

        Parameters
        ----------
        uniforms : mapping of str to float, or None
            A number in (0, 1) for every path of `uncertain`: the quantile taken. None takes medians.

        Raises
        ------
        PolicyError
            If a path is missing or a number is not between 0 and 1.
        """
        if self._parts:
            return _joined(tuple(part.at(uniforms) for part in self._parts))
        resolved = {prefix: resolve(part, uniforms, prefix) for prefix, part in self._prefixed()}
        measures = tuple(resolved[prefix] for prefix in self._measure_prefixes())
        return self.model_copy(update={"measures": measures, "cost": resolved.get(f"{self.slug}.cost")})

    def edits(self, city: City) -> list[Change]:
        """What the policy changes on this city, with the old values; empty where it changes nothing.

        Raises
        ------
        PolicyError
            If numbers are still uncertain, the policy is for another city or ended before the city's date, or
            measures contradict each other.
        """
        open_paths = list(self.uncertain())
        if open_paths:
            raise PolicyError(
                f"the policy '{self.title}' has uncertain numbers: {', '.join(open_paths)}",
                remedy="Resolve it first: policy.at(draw), or policy.at(None) for medians",
            )
        self._check_city(city)
        return join_edits(self._named(), city)

    def apply(self, city: City) -> City:
        """The city with the policy in force; the same city where nothing changes."""
        return city.edit(self.edits(city))

    def outlays(self, city: City) -> list[Outlay]:
        """What the policy costs whom: the document's own cost, paid by the city, and what its measures state.

        A document's own cost stands for all of its measures' costs to the city.

        Raises
        ------
        PolicyError
            If numbers are still uncertain.
        """
        found: list[Outlay] = []
        for part in self.parts:
            stated = [outlay for measure in part.measures for outlay in measure.outlays(city)]
            if part.cost is None:
                found += stated
                continue
            capital, yearly = (0.0 if n is None else n.value for n in (part.cost.capital, part.cost.yearly))
            found.append(Outlay(f"cost stated by '{part.title}'", "city", capital, yearly))
            found += [outlay for outlay in stated if outlay.payer != "city"]
        return found

    def describe(self) -> list[str]:
        """What the policy does, a plain sentence each."""
        if self._parts:
            return [line for part in self._parts for line in part.describe()]
        lines = [self.summary] if self.summary else []
        lines += [measure.describe() for measure in self.measures]
        if self.starts:
            until = f" until {_day(self.ends - dt.timedelta(days=1))}" if self.ends else ""
            lines.append(f"In force from {_day(self.starts)}{until}.")
        if self.cost:
            lines.append(self.cost.in_words())
        return lines

    def describe_on(self, city: City) -> list[str]:
        """What changes on this city, measure by measure; uncertain numbers at their medians.

        Raises
        ------
        PolicyError
            As `edits`.
        """
        middle = self.at(None)
        middle.edits(city)
        return [line for part in middle.parts for measure in part.measures for line in measure.describe_on(city)]

    def document(self) -> dict[str, Any]:
        """The policy as a document that `read_policy` understands, files included; sums hold `policy` entries."""
        if self._parts:
            return {"policy": [part.document() for part in self._parts]}
        return _without_empty(self.model_dump(by_alias=True, exclude_none=True))

    def text(self) -> str:
        """The document as TOML."""
        return tomli_w.dumps(self.document())

    @property
    def sha256(self) -> str:
        """Hash of the document's content, independent of how it was laid out."""
        canonical = json.dumps(self.document(), sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def _measure_prefixes(self) -> list[str]:
        seen: dict[str, int] = {}
        prefixes = []
        for measure in self.measures:
            prefixes.append(f"{self.slug}.{measure.kind}[{seen.setdefault(measure.kind, 0)}]")
            seen[measure.kind] += 1
        return prefixes

    def _prefixed(self) -> list[tuple[str, Part]]:
        pairs: list[tuple[str, Part]] = []
        for part in self.parts:
            pairs += zip(part._measure_prefixes(), part.measures, strict=True)
            pairs += [(f"{part.slug}.cost", part.cost)] if part.cost else []
        return pairs

    def _named(self) -> list[Named]:
        return [
            (f"measure {number} of '{part.title}'", measure)
            for part in self.parts
            for number, measure in enumerate(part.measures, start=1)
        ]

    def _check_city(self, city: City) -> None:
        for part in self.parts:
            if part.city and folded(part.city) not in (folded(city.name), folded(city.title)):
                raise PolicyError(
                    f"the policy '{part.title}' is for {part.city}, not for {city.title}",
                    remedy="Take the key `city` out of the document to try it elsewhere",
                )
            if part.ends and part.ends <= city.as_of:
                raise PolicyError(
                    f"the policy '{part.title}' ended on {part.ends}, and {city.title} is described as of "
                    f"{city.as_of}: nothing is left to forecast",
                    remedy="Take the key `ends` out of the document or set a later one, or build the city with an "
                    "earlier as_of",
                )


def _joined(parts: tuple[Policy, ...]) -> Policy:
    starts = [part.starts for part in parts if part.starts]
    joined = Policy.model_construct(
        title=" + ".join(part.title for part in parts),
        summary="",
        city=next((part.city for part in parts if part.city), ""),
        starts=min(starts) if starts else None,
        ends=None,
        source="; ".join(dict.fromkeys(part.source for part in parts if part.source)),
        cost=None,
        measures=tuple(measure for part in parts for measure in part.measures),
    )
    joined._parts = parts
    return joined


def _without_empty(document: dict[str, Any]) -> dict[str, Any]:
    """The document without keys that say nothing, tuples as lists."""

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {k: plain(v) for k, v in value.items()}
        return [plain(v) for v in value] if isinstance(value, list | tuple) else value

    return {key: plain(value) for key, value in document.items() if value not in ("", ())}


def _day(date: dt.date) -> str:
    return f"{date.day} {date:%B %Y}"


def _sum(number: Uncertain) -> str:
    if number.resolved:
        return f"{number.value:,.0f}"
    low, mid, high = (float(number.distribution.quantile(p)) for p in (0.05, 0.5, 0.95))
    return f"{mid:,.0f} (90 % between {low:,.0f} and {high:,.0f})"
