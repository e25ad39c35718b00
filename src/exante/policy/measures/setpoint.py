"""`setpoint`: homes kept cooler or warmer in winter."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from exante.city import Add, City
from exante.policy.measures.base import Change, Measure
from exante.policy.uncertain import Uncertain, Wanted
from exante.policy.where import Around
from exante.policy.zone_area import require_table, zones_in

_DROP = '{ value = 1, unit = "delta_degC" }'
Drop = Annotated[Uncertain, Wanted("drop", "delta_degC", 0, 5, _DROP)]
Share = Annotated[Uncertain, Wanted("share", "1", 0, 1, "0.3 or { triangular = [0.2, 0.3, 0.4] }")]


class Setpoint(Measure):
    """Homes of an area are kept cooler by some degrees, by those who answer.

    Parameters
    ----------
    where : Around
        The area; a zone belongs to it whose middle lies inside. All zones where the document says nothing.
    drop : temperature difference
        Degrees less of those who answer.
    compliance : share
        Of homes that answer.
    """

    kind: Literal["setpoint"] = "setpoint"
    where: Around | None = None
    drop: Drop
    compliance: Share

    def edits(self, city: City) -> list[Change]:
        """Mean set-point of zones."""
        require_table(city, "homes")
        change = self.drop.value * self.compliance.value
        if change == 0:
            return []
        zones = zones_in(self.where, city)
        return [Add("homes", "set_point", zones.astype(object), np.full(len(zones), -change), self.label())]

    def label(self) -> str:
        """How much, where."""
        place = self.where.in_words() if self.where else "the whole city"
        return f"Homes kept {self.drop.in_words()} cooler in {place}"

    def describe(self) -> str:
        """How much, where, by how many."""
        return f"{self.label()}; {self.compliance.in_words('homes')} answer."

    def describe_on(self, city: City) -> list[str]:
        """Mean before and after."""
        old = float(np.mean(city.column("homes.set_point")))
        new = float(np.mean(self.apply(city).column("homes.set_point")))
        return [f"Mean set-point {old:.1f} degC today, {new:.1f} then."]
