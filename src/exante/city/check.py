"""Checks of a city: every fault with its table, row, column, value and remedy, reported together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from exante.city.city import City
from exante.city.quality import list_unbalanced
from exante.city.rules import RULES
from exante.city.table import Table
from exante.quantities import vocabulary
from exante.quantities.errors import CityError
from exante.quantities.vocabulary import Variable

#: Tables without which a city is not a city.
REQUIRED = ("nodes", "links", "zones", "connectors", "statistics")

#: Shares of a vehicle class sum to one within this.
SHARE_TOLERANCE = 1e-6


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
    if "quality" in city.tables:
        faults += _account_faults(city.tables["quality"])
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
        count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise CityError(f"city '{city.name}' has {count}: {shown}{more}")


def _table_faults(city: City, table: Table) -> Iterator[Fault]:
    for variable in vocabulary.list_columns(table.name):
        if variable.column in table:
            yield from _column_faults(city, table, variable)
        elif variable.required:
            told = f"Add it: {variable.meaning}"
            yield Fault(table.name, "", variable.column, "", "the column is absent", told)
    if table.name == "fleet" and {"vehicle_class", "share"} <= set(table):
        yield from _share_faults(table)


def _column_faults(city: City, table: Table, variable: Variable) -> Iterator[Fault]:
    """Faults of one column, each kind once: the first row that has it, and how many do."""
    values = table[variable.column]
    ids = table.get(table.key)
    missing = _missing_mask(values)
    rows, present = np.flatnonzero(~missing), values[~missing]

    def fault(bad: np.ndarray, value: str, what: str, remedy: str) -> Fault:
        row = f"{table.key} {ids[bad[0]]}" if ids is not None else f"row {bad[0]}"
        return Fault(table.name, row, variable.column, value, what, remedy)

    if variable.required and missing.any():
        bad = np.flatnonzero(missing)
        yield fault(bad, "missing", f"{bad.size} {_rows(bad)} it", "Give a value")
    if variable.key and len(set(present.tolist())) < len(present):
        _, first, counts = np.unique(present.astype(str), return_index=True, return_counts=True)
        bad = rows[np.sort(first[counts > 1])]
        yield fault(bad, repr(values[bad[0]]), "the identifier stands more than once", "Keep one row of it")
    if variable.kind in ("float", "int"):
        low = -np.inf if variable.minimum is None else variable.minimum
        high = np.inf if variable.maximum is None else variable.maximum
        bad = rows[(present < low) | (present > high) | ~np.isfinite(present)]
        if bad.size:
            shown = f"{values[bad[0]]:g} {variable.unit}"
            what = f"outside {low:g} to {high:g}{_more(bad)}"
            yield fault(bad, shown, what, "Correct it at the source or drop the row")
    if variable.one_of:
        bad = rows[~np.isin(present.astype(str), variable.one_of)]
        if bad.size:
            what = f"not one of the known values{_more(bad)}"
            yield fault(bad, repr(values[bad[0]]), what, f"Use {', '.join(variable.one_of)}")
    if variable.kind == "geometry":
        shapes = np.array([v if isinstance(v, shapely.Geometry) else None for v in present], dtype=object)
        bad = rows[shapely.is_empty(shapes) | ~shapely.is_valid(shapes)]
        if bad.size:
            what = f"an empty or invalid geometry{_more(bad)}"
            yield fault(bad, "", what, "Repair it (shapely.make_valid)")
    if variable.refers_to:
        other, key = variable.refers_to.split(".")
        known = set(city.tables[other][key].tolist()) if key in city.tables.get(other, ()) else set()
        bad = np.array([i for i in rows if values[i] not in known], dtype=int)
        if bad.size:
            what = f"nothing in {variable.refers_to} has that name{_more(bad)}"
            yield fault(bad, repr(values[bad[0]]), what, "Add the row it refers to or drop this one")


def _rows(bad: np.ndarray) -> str:
    return "row lacks" if bad.size == 1 else "rows lack"


def _more(bad: np.ndarray) -> str:
    return f", and so {'is' if bad.size == 2 else 'are'} {bad.size - 1} more" if bad.size > 1 else ""


def _share_faults(table: Table) -> Iterator[Fault]:
    for name in dict.fromkeys(table["vehicle_class"].tolist()):
        total = float(table["share"][table["vehicle_class"] == name].sum())
        if abs(total - 1.0) > SHARE_TOLERANCE:
            place = f"vehicle_class {name}"
            yield Fault("fleet", place, "share", f"{total:g} in sum", "the shares do not sum to one", "Scale them")


def _account_faults(table: Table) -> Iterator[Fault]:
    """Rows of a source that were neither kept nor told of."""
    if not all(v.column in table for v in vocabulary.list_columns("quality") if v.required):
        return
    for account in list_unbalanced(table):
        what = f"{abs(account.missing):,} {account.item} {'vanished' if account.missing > 0 else 'came from nowhere'}"
        place = ", ".join(part for part in (account.layer, account.source, account.subject) if part)
        yield Fault("quality", place, "rows", "", what, "This is a fault of the reader: report it")


def _missing_mask(values: np.ndarray) -> np.ndarray:
    if values.dtype == object:
        return np.array([v is None for v in values], dtype=bool)
    return np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)


def _network_faults(city: City) -> Iterator[Fault]:
    """Every zone and gate can reach, and be reached from, the largest strongly connected part by car."""
    needed = {"nodes": {"node_id"}, "links": {"from_node_id", "to_node_id", "allowed_uses"}, "connectors": {"zone_id"}}
    if not all(columns <= set(city.tables.get(name, ())) for name, columns in needed.items()):
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
        for column in columns if set(columns) <= set(city.tables.get(name, ())) else ():
            at = nodes.positions(city.tables[name][column])
            off = np.flatnonzero((at >= 0) & ~inside[np.maximum(at, 0)])
            if off.size:
                yield Fault(
                    name,
                    f"row {off[0]}",
                    column,
                    str(city.tables[name][column][off[0]]),
                    f"the node is outside the connected street network{_more(off)}",
                    "Use another node, or add the street that connects it",
                )
    served = set(city.tables["connectors"]["zone_id"].tolist())
    zones = city.tables.get("zones", Table("zones", {}))
    for zone in zones.get("zone_id", np.array([])).tolist():
        if zone not in served:
            yield Fault("connectors", "", "zone_id", zone, "the zone has no connector", "Connect it to a street node")
