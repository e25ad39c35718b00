"""`efficient_appliances`: appliances and lights of homes that use less."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from exante.city import City, Scale
from exante.policy.measures.base import Change, Measure
from exante.policy.outlays import Outlay, Payer
from exante.policy.uncertain import Uncertain, Wanted
from exante.policy.where import Around
from exante.policy.zone_area import require_table, zones_in

Share = Annotated[Uncertain, Wanted("share", "1", 0, 1, "0.3 or { triangular = [0.2, 0.3, 0.4] }")]
_COST = '{ value = 200, unit = "EUR" }'
Cost = Annotated[Uncertain, Wanted("cost", "EUR", 0, 10000, _COST)]
LIFETIME = 12.0


class EfficientAppliances(Measure):
    """Homes of an area use less electricity for appliances and light.

    Parameters
    ----------
    where : Around
        The area; a zone belongs to it whose middle lies inside. All zones where the document says nothing.
    share : share
        Of residents who take part.
    saving : share
        Of their electricity for appliances and light.
    cost : money
        For each resident who takes part, beyond what they would have bought anyway.
    payer : str
    """

    kind: Literal["efficient_appliances"] = "efficient_appliances"
    where: Around | None = None
    share: Share
    saving: Share
    cost: Cost | None = None
    payer: Payer = "households"

    def edits(self, city: City) -> list[Change]:
        """Electricity of appliances by zone."""
        require_table(city, "homes")
        zones = zones_in(self.where, city).astype(object)
        factor = np.asarray(1.0 - self.share.value * self.saving.value)
        return [Scale("homes", "appliances", "zone_id", zones, factor, self.label())] if factor < 1 else []

    def outlays(self, city: City) -> list[Outlay]:
        """Additional price of the appliances."""
        if self.cost is None:
            return []
        inside = np.isin(city.column("zones.zone_id").astype(str), zones_in(self.where, city))
        people = float(city.column("zones.population")[inside].sum()) * self.share.value
        return [Outlay("efficient appliances", self.payer, people * self.cost.value, 0.0, LIFETIME)]

    def label(self) -> str:
        """Who saves, where."""
        place = self.where.in_words() if self.where else "the whole city"
        return f"Efficient appliances of {self.share.in_words('residents')} in {place}"

    def describe(self) -> str:
        """Who saves how much, where."""
        return f"{self.label()}: {self.saving.in_words('their electricity')} less."

    def describe_on(self, city: City) -> list[str]:
        """Electricity before and after."""
        people = city.column("zones.population")
        old = float(city.column("homes.appliances") @ people) / 1e6
        new = float(self.apply(city).column("homes.appliances") @ people) / 1e6
        return [f"Appliances and light {old:,.0f} GWh a year today, {new:,.0f} then."]
