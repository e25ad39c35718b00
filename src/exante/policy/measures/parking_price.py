"""`parking_price`: another price for parking at the kerb."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import shapely
from pydantic import Field, model_validator

from exante.city import City, Edit
from exante.policy.document import counted, fault
from exante.policy.measures.base import Change, Measure
from exante.policy.uncertain import Uncertain, Wanted
from exante.policy.where import Around
from exante.quantities.errors import PolicyError

#: A price an hour above this, in EUR, is said to be unusual. Central Amsterdam asks 7.50 (general knowledge, not
#: verified).
UNUSUAL_PRICE = 10.0

_EXAMPLE = '{ value = 3, unit = "EUR/hour" }'
Price = Annotated[Uncertain, Wanted("price", "EUR/hour", 0, 100, _EXAMPLE)]


class ParkingPrice(Measure):
    """Another hourly price for parking in the zones of an area.

    Parameters
    ----------
    where : Around
        The area; a zone belongs to it whose middle lies inside. All zones where the document says nothing.
    price : money an hour
        New price. Either this or `rise`.
    rise : money an hour
        What is added to today's price, where parking is paid for today or `free_too` is true.
    free_too : bool
        Also where parking is free today. True by default for `price`; a `rise` leaves free parking free unless
        this is true.
    """

    kind: Literal["parking_price"] = "parking_price"
    where: Around | None = None
    price: Price | None = None
    rise: Price | None = None
    free_too: bool | None = Field(default=None)

    @model_validator(mode="after")
    def _one_of_both(self) -> ParkingPrice:
        if (self.price is None) == (self.rise is None):
            raise fault("a parking price is set, or raised", f"Give either price or rise, for example {_EXAMPLE}")
        return self

    def changed(self, city: City) -> np.ndarray:
        """Zones whose price changes, shape (zones,)."""
        today = city.column("zones.parking_price")
        return self._selected(city) & (np.abs(self._new(today) - today) > 1e-9)

    def _selected(self, city: City) -> np.ndarray:
        zones = city.table("zones")
        chosen = np.ones(zones.rows, dtype=bool)
        if self.where is not None:
            middles = shapely.point_on_surface(zones["geometry"])
            area = self.where.area(city)
            shapely.prepare(area)
            chosen = shapely.contains_xy(area, shapely.get_x(middles), shapely.get_y(middles))
            if not chosen.any():
                raise PolicyError(
                    f"{self.where.in_words()} holds the middle of no zone of {city.title}",
                    remedy="Prices are kept by zone: choose a larger area, or name zones",
                )
        also_free = self.free_too if self.free_too is not None else self.price is not None
        return chosen if also_free else chosen & (zones["parking_price"] > 0)

    def _new(self, today: np.ndarray) -> np.ndarray:
        if self.price is not None:
            return np.full(len(today), self.price.value)
        assert self.rise is not None
        return today + self.rise.value

    def edits(self, city: City) -> list[Change]:
        """Prices of the zones."""
        zones, rows = city.table("zones"), self.changed(city)
        if not rows.any():
            return []
        old = zones["parking_price"][rows]
        return [Edit("zones", "parking_price", zones["zone_id"][rows], self._new(old), self.label(), old)]

    def label(self) -> str:
        """The price and where it is asked."""
        told = f"Parking at {self.price.in_words()}" if self.price else ""
        if self.rise:
            told = f"Parking dearer by {self.rise.in_words()}"
        return f"{told} in {self.where.in_words() if self.where else 'the whole city'}"

    def describe(self) -> str:
        """The price, where it is asked, and who pays."""
        also_free = self.free_too if self.free_too is not None else self.price is not None
        stays = "" if also_free else "; where parking is free it stays so"
        return f"{self.label()}, for cars of those who do not live there{stays}."

    def describe_on(self, city: City) -> list[str]:
        """Zones by their price today, and what a reader has to know."""
        zones, rows = city.table("zones"), self.changed(city)
        if not rows.any():
            return [f"No price changes: {counted(self._selected(city).sum(), 'selected zone')} of {city.title}."]
        old = zones["parking_price"][rows]
        new = self._new(old)
        people = zones["population"][rows].sum()
        where = f"{counted(rows.sum(), 'zone')} ({people:,.0f} residents)"
        lines = [f"{where}: {_span(old)} EUR an hour today, {_span(new)} then."]
        free = int((old == 0).sum())
        if free:
            lines.append(f"In {counted(free, 'zone')} of them parking is free today.")
        if (new < old).any():
            lines.append(f"Note: in {counted((new < old).sum(), 'zone')} parking becomes cheaper.")
        if new.max() > UNUSUAL_PRICE:
            lines.append(f"Note: a price above {UNUSUAL_PRICE:g} EUR an hour is outside what cities have tried.")
        return lines


def _span(prices: np.ndarray) -> str:
    low, high = float(prices.min()), float(prices.max())
    return f"{low:.3g}" if high - low < 1e-9 else f"{low:.3g} to {high:.3g}"
