"""A plausible city from published statistics alone: level 0, for trying out and for demonstration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from exante.city import City, Layer, Provenance, Table
from exante.city.check import require_sound
from exante.quantities.errors import SourceError
from exante.quantities.units import factor
from exante.sources.climate.table import SYNTHETIC, weather_table
from exante.sources.energy.tables import sketched
from exante.sources.people import from_figures
from exante.sources.people.cube import car_share
from exante.sources.people.tables import make_tables, note
from exante.sources.sketch.faults import require_drawable
from exante.sources.sketch.network import draw_network
from exante.sources.sketch.plan import Plan, draw_plan
from exante.sources.sketch.zones import draw_zones
from exante.sources.statistics import list_provenance, read_city_document, read_fleet, read_published, read_statistics
from exante.sources.wind import make_rose

#: Figures without which no city can be sketched.
NEEDED = (
    "population", "households", "employed_residents", "students", "jobs", "school_places", "area",
    "car_ownership", "share_under_15",
)  # fmt: skip

#: Districts' residents have to sum to the city's within this share.
RECONCILED = 1e-6

STREETS = "sketched: drawn to a plan with the town's published totals; no street is surveyed"


@dataclass(frozen=True)
class SketchReport:
    """A sketched city, and what was done in plain lines.

    Parameters
    ----------
    city : City
        Level 0 in every layer.
    lines : tuple of str
        What a reader has to know.
    """

    city: City
    lines: tuple[str, ...]


def sketch(name: str) -> SketchReport:
    """The sketch of the known city `name`.

    Raises
    ------
    SourceError
        If exante has no document of that name, or the document cannot be drawn.
    """
    return sketch_document(read_city_document(name), name)


def sketch_document(document: Mapping[str, Any], name: str) -> SketchReport:
    """A city from the sections `[city]`, `[[statistic]]`, `[[district]]`, `[[fleet]]` and `[sketch]`.

    Raises
    ------
    SourceError
        If a section or a figure is absent, or the districts do not sum to the city.
    """
    statistics, statistics_layer = read_statistics(document)
    fleet, fleet_layer = read_fleet(document)
    figures = _figures(statistics)
    require_drawable(document, figures)
    plan = draw_plan(document, figures["area"] * 1e6)
    _reconcile(plan, figures)
    zones = draw_zones(plan, figures)
    built_up = _built_up(zones, plan.settings["built_up_density"])
    tables = {
        "zones": zones,
        **draw_network(plan, zones, built_up),
        "areas": _areas(plan, built_up),
        "fleet": fleet,
        "statistics": statistics,
    }
    layers = _layers(document, statistics_layer, fleet_layer)
    published = read_published(document)
    if published:
        tables["published"], layers["published"] = published
    made, told_of = sketched(document, zones, tables["links"])
    tables |= made
    layers |= told_of
    if "climate" in document:
        tables["weather"] = weather_table(document)
        layers["weather"] = Layer(0, list_provenance([document["climate"]]), SYNTHETIC)
    tables["wind"], told = make_rose(tables.get("weather"), None)
    layers["wind"] = Layer(0, layers["weather"].sources if "weather" in layers else statistics_layer.sources, told)
    if "people" in document:
        _add_people(tables, layers, document, figures)
    head = document["city"]
    city = City(
        name=name,
        title=head["title"],
        as_of=head["as_of"],
        crs=head["crs"],
        tables=tables,
        layers=layers,
    )
    require_sound(city)
    return SketchReport(city, _describe(city, plan))


def _add_people(
    tables: dict[str, Table], layers: dict[str, Layer], document: Mapping[str, Any], figures: dict[str, float]
) -> None:
    """The people's cube of the sketched zones, ages by the city's and its districts' figures."""
    zones, told = tables["zones"], document["people"]
    level = car_share(figures["car_ownership"] / 1000.0, 1.0 - figures["share_under_15"] / 100.0)
    known = from_figures.know(
        zones["zone_id"], zones["district"].tolist(), zones["population"], zones["area"], zones["income"], None,
        figures, told, level,
    )  # fmt: skip
    people, made = make_tables(zones, known, figures["households"])
    tables |= made
    source = list_provenance([{"source": told["source"], "year": document["city"]["as_of"].year}])
    layers["people"] = Layer(0, source, note(people))
    layers["people_margins"] = Layer(0, source, "How each margin of the table people is known.")
    layers["income_bands"] = Layer(0, source, "Fifths of the residents; lognormal within a zone.")


