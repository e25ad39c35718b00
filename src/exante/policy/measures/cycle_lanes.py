"""`cycle_lanes`: lanes or tracks for bicycles along streets, at the cost of a lane for cars or not."""

from __future__ import annotations

from typing import Literal

import numpy as np

from exante.city import City, Edit
from exante.policy.document import counted, in_list
from exante.policy.measures.base import Change, Measure
from exante.policy.measures.speed_limit import BY_NAME_ONLY
from exante.policy.where import Where


class CycleLanes(Measure):
    """A cycle facility along links that have none.

    Parameters
    ----------
    where : Where
        Links. Motorways and trunk roads are left alone unless `road_class` names them.
    facility : str
        `lane`: a lane or track of its own; `shared`: a quiet street made fit for cycling.
    from_cars : bool
        Whether it takes a lane from cars where there are two or more in the direction; false by default.
    """

    kind: Literal["cycle_lanes"] = "cycle_lanes"
    where: Where
    facility: Literal["lane", "shared"] = "lane"
    from_cars: bool = False

    def changed(self, city: City) -> np.ndarray:
        """Links that get the facility, shape (links,)."""
        links = city.table("links")
        named = self.where.road_class or ()
        spared = [c for c in BY_NAME_ONLY if c not in named]
        chosen = self.where.select(city) & ~np.isin(links["road_class"].astype(str), spared)
        today = links.get("cycle_facility")
        if today is not None:
            better = ("lane",) if self.facility == "lane" else ("lane", "shared")
            chosen &= ~np.isin(np.array([x or "" for x in today], dtype=object).astype(str), better)
        return chosen

    def edits(self, city: City) -> list[Change]:
        """Facilities, leave to cycle, and lanes that are taken from cars."""
        links, rows, why = city.table("links"), self.changed(city), self.label()
        if not rows.any():
            return []
        changes: list[Change] = [
            Edit("links", "cycle_facility", links["link_id"][rows], np.full(rows.sum(), self.facility, object), why)
        ]
        barred = rows & np.array(["bike" not in (uses or "").split(",") for uses in links["allowed_uses"]], dtype=bool)
        if barred.any():
            old = links["allowed_uses"][barred]
            new = np.array([",".join([*filter(None, (uses or "").split(",")), "bike"]) for uses in old], dtype=object)
            changes.append(Edit("links", "allowed_uses", links["link_id"][barred], new, why, old))
        wide = self._narrowed(city, rows)
        if wide.any():
            old = links["lanes"][wide]
            changes.append(Edit("links", "lanes", links["link_id"][wide], old - 1.0, why, old))
        return changes

    def _narrowed(self, city: City, rows: np.ndarray) -> np.ndarray:
        return rows & (city.column("links.lanes") >= 2.0) & self.from_cars

    def label(self) -> str:
        """What is built where."""
        what = "Cycle lanes" if self.facility == "lane" else "Streets made fit for cycling"
        return f"{what} on {self.where.in_words('all roads but motorways and trunk roads')}"

    def describe(self) -> str:
        """What is built, and who pays for it with space."""
        taken = "; where cars have two lanes or more in a direction they lose one" if self.from_cars else ""
        return f"{self.label()}{taken}."

    def describe_on(self, city: City) -> list[str]:
        """Kilometres, streets, lanes taken, and what is not known."""
        links, rows = city.table("links"), self.changed(city)
        if not rows.any():
            return [f"Nothing changes: the selected links of {city.title} have such a facility already."]
        km = links["length"][rows].sum() / 1000
        names = [n for n in dict.fromkeys(links["name"][rows].tolist()) if n] if "name" in links else []
        shown = f", for example on {in_list(names[:3])}" if names else ""
        lines = [f"{counted(rows.sum())}, {km:.3g} km of directed street{shown}."]
        wide = self._narrowed(city, rows)
        if wide.any():
            lines.append(f"{counted(wide.sum())} of them lose a lane for cars.")
        if "cycle_facility" not in links:
            lines.append(
                f"Note: {city.title} does not know its cycle facilities of today; lanes that are there already are "
                "counted as new."
            )
        return lines
