"""`heat_pumps`: homes whose boilers give way to heat pumps; `district_heating` works alike."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from exante.city import Add, City
from exante.policy.measures.base import Change, Measure
from exante.policy.outlays import Outlay, Payer
from exante.policy.uncertain import Uncertain, Wanted
from exante.policy.where import Around
from exante.policy.zone_area import require_table, zones_in
from exante.quantities.distributions import Distribution

System = Literal["gas", "gas_condensing", "oil", "wood", "direct_electric", "heat_pump", "district_heat", "none"]
Share = Annotated[Uncertain, Wanted("share", "1", 0, 1, "0.3 or { triangular = [0.2, 0.3, 0.4] }")]
Price = Annotated[Uncertain, Wanted("price", "EUR/m^2", 0, 5000, '{ value = 120, unit = "EUR/m^2" }')]


class SystemChange(Measure):
    """Homes that change what heats them; the measures `heat_pumps` and `district_heating`."""

    where: Around | None = None
    share: Share
    replaces: tuple[System, ...] = ("gas", "gas_condensing", "oil")
    price: Price | None = None
    payer: Payer = "households"

    def _system(self) -> str:
        raise NotImplementedError

    def _cost(self) -> tuple[Distribution, float, str]:
        """Usual price, EUR/m2, lifetime in years, and what is bought."""
        raise NotImplementedError

    def edits(self, city: City) -> list[Change]:
        """Shares of systems in zones."""
        source, taken, target, given = self._moved(city)
        if not taken.sum() > 0:
            return []
        return [
            Add("heating_systems", "share", source, -taken, self.label()),
            Add("heating_systems", "share", target, given, self.label()),
        ]

    def _moved(self, city: City) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        require_table(city, "heating_systems")
        table = city.table("heating_systems")
        system, zone = table["system"].astype(str), table["zone_id"].astype(str)
        inside = np.isin(zone, zones_in(self.where, city))
        rows = np.flatnonzero(np.isin(system, [s for s in self.replaces if s != self._system()]) & inside)
        taken = self.share.value * table["share"][rows]
        targets = np.flatnonzero((system == self._system()) & inside)
        gained = dict.fromkeys(zone[targets], 0.0)
        for z, amount in zip(zone[rows], taken, strict=True):
            gained[z] += float(amount)
        return (
            table["system_id"][rows],
            taken,
            table["system_id"][targets],
            np.array([gained[z] for z in zone[targets]]),
        )

    def area(self, city: City) -> float:
        """Floor area of homes that change, m2."""
        _, _, target, given = self._moved(city)
        stock = city.table("building_stock")
        by_zone: dict[str, float] = {}
        for z, amount in zip(stock["zone_id"].astype(str), stock["floor_area"], strict=True):
            by_zone[z] = by_zone.get(z, 0.0) + float(amount)
        return float(sum(by_zone.get(str(t).rsplit(" ", 1)[0], 0.0) * g for t, g in zip(target, given, strict=True)))

    def outlays(self, city: City) -> list[Outlay]:
        """Investment."""
        usual, lifetime, what = self._cost()
        capital = self.area(city) * (self.price.value if self.price else float(usual.quantile(0.5)))
        return [Outlay(what, self.payer, capital, 0.0, lifetime)] if capital > 0 else []

    def label(self) -> str:
        """What replaces what, where."""
        place = self.where.in_words() if self.where else "the whole city"
        old = ", ".join(self.replaces).replace("_", " ")
        return f"{self._cost()[2].capitalize()} in place of {self.share.in_words(old + ' heating')} in {place}"

    def describe(self) -> str:
        """What replaces what, where, at which price."""
        usual = self._cost()[0]
        low, middle, high = (float(usual.quantile(q)) for q in (0.05, 0.5, 0.95))
        cost = self.price.in_words() if self.price else f"{middle:.0f} EUR/m2 ({low:.0f} to {high:.0f})"
        return f"{self.label()}, at {cost} of floor area; {self.payer} pay."

    def describe_on(self, city: City) -> list[str]:
        """Floor area and cost."""
        cost = sum(outlay.capital for outlay in self.outlays(city))
        return [f"{self.area(city) / 1e6:,.2f} km2 of floor area, {cost / 1e6:,.0f} million EUR."]


class HeatPumps(SystemChange):
    """A share of homes with boilers gets an air-source heat pump.

    Parameters
    ----------
    where : Around
        The area; a zone belongs to it whose middle lies inside. All zones where the document says nothing.
    share : share
        Of the floor area with one of the systems in `replaces`.
    replaces : tuple of str
        Systems that give way.
    price : money an area
        Of floor area; 70 to 180 EUR/m2 where the document says nothing (general knowledge, not verified).
    payer : str
    """

    kind: Literal["heat_pumps"] = "heat_pumps"

    def _system(self) -> str:
        return "heat_pump"

    def _cost(self) -> tuple[Distribution, float, str]:
        return Distribution("triangular", (70.0, 110.0, 180.0)), 18.0, "heat pumps"
