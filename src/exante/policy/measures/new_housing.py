"""`new_housing`: homes are built, and people move in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from exante.city import City
from exante.policy.document import counted
from exante.policy.measures.base import Change, Measure
from exante.policy.outlays import Outlay, Payer
from exante.policy.settle import FROM, chosen_zones, dwellings, number_in_words, residents, settle
from exante.policy.uncertain import Uncertain, Wanted
from exante.policy.where import Around
from exante.quantities.distributions import Distribution
from exante.quantities.errors import PolicyError

#: Floor area of a new home, m2: Bologna's new dwellings had 56 m2 of useful area in 2013 and 95 in 1991 (Comune di
#: Bologna, 100 grafici 2014, seen in an excerpt).
FLOOR = Uncertain(Distribution("triangular", (56.0, 75.0, 95.0)), "m^2", "m^2")
LIFETIME = 50.0

Homes = Annotated[Uncertain, Wanted("number of homes", "1", 1, 1e6, "5000")]
Persons = Annotated[Uncertain, Wanted("number of persons in a home", "1", 0.1, 10, "2.1")]
Floor = Annotated[Uncertain, Wanted("floor area", "m^2", 10, 500, '{ value = 75, unit = "m^2" }')]
Price = Annotated[Uncertain, Wanted("price of a home", "EUR", 0, 1e7, '{ value = 150000, unit = "EUR" }')]


class NewHousing(Measure):
    """Homes in an area, with people of the city's mean composition.

    Parameters
    ----------
    where : Around
        Zones whose middle lies inside; a smaller area stands for the zone that holds its middle. Divided by area.
    homes : number
        Homes that are built and lived in.
    persons : number
        Residents in a home; left out, the city's residents over its households.
    residents : str
        `"outside"`: they come from outside, the city grows. `"city"`: all zones lose the same share of theirs.
    floor_area : area
        Of a home.
    price : money
        Of a home to build, without land; nothing is stated where it is left out.
    payer : str
        Who pays: `"firms"`, `"households"`, `"city"` or `"state"`.
    """

    kind: Literal["new_housing"] = "new_housing"
    where: Around
    homes: Homes
    persons: Persons | None = None
    residents: Literal["outside", "city"] = "outside"
    floor_area: Floor = Field(default=FLOOR)
    price: Price | None = None
    payer: Payer = "firms"

    def people(self, city: City) -> float:
        """Residents who move in.

        Raises
        ------
        PolicyError
            If the city does not know its households and the document does not say how many live in a home.
        """
        if self.persons is not None:
            return self.homes.value * self.persons.value
        totals = residents(city)
        if not totals.get("households"):
            raise PolicyError(
                f"{city.title} does not know its households", remedy="Say how many live in a home: persons = 2.1"
            )
        return self.homes.value * totals["population"] / totals["households"]

    def edits(self, city: City) -> list[Change]:
        """Residents of zones, the cube of people, and floor area.

        Raises
        ------
        PolicyError
            If more people are to move within the city than half of it.
        """
        rows, people = chosen_zones(city, self.where), self.people(city)
        if self.residents == "city" and people > 0.5 * residents(city)["population"]:
            raise PolicyError(
                f"{people:,.0f} people are more than half of {city.title}", remedy='Write residents = "outside"'
            )
        return [
            *settle(city, rows, people, self.residents, self.label()),
            *dwellings(city, rows, self.homes.value * self.floor_area.value, self.label()),
        ]

    def outlays(self, city: City) -> list[Outlay]:  # noqa: ARG002
        """What the homes cost to build, where the document says."""
        if self.price is None:
            return []
        return [Outlay("new homes, without land", self.payer, self.homes.value * self.price.value, 0.0, LIFETIME)]

    def label(self) -> str:
        """How many homes, where."""
        return f"{number_in_words(self.homes)} new homes in {self.where.in_words()}"

    def describe(self) -> str:
        """How many, where, who comes."""
        return f"{self.label()}, of {self.floor_area.in_words()}; residents come {FROM[self.residents]}."

    def describe_on(self, city: City) -> list[str]:
        """People, zones, and what is not known."""
        rows, people = chosen_zones(city, self.where), self.people(city)
        today = residents(city)["population"]
        there = float(city.column("zones.population")[rows].sum())
        total = today + (people if self.residents == "outside" else 0.0)
        lines = [
            f"{people:,.0f} residents of the city's mean composition in {counted(len(rows), 'zone')} that have "
            f"{there:,.0f} today.",
            f"Residents of the city: {today:,.0f} today, {total:,.0f} then.",
        ]
        if "building_stock" not in city.tables:
            lines.append(f"Note: {city.title} has no stock of buildings: energy in the new homes is not counted.")
        if self.price is None:
            lines.append("Note: no price is stated, so the account holds no building costs.")
        return lines