def _figures(statistics: Table) -> dict[str, float]:
    found = dict(zip(statistics["name"].tolist(), statistics["value"].tolist(), strict=True))
    absent = [name for name in NEEDED if name not in found]
    if absent:
        raise SourceError(
            f"a sketch needs the published figures {', '.join(absent)}",
            where="[[statistic]]",
            remedy="Add them with value, unit, year and source",
        )
    units = dict(zip(statistics["name"].tolist(), statistics["unit"].tolist(), strict=True))
    wanted = {"area": "km^2", "car_ownership": "vehicle/kiloperson", "share_under_15": "percent"}
    return found | {name: found[name] * factor(units[name], unit) for name, unit in wanted.items()}


def _reconcile(plan: Plan, figures: dict[str, float]) -> None:
    total = sum(float(entry["population"]) for entry, _ in plan.districts)
    if abs(total - figures["population"]) > RECONCILED * figures["population"]:
        raise SourceError(
            f"the districts' residents sum to {total:,.0f}, the city's are {figures['population']:,.0f}",
            where="[[district]]",
            remedy="Use figures of one day, or state which district takes the difference",
        )


def _built_up(zones: Table, residents_per_km2: float) -> shapely.Geometry:
    dense = zones["population"] / (zones["area"] / 1e6) >= residents_per_km2
    return shapely.union_all(zones["geometry"][dense])


def _areas(plan: Plan, built_up: shapely.Geometry) -> Table:
    names = [entry["name"] for entry, _ in plan.districts]
    shapes = np.empty(len(names) + 2, dtype=object)
    shapes[:] = [plan.core, built_up, *(shape for _, shape in plan.districts)]
    return Table(
        "areas",
        {
            "area_id": ["centre", "built-up", *(f"district-{i}" for i in range(1, len(names) + 1))],
            "name": ["Historic centre", "Built-up area", *names],
            "kind": ["centre", "built_up", *["district"] * len(names)],
            "geometry": shapes,
        },
    )


def _layers(document: Mapping[str, Any], statistics: Layer, fleet: Layer) -> dict[str, Layer]:
    settings = document["sketch"]
    districts = list_provenance(document["district"])
    extra = tuple(
        source
        for key in ("centre_population_source", "income_source")
        if key in settings
        for source in list_provenance([{"source": settings[key], "year": document["city"]["as_of"].year}])
    )
    notes = [f"{e['name']}: {e['note']}" for e in document["district"] if e.get("note")]
    people = Layer(
        0,
        (*districts, *extra, *statistics.sources),
        "; ".join(
            [
                "sketched: district totals as published, spread inside a district by a density gradient",
                *notes,
            ]
        ),
    )
    drawn = Layer(0, (Provenance(settings["note"], "", "Apache-2.0"),), STREETS)
    return {
        "zones": people,
        **dict.fromkeys(("nodes", "links", "connectors", "gates", "areas"), drawn),
        "fleet": fleet,
        "statistics": statistics,
    }


def _describe(city: City, plan: Plan) -> tuple[str, ...]:
    links, zones = city.table("links"), city.table("zones")
    kilometres = float(links["length"].sum()) / 1000
    unverified = int((~city.table("statistics")["verified"]).sum())
    return (
        f"{city.title}: sketched from published statistics (level 0). {plan.settings['note']}.",
        f"{zones.rows} zones, {zones['population'].sum():,.0f} residents, {zones['jobs'].sum():,.0f} jobs.",
        f"{city.table('nodes').rows} nodes, {links.rows} directed links, {kilometres:,.0f} km, "
        f"{int((city.table('nodes')['ctrl_type'] == 'signal').sum())} signals, {city.table('gates').rows} gates.",
        f"{unverified} of {city.table('statistics').rows} figures have not been checked in their publication.",
    )


__all__ = ["SketchReport", "sketch", "sketch_document"]
