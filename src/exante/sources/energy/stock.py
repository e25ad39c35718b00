"""Stock of buildings: exemplary buildings as tables, and their floor area by zone from the city's shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from exante.city import Table
from exante.quantities.errors import SourceError
from exante.sources.tabula import ELEMENTS, PLANES

SIZES = ("SFH", "TH", "MFH", "AB")
SYSTEMS = ("gas", "gas_condensing", "oil", "wood", "direct_electric", "heat_pump", "district_heat", "none")
#: Elements to outdoor air: their temperature difference is whole.
LIGHT = ("window_1", "window_2", "door_1")
STATES = 3


def archetype_tables(variants: pd.DataFrame, country: str) -> tuple[dict[str, Table], pd.DataFrame]:
    """The archetypes of a country as tables, and the rows they come from.

    Variants of a size and period beyond one building, and states beyond the third, are left out.
    """
    rows = variants[
        (variants["country"] == country) & variants["size_class"].isin(SIZES) & (variants["level"] <= STATES)
    ]
    rows = rows.sort_values(["size_class", "year_from", "building", "level"])
    first = rows.groupby(["size_class", "year_from"])["building"].transform("first")
    rows = rows[rows["building"] == first].reset_index(drop=True)
    if rows.empty:
        raise SourceError(
            f"no archetype of {country} is in the file", where="tabula", remedy="Name a country that it holds"
        )
    # a later state has the best of each element so far: TABULA's third state of Spain has worse windows than its second
    for element in ELEMENTS:
        rows[f"u_{element.lower()}"] = rows.groupby("building")[f"u_{element.lower()}"].cummin()
    names = rows["variant"].astype(str).to_numpy(dtype=object)
    elements = [e.lower() for e in ELEMENTS]
    planes = [p.lower() for p in PLANES]
    clear = (rows["g_value"] * (1 - rows["frame"]) * rows["incidence"]).to_numpy(float)
    tables = {
        "archetypes": Table(
            "archetypes",
            {
                "archetype_id": names,
                "building": rows["building"].astype(str).to_numpy(dtype=object),
                "size_class": rows["size_class"].astype(str).to_numpy(dtype=object),
                "year_from": rows["year_from"].to_numpy(np.int64),
                "year_to": rows["year_to"].to_numpy(np.int64),
                "state": rows["level"].to_numpy(np.int64),
                "air_change": (rows["air_use"] + rows["infiltration"]).to_numpy(float),
                **{
                    name: rows[name].to_numpy(float)
                    for name in ("floor_area", "bridges", "room_height", "internal_gains", "capacity", "hot_water")
                },
            },
        ),
        "archetype_elements": Table(
            "archetype_elements",
            {
                "archetype_id": np.repeat(names, len(elements)),
                "element": np.tile(np.array(elements, dtype=object), len(names)),
                "area": rows[[f"area_{e}" for e in elements]].to_numpy(float).ravel(),
                "u": rows[[f"u_{e}" for e in elements]].to_numpy(float).ravel(),
                "factor": np.column_stack(
                    [np.ones(len(rows)) if e in LIGHT else rows[f"factor_{e}"].to_numpy(float) for e in elements]
                ).ravel(),
            },
        ),
        "archetype_windows": Table(
            "archetype_windows",
            {
                "archetype_id": np.repeat(names, len(planes)),
                "plane": np.tile(np.array(planes, dtype=object), len(names)),
                "area": rows[[f"window_{p}" for p in planes]].to_numpy(float).ravel(),
                "aperture": np.column_stack(
                    [
                        clear * rows["shading_horizontal" if p == "horizontal" else "shading_vertical"].to_numpy(float)
                        for p in planes
                    ]
                ).ravel(),
            },
        ),
    }
    return tables, rows


def stock_table(told: Mapping[str, Any], rows: pd.DataFrame, zones: Table) -> Table:
    """Floor area of dwellings by zone and archetype.

    Area is residents times the city's floor area per resident; sizes, periods and states have the city's shares in
    every zone. Periods of the city are laid over those of the archetypes by years in common.
    """
    sizes = _shares(told, "sizes", SIZES)
    states = _shares(told, "states", tuple(str(k) for k in range(1, STATES + 1)))
    share = np.zeros(len(rows))
    for size, part in ((s, x) for s, x in sizes.items() if x > 0):
        own = rows[rows["size_class"] == size]
        for (start, end), weight in _periods(told).items():
            overlap = _overlap(own, start, end)
            if not overlap.sum():
                raise SourceError(
                    f"no archetype of size {size} was built from {start} to {end}",
                    where="[buildings]",
                    remedy="Mend it",
                )
            for k, common in zip(own.index, overlap, strict=True):
                state = states[str(int(rows.loc[k, "level"]))]
                share[k] += part * weight * common / overlap.sum() * state * _count(own, rows, k)
    share /= share.sum()
    area = np.outer(zones["population"] * float(told["floor_area_per_person"]), share)
    ids = rows["variant"].astype(str).to_numpy(dtype=object)
    zone = np.repeat(zones["zone_id"], len(ids))
    archetype = np.tile(ids, zones.rows)
    return Table(
        "building_stock",
        {
            "stock_id": np.array([f"{z} {a}" for z, a in zip(zone, archetype, strict=True)], dtype=object),
            "zone_id": zone,
            "archetype_id": archetype,
            "floor_area": area.ravel(),
        },
    )


def _count(own: pd.DataFrame, rows: pd.DataFrame, k: int) -> float:
    """One over the states of its building, because the overlap counts every state."""
    return float((own["building"] == rows.loc[k, "building"]).sum())


def _overlap(own: pd.DataFrame, start: int, end: int) -> np.ndarray:
    first = np.maximum(own["year_from"].to_numpy(float), 1800.0)
    last = np.minimum(own["year_to"].to_numpy(float), 2030.0)
    overlap: np.ndarray = np.clip(np.minimum(last, end) - np.maximum(first, start) + 1.0, 0.0, None)
    return overlap


def systems_table(told: Mapping[str, Any], zones: Table) -> Table:
    """Shares of heating systems, the city's in every zone."""
    shares = _shares(told, "systems", SYSTEMS)
    zone = np.repeat(zones["zone_id"], len(SYSTEMS))
    system = np.tile(np.array(SYSTEMS, dtype=object), zones.rows)
    return Table(
        "heating_systems",
        {
            "system_id": np.array([f"{z} {s}" for z, s in zip(zone, system, strict=True)], dtype=object),
            "zone_id": zone,
            "system": system,
            "share": np.tile([shares[s] for s in SYSTEMS], zones.rows),
        },
    )


