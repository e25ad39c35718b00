"""`new_service`: a school, a surgery, a shop or another place that people go to."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import shapely
from pydantic import Field, model_validator

from exante.city import Append, City
from exante.policy.document import fault
from exante.policy.measures.base import Change, Measure
from exante.policy.outlays import Outlay, Payer
from exante.policy.settle import chosen_zones, employ, is_nothing, number_in_words
from exante.policy.uncertain import Uncertain, Wanted
from exante.policy.where import Around
from exante.quantities.distributions import Distribution

WORDS = {
    "school": "school",
    "primary_care": "surgery",
    "food": "food shop",
    "pharmacy": "pharmacy",
    "sport": "place for sport",
    "culture": "place of culture",
}
NOTHING = Uncertain(Distribution("value", (0.0,)), "1", "1")

Places = Annotated[Uncertain, Wanted("number of school places", "1", 0, 1e5, "600")]
Attraction = Annotated[Uncertain, Wanted("attraction", "1", 0, 1000, "0.5")]
Price = Annotated[Uncertain, Wanted("price", "EUR", 0, 1e10, '{ value = 1e7, unit = "EUR" }')]
Yearly = Annotated[Uncertain, Wanted("price a year", "EUR/year", 0, 1e10, '{ value = 5e5, unit = "EUR/year" }')]


class NewService(Measure):
    """A place of one kind in the middle of an area.

    Parameters
    ----------
    where : Around
        The place is put at a point inside; what it draws belongs to the zone there.
    service : str
        `"school"`, `"primary_care"`, `"food"`, `"pharmacy"`, `"sport"` or `"culture"`.
    school_places : number
        Places of study, for a school.
    attraction : number
        Shops and services that it counts for, in means of a zone; 0 by default.
    price, yearly : money, money a year
        To build and to run; nothing is stated where they are left out.
    payer : str
        Who pays.
    """

    kind: Literal["new_service"] = "new_service"
    where: Around
    service: Literal["school", "primary_care", "food", "pharmacy", "sport", "culture"]
    school_places: Places = Field(default=NOTHING)
    attraction: Attraction = Field(default=NOTHING)
    price: Price | None = None
    yearly: Yearly | None = None
    payer: Payer = "city"

    @model_validator(mode="after")
    def _places_are_of_schools(self) -> NewService:
        if self.service != "school" and "school_places" in self.model_fields_set:
            raise fault("only a school has school places", 'Leave school_places out, or write service = "school"')
        return self

    def knows(self, city: City) -> bool:
        """Whether the city's data hold places of the kind, so that one more means something."""
        return "places" in city.tables and bool((city.column("places.kind") == self.service).any())

    def edits(self, city: City) -> list[Change]:
        """A row of `places` where the city knows the kind, school places and services of the zone."""
        row, edits = self._zone(city), list[Change]()
        if self.school_places.value > 0:
            edits += employ(city, row, self.school_places.value, "outside", self.label(), "school_places")
        if self.attraction.value > 0:
            edits += employ(city, row, self.attraction.value, "outside", self.label(), "services")
        if self.knows(city):
            point = shapely.point_on_surface(self.where.area(city))
            rows = {
                "place_id": [f"new {self.service} {point.x:.0f} {point.y:.0f}"],
                "kind": [self.service],
                "name": [f"New {WORDS[self.service]}"],
                "area": [np.nan],
                "zone_id": [city.column("zones.zone_id")[row[0]]],
                "geometry": np.array([point], dtype=object),
            }
            edits.append(Append("places", rows, self.label()))
        return edits

    def _zone(self, city: City) -> np.ndarray:
        """The zone that holds the point."""
        point = shapely.point_on_surface(self.where.area(city))
        inside = np.flatnonzero(shapely.intersects(city.column("zones.geometry"), point))[:1]
        return inside if inside.size else chosen_zones(city, self.where)[:1]

    def outlays(self, city: City) -> list[Outlay]:  # noqa: ARG002
        """What the document states."""
        capital = self.price.value if self.price else 0.0
        yearly = self.yearly.value if self.yearly else 0.0
        return [Outlay(WORDS[self.service], self.payer, capital, yearly)] if capital + yearly > 0 else []

    def label(self) -> str:
        """What, where."""
        return f"A new {WORDS[self.service]} in {self.where.in_words()}"

    def describe(self) -> str:
        """What, where, how large."""
        size = [f"{number_in_words(self.school_places)} places"] if self.service == "school" else []
        if not is_nothing(self.attraction):
            size.append(f"the draw of {number_in_words(self.attraction)} mean zones")
        return f"{self.label()}{', ' if size else ''}{' and '.join(size)}."

    def describe_on(self, city: City) -> list[str]:
        """Where it stands, and what cannot be told."""
        row = int(self._zone(city)[0])
        lines = [f"In zone {city.column('zones.name')[row]}."]
        if self.service == "school":
            today = float(city.column("zones.school_places").sum())
            lines.append(f"Places of study: {today:,.0f} today, {today + self.school_places.value:,.0f} then.")
        if not self.knows(city):
            lines.append(
                f"Note: {city.title} has no data on this kind of place: who has one within 15 minutes is not told."
            )
        return lines
