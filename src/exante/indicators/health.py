"""Deaths and years of life: air, one pollutant at a time, and walking and cycling. Lines that are never added up."""

from __future__ import annotations

from collections.abc import Callable

from exante.quantities.declarations import Indicator, Inputs
from exante.quantities.labels import place

ALONE = "Residents of 30 years and more; overlaps with the other pollutant, never to be added to it"
ACTIVE = "Residents of 20 to 74 years, trips inside the city; crashes and air on the way are not in it"


def _at(result: str, dimension: str, label: str) -> Callable[[Inputs], float]:
    at = place(dimension, label)

    def compute(x: Inputs) -> float:
        return float(x[result][at])

    return compute


def _air(name: str, title: str, result: str, pollutant: str, shown: bool) -> Indicator:
    return Indicator(
        name=name,
        title=title,
        better="lower",
        counted=ALONE,
        reads=(result,),
        compute=_at(result, "air_pollutant", pollutant),
        shown=shown,
    )


def _active(name: str, title: str, mode: str) -> Indicator:
    return Indicator(
        name=name,
        title=title,
        better="higher",
        counted=ACTIVE,
        reads=("activity_deaths",),
        compute=_at("activity_deaths", "active_mode", mode),
    )


INDICATORS = (
    _air("deaths_no2", "Deaths attributed to NO2", "attributable_deaths", "no2", True),
    _air("deaths_pm25", "Deaths attributed to PM2.5", "attributable_deaths", "pm25", True),
    _air("years_no2", "Years of life lost to NO2", "attributable_years", "no2", False),
    _air("years_pm25", "Years of life lost to PM2.5", "attributable_years", "pm25", False),
    _active("deaths_prevented_walking", "Deaths prevented by walking", "walk"),
    _active("deaths_prevented_cycling", "Deaths prevented by cycling", "cycle"),
)