def homes_table(told: Mapping[str, Any], zones: Table) -> Table:
    """Set-point, appliances and cooling of homes, the city's in every zone."""
    return Table(
        "homes",
        {
            "zone_id": zones["zone_id"],
            **{name: np.full(zones.rows, float(told[name])) for name in ("set_point", "appliances", "cooled_share")},
        },
    )


def services_table(told: Mapping[str, Any], zones: Table) -> Table:
    """Floor area of services by jobs, with the city's intensities."""
    return Table(
        "service_stock",
        {
            "zone_id": zones["zone_id"],
            "floor_area": zones["jobs"] * float(told["service_area_per_job"]),
            "electricity": np.full(zones.rows, float(told["service_electricity"])),
            "heat": np.full(zones.rows, float(told["service_heat"])),
        },
    )


def _periods(told: Mapping[str, Any]) -> dict[tuple[int, int], float]:
    """Shares by first and last year."""
    entries = told.get("periods", [])
    total = sum(float(e["share"]) for e in entries)
    if not entries or not 0.98 < total < 1.02:
        raise SourceError(
            f"the shares of periods sum to {total:g}", where="[buildings]", remedy="Give shares that sum to 1"
        )
    return {(int(e["from"]), int(e["to"])): float(e["share"]) / total for e in entries}


def _shares(told: Mapping[str, Any], name: str, known: tuple[str, ...]) -> dict[str, float]:
    """Shares by name, zero where none is given.

    Raises
    ------
    SourceError
        If a name is unknown, or they do not sum to one.
    """
    given = {str(k): float(v) for k, v in told.get(name, {}).items()}
    lost = [k for k in given if k not in known]
    if lost or not 0.98 < sum(given.values()) < 1.02:
        raise SourceError(
            f"{name} has unknown entries {', '.join(lost)}" if lost else f"{name} sums to {sum(given.values()):g}",
            where="[buildings]",
            remedy=f"Give shares of {', '.join(known)} that sum to 1",
        )
    total = sum(given.values())
    return {k: given.get(k, 0.0) / total for k in known}
