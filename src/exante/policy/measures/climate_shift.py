"""`climate_shift`: a warmer typical year, for scenarios of a horizon."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from exante.city import City, Edit
from exante.policy.measures.base import Change, Measure
from exante.policy.uncertain import Uncertain, Wanted
from exante.quantities.errors import PolicyError

SEASONS = ("winter", "spring", "summer", "autumn")
#: First month of a season, 0 is January: winter is December to February (meteorological seasons).
SEASON_OF_MONTH = np.array([0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0])
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
KELVIN = 273.15
HOURS = 8760

_EXAMPLE = '{ triangular = [0.5, 1.0, 1.6], unit = "delta_degC" }'
Warming = Annotated[Uncertain, Wanted("warming", "delta_degC", -5, 10, _EXAMPLE)]


class ClimateShift(Measure):
    """Air, dew point and sky of the typical year warmer by season; sun and wind stay.

    Parameters
    ----------
    winter, spring, summer, autumn : temperature difference
        Above the years of the weather table; winter is December to February.
    """

    kind: Literal["climate_shift"] = "climate_shift"
    winter: Warming
    spring: Warming
    summer: Warming
    autumn: Warming

    def _by_hour(self) -> np.ndarray:
        """Warming of each hour of the year, K."""
        values = np.array([getattr(self, season).value for season in SEASONS])
        return np.repeat(values[SEASON_OF_MONTH], np.array(MONTH_DAYS) * 24)

    def edits(self, city: City) -> list[Change]:
        """Columns of the weather.

        Raises
        ------
        PolicyError
            If the city has no hourly weather of a whole year.
        """
        table = city.tables.get("weather")
        if table is None or table.rows != HOURS:
            raise PolicyError(
                f"{city.title} has no hourly weather of a year", remedy="Build it again with [climate] in its document"
            )
        warming = self._by_hour()[table["hour"]]
        if not warming.any():
            return []
        air = table["dry_bulb"]
        new = {"dry_bulb": air + warming}
        if "dew_point" in table:
            new["dew_point"] = table["dew_point"] + warming
        if "infrared_horizontal" in table:
            new["infrared_horizontal"] = table["infrared_horizontal"] * ((air + warming + KELVIN) / (air + KELVIN)) ** 4
        return [Edit("weather", c, table["hour"], v, self.label(), table[c]) for c, v in new.items()]

    def label(self) -> str:
        """The four seasons."""
        return "Typical year warmer: " + ", ".join(f"{s} by {getattr(self, s).in_words()}" for s in SEASONS)

    def describe(self) -> str:
        """The four seasons in a sentence."""
        return f"{self.label()}."

    def describe_on(self, city: City) -> list[str]:
        """Mean of the year today and then."""
        if not self.edits(city):
            return ["Nothing changes: the typical year stays."]
        mean = float(city.column("weather.dry_bulb").mean())
        then = mean + float(self._by_hour().mean())
        return [f"Mean air temperature of the typical year: {mean:.1f} degC today, {then:.1f} then."]
