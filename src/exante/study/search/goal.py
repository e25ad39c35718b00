"""The goal of a search: what may be chosen, what it may cost, what counts, and what must not happen."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from exante.indicators import list_indicators
from exante.policy import Policy, read_policy
from exante.policy.document import Part, fault, nearest
from exante.quantities.errors import PolicyError

#: Share of the draws in which a constraint has to hold.
SURE = 0.9


class Choice(Part):
    """Policies of which at most one is taken.

    Parameters
    ----------
    policy : str
        Document by path or shipped name.
    policies : tuple of str
        Instead of `policy`: alternatives, of which one or none is taken.
    """

    policy: str = ""
    policies: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_of_both(self) -> Choice:
        if bool(self.policy) == bool(self.policies):
            raise fault(
                "a choice names one policy, or several alternatives", 'Write policy = "…" or policies = ["…", "…"]'
            )
        return self

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the alternatives."""
        return self.policies or (self.policy,)


class Objective(Part):
    """An indicator whose mean change should be as good as possible.

    Parameters
    ----------
    indicator : str
    want : str
        `"lower"` or `"higher"`; what the indicator calls better by default.
    """

    indicator: str
    want: Literal["lower", "higher"] | None = None

    @field_validator("indicator")
    @classmethod
    def _known(cls, name: str) -> str:
        return _indicator(name)

    @property
    def sign(self) -> float:
        """Factor that makes smaller better."""
        better = self.want or {i.name: i.better for i in list_indicators()}[self.indicator]
        return -1.0 if better == "higher" else 1.0


class Constraint(Part):
    """A bound on the change of an indicator, which holds in at least `sure` of the draws."""

    indicator: str
    at_most: float | None = None
    at_least: float | None = None
    sure: float = Field(default=SURE, gt=0, le=1)

    @field_validator("indicator")
    @classmethod
    def _known(cls, name: str) -> str:
        return _indicator(name)

    @model_validator(mode="after")
    def _bounded(self) -> Constraint:
        if self.at_most is None and self.at_least is None:
            raise fault("a constraint bounds nothing", "Write at_most = … or at_least = …, the change in the unit")
        return self


class Budget(Part):
    """What city and state may spend."""

    capital: float | None = Field(default=None, ge=0)
    yearly: float | None = Field(default=None, ge=0)
    unit: Literal["EUR"] = "EUR"


class Goal(Part):
    """A goal document.

    Parameters
    ----------
    title : str
    choice : tuple of Choice
    objective : tuple of Objective
    constraint : tuple of Constraint
    budget : Budget
    no_district_worse : bool
        Residents' travel benefit falls in no district on the mean of the draws.
    draws : int
        While searching; the front is checked with `check_draws`.
    evaluations : int
        Packages computed at most.
    scenarios : tuple of str
        Scenario documents; a package is as good as in the worst of them. They need `horizon`.
    horizon : int
    """

    title: str = Field(min_length=1)
    choices: tuple[Choice, ...] = Field(alias="choice", min_length=1)
    objectives: tuple[Objective, ...] = Field(alias="objective", min_length=1)
    constraints: tuple[Constraint, ...] = Field(alias="constraint", default=())
    budget: Budget = Budget()
    no_district_worse: bool = False
    draws: int = Field(default=8, ge=2)
    check_draws: int = Field(default=32, ge=2)
    evaluations: int = Field(default=64, ge=2)
    scenarios: tuple[str, ...] = ()
    horizon: int | None = None

    @model_validator(mode="after")
    def _dated(self) -> Goal:
        if self.scenarios and self.horizon is None:
            raise fault("scenarios need a year", "Add horizon = 2030, or leave the scenarios out")
        return self


def read_goal(path: Path) -> tuple[Goal, list[list[Policy]]]:
    """A goal document and the policies of its choices; their paths are relative to the document.

    Raises
    ------
    PolicyError
        If it cannot be read, has faults, or names a policy that cannot be read.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(
            f"the goal cannot be read ({error})", where=str(path), remedy="Name a TOML document"
        ) from error
    try:
        goal = Goal.model_validate(document)
    except ValidationError as error:
        told = "; ".join(_told(dict(e)) for e in error.errors(include_url=False))
        raise PolicyError(f"the goal has faults: {told}", where=str(path), remedy="See docs/search.md") from error

    def found(name: str) -> Policy:
        beside = path.parent / name
        return read_policy(beside if name.endswith(".toml") and beside.is_file() else name)

    return goal, [[found(name) for name in choice.options] for choice in goal.choices]


def _told(entry: dict[str, Any]) -> str:
    place = ".".join(map(str, entry["loc"])) or "document"
    context = entry.get("ctx", {})
    if entry["type"] == "exante":
        return f"{place}: {context['what']} ({context['remedy']})"
    return f"{place}: {entry['msg'][:1].lower()}{entry['msg'][1:]}"


def _indicator(name: str) -> str:
    names = [i.name for i in list_indicators()]
    if name not in names:
        raise fault(f"there is no indicator '{name}'", nearest(name, names, noun="Indicators"))
    return name
