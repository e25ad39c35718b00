"""`growth`: more or fewer people or jobs everywhere alike, as a scenario expects."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from exante.city import City, Scale
from exante.policy.measures.base import Change, Measure
from exante.policy.uncertain import Uncertain, Wanted
from exante.quantities.errors import PolicyError

#: Columns of zones that grow together.
COLUMNS = {
    "residents": ("population", "employed", "students", "households"),
    "jobs": ("jobs", "services"),
    "school places": ("school_places",),
}
Ratio = Annotated[Uncertain, Wanted("ratio", "1", 0.1, 10, "1.05 or { triangular = [0.98, 1.02, 1.05] }")]


class Growth(Measure):
    """Residents, jobs or school places of every zone times one ratio.

    Parameters
    ----------
    of : str
        `"residents"`, `"jobs"` or `"school places"`.
    ratio : number or distribution
        Number after over number today.
    """

    kind: Literal["growth"] = "growth"
    of: Literal["residents", "jobs", "school places"]
    ratio: Ratio

    def edits(self, city: City) -> list[Change]:
        """The columns of zones, and the cells of the people's cube with residents."""
        if self.ratio.value == 1.0:
            return []
        zones = city.table("zones")
        columns = [c for c in COLUMNS[self.of] if c in zones]
        if not columns:
            raise PolicyError(
                f"{city.title} does not know the {self.of} of its zones",
                remedy=f"Add one of the columns {', '.join(COLUMNS[self.of])} to its zones",
            )
        factor = np.asarray(self.ratio.value)
        ids = zones["zone_id"]
        edits: list[Change] = [Scale("zones", c, "zone_id", ids, factor, self.label()) for c in columns]
        if self.of == "residents" and "people" in city.tables:
            held = np.unique(city.column("people.zone_id").astype(str))
            edits.append(Scale("people", "persons", "zone_id", held, factor, self.label()))
        return edits

    def label(self) -> str:
        """What grows by how much."""
        return f"{self.of[0].upper()}{self.of[1:]} of every zone times {self.ratio.in_words()}"

    def describe(self) -> str:
        """The growth in a sentence."""
        return f"{self.label()}; nobody moves between zones."

    def describe_on(self, city: City) -> list[str]:
        """Totals today and then."""
        if self.ratio.value == 1.0:
            return [f"Nothing changes: {self.of} stay as they are."]
        column = COLUMNS[self.of][0]
        total = float(np.nansum(city.column(f"zones.{column}")))
        return [f"{column.replace('_', ' ').capitalize()}: {total:,.0f} today, {total * self.ratio.value:,.0f} then."]
