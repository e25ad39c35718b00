"""Rules of a city: the tables that most measures write; absent means that no such rule is in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exante.city.table import Table

#: Tables of rules. A city without one of them has no rule of that kind.
RULES = ("tolls",)


@dataclass(frozen=True)
class Rules:
    """A view of the rules of one city.

    Parameters
    ----------
    table : callable
        Gives a table of the city by name, empty where there is no such rule.
    """

    table: Callable[[str], Table]

    @property
    def tolls(self) -> Table:
        """Charges by link, vehicle class and hours."""
        return self.table("tolls")

    def describe(self) -> list[str]:
        """The rules in force, a line each."""
        tolls = self.tolls
        charged: dict[str, set[str]] = {}
        for name, link in zip(tolls["toll_id"], tolls["link_id"], strict=True):
            charged.setdefault(name, set()).add(link)
        return [f"charge '{name}' on {len(links)} links" for name, links in charged.items()]
