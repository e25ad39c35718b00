"""The vocabulary: one entry for every column, array and indicator of exante.

Names of city columns are `table.column`; results of models and indicators are plain names.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from importlib.resources import files

from exante.quantities.errors import VocabularyError
from exante.quantities.plugins import load


class Role(StrEnum):
    """What a dimension stands for."""

    DOMAIN = "domain"
    SCENARIO = "scenario"
    DRAW = "draw"


#: Every dimension of exante with its role.
DIMENSIONS: dict[str, Role] = {
    "node": Role.DOMAIN,
    "link": Role.DOMAIN,
    "zone": Role.DOMAIN,
    "origin": Role.DOMAIN,
    "destination": Role.DOMAIN,
    "gate": Role.DOMAIN,
    "connector": Role.DOMAIN,
    "area": Role.DOMAIN,
    "site": Role.DOMAIN,
    "count": Role.DOMAIN,
    "stop": Role.DOMAIN,
    "route": Role.DOMAIN,
    "route_link": Role.DOMAIN,
    "transit_frequency": Role.DOMAIN,
    "transit_fare": Role.DOMAIN,
    "bus_lane": Role.DOMAIN,
    "route_stop": Role.DOMAIN,
    "headway": Role.DOMAIN,
    "crash_group": Role.DOMAIN,
    "air_site": Role.DOMAIN,
    "air_hour": Role.DOMAIN,
    "toll": Role.DOMAIN,
    "ban": Role.DOMAIN,
    "fleet": Role.DOMAIN,
    "statistic": Role.DOMAIN,
    "loading": Role.DOMAIN,
    "posterior_row": Role.DOMAIN,
    "finding": Role.DOMAIN,
    "published_figure": Role.DOMAIN,
    "weather_hour": Role.DOMAIN,
    "weather_day": Role.DOMAIN,
    "temperature_period": Role.DOMAIN,
    "noise_class": Role.DOMAIN,
    "rent": Role.DOMAIN,
    "section_year": Role.DOMAIN,
    "zone_age": Role.DOMAIN,
    "green_area": Role.DOMAIN,
    "place": Role.DOMAIN,
    "place_kind": Role.DOMAIN,
    "bike_station": Role.DOMAIN,
    "bike_hour": Role.DOMAIN,
    "sensor": Role.DOMAIN,
    "building_shape": Role.DOMAIN,
    "period": Role.DOMAIN,
    "hour": Role.DOMAIN,
    "mode": Role.DOMAIN,
    "purpose": Role.DOMAIN,
    "user_class": Role.DOMAIN,
    "people_cell": Role.DOMAIN,
    "people_margin": Role.DOMAIN,
    "income_band": Role.DOMAIN,
    "vehicle": Role.DOMAIN,
    "kind": Role.DOMAIN,
    "road_area": Role.DOMAIN,
    "pollutant": Role.DOMAIN,
    "emission_standard": Role.DOMAIN,
    "hour_of_day": Role.DOMAIN,
    "address": Role.DOMAIN,
    "walk_reach": Role.DOMAIN,
    "cycle_reach": Role.DOMAIN,
    "facade": Role.DOMAIN,
    "sound_path": Role.DOMAIN,
    "street": Role.DOMAIN,
    "wind_class": Role.DOMAIN,
    "air_path": Role.DOMAIN,
    "air_source": Role.DOMAIN,
    "air_receptor": Role.DOMAIN,
    "air_row": Role.DOMAIN,
    "air_column": Role.DOMAIN,
    "air_axis": Role.DOMAIN,
    "cell": Role.DOMAIN,
    "road_class": Role.DOMAIN,
    "severity": Role.DOMAIN,
    "breathed": Role.DOMAIN,
    "price": Role.DOMAIN,
    "telework_group": Role.DOMAIN,
    "income_class": Role.DOMAIN,
    "air_pollutant": Role.DOMAIN,
    "casualty_mode": Role.DOMAIN,
    "active_mode": Role.DOMAIN,
    "roof": Role.DOMAIN,
    "roof_facing": Role.DOMAIN,
    "grid_hour": Role.DOMAIN,
    "grid_mix": Role.DOMAIN,
    "tariff": Role.DOMAIN,
    "carrier": Role.DOMAIN,
    "building_carrier": Role.DOMAIN,
    "archetype": Role.DOMAIN,
    "archetype_element": Role.DOMAIN,
    "archetype_window": Role.DOMAIN,
    "stock": Role.DOMAIN,
    "heating_system": Role.DOMAIN,
    "hour_of_year": Role.DOMAIN,
    "electricity_consumer": Role.DOMAIN,
    "scenario": Role.SCENARIO,
    "draw": Role.DRAW,
}

KINDS = ("float", "int", "bool", "str", "geometry", "date")


@dataclass(frozen=True)
class Variable:
    """An entry of the vocabulary.

    Parameters
    ----------
    name : str
        `table.column` for a column of the city, a plain name otherwise.
    unit : str
        Unit in pint's notation; `"1"` for a pure number, `""` for text, geometry and dates.
    dims : tuple of str
        Names in `DIMENSIONS`.
    kind : str
        One of `KINDS`.
    meaning : str
        One sentence for a reader who does not know the code.
    reference : str
        Standard or source that defines it.
    """

    name: str
    unit: str
    dims: tuple[str, ...]
    kind: str
    meaning: str
    reference: str
    required: bool = False
    key: bool = False
    minimum: float | None = None
    maximum: float | None = None
    one_of: tuple[str, ...] = ()
    refers_to: str = ""

    @property
    def table(self) -> str:
        """Table of the city this column belongs to, or `""` for a result."""
        return self.name.split(".", 1)[0] if "." in self.name else ""

    @property
    def column(self) -> str:
        """Name without its table."""
        return self.name.split(".", 1)[-1]


@cache
def vocabulary() -> dict[str, Variable]:
    """Every variable by name: those of exante in the order of `vocabulary.toml`, then those of installed packages.

    Raises
    ------
    VocabularyError
        If a package names a variable that is there already, or a dimension that is not.

    Examples
    --------
    >>> vocabulary()["links.length"].unit
    'm'
    """
    entries = _variables(files("exante.quantities").joinpath("vocabulary.toml").read_text(encoding="utf-8"))
    for text in load("exante.vocabulary", str):
        for name, variable in _variables(text).items():
            lost = [d for d in variable.dims if d not in DIMENSIONS]
            if name in entries or lost:
                why = f"has unknown dims {', '.join(lost)}" if lost else "is in the vocabulary already"
                raise VocabularyError(
                    f"the variable '{name}' of an installed package {why}",
                    where="entry point exante.vocabulary",
                    remedy=f"Give it another name, and dims among {', '.join(DIMENSIONS)}",
                )
            entries[name] = variable
    return entries


def _variables(text: str) -> dict[str, Variable]:
    """Entries of a text in the form of `vocabulary.toml`."""
    entries: dict[str, Variable] = {}
    for group, content in tomllib.loads(text).items():
        prefix = "" if group == "results" else f"{group}."
        shared_dims = content.pop("dims", None)
        for column, entry in content.items():
            name = prefix + column
            fields = dict(entry)
            fields["dims"] = tuple(fields.get("dims", shared_dims or ()))
            fields["one_of"] = tuple(fields.get("one_of", ()))
            fields.setdefault("kind", "float")
            fields.setdefault("unit", "1" if fields["kind"] in ("float", "int") else "")
            fields.setdefault("reference", "")
            entries[name] = Variable(name=name, **fields)
    return entries


def get(name: str) -> Variable:
    """The vocabulary's entry for `name`.

    Raises
    ------
    VocabularyError
        If the name is not in the vocabulary; close names are offered.
    """
    entries = vocabulary()
    if name in entries:
        return entries[name]
    near = get_close_matches(name, entries, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "Add it to quantities/vocabulary.toml"
    raise VocabularyError(f"'{name}' is not in the vocabulary", remedy=hint)


def list_columns(table: str) -> list[Variable]:
    """The vocabulary's columns of one table of the city, in order."""
    return [variable for variable in vocabulary().values() if variable.table == table]


def list_tables() -> list[str]:
    """Names of all tables a city may have, in order."""
    return list(dict.fromkeys(variable.table for variable in vocabulary().values() if variable.table))
