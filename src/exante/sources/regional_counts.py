"""Hourly counts by vehicle type of the regional stations (Regione Emilia-Romagna, sistema MTS).

Format: one row per hour, station, direction and vehicle type that passed (`;`, CSV or the only file of a zip).
Types (Guida al portale regionale dei flussi di traffico, 17/02/2022): 1 motorcycles, 2 cars, 3 cars with a trailer,
4 vans and light lorries, 5 lorries up to 7.5 m, 6 large lorries, 7 lorries with a trailer, 8 articulated lorries,
9 buses, 10 others. Traps:

- **type 0 is in the file and not in the guide**: vehicles that were not classified; they count in `flow` alone, as
  type 10 does;
- a type that nobody drove has no row: within an hour that was counted it is zero. An hour without any row was not
  counted;
- times are local: the hour that the clocks repeat in October holds both hours summed and is left out; the hour they
  skip in March is no gap;
- what directions 0 and 1 mean is not published with the counts. Where one of them has its peak in the morning and the
  other in the evening (`CLEAR`), the morning one is taken to lead into the city;
- a station that is failing goes on with a tenth of its traffic: such days are left out and told.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from exante.quantities.errors import SourceError
from exante.sources.loops import Loops
from exante.sources.quality import Finding, account
from exante.sources.zones import read_vector

EXPECTED = ("datetime", "MTSStationID", "DirectionCode", "VehicleType", "TransitCount")
#: Vehicle class of the city for each type of the guide; types 0 and 10 have none.
CLASSES = {1: "motorcycle", 2: "car", 3: "car", 4: "van", 5: "truck", 6: "truck", 7: "truck", 8: "truck", 9: "bus"}
UNCLASSED = (0, 10)
#: Columns of `counts` by class. No station has counted a motorcycle (type 1): nothing is said of them.
FLOWS = {"car": "car_flow", "van": "van_flow", "truck": "truck_flow", "bus": "bus_flow"}
FAILING = 0.2  # of a usual day's traffic over the same hours; the emptiest holiday has 0.26
CLEAR = 1.5  # ratio of the two directions' morning to evening ratios from which their sense is taken as told
MORNING, EVENING = (7, 8), (17, 18)
MIDWEEK = (1, 2, 3)
REACH = 40.0  # m between a station and the street it may stand on
HOLIDAY_KINDS = {5: 1, 6: 2}  # Saturdays and Sundays are compared with their own kind


def read_stations(path: Path, positions: Path, crs: str) -> Loops:
    """Stations with their counts, `car_flow, van_flow, truck_flow, bus_flow` beside `flow`; one site a direction.

    Parameters
    ----------
    path : Path
        Counts by vehicle type.
    positions : Path
        Vector file or `.xlsx` with `NAME`, the number of the station, and its position (columns `LONG_WGS84`,
        `LAT_WGS84` in the latter).
    crs : str
        Projected reference system of the sites.

    Returns
    -------
    Loops
        `sites` (`site_id, name, direction, geometry`, no bearing) and `counts`.

    Raises
    ------
    SourceError
        If a column is absent, a value cannot be read, a type is unknown, or a station has no position.
    """
    frame = _read(path)
    hours = frame.pivot_table(
        index=["station", "direction", "time"], columns="class", values="vehicles", aggfunc="sum", fill_value=0.0
    )
    table = pd.DataFrame({"flow": hours.sum(axis=1)})
    for kind, column in FLOWS.items():
        table[column] = hours.get(kind, 0.0)
    table = table.reset_index()
    stations = table["station"].to_numpy(dtype=str)
    table.insert(0, "site_id", ["mts-" + s + "-" + d for s, d in zip(stations, table["direction"], strict=True)])
    table.insert(1, "date", table["time"].dt.strftime("%Y-%m-%d"))
    table.insert(2, "hour", table["time"].dt.hour)
    notes: list[str] = []
    findings: list[Finding] = []
    good = _sound(table, notes, findings, path.name)
    sites = table.drop_duplicates("site_id")[["site_id", "station", "direction"]].sort_values("site_id")
    places = read_positions(positions, crs)
    lost = sorted(set(sites["station"]) - set(places.index))
    if lost:
        raise SourceError(
            f"stations {', '.join(lost)} have no position", where=positions.name, remedy="Fetch the list of stations"
        )
    found = gpd.GeoDataFrame(
        {
            "site_id": sites["site_id"],
            "name": "regional station " + sites["station"],
            "direction": sites["direction"],
            "station": sites["station"],
        },
        geometry=places.loc[sites["station"]].to_numpy(),
        crs=crs,
    ).reset_index(drop=True)
    columns = ["site_id", "date", "hour", "flow", *FLOWS.values()]
    return Loops(found, table.loc[good, columns].reset_index(drop=True), notes, findings)


def read_positions(path: Path, crs: str) -> gpd.GeoSeries:
    """Position of every station by its number (as text), in `crs`.

    Raises
    ------
    SourceError
        If a column is absent, or the library for `.xlsx` is not installed.
    """
    if path.suffix == ".xlsx":
        try:
            frame = pd.read_excel(path, engine="calamine")
        except ImportError as error:
            from exante.quantities.errors import INSTALL_SOURCES

            raise SourceError("reading .xlsx needs python-calamine", where=path.name, remedy=INSTALL_SOURCES) from error
        _require(frame, ("NAME", "LONG_WGS84", "LAT_WGS84"), path)
        points = gpd.points_from_xy(frame["LONG_WGS84"], frame["LAT_WGS84"])
        places = gpd.GeoSeries(points, index=frame["NAME"].astype(str), crs="EPSG:4326")
    else:
        vector = read_vector(path)
        _require(vector, ("NAME",), path)
        places = gpd.GeoSeries(vector.geometry.to_numpy(), index=vector["NAME"].astype(str), crs=vector.crs)
    return places[~places.index.duplicated()].to_crs(crs)


def _require(frame: pd.DataFrame, need: tuple[str, ...], path: Path) -> None:
    absent = [c for c in need if c not in frame]
    if absent:
        raise SourceError(
            f"the table lacks {', '.join(absent)}: expected {', '.join(need)}; "
            f"found {', '.join(map(str, frame.columns))}",
            where=path.name,
            remedy="The portal changed its columns: adapt exante.sources.regional_counts",
        )


def _read(path: Path) -> pd.DataFrame:
    """Counts with `time, station, direction, class, vehicles`, checked."""
    try:
        frame = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (ValueError, OSError) as error:
        raise SourceError(f"the table cannot be read ({error})", where=path.name, remedy="Fetch it again") from error
    _require(frame, EXPECTED, path)
    time = pd.to_datetime(frame["datetime"], format="%Y-%m-%d %H:%M:%S", errors="coerce")
    kind = pd.to_numeric(frame["VehicleType"], errors="coerce")
    vehicles = pd.to_numeric(frame["TransitCount"], errors="coerce")
    faults = {
        "datetime": time.isna() | (time != time.dt.floor("h")),
        "VehicleType": ~kind.isin([*CLASSES, *UNCLASSED]),
        "TransitCount": ~(vehicles >= 0) | ~np.isfinite(vehicles),
    }
    for column, bad in faults.items():
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise SourceError(
                f"'{frame[column].iloc[row]}' is no {column}",
                where=f"{path.name}, line {row + 2}",
                remedy="Hours are YYYY-MM-DD HH:00:00, types 0 to 10, counts not negative; correct the row",
            )
    return pd.DataFrame(
        {
            "time": time,
            "station": frame["MTSStationID"].str.strip(),
            "direction": frame["DirectionCode"].str.strip(),
            "class": kind.map(CLASSES).fillna("none"),
            "vehicles": vehicles.astype(float),
        }
    )


def _sound(table: pd.DataFrame, notes: list[str], findings: list[Finding], file: str) -> np.ndarray:
    """Which hours are kept, shape (rows,); what is left out is told."""
    local = table["time"].dt.tz_localize("Europe/Rome", ambiguous="NaT", nonexistent="NaT")
    doubled = local.isna().to_numpy()
    kind = table["time"].dt.day_of_week.map(HOLIDAY_KINDS).fillna(0).astype(int)
    usual = table["flow"].groupby([table["site_id"], kind, table["hour"]]).transform("median")
    day = [table["site_id"], table["date"]]
    ratio = table["flow"].groupby(day).transform("sum") / usual.groupby(day).transform("sum")
    failing = (ratio < FAILING).to_numpy()
    days = table.loc[failing, ["site_id", "date"]].drop_duplicates().groupby("site_id").size()
    kept = ~failing & ~doubled
    for site, mine in table.groupby("site_id").indices.items():
        why = [("stuck", int(failing[mine].sum()), f"a day below {FAILING:g} of the usual")]
        why.append(("duplicate", int((doubled & ~failing)[mine].sum()), "the clock repeats the hour"))
        findings += account("counts", "", "hours", len(mine), subject=str(site), because=why)
    first, last = table["date"].min(), table["date"].max()
    span = table.groupby("site_id")["time"].agg(["min", "max", "size"])
    due = (span["max"] - span["min"]).dt.total_seconds() / 3600.0 + 1.0
    gaps = (due.round() - span["size"]).astype(int)
    notes.append(
        f"{file}: {len(table)} hours of {table['site_id'].nunique()} directions of {table['station'].nunique()} "
        f"stations, {first} to {last}; kept {int(kept.sum())}; left out: {int((doubled & ~failing).sum())} hours that "
        f"the clock repeats, {int(failing.sum())} hours of days below {FAILING:g} of the usual"
        + (f" ({', '.join(f'{s} {n} days' for s, n in days.items())})" if len(days) else "")
        + f"; hours not counted between first and last, the skipped one of March among them: {int(gaps.sum())}"
    )
    classed = table[list(FLOWS.values())].to_numpy().sum()
    notes.append(
        f"{file}: {classed / max(table['flow'].sum(), 1.0):.2%} of the vehicles have a class; the rest (types 0, 1 "
        f"and 10) counts in the total alone"
    )
    return kept


def senses(loops: Loops) -> pd.Series:
    """`"in"` or `"out"` for each site, None where the day's shape does not tell; by `site_id`.

    The morning (7 to 9) over the evening (17 to 19) of one direction must be `CLEAR` times the other's.
    """
    counts = loops.counts
    monday_to_friday = pd.to_datetime(counts["date"]).dt.day_of_week < 5
    mean = counts[monday_to_friday].pivot_table(index="site_id", columns="hour", values="flow", aggfunc="mean")
    mean = mean.reindex(index=loops.sites["site_id"], columns=range(24))
    ratio = mean[list(MORNING)].sum(axis=1) / mean[list(EVENING)].sum(axis=1).replace(0.0, np.nan)
    told = pd.Series([None] * len(ratio), index=ratio.index, dtype=object)
    for _, group in loops.sites.groupby("station"):
        ids = group["site_id"].tolist()
        if len(ids) != 2:
            continue
        low, high = sorted(ids, key=lambda i: float(ratio[i]))
        if ratio[high] >= CLEAR * ratio[low]:
            told[high], told[low] = "in", "out"
    return told


def place(
    loops: Loops,
    links: pd.DataFrame,
    gates: pd.DataFrame,
    points: Mapping[str, shapely.Point],
    roads: Mapping[str, str],
) -> pd.DataFrame:
    """`link_id, match_distance, match_note, gate_id, gate_way` of every site.

    No site is joined to a link: which way a direction code runs is not known. A station beyond the edge may count
    the road of a gate: the nearest gate of the name that `roads` gives for its number.

    Parameters
    ----------
    links : DataFrame
        With `name, geometry`.
    gates : DataFrame
        With `gate_id, name, entry_node_id`.
    points : mapping
        Position of the nodes of gates.
    roads : mapping
        Number of a station to the name of the gate whose road it counts, as the city's document says.

    Raises
    ------
    SourceError
        If a named gate does not exist.
    """
    tree = shapely.STRtree(links["geometry"].to_numpy())
    sense, rows = senses(loops), []
    for site in loops.sites.itertuples():
        near, away = tree.query_nearest(site.geometry, return_distance=True)
        gate, note = None, f"nearest street of the network is {away[0]:.0f} m away"
        if away[0] <= REACH:
            street = links["name"].iloc[near[0]]
            note = f"stands on {street or 'a street without a name'}, but which way direction {site.direction} runs "
            note += "is not published"
        road = roads.get(str(site.station))
        if road is not None:
            named = gates[gates["name"] == road]
            if not len(named):
                raise SourceError(
                    f"no gate is called '{road}' (regional station {site.station})",
                    where="[source.counts_regional] roads",
                    remedy=f"Gates: {', '.join(sorted(set(gates['name'])))}",
                )
            far = [shapely.distance(site.geometry, points[n]) for n in named["entry_node_id"]]
            gate = named["gate_id"].iloc[int(np.argmin(far))]
            note += f"; taken to count the road of gate {gate} ({road}), {min(far):.0f} m on"
        rows.append((None, np.nan, note, gate, sense[site.site_id] if gate else None))
    return pd.DataFrame(rows, columns=["link_id", "match_distance", "match_note", "gate_id", "gate_way"])


def daily_volumes(sites: pd.DataFrame, counts: pd.DataFrame) -> pd.Series:
    """Vehicles a working day in one direction at each counted gate, mean of both; by `gate_id`.

    Tuesdays to Thursdays; an hour's mean over the days, so that a gap does not lower the day.
    """
    gate = sites.dropna(subset="gate_id").set_index("site_id")["gate_id"]
    mine = counts[counts["site_id"].isin(gate.index)]
    mine = mine[pd.to_datetime(mine["date"]).dt.day_of_week.isin(MIDWEEK)]
    hour = mine.groupby(["site_id", "hour"])["flow"].mean().unstack("hour").reindex(columns=range(24))
    whole = hour.dropna().sum(axis=1)
    return pd.Series(whole.groupby(gate.reindex(whole.index).to_numpy()).mean(), dtype=float).sort_index()


def by_class(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts in long form: `site_id, date, hour, vehicle_class, flow`; hours without classes are left out."""
    ids = ["site_id", "date", "hour"]
    wide = counts[[*ids, *FLOWS.values()]].rename(columns={v: k for k, v in FLOWS.items()})
    long = wide.melt(ids, var_name="vehicle_class", value_name="flow").dropna(subset="flow")
    return long.sort_values([*ids, "vehicle_class"]).reset_index(drop=True)
