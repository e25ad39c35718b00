"""`new_jobs`: places of work in an area."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from exante.city import City
from exante.policy.document import counted
from exante.policy.measures.base import Change, Measure
from exante.policy.outlays import Outlay, Payer
from exante.policy.settle import FROM, chosen_zones, employ, number_in_words
from exante.policy.uncertain import Uncertain, Wanted
from exante.policy.where import Around
from exante.quantities.errors import PolicyError

Jobs = Annotated[Uncertain, Wanted("number of jobs", "1", 1, 1e6, "2000")]
Price = Annotated[Uncertain, Wanted("price", "EUR", 0, 1e11, '{ value = 2e7, unit = "EUR" }')]


class NewJobs(Measure):
    """Jobs in an area.

    Parameters
    ----------
    where : Around
        Zones whose middle lies inside; a smaller area stands for the zone that holds its middle. Divided by area.
    jobs : number
    source : str
        `"outside"`: the city has more jobs. `"city"`: they move there, all zones lose the same share of theirs.
    services : bool
        Whether shops and services come with them, as many a job as in the whole city; false by default.
    price : money
        Of the whole, without land; nothing is stated where it is left out.
    payer : str
        Who pays.
    """

    kind: Literal["new_jobs"] = "new_jobs"
    where: Around
    jobs: Jobs
    source: Literal["outside", "city"] = "outside"
    services: bool = False
    price: Price | None = None
    payer: Payer = "firms"

    def edits(self, city: City) -> list[Change]:
        """Jobs of zones, and services with them.

        Raises
        ------
        PolicyError
            If the city has no jobs, or more are to move than it has.
        """
        held = float(np.nansum(city.column("zones.jobs")))
        if held <= 0 or (self.source == "city" and self.jobs.value > held):
            raise PolicyError(
                f"{city.title} has {held:,.0f} jobs, of which {self.jobs.value:,.0f} cannot move",
                remedy='Write source = "outside", or ask for fewer',
            )
        rows = chosen_zones(city, self.where)
        edits = employ(city, rows, self.jobs.value, self.source, self.label())
        if self.services:
            whole = float(np.nansum(city.column("zones.services")))
            edits += employ(city, rows, self.jobs.value / held * whole, self.source, self.label(), "services")
        return edits

    def outlays(self, city: City) -> list[Outlay]:  # noqa: ARG002
        """What the document states."""
        return [Outlay("places of work", self.payer, self.price.value)] if self.price else []

    def label(self) -> str:
        """How many, where."""
        return f"{number_in_words(self.jobs)} new jobs in {self.where.in_words()}"

    def describe(self) -> str:
        """How many, where, from where."""
        more = ", with shops and services" if self.services else ""
        return f"{self.label()}{more}; they come {FROM[self.source]}."

    def describe_on(self, city: City) -> list[str]:
        """Jobs today and then."""
        rows = chosen_zones(city, self.where)
        held, there = city.column("zones.jobs").sum(), city.column("zones.jobs")[rows].sum()
        more = self.jobs.value if self.source == "outside" else 0.0
        return [
            f"{self.jobs.value:,.0f} jobs more in {counted(len(rows), 'zone')} that have {there:,.0f} today.",
            f"Jobs in the city: {held:,.0f} today, {held + more:,.0f} then.",
        ]
