"""`tariff`: another price of energy."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import model_validator

from exante.city import City, Scale
from exante.policy.document import fault
from exante.policy.measures.base import Change, Measure
from exante.policy.uncertain import Uncertain, Wanted
from exante.quantities.errors import PolicyError

_PRICE = '{ value = 0.30, unit = "EUR/kWh" }'
Price = Annotated[Uncertain, Wanted("price", "EUR/kWh", 0, 5, _PRICE)]
Ratio = Annotated[Uncertain, Wanted("ratio", "1", 0.05, 20, "1.2 or { triangular = [0.9, 1.2, 1.6] }")]

#: Carriers whose use answers to the price in models of this version.
ANSWERED = ("electricity", "electricity_export")


class Tariff(Measure):
    """Another price of a carrier of energy, for households, services or both.

    Parameters
    ----------
    carrier : str
        `"electricity"`, `"electricity_export"` (what producers get for exports), `"gas"`, `"oil"`, `"lpg"`, `"wood"` or
        `"district_heat"`.
    consumer : str
        `"household"`, `"service"` or `"all"`.
    price : money an energy
        New price with taxes. Either this or `ratio`.
    ratio : number
        New price over today's.
    """

    kind: Literal["tariff"] = "tariff"
    carrier: Literal["electricity", "electricity_export", "gas", "oil", "lpg", "wood", "district_heat"]
    consumer: Literal["household", "service", "all"] = "all"
    price: Price | None = None
    ratio: Ratio | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Tariff:
        if (self.price is None) == (self.ratio is None):
            raise fault(
                "a tariff has a new price, or a ratio to today's", f"Give either price or ratio, such as {_PRICE}"
            )
        return self

    def edits(self, city: City) -> list[Change]:
        """Prices of the tariffs."""
        ids, old = self._chosen(city)
        factor = self._new(old) / old
        rows = np.abs(factor - 1.0) > 1e-12
        if not rows.any():
            return []
        return [Scale("tariffs", "price", "tariff_id", ids[rows], factor[rows], self.label())]

    def _new(self, old: np.ndarray) -> np.ndarray:
        if self.price is not None:
            return np.full(len(old), self.price.value)
        assert self.ratio is not None
        return np.asarray(old * self.ratio.value)

    def _chosen(self, city: City) -> tuple[np.ndarray, np.ndarray]:
        """Identifiers and prices of the tariffs meant.

        Raises
        ------
        PolicyError
            If the city has none.
        """
        table = city.tables.get("tariffs")
        rows = np.zeros(0, dtype=bool)
        if table is not None:
            rows = (table["carrier"] == self.carrier) & (table["price"] > 0)
            if self.consumer != "all":
                rows &= table["consumer"] == self.consumer
        if table is None or not rows.any():
            raise PolicyError(
                f"{city.title} has no price of {self._what()} above zero",
                where="table tariffs",
                remedy="Add [[tariff]] to its document and build it again",
            )
        return table["tariff_id"][rows].astype(str), table["price"][rows]

    def _what(self) -> str:
        name = {"electricity_export": "exported electricity", "district_heat": "district heat"}.get(
            self.carrier, self.carrier
        )
        return name if self.consumer == "all" else f"{name} for {self.consumer}s"

    def label(self) -> str:
        """The price and whose it is."""
        told = f"at {self.price.in_words()}" if self.price else ""
        if self.ratio:
            told = f"times {self.ratio.in_words()}"
        return f"Price of {self._what()} {told}"

    def describe(self) -> str:
        """The price in a sentence."""
        return f"{self.label()}."

    def describe_on(self, city: City) -> list[str]:
        """Prices today and then."""
        ids, old = self._chosen(city)
        lines = [
            f"{name}: {before:.3g} EUR/kWh today, {after:.3g} then."
            for name, before, after in zip(ids, old, self._new(old), strict=True)
        ]
        if self.carrier not in ANSWERED:
            lines.append(
                f"Note: bills change; nobody burns less {self.carrier.replace('_', ' ')} because of its price."
            )
        return lines
