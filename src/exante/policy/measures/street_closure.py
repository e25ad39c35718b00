"""`street_closure`: streets that some traffic may no longer use, all day."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import BeforeValidator
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from exante.city import City, Edit
from exante.policy.document import any_of, as_names, counted, fault, in_list, nearest
from exante.policy.measures.base import Change, Measure
from exante.policy.measures.speed_limit import BY_NAME_ONLY
from exante.policy.where import Where
from exante.quantities.errors import PolicyError

#: Uses a closure can take away, in the words of `links.allowed_uses`.
USES = ("auto", "bus", "bike")

_WORDS = {"auto": "cars and lorries", "bus": "buses", "bike": "bicycles"}


def _read_uses(given: object) -> tuple[str, ...]:
    names = as_names(given)
    lost = [name for name in names if name not in USES]
    if lost:
        raise fault(f"nothing called {any_of(lost)} can be kept out", nearest(lost, USES, noun="Uses"))
    return tuple(use for use in USES if use in names)


class StreetClosure(Measure):
    """Links closed to motor traffic, or to other uses, all day and for everybody.

    Parameters
    ----------
    where : Where
        Links. Motorways and trunk roads are left alone unless `road_class` names them.
    to : list of str
        Uses that are kept out: `auto` (default: motor vehicles but buses), `bus`, `bike`. Walking stays possible.
    """

    kind: Literal["street_closure"] = "street_closure"
    where: Where
    to: Annotated[tuple[str, ...], BeforeValidator(_read_uses)] = ("auto",)

    def changed(self, city: City) -> np.ndarray:
        """Links that lose a use, shape (links,)."""
        named = self.where.road_class or ()
        spared = [c for c in BY_NAME_ONLY if c not in named]
        selected = self.where.select(city) & ~np.isin(city.column("links.road_class").astype(str), spared)
        loses = np.zeros(len(selected), dtype=bool)
        for use in self.to:
            loses |= allows(city, use)
        return selected & loses

    def edits(self, city: City) -> list[Change]:
        """The uses that are left on each link.

        Raises
        ------
        PolicyError
            If cars could no longer reach a zone or a gate that they reach today.
        """
        rows = self.changed(city)
        if not rows.any():
            return []
        if "auto" in self.to:
            _require_reach(city, rows)
        links = city.table("links")
        old = links["allowed_uses"][rows]
        new = np.array([_without(uses, self.to) for uses in old], dtype=object)
        return [Edit("links", "allowed_uses", links["link_id"][rows], new, self.label(), old)]

    def label(self) -> str:
        """What is closed, to whom."""
        who = in_list(_WORDS[use] for use in self.to)
        return f"No {who} on {self.where.in_words('all roads but motorways and trunk roads')}"

    def describe(self) -> str:
        """What is closed, to whom and when."""
        return f"{self.label()}, all day and for everybody."

    def describe_on(self, city: City) -> list[str]:
        """Links and kilometres, and the streets they belong to."""
        links, rows = city.table("links"), self.changed(city)
        if not rows.any():
            return [f"Nothing changes: the selected links of {city.title} are closed to {any_of(self.to)} already."]
        km = links["length"][rows].sum() / 1000
        names = links["name"][rows].tolist() if "name" in links else []
        streets = list(dict.fromkeys(n for n in names if n))
        shown = f", among them {in_list(streets[:3])}" if streets else ""
        lines = [f"{counted(rows.sum())} closed, {km:.3g} km{shown}."]
        tolls = city.rules.tolls
        charged = set(tolls["link_id"]) if tolls.rows else set()
        both = sum(link in charged for link in links["link_id"][rows])
        if both:
            lines.append(f"Note: {counted(both)} of them carry a charge, which nobody will pay there.")
        return lines


def allows(city: City, use: str) -> np.ndarray:
    """Links open to a use, shape (links,)."""
    return np.array([use in (uses or "").split(",") for uses in city.column("links.allowed_uses")], dtype=bool)


def _without(uses: str, closed: tuple[str, ...]) -> str:
    return ",".join(use for use in uses.split(",") if use not in closed)


def _require_reach(city: City, closed: np.ndarray) -> None:
    """Refuse a closure that cuts cars off from a zone or gate which they reach today."""
    row = {node: i for i, node in enumerate(city.column("nodes.node_id").tolist())}
    tail = np.array([row[n] for n in city.column("links.from_node_id").tolist()])
    head = np.array([row[n] for n in city.column("links.to_node_id").tolist()])
    car = allows(city, "auto")
    before, after = (joined(tail[open_], head[open_], len(row)) for open_ in (car, car & ~closed))
    lost = []
    if "connectors" in city.tables:
        at = np.array([row[n] for n in city.column("connectors.node_id").tolist()], dtype=int)
        zone = city.column("connectors.zone_id")
        had, has = set(zone[before[at]].tolist()), set(zone[after[at]].tolist())
        names = dict(zip(city.column("zones.zone_id"), city.column("zones.name"), strict=True))
        lost += [f"zone {z} ({names[z]})" if names[z] else f"zone {z}" for z in sorted(had - has)]
    if "gates" in city.tables:
        ends = np.array(
            [[row[n] for n in city.column(f"gates.{c}_node_id").tolist()] for c in ("entry", "exit")], dtype=int
        )
        cut = before[ends].all(axis=0) & ~after[ends].all(axis=0)
        lost += [f"gate {g}" for g in city.column("gates.name")[cut]]
    if lost:
        more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
        raise PolicyError(
            f"the closure leaves {', '.join(lost[:3])}{more} of {city.title} without a way for cars",
            remedy="Leave a street open to each of them, or bar some drivers only: a charge or a ban with exemptions",
        )


def joined(tail: np.ndarray, head: np.ndarray, nodes: int) -> np.ndarray:
    """Nodes that cars can reach from, and return to, most of the streets, shape (nodes,)."""
    links = csr_array((np.ones(len(tail)), (tail, head)), shape=(nodes, nodes))
    _, label = connected_components(links, directed=True, connection="strong")
    return np.asarray(label == np.bincount(label).argmax())
