"""`land_use_change`: homes in the place of jobs, or jobs in the place of homes."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from exante.city import Add, City, Scale
from exante.policy.document import counted
from exante.policy.measures.base import Change, Measure
from exante.policy.measures.new_housing import FLOOR, Floor, NewHousing
from exante.policy.settle import RESIDENTS, chosen_zones, employ, is_nothing, number_in_words
from exante.policy.uncertain import Share, Uncertain, Wanted
from exante.policy.where import Around
from exante.quantities.distributions import Distribution

NOTHING = Uncertain(Distribution("value", (0.0,)), "1", "1")
Number = Annotated[Uncertain, Wanted("number", "1", 0, 1e6, "800")]


class LandUseChange(Measure):
    """Part of what stands in an area goes, and homes or jobs take its place.

    Parameters
    ----------
    where : Around
        Zones whose middle lies inside; a smaller area stands for the zone that holds its middle.
    leaves : str
        `"jobs"` or `"residents"`.
    share : share
        Of the jobs or residents of these zones who leave.
    displaced : str
        `"city"`: they go to the other zones, in proportion to what these hold: the total stays. `"away"`: they leave.
    homes, jobs : number
        What takes the place; new residents and jobs come from outside.
    floor_area : area
        Of a new home.
    """

    kind: Literal["land_use_change"] = "land_use_change"
    where: Around
    leaves: Literal["jobs", "residents"]
    share: Share
    displaced: Literal["city", "away"] = "city"
    homes: Number = Field(default=NOTHING)
    jobs: Number = Field(default=NOTHING)
    floor_area: Floor = Field(default=FLOOR)

    def edits(self, city: City) -> list[Change]:
        """Who leaves, where they go, who comes."""
        rows, why = chosen_zones(city, self.where), self.label()
        columns = ("jobs",) if self.leaves == "jobs" else RESIDENTS
        edits: list[Change] = []
        for column in columns:
            if city.has_column(f"zones.{column}"):
                edits += self._displaced(city, rows, column)
        if self.leaves == "residents" and "people" in city.tables and self.share.value > 0:
            edits += self._cells(city, rows)
        if self.jobs.value > 0:
            edits += employ(city, rows, self.jobs.value, "outside", why)
        if self.homes.value > 0:
            built = NewHousing(where=self.where, homes=self.homes, floor_area=self.floor_area)
            edits += built.edits(city)
        return edits

    def _displaced(self, city: City, rows: np.ndarray, column: str) -> list[Change]:
        ids, held = city.column("zones.zone_id"), np.nan_to_num(city.column(f"zones.{column}"))
        gone = self.share.value * held[rows]
        if not gone.sum() > 0:
            return []
        edits: list[Change] = [Add("zones", column, ids[rows], -gone, self.label())]
        if self.displaced == "city":
            others = np.ones(len(ids), dtype=bool)
            others[rows] = False
            if held[others].sum() > 0:
                amount = gone.sum() * held[others] / held[others].sum()
                edits.append(Add("zones", column, ids[others], amount, self.label()))
        return edits

    def _cells(self, city: City, rows: np.ndarray) -> list[Change]:
        """The cube of people in step: those who stay, and other zones grow with their own composition."""
        ids, people = city.column("zones.zone_id"), city.column("zones.population")
        known = set(city.column("people.zone_id").astype(str))
        factor = np.ones(len(ids))
        factor[rows] = 1.0 - self.share.value
        if self.displaced == "city":
            others = np.ones(len(ids), dtype=bool)
            others[rows] = False
            factor[others] = 1.0 + self.share.value * people[rows].sum() / people[others].sum()
        held = np.array([str(z) in known for z in ids])
        return [Scale("people", "persons", "zone_id", ids[held].astype(str), factor[held], self.label())]

    def label(self) -> str:
        """What leaves where."""
        return f"{self.share.in_words(f'the {self.leaves}')} leave {self.where.in_words()}"

    def describe(self) -> str:
        """What leaves, where to, what comes."""
        to = "other zones" if self.displaced == "city" else "places outside the city"
        new = [f"{number_in_words(self.homes)} homes"] if not is_nothing(self.homes) else []
        new += [f"{number_in_words(self.jobs)} jobs"] if not is_nothing(self.jobs) else []
        return f"{self.label()} for {to}; {' and '.join(new) or 'nothing'} take{'' if new else 's'} their place."

    def describe_on(self, city: City) -> list[str]:
        """How many leave."""
        rows = chosen_zones(city, self.where)
        column = "jobs" if self.leaves == "jobs" else "population"
        gone = self.share.value * float(np.nansum(city.column(f"zones.{column}")[rows]))
        if gone <= 0 and not (self.homes.value + self.jobs.value):
            return [f"Nothing changes: no {self.leaves} are there."]
        lines = [f"{gone:,.0f} {self.leaves} leave {counted(len(rows), 'zone')}."]
        if self.leaves == "residents" and gone > 0:
            lines.append("Note: the buildings that they leave are not taken down: their floor area stays as it is.")
        return lines
