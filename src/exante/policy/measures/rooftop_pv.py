"""`rooftop_pv`: panels on roofs."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import shapely
from pydantic import Field, model_validator

from exante.city import City, Edit
from exante.policy.document import counted, fault
from exante.policy.measures.base import Change, Measure
from exante.policy.outlays import Outlay, Payer
from exante.policy.uncertain import Uncertain, Wanted
from exante.policy.where import Around
from exante.quantities.distributions import Distribution
from exante.quantities.errors import PolicyError

#: Roofs are filled in this order: those that give most first.
ORDER = ("south", "flat", "west", "east", "north")
#: Turnkey price, EUR/kW: quotations of 20 kW (25,000 to 40,000 EUR) and 3 to 6 kW (up to 2,200) in Italy 2024
#: (sostariffe.it); Barcelona's own plan of 2024 pays 2,400 (32.1 million EUR for 13.4 MW, solarinfo.es).
PRICE = Uncertain(Distribution("triangular", (1150.0, 1600.0, 2400.0)), "EUR/kW", "EUR/kW")
#: Upkeep and insurance a year, share of the investment (general knowledge, not verified).
UPKEEP = 0.015
LIFETIME = 25.0

_POWER = '{ value = 50, unit = "MW" }'
Power = Annotated[Uncertain, Wanted("power", "kW", 0, 1e8, _POWER)]
Share = Annotated[Uncertain, Wanted("share", "1", 0, 1, "0.3 or { triangular = [0.2, 0.3, 0.4] }")]
Price = Annotated[Uncertain, Wanted("price", "EUR/kW", 0, 20000, '{ value = 1500, unit = "EUR/kW" }')]


class RooftopPv(Measure):
    """More panels on roofs of an area, on those that give most first.

    Parameters
    ----------
    where : Around
        The area; a zone belongs to it whose middle lies inside. All zones where the document says nothing.
    power : power
        Peak power that is added, spread over zones by the room that their roofs have left. Either this or `share`.
    share : share
        Share of what usable roofs can carry that carries panels afterwards; zones that have more keep it.
    price : money a power
        Turnkey price.
    payer : str
        Who buys the panels: `"households"`, `"firms"`, `"city"` or `"state"`.
    """

    kind: Literal["rooftop_pv"] = "rooftop_pv"
    where: Around | None = None
    power: Power | None = None
    share: Share | None = None
    price: Price = Field(default=PRICE)
    payer: Payer = "households"

    @model_validator(mode="after")
    def _one_of_both(self) -> RooftopPv:
        if (self.power is None) == (self.share is None):
            raise fault(
                "panels are told by power or by share of roofs", f"Give either power or share, such as {_POWER}"
            )
        return self

    def edits(self, city: City) -> list[Change]:
        """Installed power of roofs."""
        new = self._installed(city)
        old = city.column("rooftops.installed")
        rows = np.flatnonzero(new > old + 1e-9)
        if not rows.size:
            return []
        return [
            Edit("rooftops", "installed", city.column("rooftops.roof_id")[rows], new[rows], self.label(), old[rows])
        ]

    def added(self, city: City) -> float:
        """Power added on this city, kW."""
        return float((self._installed(city) - city.column("rooftops.installed")).sum())

    def _installed(self, city: City) -> np.ndarray:
        """Installed power of each roof afterwards, kW.

        Raises
        ------
        PolicyError
            If the city has no roofs, the area holds no zone, or the roofs have less room than the power asked for.
        """
        if "rooftops" not in city.tables:
            raise PolicyError(
                f"{city.title} has no table rooftops", remedy="Build it again with [rooftops] in its document"
            )
        roofs = city.table("rooftops")
        chosen = np.isin(roofs["zone_id"].astype(str), self._zones(city))
        room = np.where(chosen, np.maximum(roofs["potential"] - roofs["installed"], 0.0), 0.0)
        new = np.array(roofs["installed"])
        ids, zone = np.unique(roofs["zone_id"].astype(str), return_inverse=True)
        free = np.bincount(zone, weights=room, minlength=len(ids))
        if self.power is not None:
            if self.power.value > free.sum():
                raise PolicyError(
                    f"roofs have room for {free.sum() / 1000:,.1f} MW more, not for {self.power.value / 1000:,.1f} MW",
                    where=self.label(),
                    remedy="Ask for less, or for a larger area",
                )
            wanted = free * (self.power.value / free.sum()) if free.sum() > 0 else free
        else:
            assert self.share is not None
            carried = np.bincount(zone, weights=np.where(chosen, roofs["potential"], 0.0), minlength=len(ids))
            held = np.bincount(zone, weights=np.where(chosen, roofs["installed"], 0.0), minlength=len(ids))
            wanted = np.minimum(np.maximum(self.share.value * carried - held, 0.0), free)
        for facing in ORDER:
            rows = np.flatnonzero(roofs["facing"] == facing)
            put = np.minimum(wanted[zone[rows]], room[rows])
            new[rows] += put
            wanted = wanted - np.bincount(zone[rows], weights=put, minlength=len(ids))
        return new

    def _zones(self, city: City) -> np.ndarray:
        zones = city.table("zones")
        if self.where is None:
            return zones["zone_id"].astype(str)
        middles, area = shapely.point_on_surface(zones["geometry"]), self.where.area(city)
        inside = shapely.contains_xy(area, shapely.get_x(middles), shapely.get_y(middles))
        if not inside.any():
            raise PolicyError(
                f"{self.where.in_words()} holds the middle of no zone of {city.title}",
                remedy="Roofs are kept by zone: choose a larger area, or name zones",
            )
        return zones["zone_id"][inside].astype(str)

    def outlays(self, city: City) -> list[Outlay]:
        """Investment and upkeep."""
        capital = self.added(city) * self.price.value
        if capital <= 0:
            return []
        return [Outlay("panels on roofs", self.payer, capital, UPKEEP * capital, LIFETIME)]

    def label(self) -> str:
        """How much, and where."""
        what = f"{self.power.in_words()} more panels" if self.power else ""
        if self.share:
            what = f"Panels on {self.share.in_words('usable roofs')}"
        return f"{what} in {self.where.in_words() if self.where else 'the whole city'}"

    def describe(self) -> str:
        """How much, where, in which order, at which price."""
        return f"{self.label()}, roofs that give most first, at {self.price.in_words()}; {self.payer} pay."

    def describe_on(self, city: City) -> list[str]:
        """Power today and then."""
        today, added = float(city.column("rooftops.installed").sum()) / 1000, self.added(city) / 1000
        if added <= 1e-6:
            return [f"Nothing changes: {city.title} has {today:,.1f} MW, as much as is asked for."]
        zones = len(
            np.unique(city.column("rooftops.zone_id")[self._installed(city) > city.column("rooftops.installed")])
        )
        return [
            f"{today:,.1f} MW of panels today, {today + added:,.1f} then, in {counted(zones, 'zone')}.",
            f"Investment {added * self.price.value / 1000:,.1f} million EUR, at {self.price.in_words()}.",
            "Note: where panels stand today, how many roofs are flat and how many are usable is judged, not surveyed.",
        ]
