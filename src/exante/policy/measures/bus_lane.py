"""`bus_lane`: a lane for buses alone, taken from cars."""

from __future__ import annotations

from typing import Literal

import numpy as np

from exante.city import Append, City, Edit
from exante.policy.document import counted, in_list
from exante.policy.measures.access_charge import Hours, Span
from exante.policy.measures.base import Change, Measure
from exante.policy.measures.speed_limit import BY_NAME_ONLY
from exante.policy.where import Where
from exante.quantities.errors import PolicyError


class BusLane(Measure):
    """A lane for buses on links where cars have two lanes or more in the direction.

    Parameters
    ----------
    where : Where
        Links. Motorways and trunk roads are left alone unless `road_class` names them.
    hours : str or list of str
        Hours in which buses have the lane; all day by default. Cars lose it all day.
    """

    kind: Literal["bus_lane"] = "bus_lane"
    where: Where
    hours: Hours = (Span(0.0, 24.0),)

    def selected(self, city: City) -> np.ndarray:
        """Links that are meant, with room for a lane or not, shape (links,)."""
        links = city.table("links")
        named = self.where.road_class or ()
        spared = [c for c in BY_NAME_ONLY if c not in named]
        cars = np.array(["auto" in (uses or "").split(",") for uses in links["allowed_uses"]], dtype=bool)
        held = set(city.table("bus_lanes")["link_id"].tolist()) if "bus_lanes" in city.tables else set()
        has = np.array([link in held for link in links["link_id"].tolist()], dtype=bool)
        return self.where.select(city) & cars & ~has & ~np.isin(links["road_class"].astype(str), spared)

    def changed(self, city: City) -> np.ndarray:
        """Links that get the lane, shape (links,)."""
        return self.selected(city) & (city.column("links.lanes") >= 2.0)

    def edits(self, city: City) -> list[Change]:
        """Rules of bus lanes, and lanes taken from cars.

        Raises
        ------
        PolicyError
            If no link of the selection has two lanes.
        """
        chosen, rows, links, why = self.selected(city), self.changed(city), city.table("links"), self.label()
        if not chosen.any():
            return []
        if not rows.any():
            raise PolicyError(
                f"none of the {counted(chosen.sum())} selected has two lanes for cars in its direction",
                where="bus_lane",
                remedy="Choose wider streets; where a street has one lane, close it to cars with street_closure",
            )
        ids = links["link_id"][rows]
        n = len(self.hours)
        rules = {
            "rule_id": [why] * (n * len(ids)),
            "link_id": np.tile(ids, n),
            "start_hour": np.repeat([span.start for span in self.hours], len(ids)),
            "end_hour": np.repeat([span.end for span in self.hours], len(ids)),
        }
        old = links["lanes"][rows]
        return [Append("bus_lanes", rules, why), Edit("links", "lanes", ids, old - 1.0, why, old)]

    def label(self) -> str:
        """Where and when."""
        all_day = [(span.start, span.end) for span in self.hours] == [(0.0, 24.0)]
        when = "" if all_day else f" ({in_list([str(span) for span in self.hours])})"
        return f"Bus lanes{when} on {self.where.in_words('all roads but motorways and trunk roads')}"

    def describe(self) -> str:
        """What buses gain and cars lose."""
        return f"{self.label()}; cars lose one of two or more lanes all day."

    def describe_on(self, city: City) -> list[str]:
        """Kilometres, streets, and what is left out."""
        links, chosen, rows = city.table("links"), self.selected(city), self.changed(city)
        if not chosen.any():
            return [f"Nothing changes: the selected links of {city.title} have a bus lane already."]
        km = links["length"][rows].sum() / 1000
        names = [n for n in dict.fromkeys(links["name"][rows].tolist()) if n] if "name" in links else []
        shown = f", for example on {in_list(names[:3])}" if names else ""
        lines = [f"{counted(rows.sum())}, {km:.3g} km of directed street, lose a lane for cars{shown}."]
        narrow = int((chosen & ~rows).sum())
        if narrow:
            lines.append(f"{counted(narrow)} with a single lane for cars are left as they are.")
        lines.append("Note: where buses run today is not known; a lane counts where the shortest ways pass.")
        return lines
