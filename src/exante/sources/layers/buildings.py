"""Buildings: archetypes of the country, dwellings and services by zone, heating systems."""

from __future__ import annotations

from collections.abc import Mapping

from exante.city import Table
from exante.sources.energy import stock
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.tabula import read_variants

NOTE = "Shares of size, period, state and system are those of the whole city, the same in every zone. "


def make(assembly: Assembly) -> Mapping[str, Table]:
    """Tables of archetypes, `building_stock`, `heating_systems`, `homes` and `service_stock`."""
    told, zones = assembly.document["buildings"], assembly.tables["zones"]
    variants = read_variants(assembly.files.paths["tabula"])
    made, rows = stock.archetype_tables(variants, str(told["country"]))
    made["building_stock"] = stock.stock_table(told, rows, zones)
    made["heating_systems"] = stock.systems_table(told, zones)
    made["homes"] = stock.homes_table(told, zones)
    made["service_stock"] = stock.services_table(told, zones)
    for name in ("building_stock", "heating_systems", "homes", "service_stock"):
        assembly.notes[name] = NOTE + str(told.get("note", ""))
    area = made["building_stock"]["floor_area"].sum()
    assembly.lines.append(
        f"buildings: {len(rows)} archetypes of {told['country']}, {area / 1e6:.1f} km2 of dwellings, "
        f"{made['service_stock']['floor_area'].sum() / 1e6:.1f} km2 of services"
    )
    return made


STEP = Step(
    "buildings",
    (
        Makes("archetypes", ("tabula",), note="Exemplary buildings, not buildings of the city."),
        Makes("archetype_elements", ("tabula",)),
        Makes("archetype_windows", ("tabula",)),
        Makes("building_stock", ("tabula",), assumed=True),
        Makes("heating_systems", ("tabula",), assumed=True),
        Makes("homes", ("tabula",), assumed=True),
        Makes("service_stock", ("tabula",), assumed=True),
    ),
    make,
    after=("zones", "people"),
    when=lambda assembly: "buildings" in assembly.document and assembly.has("tabula"),
)
