"""`superblock`: an area without through traffic, its streets slow."""

from __future__ import annotations

from typing import Literal

import numpy as np

from exante.city import Append, City, Edit
from exante.policy.document import counted, in_list
from exante.policy.measures.base import Change, Measure
from exante.policy.measures.speed_limit import DEFAULT_COMPLIANCE, sign_edits
from exante.policy.planning.superblock import Plan, propose
from exante.policy.uncertain import Length, Share, Speed, Uncertain
from exante.policy.where import Around, RoadClasses, Where
from exante.quantities.distributions import Distribution

#: Classes that stay open to through traffic inside an area where the document says nothing: a superblock leaves the
#: basic network, which tertiary roads belong to, where it is.
MAIN_ROADS = ("motorway", "trunk", "primary", "secondary", "tertiary")

#: Junctions nearer to the edge than this belong to the perimeter: about the width of a street with its pavements.
DEFAULT_MARGIN = Uncertain(Distribution("value", (30.0,), 30.0, 30.0), "m", "m")

#: The limit inside: Barcelona signs 10 km/h in its superblocks.
DEFAULT_SPEED = Uncertain(Distribution("value", (10.0,), 10.0, 10.0), "km/hour", "km/hour")


class Superblock(Measure):
    """An area that cars can enter and leave and not cross, with a low limit on its streets.

    Parameters
    ----------
    around : Around
        The area: its streets but main roads and those along its edge.
    through : str or list of str
        Road classes that stay open to through traffic. Motorways, trunk, primary, secondary and tertiary roads where
        the document says nothing.
    speed : speed
        Limit inside; 10 km/h where the document says nothing.
    compliance : share
        Share of the change of the sign that drivers answer to.
    margin : length
        Streets nearer to the edge than this form the perimeter. 30 m where the document says nothing.
    open : Where
        Streets inside on which no filter may stand.
    """

    kind: Literal["superblock"] = "superblock"
    around: Around
    through: RoadClasses = MAIN_ROADS
    speed: Speed = DEFAULT_SPEED
    compliance: Share = DEFAULT_COMPLIANCE
    margin: Length = DEFAULT_MARGIN
    open: Where | None = None

    def plan(self, city: City) -> Plan:
        """Where its filters stand on this city.

        Raises
        ------
        PolicyError
            If the area holds no street that could be part of it.
        """
        main = np.isin(city.column("links.road_class").astype(str), self.through or ())
        free = self.open.select(city) if self.open else None
        return propose(city, self.around.area(city), main, self.margin.value, free)

    def edits(self, city: City) -> list[Change]:
        """Uses of the filters, signs of the streets, and the ways opened to both directions."""
        links, plan, why = city.table("links"), self.plan(city), self.label()
        changes: list[Change] = []
        if plan.filters.any():
            old = links["allowed_uses"][plan.filters]
            new = np.array([",".join(u for u in uses.split(",") if u != "auto") for uses in old], dtype=object)
            changes.append(Edit("links", "allowed_uses", links["link_id"][plan.filters], new, why, old))
        lower = plan.inside & (links["speed_limit"] - self.speed.value > 1e-6)
        changes += sign_edits(links, lower, self.speed.value, self.compliance.value, why)
        if plan.opened.size:
            changes.append(Append("links", self._opposite(city, plan), why))
        return changes

    def _opposite(self, city: City, plan: Plan) -> dict[str, np.ndarray]:
        """Links against the direction of those that are opened to both."""
        links, at = city.table("links"), plan.opened
        rows = {name: links[name][at] for name in links}
        rows["link_id"] = np.array([f"{link}~back" for link in rows["link_id"]], dtype=object)
        rows["from_node_id"], rows["to_node_id"] = rows["to_node_id"], rows["from_node_id"]
        rows["geometry"] = np.array([line.reverse() for line in rows["geometry"]], dtype=object)
        rows["lanes"] = np.ones(len(at))
        rows["lanes_origin"] = np.full(len(at), "rule", dtype=object)
        sign = np.minimum(rows["speed_limit"], self.speed.value)
        answered = rows["effective_speed_limit"] + self.compliance.value * (sign - rows["speed_limit"])
        rows["speed_limit"], rows["effective_speed_limit"] = sign, np.maximum(answered, sign)
        return rows

    def label(self) -> str:
        """The superblock and its area."""
        return f"Superblock in {self.around.in_words()}"

    def describe(self) -> str:
        """What is barred and what is not."""
        stay = f", but {in_list(self.through)} roads stay open" if self.through else ""
        return (
            f"{self.label()}: cars reach every junction and cannot drive through{stay}; limit {self.speed.in_words()}, "
            f"drivers answer to {self.compliance.in_words('the change of the sign')}. Buses, bicycles and people pass."
        )

    def describe_on(self, city: City) -> list[str]:
        """Streets, filters and entrances."""
        links, plan = city.table("links"), self.plan(city)
        km = links["length"] / 1000
        # the two directions of a street carry one filter
        ends = zip(links["from_node_id"][plan.filters], links["to_node_id"][plan.filters], strict=True)
        filters = len({frozenset(pair) for pair in ends})
        names = [n for n in dict.fromkeys(links["name"][plan.filters].tolist()) if n] if "name" in links else []
        shown = f", for example on {in_list(names[:3])}" if names else ""
        lines = [
            f"{counted(plan.inside.sum())} ({km[plan.inside].sum():,.1f} km of directed street) around "
            f"{counted(plan.junctions, 'junction')} lose their through traffic: {counted(filters, 'filter')}{shown}, "
            f"{counted(plan.entrances, 'entrance')}."
        ]
        if plan.opened.size:
            lines.append(
                f"{counted(plan.opened.size, 'one-way street section')} ({km[plan.opened].sum():.2g} km) opened to "
                "both directions, so that every junction keeps a way in and out."
            )
        if plan.lost:
            shown = ", ".join(plan.lost[:3])
            lines.append(f"Note: {counted(len(plan.lost), 'junction')} no car could reach before either ({shown}).")
        return lines
