"""Checks of a city: every fault with its table, row, column, value and remedy, reported together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from exante.city.city import City
from exante.city.rules import RULES
from exante.city.table import Table
from exante.quantities import vocabulary
from exante.quantities.errors import CityError

#: Tables without which a city is not a city.
REQUIRED = ("nodes", "links", "zones", "connectors", "statistics")


@dataclass(frozen=True)
class Fault:
    """One fault of a city."""

    table: str
    row: str
    column: str
    value: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = ", ".join(p for p in (f"{self.table}.{self.column}" if self.column else self.table, self.row) if p)
        shown = f" is {self.value}" if self.value else ""
        return f"{place}{shown}: {self.what}. {self.remedy}."


def list_faults(city: City) -> list[Fault]:
    """Every fault of the city; empty when it is sound."""
    faults: list[Fault] = []
    for name in REQUIRED:
        if name not in city.tables:
            faults.append(Fault(name, "", "", "", "the table is absent", "Build the city again"))
    for name, table in city.tables.items():
        faults += _table_faults(city, table)
        if name not in city.layers and name not in RULES:
            faults.append(Fault(name, "", "", "", "no provenance is stated", "Add the layer's source and level"))
    faults += _network_faults(city)
    return faults


def require_sound(city: City) -> None:
    """Raise if the city has faults.

    Raises
    ------
    CityError
        With every fault, twelve of them in full.
    """
    faults = list_faults(city)
    if faults:
        shown = " ".join(f"[{i}] {fault}" for i, fault in enumerate(faults[:12], start=1))
        more = f" and {len(faults) - 12} more" if len(faults) > 12 else ""
        raise CityError(
            f"city '{city.name}' has {len(faults)} faults: {shown}{more}".rstrip("."), where=f"city {city.name}"
        )


def _table_faults(city: City, table: Table) -> Iterator[Fault]:
    ids = table[table.key] if table.key and table.key in table else None

    def row(i: int) -> str:
        return f"{table.key} {ids[i]}" if ids is not None else f"row {i}"

    for variable in vocabulary.list_columns(table.name):
        name = variable.column
        if name not in table:
            if variable.required:
                yield Fault(table.name, "", name, "", "the column is absent", f"Add it: {variable.meaning}")
            continue
        values = table[name]
        missing = _missing_mask(values)
        if variable.required and missing.any():
            i = int(np.flatnonzero(missing)[0])
            yield Fault(table.name, row(i), name, "missing", f"{int(missing.sum())} rows lack it", "Give a value")
        present = values[~missing]
        where = np.flatnonzero(~missing)
        if variable.key and len(set(present.tolist())) < len(present):
            unique, counts = np.unique(present.astype(str), return_counts=True)
            double = unique[counts > 1]
            yield Fault(
                table.name,
                "",
                name,
                str(double[0]),
                f"{len(double)} identifiers stand more than once",
                "Keep one row of each",
            )
        if variable.kind in ("float", "int"):
            low = -np.inf if variable.minimum is None else variable.minimum
            high = np.inf if variable.maximum is None else variable.maximum
            bad = np.flatnonzero((present < low) | (present > high))
            if bad.size:
                i = int(where[bad[0]])
                yield Fault(
                    table.name,
                    row(i),
                    name,
                    f"{values[i]:g} {variable.unit}",
                    f"{bad.size} values are outside {low:g} to {high:g}",
                    "Correct them at the source or drop the rows",
                )
        if variable.one_of:
            bad = np.flatnonzero(~np.isin(present.astype(str), variable.one_of))
            if bad.size:
                i = int(where[bad[0]])
                yield Fault(
                    table.name,
                    row(i),
                    name,
                    repr(values[i]),
                    "not one of the known values",
                    f"Use {', '.join(variable.one_of)}",
                )
        if variable.kind == "geometry":
            broken = np.flatnonzero(shapely.is_empty(present) | ~shapely.is_valid(present))
            if broken.size:
                yield Fault(
                    table.name,
                    row(int(where[broken[0]])),
                    name,
                    "invalid",
                    f"{broken.size} geometries are empty or invalid",
                    "Repair them (shapely.make_valid)",
                )
        if variable.refers_to:
            other, key = variable.refers_to.split(".")
            known = set(city.tables[other][key].tolist()) if other in city.tables else set()
            lost = [int(i) for i in where if values[i] not in known]
            if lost:
                yield Fault(
                    table.name,
                    row(lost[0]),
                    name,
                    repr(values[lost[0]]),
                    f"{len(lost)} rows refer to nothing in {variable.refers_to}",
                    "Add the row it refers to or drop this one",
                )


def _missing_mask(values: np.ndarray) -> np.ndarray:
    if values.dtype == object:
        return np.array([v is None for v in values], dtype=bool)
    return np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)


def _network_faults(city: City) -> Iterator[Fault]:
    """Every zone and gate can reach, and be reached from, the largest strongly connected part by car."""
    if not {"nodes", "links", "connectors"} <= set(city.tables):
        return
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes, links = city.tables["nodes"], city.tables["links"]
    tail, head = nodes.positions(links["from_node_id"]), nodes.positions(links["to_node_id"])
    car = np.array(["auto" in (u or "") for u in links["allowed_uses"]]) & (tail >= 0) & (head >= 0)
    if not car.any():
        yield Fault("links", "", "allowed_uses", "", "no link is open to cars", "State allowed_uses")
        return
    graph = coo_array((np.ones(car.sum()), (tail[car], head[car])), shape=(nodes.rows, nodes.rows))
    _, part = connected_components(graph, connection="strong")
    main = np.bincount(part).argmax()
    inside = part == main
    ends = {"connectors": ("node_id",), "gates": ("entry_node_id", "exit_node_id")}
    for name, columns in ends.items():
        for column in columns if name in city.tables else ():
            at = nodes.positions(city.tables[name][column])
            off = np.flatnonzero((at < 0) | ~inside[np.maximum(at, 0)])
            if off.size:
                yield Fault(
                    name,
                    f"row {off[0]}",
                    column,
                    str(city.tables[name][column][off[0]]),
                    f"{off.size} nodes are outside the connected street network",
                    "Connect the zone to another node",
                )
    served = set(city.tables["connectors"]["zone_id"].tolist())
    for zone in city.tables["zones"]["zone_id"].tolist() if "zones" in city.tables else ():
        if zone not in served:
            yield Fault("connectors", "", "zone_id", zone, "the zone has no connector", "Connect it to a street node")
