"""Hourly weather of a city that has no hourly file: from days of a station, else from monthly normals."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from exante.city import Table
from exante.sources.climate import typical_days
from exante.sources.climate.table import SYNTHETIC, weather_table
from exante.sources.layers.step import Assembly, Makes, Step

DAILY = (
    "Hours COMPUTED from days of a station: for each month the year most like all years (Finkelstein-Schafer); "
    "temperature, sun and humidity are spread over the hours by rule; days are as observed, hours are not."
)


def make(assembly: Assembly) -> Mapping[str, Table]:
    """Table `weather`."""
    told = assembly.document["climate"]
    days, note, station = None, SYNTHETIC, told.get("station")
    if station is not None and "weather_days" in assembly.tables:
        table = assembly.tables["weather_days"]
        record = pd.DataFrame({name: table[name] for name in table})
        days, years = typical_days(record[record["station_id"] == station])
        note = f"{DAILY} Station {station}; January to December are of {', '.join(map(str, years))}."
    weather = weather_table(assembly.document, days)
    assembly.notes["weather"] = note
    assembly.lines.append(
        f"weather: 8760 hours made for {told['place']}, {weather['dry_bulb'].mean():.1f} degC and "
        f"{weather['global_horizontal'].sum() / 1000:.0f} kWh/m2 in the year. {note}"
    )
    return {"weather": weather}


STEP = Step(
    "typical_year",
    (Makes("weather", ("weather_days_wide", "weather_days_long"), assumed=True),),
    make,
    after=("weather",),
    when=lambda assembly: not assembly.has("typical_year") and "climate" in assembly.document,
)
