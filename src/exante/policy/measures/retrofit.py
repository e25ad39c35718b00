"""`retrofit`: dwellings whose envelopes are refurbished."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from exante.city import Add, City
from exante.policy.measures.base import Change, Measure
from exante.policy.outlays import Outlay, Payer
from exante.policy.uncertain import Uncertain, Wanted
from exante.policy.where import Around
from exante.policy.zone_area import require_table, zones_in
from exante.quantities.distributions import Distribution
from exante.quantities.errors import PolicyError

#: EUR per m2 of floor area, usual and advanced package (general knowledge of Italian and Spanish offers, not verified).
PRICES = {
    "usual": Distribution("triangular", (150.0, 250.0, 400.0)),
    "advanced": Distribution("triangular", (280.0, 430.0, 650.0)),
}
STATE = {"usual": 2, "advanced": 3}
LIFETIME = 40.0

Share = Annotated[Uncertain, Wanted("share", "1", 0, 1, "0.3 or { triangular = [0.2, 0.3, 0.4] }")]
Price = Annotated[Uncertain, Wanted("price", "EUR/m^2", 0, 5000, '{ value = 250, unit = "EUR/m^2" }')]


class Retrofit(Measure):
    """A share of dwellings that were never refurbished gets a package of insulation and windows.

    Parameters
    ----------
    where : Around
        The area; a zone belongs to it whose middle lies inside. All zones where the document says nothing.
    share : share
        Of the floor area as built, in the sizes and periods chosen.
    package : str
        `"usual"` or `"advanced"`: state 2 or 3 of the typology, each element the best of its states so far.
    built : (int, int)
        First and last year of construction; all years where the document says nothing.
    sizes : tuple of str
        `"SFH"`, `"TH"`, `"MFH"`, `"AB"`; all where the document says nothing.
    price : money an area
        Of floor area; by package where the document says nothing.
    subsidy : share
        Part of the cost that the state pays; owners pay the rest.
    payer : str
        Who pays what is not subsidised.
    """

    kind: Literal["retrofit"] = "retrofit"
    where: Around | None = None
    share: Share
    package: Literal["usual", "advanced"] = "usual"
    built: tuple[int, int] | None = None
    sizes: tuple[Literal["SFH", "TH", "MFH", "AB"], ...] = ("SFH", "TH", "MFH", "AB")
    price: Price | None = None
    subsidy: Share = Field(default=Uncertain(Distribution.read(0.0, where="subsidy"), "1", "1"))
    payer: Payer = "households"

    def edits(self, city: City) -> list[Change]:
        """Floor area taken from dwellings as built and given to the refurbished state."""
        source, target, area = self._moved(city)
        if not area.sum() > 0:
            return []
        return [
            Add("building_stock", "floor_area", source, -area, self.label()),
            Add("building_stock", "floor_area", target, area, self.label()),
        ]

    def area(self, city: City) -> float:
        """Floor area refurbished on this city, m2."""
        return float(self._moved(city)[2].sum())

    def _moved(self, city: City) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows of the stock that lose area, those that gain it, and how much, m2."""
        require_table(city, "building_stock")
        kinds, stock = city.table("archetypes"), city.table("building_stock")
        first, last = self.built or (0, 9999)
        chosen = (
            (kinds["state"] == 1)
            & np.isin(kinds["size_class"].astype(str), self.sizes)
            & (kinds["year_from"] <= last)
            & (kinds["year_to"] >= first)
        )
        after = {
            str(b): str(a)
            for b, a, s in zip(kinds["building"], kinds["archetype_id"], kinds["state"], strict=True)
            if s == STATE[self.package]
        }
        before = {
            str(a): after[str(b)]
            for a, b, c in zip(kinds["archetype_id"], kinds["building"], chosen, strict=True)
            if c and str(b) in after
        }
        if not before:
            raise PolicyError(
                f"no dwellings of {city.title} as built belong to {self.label()}",
                remedy="Widen the years of construction or the sizes",
            )
        archetype, zone = stock["archetype_id"].astype(str), stock["zone_id"].astype(str)
        rows = np.flatnonzero(np.isin(archetype, list(before)) & np.isin(zone, zones_in(self.where, city)))
        target = np.array([f"{z} {before[a]}" for z, a in zip(zone[rows], archetype[rows], strict=True)], dtype=object)
        return stock["stock_id"][rows], target, self.share.value * stock["floor_area"][rows]

    def outlays(self, city: City) -> list[Outlay]:
        """Investment, what the state pays of it apart."""
        price = self.price.value if self.price else float(PRICES[self.package].quantile(0.5))
        capital = self.area(city) * price
        parts = ((self.payer, 1.0 - self.subsidy.value), ("state", self.subsidy.value))
        return [
            Outlay("refurbishment of envelopes", payer, capital * part, 0.0, LIFETIME)  # type: ignore[arg-type]
            for payer, part in parts
            if capital * part > 0
        ]

    def label(self) -> str:
        """How much of what, where."""
        years = f" built from {self.built[0]} to {self.built[1]}" if self.built else ""
        place = self.where.in_words() if self.where else "the whole city"
        return f"{self.package.capitalize()} refurbishment of {self.share.in_words('dwellings')}{years} in {place}"

    def describe(self) -> str:
        """How much of what, where, at which price, who pays."""
        low, middle, high = (float(PRICES[self.package].quantile(q)) for q in (0.05, 0.5, 0.95))
        cost = self.price.in_words() if self.price else f"{middle:.0f} EUR/m2 ({low:.0f} to {high:.0f})"
        return f"{self.label()}, {', '.join(self.sizes)}, at {cost}; {self.payer} pay what is not subsidised."

    def describe_on(self, city: City) -> list[str]:
        """Floor area and cost."""
        area = self.area(city)
        total = city.column("building_stock.floor_area").sum()
        cost = sum(outlay.capital for outlay in self.outlays(city))
        return [f"{area / 1e6:,.2f} km2 of floor area ({100 * area / total:.0f} %), {cost / 1e6:,.0f} million EUR."]
