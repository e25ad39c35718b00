"""Rules of a city: the tables that most measures write; absent means that no such rule is in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from exante.city.table import Table

#: Tables of rules. A city without one of them has no rule of that kind.
RULES = (
    "tolls",
    "bans",
    "emission_standards",
    "transit_frequencies",
    "transit_fares",
    "bus_lanes",
    "prices",
    "telework",
)


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

    @property
    def bans(self) -> Table:
        """Links that a vehicle class may not use in some hours, and the share of it that may."""
        return self.table("bans")

    def describe(self) -> list[str]:
        """The rules in force, a line each."""
        tolls, bans = self.tolls, self.bans
        return [
            *(f"charge '{name}' on {n} links" for name, n in _links_by_name(tolls["toll_id"], tolls["link_id"])),
            *(f"ban '{name}' on {n} links" for name, n in _links_by_name(bans["ban_id"], bans["link_id"])),
        ]


def _links_by_name(names: Iterable[str], links: Iterable[str]) -> list[tuple[str, int]]:
    found: dict[str, set[str]] = {}
    for name, link in zip(names, links, strict=True):
        found.setdefault(name, set()).add(link)
    return [(name, len(held)) for name, held in found.items()]
