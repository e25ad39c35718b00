"""Rules of a city: the tables that most measures write; absent means that no such rule is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exante.city.city import City
    from exante.city.table import Table

#: Tables of rules. A city without one of them has no rule of that kind.
RULES = ("tolls",)


@dataclass(frozen=True)
class Rules:
    """A view of the rules of one city."""

    city: City

    @property
    def tolls(self) -> Table:
        """Charges by link, vehicle class and hours."""
        return self.city.table("tolls")

    def describe(self) -> list[str]:
        """The rules in force, a line each."""
        tolls = self.tolls
        names = dict.fromkeys(tolls["toll_id"].tolist()) if tolls.rows else {}
        return [f"charge '{name}' on {int((tolls['toll_id'] == name).sum())} links" for name in names]
