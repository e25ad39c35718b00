"""`grid_scenario`: the electricity of another year, for scenarios of a horizon."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from exante.city import City, Edit
from exante.policy.measures.base import Change, Measure
from exante.policy.uncertain import Uncertain, Wanted
from exante.quantities.distributions import Distribution
from exante.quantities.errors import PolicyError

Intensity = Annotated[Uncertain, Wanted("intensity", "g/kWh", 0, 1500, '{ value = 130, unit = "g/kWh" }')]
Share = Annotated[Uncertain, Wanted("share", "1", 0, 1, "0.3 or { triangular = [0.1, 0.3, 0.5] }")]


class GridScenario(Measure):
    """Carbon intensity of the grid that the city draws from.

    Parameters
    ----------
    intensity : emission an energy
        Mean direct CO2 of a kWh; the life cycle falls by the same amount of direct CO2.
    marginal : emission an energy
        Direct CO2 of the plant that answers one more kWh; as today where the document says nothing.
    solar_dip : share
        How much intensities fall in the sunniest hour beyond the hours of the city's table.
    """

    kind: Literal["grid_scenario"] = "grid_scenario"
    intensity: Intensity
    marginal: Intensity | None = None
    solar_dip: Share = Field(default=Uncertain(Distribution("value", (0.0,)), "1", "1"))

    def edits(self, city: City) -> list[Change]:
        """The row of the grid's mix.

        Raises
        ------
        PolicyError
            If the city has no grid.
        """
        if "grid_mix" not in city.tables:
            raise PolicyError(
                f"{city.title} has no table grid_mix", remedy="Build it again with [grid] in its document"
            )
        mix = city.table("grid_mix")
        direct, upstream = mix["intensity_direct"], mix["intensity_lifecycle"] - mix["intensity_direct"]
        # Fuel supply falls with the fuel burnt; half of what is not combustion is taken to be that of plants.
        ratio = self.intensity.value / direct
        new = {
            "intensity_direct": direct * 0 + self.intensity.value,
            "intensity_lifecycle": self.intensity.value + upstream * (0.5 + 0.5 * ratio.clip(0.0, 2.0)),
            "solar_dip": mix["solar_dip"] * 0 + self.solar_dip.value,
        }
        if self.marginal is not None:
            new["intensity_marginal"] = mix["intensity_marginal"] * 0 + self.marginal.value
        return [
            Edit("grid_mix", column, mix["grid_zone"], values, self.label(), mix[column])
            for column, values in new.items()
            if (abs(values - mix[column]) > 1e-12).any()
        ]

    def label(self) -> str:
        """The intensity."""
        return f"Grid at {self.intensity.in_words()} of direct CO2"

    def describe(self) -> str:
        """The intensity in a sentence."""
        return f"{self.label()}."

    def describe_on(self, city: City) -> list[str]:
        """Intensity today and then."""
        if not self.edits(city):
            return ["Nothing changes: the grid is at this intensity today."]
        mix = city.table("grid_mix")
        return [
            f"Grid {mix['grid_zone'][0]}: {mix['intensity_direct'][0]:.0f} g/kWh of direct CO2 in {mix['year'][0]}, "
            f"{self.intensity.value:.0f} then."
        ]
