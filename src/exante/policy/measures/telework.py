"""`telework`: more days of work at home."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, field_validator

from exante.city import Append, City
from exante.policy.document import Part, fault, in_list
from exante.policy.measures.base import Change, Measure
from exante.policy.uncertain import Share, Uncertain, Wanted

Days = Annotated[Uncertain, Wanted("days", "day/week", 0, 5, '{ value = 2, unit = "day/week" }')]


class Sector(Part):
    """A sector or occupation whose employed work at home on some days.

    Parameters
    ----------
    name : str
        How it is told.
    employed : share
        Share of the city's employed residents who are in it.
    take_up : share
        Share of them who work at home under the policy and did not before.
    days : days a week
        Days a week that each of these does so.
    """

    name: str
    employed: Share
    take_up: Share
    days: Days


class Telework(Measure):
    """Employed residents of some sectors work at home on some days.

    Parameters
    ----------
    sectors : list of Sector
    """

    kind: Literal["telework"] = "telework"
    sectors: tuple[Sector, ...] = Field(min_length=1)

    @field_validator("sectors")
    @classmethod
    def _once(cls, sectors: tuple[Sector, ...]) -> tuple[Sector, ...]:
        names = [sector.name for sector in sectors]
        if len(set(names)) < len(names):
            raise fault("a sector is named twice", "Give each sector once")
        if sum(sector.employed.distribution.quantile(0.5) for sector in sectors) > 1.0 + 1e-9:
            raise fault("the sectors hold more than all of the employed", "Let the shares `employed` sum to at most 1")
        return sectors

    def edits(self, city: City) -> list[Change]:  # noqa: ARG002
        """A row of the rules `telework` for each sector."""
        held = [s for s in self.sectors if s.employed.value * s.take_up.value * s.days.value > 0.0]
        if not held:
            return []
        rows = {
            "group": [s.name for s in held],
            "share": [s.employed.value * s.take_up.value for s in held],
            "days": [s.days.value for s in held],
        }
        return [Append("telework", rows, self.label())]

    def label(self) -> str:
        """Who works at home."""
        return f"Work at home in {in_list(s.name for s in self.sectors)}"

    def describe(self) -> str:
        """Who works at home, and how often."""
        told = in_list(
            f"{s.days.in_words()} of {s.take_up.in_words('those')} in {s.name} ({s.employed.in_words('the employed')})"
            for s in self.sectors
        )
        return f"More work at home: {told}."

    def describe_on(self, city: City) -> list[str]:
        """Persons, and trips to work that they leave out."""
        employed = float(np.sum(city.column("zones.employed")))
        people = employed * sum(s.employed.value * s.take_up.value for s in self.sectors)
        days = employed * sum(s.employed.value * s.take_up.value * s.days.value for s in self.sectors) / 5.0
        return [
            f"{people:,.0f} of {employed:,.0f} employed residents; on a mean working day {days:,.0f} of them stay at "
            "home who would have gone to work. Other trips rise by a part of that (parameter `telework_rebound`)."
        ]
