"""Regional traffic stations around the city, added to its counting sites and counts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pandas as pd

from exante.city import Table
from exante.sources import regional_counts
from exante.sources.layers.step import Assembly, Makes, Step


def add_stations(assembly: Assembly) -> Mapping[str, Table]:
    """Tables `count_sites` and `counts` with the regional stations at their end."""
    files = assembly.files
    loops = regional_counts.read_stations(
        files.paths["counts_regional"], files.paths["regional_stations"], assembly.crs
    )
    assembly.lines += loops.notes
    assembly.findings += [dataclasses.replace(f, source="counts_regional") for f in loops.findings]
    nodes = assembly.tables["nodes"]
    points = dict(zip(nodes["node_id"], nodes["geometry"], strict=True))
    roads = files.settings("counts_regional").get("roads", {})
    found = regional_counts.place(loops, assembly.links, assembly.tables["gates"].frame(), points, roads)
    sites = pd.concat([loops.sites[["site_id", "name", "direction"]], found, loops.sites[["geometry"]]], axis=1)
    assembly.lines.append(
        f"regional stations: {len(sites)} directions, none joined to a street; "
        f"{int(sites['gate_id'].notna().sum())} of them count the road of a gate"
    )
    gates, traffic = _counted_gates(assembly, pd.DataFrame(sites), loops.counts)
    return {
        "gates": gates,
        **({"statistics": traffic} if traffic is not None else {}),
        "count_sites": _joined(assembly.tables["count_sites"], pd.DataFrame(sites)),
        "counts": _joined(assembly.tables["counts"], loops.counts),
    }


def _counted_gates(assembly: Assembly, sites: pd.DataFrame, counts: pd.DataFrame) -> tuple[Table, Table | None]:
    """Gates weighted by what their stations count, the others by class; the statistics with all gates' traffic."""
    table = assembly.tables["gates"].frame()
    known = assembly.streets.gates if assembly.streets is not None else None
    if known is None or not len(table):
        return assembly.tables["gates"], None
    usual = known.set_index("gate_id")["volume"]
    counted = regional_counts.daily_volumes(sites, counts)
    volume = table["gate_id"].map(counted).fillna(table["gate_id"].map(usual)).to_numpy(dtype=float)
    names = table.set_index("gate_id")["name"]
    assembly.lines.append(
        f"gates: {volume.sum():,.0f} vehicles a working day drive in, {len(counted)} of {len(table)} gates counted ("
        + ", ".join(f"{names[g]} {v:,.0f}" for g, v in counted.items())
        + "), the others by the class of their road"
    )
    row = {
        "name": "gate_traffic",
        "value": round(float(volume.sum()), -3),
        "unit": "vehicle/day",
        "year": int(str(counts["date"].max())[:4]),
        "source": "Regional stations at the city's gates, Tuesdays to Thursdays; others by class of road",
        "verified": False,
    }
    gates = Table.from_frame("gates", table.assign(weight=volume / volume.sum()))
    return gates, _joined(assembly.tables["statistics"], pd.DataFrame([row]))


def _joined(table: Table, rows: pd.DataFrame) -> Table:
    return table.append({str(column): rows[column].to_numpy() for column in rows})


STEP = Step(
    "regional_counts",
    (
        Makes(
            "count_sites",
            ("counts_regional", "regional_stations"),
            note="Regional stations (mts-...) stand outside the network: none has a link; the gate whose road one "
            "counts is a judgement from its position.",
            amends=True,
        ),
        Makes(
            "counts",
            ("counts_regional",),
            note="Regional stations tell cars, vans, lorries and buses apart; loops do not.",
            amends=True,
        ),
        Makes(
            "gates",
            ("counts_regional", "regional_stations"),
            note="Where a regional station counts the road of a gate, its weight is that count.",
            amends=True,
        ),
        Makes("statistics", ("counts_regional",), note="Traffic of all gates: from regional stations.", amends=True),
    ),
    add_stations,
    after=("counts", "network", "statistics"),
    when=lambda assembly: assembly.has("counts_regional", "regional_stations") and "counts" in assembly.tables,
)
