"""Climate as the two methods need it: a heating season, and a year of hours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exante.kernels.heat.solar import Irradiance, Sun, hourly, irradiance_on, sky_temperature, sun_of_year
from exante.models.buildings.archetypes import PLANES, FloatArray
from exante.quantities.errors import ParameterError

AZIMUTH = {"horizontal": 180.0, "east": 90.0, "south": 180.0, "west": 270.0, "north": 0.0}
ALBEDO = 0.2
"""Of the ground (EN ISO 52010-1:2017, table B.2)."""
BASE = 12.0
"""Daily mean up to which a day belongs to the season, degC (TABULA)."""
DAY = 24


@dataclass(frozen=True)
class Season:
    """A heating season, one for all archetypes (0-d and (5,)) or one of each.

    Parameters
    ----------
    days : ndarray, shape () or (N,)
    temperature : ndarray, shape () or (N,)
        Mean outdoor air of those days, degC.
    sun : ndarray, shape (5,) or (N, 5)
        Irradiation of the planes in those days, kWh/m2.
    """

    days: FloatArray
    temperature: FloatArray
    sun: FloatArray

    def spread(self, n: int) -> Season:
        """One season of each of `n` archetypes."""
        return Season(
            np.broadcast_to(self.days, (n,)),
            np.broadcast_to(self.temperature, (n,)),
            np.broadcast_to(self.sun, (n, len(PLANES))),
        )

    @staticmethod
    def from_table(table: pd.DataFrame) -> Season:
        """The season of each row: `heating_days`, `season_temperature`, `sun_*`."""
        lost = [c for c in ("heating_days", "season_temperature", *(f"sun_{p}" for p in PLANES)) if c not in table]
        if lost:
            raise ParameterError(f"The table lacks {', '.join(lost)}", where="season", remedy="Add these columns")
        return Season(
            table["heating_days"].to_numpy(float),
            table["season_temperature"].to_numpy(float),
            np.stack([table[f"sun_{p}"].to_numpy(float) for p in PLANES], axis=1),
        )


@dataclass(frozen=True)
class HourlyClimate:
    """A year of hours at one place.

    Parameters
    ----------
    air, sky : ndarray, shape (8760,)
        Outdoor air, and black-body temperature of the sky, degC.
    irradiance : ndarray, shape (8760, 5)
        Of the planes named in `PLANES`, W/m2.
    """

    air: FloatArray
    sky: FloatArray
    irradiance: FloatArray

    @staticmethod
    def of(
        latitude: float, longitude: float, time_zone: float, altitude: float, weather: pd.DataFrame
    ) -> HourlyClimate:
        """From a place (degrees, hours ahead of UTC, m) and hourly columns named as in the layer `weather`.

        Raises
        ------
        ParameterError
            For a table that lacks a column or is not 8,760 hours.
        """
        needed = ("dry_bulb", "direct_normal", "diffuse_horizontal")
        lost = [c for c in needed if c not in weather]
        if lost or len(weather) != 8760:
            raise ParameterError(
                f"The weather lacks {', '.join(lost)}" if lost else f"The weather has {len(weather)} hours, not 8760",
                where="weather",
                remedy="Give a typical year of hours, such as an EPW file",
            )

        def column(name: str) -> FloatArray:
            return weather[name].to_numpy(float) if name in weather else np.full(len(weather), np.nan)

        sun = sun_of_year(
            latitude, longitude, time_zone, altitude, column("direct_normal"), column("diffuse_horizontal")
        )
        sky = sky_temperature(
            column("infrared_horizontal"), column("dry_bulb"), column("dew_point"), column("opaque_sky_cover")
        )
        return HourlyClimate(column("dry_bulb"), sky, np.stack([_plane(sun, p) for p in PLANES], axis=1))

    def cold_hours(self, base: float = BASE) -> NDArray[np.bool_]:
        """Hours of days whose mean is at most `base`, shape (8760,)."""
        return np.repeat(self.air.reshape(-1, DAY).mean(axis=1) <= base, DAY)

    def season(self, base: float = BASE) -> Season:
        """The heating season as TABULA counts it: days whose mean is at most `base`.

        Raises
        ------
        ParameterError
            If no day is that cold.
        """
        daily = self.air.reshape(-1, DAY).mean(axis=1)
        cold = self.cold_hours(base)[::DAY]
        if not cold.any():
            raise ParameterError(
                f"No day has a mean of {base:g} degC or less", where="weather", remedy="Raise the base"
            )
        sun = self.irradiance.reshape(-1, DAY, len(PLANES)).sum(axis=1)[cold].sum(axis=0) / 1000.0
        return Season(np.asarray(float(cold.sum())), np.asarray(float(daily[cold].mean())), sun)


def _plane(sun: Sun, plane: str) -> FloatArray:
    seen: Irradiance = irradiance_on(sun, 0.0 if plane == "horizontal" else 90.0, AZIMUTH[plane], albedo=ALBEDO)
    return hourly(seen.total)
