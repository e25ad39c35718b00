"""`public_lighting`: street lamps that need less, by better lamps or dimming."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from exante.city import City, Scale
from exante.policy.measures.base import Change, Measure
from exante.policy.outlays import Outlay
from exante.policy.uncertain import Uncertain, Wanted
from exante.quantities.distributions import Distribution
from exante.quantities.errors import PolicyError

#: EUR a kWh saved a year: Bologna pays 14 million EUR for its last 14,000 lamps (bologna24ore.it, 27/01/2023); at the
#: 116 to 182 W and 4,200 h of an old lamp (IDAE) and 60 % saved, about 2.2 to 3.4 EUR.
PRICE = Uncertain(Distribution("triangular", (1.5, 2.7, 4.0)), "EUR/(kWh/year)", "EUR/(kWh/year)")
LIFETIME = 20.0

Saving = Annotated[Uncertain, Wanted("saving", "1", 0, 1, "0.5 or { triangular = [0.4, 0.55, 0.7] }")]
Price = Annotated[Uncertain, Wanted("price", "EUR/(kWh/year)", 0, 100, '{ value = 2.5, unit = "EUR/(kWh/year)" }')]


class PublicLighting(Measure):
    """A share of the electricity of street lamps is saved.

    Parameters
    ----------
    saving : share
        Of today's electricity.
    price : money a yearly energy
        Investment for a kWh saved a year.
    """

    kind: Literal["public_lighting"] = "public_lighting"
    saving: Saving
    price: Price = Field(default=PRICE)

    def edits(self, city: City) -> list[Change]:
        """Electricity of lamps of every zone.

        Raises
        ------
        PolicyError
            If the city does not know its lamps.
        """
        self._today(city)
        if self.saving.value == 0:
            return []
        ids = city.column("public_lighting.zone_id")
        return [
            Scale("public_lighting", "electricity", "zone_id", ids, np.asarray(1 - self.saving.value), self.label())
        ]

    def _today(self, city: City) -> float:
        """Electricity of lamps today, kWh/year."""
        if "public_lighting" not in city.tables:
            raise PolicyError(
                f"{city.title} has no table public_lighting",
                remedy="Build it again with [public_lighting] in its document",
            )
        return float(city.column("public_lighting.electricity").sum())

    def outlays(self, city: City) -> list[Outlay]:
        """Lamps that the city buys; what they save follows from the bills."""
        saved = self._today(city) * self.saving.value
        return [Outlay("street lamps", "city", saved * self.price.value, 0.0, LIFETIME)] if saved > 0 else []

    def label(self) -> str:
        """What is saved."""
        return f"Street lamps save {self.saving.in_words('their electricity')}"

    def describe(self) -> str:
        """What is saved and what it costs."""
        return f"{self.label()}, for {self.price.in_words()}; the city pays."

    def describe_on(self, city: City) -> list[str]:
        """Electricity of lamps today and then."""
        today = self._today(city) / 1e6
        if self.saving.value == 0:
            return [f"Nothing changes: street lamps use {today:,.1f} GWh a year."]
        return [f"Street lamps use {today:,.1f} GWh a year today, {today * (1 - self.saving.value):,.1f} then."]
