"""Weather: a typical year by the hour, days of stations, long series of temperature."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from exante.city import Table
from exante.sources import epw, temperature_series
from exante.sources.barcelona import daily_weather
from exante.sources.climate.table import complete
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.report import Report


def read_weather(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `weather`, `weather_days`, `temperature_series`, those that the city has sources for."""
    files, report = assembly.files, Report("", assembly.lines, assembly.findings)
    tables: dict[str, Table] = {}
    if assembly.has("typical_year"):
        year = epw.read_epw(files.paths["typical_year"])
        hours = year.hourly
        report.of("typical_year").account("weather", "hours", len(hours))
        report.tell(
            f"weather: {len(hours)} hours of {year.place}, {hours['dry_bulb'].mean():.1f} degC and "
            f"{hours['global_horizontal'].sum() / 1000:.0f} kWh/m2 global radiation in the year; blank: "
            + (", ".join(f"{c} {n}" for c, n in hours.isna().sum().items() if n) or "none")
        )
        tables["weather"] = complete(
            hours, assembly.document, year.place, (year.latitude, year.longitude, year.altitude, year.time_zone)
        )
    days = []
    if assembly.has("weather_days_wide"):
        name = "weather_days_wide"
        days.append(daily_weather.read_wide(files.paths[name], report.of(name)))
    if assembly.has("weather_days_long"):
        name = "weather_days_long"
        days.append(daily_weather.read_long(files.paths[name], report.of(name)))
    if days:
        tables["weather_days"] = Table.from_frame("weather_days", _once(pd.concat(days), ["station_id", "date"]))
    series = []
    if assembly.has("temperature_months"):
        name = "temperature_months"
        series.append(temperature_series.read_months(files.paths[name], files.sources[name].title, report.of(name)))
    series += [
        temperature_series.read_summers(files.paths[name], report.of(name))
        for name in files.names("temperature_summers")
    ]
    if series:
        table = _once(pd.concat(series), ["series", "variable", "period"])
        tables["temperature_series"] = Table.from_frame("temperature_series", table)
    return tables


def _once(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return table.drop_duplicates(keys).sort_values(keys).reset_index(drop=True)


STEP = Step(
    "weather",
    (
        Makes("weather", ("typical_year",), note="A typical year of a station outside the city: no heat island."),
        Makes("weather_days", ("weather_days_wide", "weather_days_long"), note="Stations are never averaged together."),
        Makes("temperature_series", ("temperature_months", "temperature_summers")),
    ),
    read_weather,
    after=("areas",),
    when=lambda assembly: any(
        assembly.has(name) for name in ("typical_year", "weather_days", "temperature_months", "temperature_summers")
    ),
)
