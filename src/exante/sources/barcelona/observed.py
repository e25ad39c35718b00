"""What Barcelona observes: public transport, crashes by zone and class, air quality; tables for later models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from exante.city import Table
from exante.quantities.errors import SourceError
from exante.sources import gtfs
from exante.sources.barcelona import accidents, transit_lines
from exante.sources.quality import Finding, account

CRASH_REACH = 60.0  # m from a crash to the link it is counted on
STATION = ("Estacio", "nom_cabina", "Longitud", "Latitud", "Clas_1", "Clas_2")
STUCK = 12  # hours of one unchanged positive value after which a sensor is called stuck
OUTLIER = 1000.0  # ug/m3; an hour above it is a fault of the sensor (PM10 of 2,297 stands in the file)
FEEDS = {"gtfs_fgc": "FGC", "gtfs_tram_besos": "TRAM Besòs", "gtfs_tram_baix": "TRAM Baix"}


def transit(
    paths: Mapping[str, Path],
    settings: Mapping[str, Any],
    area: gpd.GeoDataFrame,
    crs: str,
    lines: list[str],
    findings: list[Finding],
) -> dict[str, Table]:
    """Tables `stops`, `routes`, `route_stops`, `headways` of FGC, TRAM (timetables) and TMB (assumed headways)."""
    inside = shapely.union_all(area.geometry.to_numpy())
    parts = []
    for name, operator in FEEDS.items():
        feed = gtfs.read_gtfs(paths[name], operator, crs)
        parts.append(gtfs.tables_in(feed, inside, "tram" if operator.startswith("TRAM") else ""))
        lines += feed.notes
        stops_in, routes_in = len(parts[-1][0]), len(parts[-1][1])
        findings += feed.findings(name)
        outside = [("left_out", len(feed.routes) - routes_in, "fewer than two stops in the city")]
        findings += account("routes", name, "routes", len(feed.routes), because=outside)
        unused = [("left_out", len(feed.stops) - stops_in, "no route of the city calls in its commonest run")]
        findings += account("stops", name, "stops", len(feed.stops), because=unused)
    stops = pd.concat(
        [transit_lines.read_stops(paths[n], m, crs) for n, m in (("bus_stops", "bus"), ("metro_stations", "metro"))]
    )
    drawn = transit_lines.read_lines(paths["bus_lines"], crs)
    parts.append(transit_lines.assumed_tables(drawn, stops, settings["headway"], settings["speed"], lines))
    served = set(parts[-1][0]["stop_id"])
    for name, mode in (("bus_stops", "bus"), ("metro_stations", "metro")):
        mine = stops.loc[stops["stop_id"].str.startswith(f"TMB-{mode}:"), "stop_id"]
        lost = [("unmatched", int((~mine.isin(served)).sum()), "no drawn line of the document's rules calls there")]
        findings += account("stops", name, "stops", len(mine), because=lost)
    tmb = drawn[drawn["mode"].isin(("bus", "metro"))]
    lost = [
        ("left_out", len(drawn) - len(tmb), "tram: it has a timetable"),
        ("unmatched", len(tmb) - len(parts[-1][1]), "no rule of headways fits, or too few stops lie on it"),
    ]
    findings += account("routes", "bus_lines", "drawn lines", len(drawn), because=lost)
    findings.append(Finding("headways", "bus_lines", "headways", "assumed", len(parts[-1][3]), remark="no timetable"))
    joined = {
        name: pd.concat([part[i] for part in parts], ignore_index=True)
        for i, name in enumerate(("stops", "routes", "route_stops", "headways"))
    }
    joined["stops"]["zone_id"] = _zone(joined["stops"]["geometry"].to_numpy(), area)
    order = {
        "stops": ["stop_id"],
        "routes": ["route_id"],
        "route_stops": ["route_id", "direction", "sequence"],
        "headways": ["route_id", "direction", "start_hour"],
    }
    return {k: Table.from_frame(k, v.sort_values(order[k]).reset_index(drop=True)) for k, v in joined.items()}


def _zone(points: np.ndarray, area: gpd.GeoDataFrame) -> np.ndarray:
    point, zone = shapely.STRtree(area.geometry.to_numpy()).query(points, predicate="intersects")
    row = np.full(len(points), -1)
    row[point[::-1]] = zone[::-1]
    return np.array([*area["zone_id"], None], dtype=object)[row]


def crashes(
    paths: Mapping[str, Path],
    area: gpd.GeoDataFrame,
    links: pd.DataFrame,
    crs: str,
    lines: list[str],
    findings: list[Finding],
) -> Table:
    """Crashes by zone, class of the nearest link and year, 2016 to 2022.

    The register names the rondes; their crashes count on motorways wherever the nearest link is.
    """
    table = accidents.read_accidents([p for n, p in sorted(paths.items()) if n.startswith("crashes")], crs, [])
    known = table.dropna(subset=["x", "year"]).reset_index(drop=True)
    points = shapely.points(known[["x", "y"]].to_numpy())
    zone = _zone(points, area)
    which, link = shapely.STRtree(links["geometry"].to_numpy()).query_nearest(
        points, max_distance=CRASH_REACH, all_matches=False
    )
    road = np.full(len(known), None, dtype=object)
    road[which] = links["road_class"].to_numpy(dtype=object)[link]
    ronde = known["street"].fillna("").str.match(accidents.RONDE).to_numpy()
    road[ronde] = "motorway"
    good = np.array([z is not None and r is not None for z, r in zip(zone, road, strict=True)])
    lines.append(
        f"crashes by zone and class: {int(good.sum()):,} of {len(table):,}; {int((~good).sum())} lie outside all zones "
        f"or more than {CRASH_REACH:g} m from a street, {len(table) - len(known)} have no position; {int(ronde.sum())} "
        f"on the rondes by name"
    )
    outside = np.array([z is None for z in zone])
    why = [
        ("gap", len(table) - len(known), "no position or no year"),
        ("left_out", int(outside.sum()), "outside all zones"),
        ("unmatched", int((~good & ~outside).sum()), f"more than {CRASH_REACH:g} m from a street"),
    ]
    findings += account("crashes", "crashes", "crashes", len(table), because=why)
    frame = pd.DataFrame({"zone_id": zone[good], "road_class": road[good], "year": known["year"][good].astype(int)})
    counted = frame.groupby(["zone_id", "road_class", "year"]).size().rename("crashes").reset_index()
    return Table.from_frame("crashes", counted.assign(crashes=counted["crashes"].astype(float)))


def air(paths: Mapping[str, Path], crs: str, lines: list[str], findings: list[Finding]) -> dict[str, Table]:
    """Tables `air_sites` and `air_hours`: hourly NO2, PM10 and PM2.5 as published.

    Traps. Columns are station numbers; the last hours of many days are blank; a stuck sensor repeats a value for
    hours; negative values are noise around zero. Stuck hours (a run of `STUCK` equal values or more), negatives
    and outliers are counted, told and left out.

    Raises
    ------
    SourceError
        If a column is absent or a station of the measurements is not in the register.
    """
    register = pd.read_csv(paths["air_stations"], dtype=str, encoding="utf-8-sig")
    absent = [c for c in STATION if c not in register]
    if absent:
        raise SourceError(
            f"the stations lack {', '.join(absent)}: expected {', '.join(STATION)}; "
            f"found {', '.join(register.columns)}",
            where=paths["air_stations"].name,
            remedy="The portal changed its columns: correct the reader",
        )
    sites = register.drop_duplicates("Estacio").assign(number=register["Estacio"].astype(int)).sort_values("number")
    place = gpd.points_from_xy(sites["Longitud"].astype(float), sites["Latitud"].astype(float), crs="EPSG:4326")
    rows = []
    for name, pollutant in (("air_no2", "NO2"), ("air_pm10", "PM10"), ("air_pm25", "PM2.5")):
        wide = pd.read_csv(paths[name])
        stations = [c for c in wide.columns if c != "date"]
        lost = [s for s in stations if s not in set(sites["Estacio"])]
        if lost:
            raise SourceError(
                f"station {lost[0]} is not in the register of stations", where=paths[name].name,
                remedy="Take a register of the same years",
            )  # fmt: skip
        gaps = stuck = wrong = 0
        for station in stations:
            value = pd.to_numeric(wide[station], errors="coerce")
            run = value.groupby((value != value.shift()).cumsum()).transform("size")
            dead, bad = (run >= STUCK) & (value > 0), (value < 0) | (value > OUTLIER)
            gaps, stuck = gaps + int(value.isna().sum()), stuck + int(dead.sum())
            wrong += int(bad.sum())
            good = value.notna() & ~dead & ~bad
            why = [
                ("gap", int(value.isna().sum()), "blank"),
                ("outlier", int(bad.sum()), f"negative or above {OUTLIER:g} ug/m3"),
                ("stuck", int((dead & ~bad).sum()), f"{STUCK} equal values or more"),
            ]
            findings += account("air_hours", name, "hours", len(wide), subject=station, because=why)
            rows.append(pd.DataFrame({"time": wide["date"][good], "concentration": value[good]}))
            rows[-1]["site_id"], rows[-1]["pollutant"] = station, pollutant
        lines.append(
            f"air quality {pollutant}: {len(stations)} stations, {wide['date'].min()} to {wide['date'].max()}, "
            f"{len(wide) * len(stations):,} hours of which {gaps:,} blank, {stuck:,} stuck ({STUCK} equal values or "
            f"more) and {wrong:,} negative or above {OUTLIER:g} are left out"
        )
    hours = pd.concat(rows, ignore_index=True)
    hours["time"] = hours["time"].str.replace(" ", "T").str.slice(0, 16)
    table = pd.DataFrame(
        {
            "site_id": sites["Estacio"].to_numpy(),
            "name": sites["nom_cabina"].str.strip().to_numpy(),
            "area_type": sites["Clas_1"].to_numpy(),
            "site_type": sites["Clas_2"].to_numpy(),
            "geometry": place.to_crs(crs),
        }
    )
    hours = hours.drop_duplicates(["site_id", "pollutant", "time"]).sort_values(["site_id", "pollutant", "time"])
    return {
        "air_sites": Table.from_frame("air_sites", table),
        "air_hours": Table.from_frame("air_hours", hours.reset_index(drop=True)),
    }
