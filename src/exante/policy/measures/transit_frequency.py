"""`transit_frequency`: more or fewer departures of public transport."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from exante.city import Append, City
from exante.policy.measures.base import Change, Measure
from exante.policy.uncertain import Uncertain, Wanted

_EXAMPLE = '{ value = 20, unit = "percent" }'
More = Annotated[Uncertain, Wanted("change", "percent", -90, 400, _EXAMPLE)]


class TransitFrequency(Measure):
    """More or fewer departures of all public transport, all day.

    Parameters
    ----------
    change : percent
        Of the departures; headways change inversely.
    """

    kind: Literal["transit_frequency"] = "transit_frequency"
    change: More

    def edits(self, city: City) -> list[Change]:
        """A rule of frequency for the services not drawn, and one for every line; none where nothing changes."""
        if self.change.value == 0:
            return []
        routes = [None, *(city.column("routes.route_id").tolist() if "routes" in city.tables else [])]
        rows = {
            "rule_id": [self.label()] * len(routes),
            "route_id": np.array(routes, dtype=object),
            "start_hour": np.zeros(len(routes)),
            "end_hour": np.full(len(routes), 24.0),
            "factor": np.full(len(routes), 1.0 + self.change.value / 100.0),
        }
        return [Append("transit_frequencies", rows, self.label())]

    def label(self) -> str:
        """The change."""
        return f"Departures of public transport changed by {self.change.in_words()}"

    def describe(self) -> str:
        """The change in one sentence."""
        return f"{self.label()}."

    def describe_on(self, city: City) -> list[str]:
        """Waits against today's."""
        if self.change.value == 0:
            return ["No departure changes."]
        return [f"Waits at stops of {city.title} become {1 / (1 + self.change.value / 100):.3g} of today's."]
