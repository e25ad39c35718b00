"""`transit_fare`: another price of public transport."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from exante.city import Append, City
from exante.policy.measures.base import Change, Measure
from exante.policy.uncertain import Uncertain, Wanted

_EXAMPLE = '{ value = -20, unit = "percent" }'
Rise = Annotated[Uncertain, Wanted("change", "percent", -100, 400, _EXAMPLE)]


class TransitFare(Measure):
    """Fares of public transport raised or lowered, all day and for the same part of all passengers.

    Parameters
    ----------
    change : percent
        Of the mean fare paid today; -100 is free of charge.
    share : float
        Share of the fares paid that change, 1 by default: 0.17 for single tickets alone where 17 % ride on them.
    """

    kind: Literal["transit_fare"] = "transit_fare"
    change: Rise
    share: float = Field(default=1.0, gt=0.0, le=1.0)

    def edits(self, city: City) -> list[Change]:  # noqa: ARG002
        """One rule of fares; none where nothing changes."""
        if self.change.value == 0:
            return []
        rows = {
            "rule_id": [self.label()],
            "start_hour": np.array([0.0]),
            "end_hour": np.array([24.0]),
            "factor": np.array([1.0 + self.change.value / 100.0]),
            "share": np.array([self.share]),
        }
        return [Append("transit_fares", rows, self.label())]

    def label(self) -> str:
        """The change and whom it concerns."""
        who = "" if self.share == 1.0 else f" for {100 * self.share:.3g} % of fares paid"
        return f"Fares of public transport changed by {self.change.in_words()}{who}"

    def describe(self) -> str:
        """The change in one sentence."""
        return f"{self.label()}."

    def describe_on(self, city: City) -> list[str]:
        """The mean fare against today's."""
        if self.change.value == 0:
            return ["No fare changes."]
        left = 1 + self.share * self.change.value / 100
        return [f"The mean fare paid in {city.title} becomes {left:.3g} of today's."]
