"""The wind rose: from the typical year, or even in all directions where only speeds, or nothing, is known."""

from __future__ import annotations

from collections.abc import Mapping

from exante.city import Table
from exante.sources import wind
from exante.sources.layers.step import Assembly, Makes, Step


def make_wind(assembly: Assembly) -> Mapping[str, Table]:
    """Table `wind`."""
    table, told = wind.make_rose(assembly.tables.get("weather"), assembly.tables.get("weather_days"))
    assembly.notes["wind"] = told
    assembly.lines.append(f"wind: {table.rows} classes. {told}")
    return {"wind": table}


STEP = Step(
    "wind",
    (Makes("wind", ("typical_year", "weather_days_wide", "weather_days_long"), assumed=True),),
    make_wind,
    after=("weather",),
)
