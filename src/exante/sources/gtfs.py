"""GTFS feeds (zip of CSV): stops, and for every route one run each way with its headways on a working day.

Traps. Hours pass 24 after midnight; trips of `frequencies.txt` stand for many departures, and their times are only
differences; a feed may have `calendar.txt`, `calendar_dates.txt` or both; `direction_id`
is optional; blank times between timed stops are to be interpolated; platforms hang under stations; a feed covers
the operator's whole network, also far from the city, and often only some weeks.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from exante.quantities.errors import SourceError
from exante.sources.quality import Finding, account

NEEDED = {
    "stops.txt": ("stop_id", "stop_name", "stop_lat", "stop_lon"),
    "routes.txt": ("route_id", "route_short_name", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
}
MODES = {"0": "tram", "1": "metro", "2": "train", "3": "bus", "5": "tram", "6": "cable_car", "7": "funicular"}
#: Windows of a working day for which headways are given, hours.
WINDOWS = ((0, 5), (5, 7), (7, 10), (10, 16), (16, 20), (20, 24))


@dataclass
class Feed:
    """A feed's tables, as text but for times and positions.

    Parameters
    ----------
    name : str
        File name, the prefix of identifiers.
    stops, routes, trips, stop_times : DataFrame
        `stops` has `x, y`; `stop_times` has `arrival, departure` in seconds after midnight.
    services : DataFrame
        `service_id, date`, one row a day of service.
    frequencies : DataFrame
        `trip_id, start, end, headway` (s) of trips that are repeated; empty where a feed lists every departure.
    notes : list of str
        What was mended and left out.
    calls_read, calls_blank : int
        Rows of `stop_times.txt`, and those of them without a time.
    """

    name: str
    stops: pd.DataFrame
    routes: pd.DataFrame
    trips: pd.DataFrame
    stop_times: pd.DataFrame
    services: pd.DataFrame
    frequencies: pd.DataFrame = field(default_factory=lambda: _frequencies({}, ""))
    notes: list[str] = field(default_factory=list)
    calls_read: int = 0
    calls_blank: int = 0

    def findings(self, source: str) -> list[Finding]:
        """What became of the feed's calls, for the table `quality`."""
        lost = [("unmatched", self.calls_read - len(self.stop_times), "of unknown trips or stops")]
        found = account("route_stops", source, "calls", self.calls_read, because=lost)
        if self.calls_blank:
            told = "blank times interpolated"
            found.append(Finding("route_stops", source, "calls", "mended", self.calls_blank, remark=told))
        return found


def seconds(times: pd.Series) -> np.ndarray:
    """Seconds after midnight of `HH:MM:SS`; NaN for a blank.

    Examples
    --------
    >>> seconds(pd.Series(["25:10:00", None])).tolist()
    [90600.0, nan]
    """
    code, text = pd.factorize(times)  # a feed has far fewer times than calls
    parts = pd.Series(text, dtype=object).str.extract(r"^\s*(\d+):(\d{2}):(\d{2})\s*$").astype(float)
    value = np.append(parts[0] * 3600 + parts[1] * 60 + parts[2], np.nan)
    return np.asarray(value[code], dtype=float)


def read_gtfs(path: Path, name: str, crs: str) -> Feed:
    """A feed, checked.

    Raises
    ------
    SourceError
        If the zip, a file or a column is absent, or no service runs on any day.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            tables = {
                n: pd.read_csv(archive.open(n), dtype=str, encoding="utf-8-sig", skipinitialspace=True)
                for n in archive.namelist()
                if n in NEEDED or n in ("calendar.txt", "calendar_dates.txt", "frequencies.txt")
            }
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(
            f"the feed cannot be read ({type(error).__name__})", where=path.name, remedy="Fetch it again"
        ) from error
    faults = []
    for file, columns in NEEDED.items():
        if file not in tables:
            faults.append(f"{file} is absent")
        else:
            faults += [f"{file} lacks {c}" for c in columns if c not in tables[file]]
    if faults:
        raise SourceError("; ".join(faults), where=path.name, remedy="Ask the publisher for a valid GTFS feed")
    stops, trips, times = tables["stops.txt"], tables["trips.txt"], tables["stop_times.txt"]
    to_city = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    stops["x"], stops["y"] = to_city.transform(stops["stop_lon"].astype(float), stops["stop_lat"].astype(float))
    times["stop_sequence"] = times["stop_sequence"].astype(int)
    times["arrival"], times["departure"] = seconds(times["arrival_time"]), seconds(times["departure_time"])
    known = times["trip_id"].isin(trips["trip_id"]) & times["stop_id"].isin(stops["stop_id"])
    blank = int(times["departure"].isna().sum())
    times = times[known].sort_values(["trip_id", "stop_sequence"]).reset_index(drop=True)
    if blank:
        times["departure"] = times.groupby("trip_id")["departure"].transform(lambda s: s.interpolate())
    back = int((times["departure"].diff() < 0)[times["trip_id"].eq(times["trip_id"].shift())].sum())
    services = _services(tables, path.name)
    often = _frequencies(tables, path.name)
    notes = [
        f"{name}: {len(tables['routes.txt'])} routes, {len(trips):,} trips, {len(times):,} calls at {len(stops)} "
        f"stops, {services['date'].min()} to {services['date'].max()}; {int((~known).sum())} calls of unknown trips or "
        f"stops left out, {blank} blank times interpolated, {back} times run backwards"
    ]
    if len(often):
        notes.append(f"{name}: {often['trip_id'].nunique()} trips are repeated by their headways (frequencies.txt)")
    return Feed(name, stops, tables["routes.txt"], trips, times, services, often, notes, len(known), blank)


def _frequencies(tables: dict[str, pd.DataFrame], where: str) -> pd.DataFrame:
    """Repeated trips with `start, end, headway` in seconds."""
    table = tables.get("frequencies.txt")
    if table is None or not len(table):
        return pd.DataFrame({"trip_id": np.zeros(0, dtype=object), "start": [], "end": [], "headway": []})
    lost = [c for c in ("trip_id", "start_time", "end_time", "headway_secs") if c not in table]
    if lost:
        raise SourceError(
            f"frequencies.txt lacks {', '.join(lost)}", where=where, remedy="Ask the publisher for a valid GTFS feed"
        )
    found = pd.DataFrame(
        {
            "trip_id": table["trip_id"],
            "start": seconds(table["start_time"]),
            "end": seconds(table["end_time"]),
            "headway": pd.to_numeric(table["headway_secs"], errors="coerce"),
        }
    )
    bad = ~((found["headway"] >= 1) & (found["end"] >= found["start"]))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise SourceError(
            f"frequencies.txt, row {row + 1}: start, end and headway are {table['start_time'].iloc[row]}, "
            f"{table['end_time'].iloc[row]}, {table['headway_secs'].iloc[row]}",
            where=where,
            remedy="Times are HH:MM:SS, the end not before the start, the headway a second or more",
        )
    return found


def _repeated(table: pd.DataFrame, frequencies: pd.DataFrame) -> pd.DataFrame:
    """Trips by `start`, those of `frequencies` once for every departure."""
    if not len(frequencies):
        return table
    parts = [table[~table["trip_id"].isin(frequencies["trip_id"])]]
    for row in frequencies[frequencies["trip_id"].isin(table["trip_id"])].itertuples():
        times = np.arange(row.start, row.end, row.headway)
        one = table[table["trip_id"] == row.trip_id]
        parts.append(one.loc[one.index.repeat(len(times))].assign(start=times))
    return pd.concat(parts, ignore_index=True)


def _services(tables: dict[str, pd.DataFrame], where: str) -> pd.DataFrame:
    """Days on which every service runs."""
    rows = set()
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for entry in tables.get("calendar.txt", pd.DataFrame()).to_dict("records"):
        for day in pd.date_range(entry["start_date"], entry["end_date"]):
            if entry[weekdays[day.weekday()]] == "1":
                rows.add((entry["service_id"], day.strftime("%Y%m%d")))
    for entry in tables.get("calendar_dates.txt", pd.DataFrame()).to_dict("records"):
        key = (entry["service_id"], entry["date"])
        (rows.add if entry["exception_type"] == "1" else rows.discard)(key)
    if not rows:
        raise SourceError("no service runs on any day", where=where, remedy="The feed has expired or has no calendar")
    return pd.DataFrame(sorted(rows), columns=["service_id", "date"])


def typical_day(feed: Feed) -> str:
    """A Tuesday, Wednesday or Thursday with the commonest number of trips, away from Christmas, as YYYYMMDD.

    Any working day, then any day, where the feed has none; of equally common numbers the larger one.
    """
    often = feed.frequencies
    departures = ((often["end"] - often["start"]) / often["headway"]).groupby(often["trip_id"]).sum()
    weight = feed.trips["trip_id"].map(departures).fillna(1.0)
    trips = weight.groupby(feed.trips["service_id"]).sum().round(3)
    per_day = feed.services.assign(n=feed.services["service_id"].map(trips).fillna(0)).groupby("date")["n"].sum()
    dates = pd.to_datetime(per_day.index)
    quiet = np.array([d.strftime("%m%d") >= "1220" or d.strftime("%m%d") <= "0107" for d in dates])
    for wanted, free in (((1, 2, 3), ~quiet), ((0, 1, 2, 3, 4), ~quiet), (tuple(range(7)), quiet | True)):
        chosen = per_day[np.isin(dates.day_of_week, wanted) & free]
        chosen = chosen[chosen > 0]
        if len(chosen):
            count = chosen.value_counts().reset_index()
            common = count.sort_values(["count", "n"], ascending=False)["n"].iloc[0]
            return str(chosen.index[chosen == common][0])
    raise SourceError("no trip runs on any day of the feed", where=feed.name, remedy="Ask the publisher")


def runs(feed: Feed, day: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Commonest run of every route each way, and headways by window of the day.

    Runs are of one direction when they head the same way as the route's commonest run. Branches and short runs
    count in the headways of their direction, so that a headway is that of the busiest part of the route. Runs that
    start after 24:00 count in the first hours of the day: every night is like the one before.

    Returns
    -------
    calls : DataFrame
        `route_id, direction, sequence, stop_id, time` (s from the first stop).
    headways : DataFrame
        `route_id, direction, start_hour, end_hour, headway` (s); windows without a departure are absent.
    """
    running = set(feed.services.loc[feed.services["date"] == day, "service_id"])
    trips = feed.trips[feed.trips["service_id"].isin(running)]
    times = feed.stop_times[feed.stop_times["trip_id"].isin(set(trips["trip_id"]))]
    times = times.merge(feed.stops[["stop_id", "x", "y"]], on="stop_id")
    times = times.sort_values(["trip_id", "stop_sequence"])
    grouped = times.groupby("trip_id", sort=True)
    table = grouped.agg(
        pattern=("stop_id", "|".join), calls=("stop_id", "size"), start=("departure", "first"),
        x0=("x", "first"), y0=("y", "first"), x1=("x", "last"), y1=("y", "last"),
    ).reset_index()  # fmt: skip
    table = table.merge(trips[["trip_id", "route_id"]], on="trip_id")
    table = _repeated(table[table["calls"] >= 2], feed.frequencies)
    calls, headways = [], []
    for route, mine in table.groupby("route_id", sort=True):
        count = mine.groupby("pattern").size().sort_index()
        first = mine[mine["pattern"] == count.idxmax()].iloc[0]
        way = np.array([first["x1"] - first["x0"], first["y1"] - first["y0"]])
        ahead = (mine["x1"] - mine["x0"]) * way[0] + (mine["y1"] - mine["y0"]) * way[1] >= 0
        for direction, part in ((0, mine[ahead]), (1, mine[~ahead])):
            if not len(part):
                continue
            often = part[part["pattern"] == part.groupby("pattern").size().sort_index().idxmax()]
            trip = often.sort_values(["start", "trip_id"]).iloc[len(often) // 2]
            run = grouped.get_group(trip["trip_id"])
            leave = float(run["departure"].iloc[0])
            for number, call in enumerate(run.itertuples(), start=1):
                calls.append((route, direction, number, call.stop_id, float(call.departure) - leave))
            hour = (part["start"].to_numpy() / 3600.0) % 24
            for low, high in WINDOWS:
                found = int(((hour >= low) & (hour < high)).sum())
                if found:
                    headways.append((route, direction, low, high, (high - low) * 3600.0 / found))
    return (
        pd.DataFrame(calls, columns=["route_id", "direction", "sequence", "stop_id", "time"]),
        pd.DataFrame(headways, columns=["route_id", "direction", "start_hour", "end_hour", "headway"]),
    )


def tables_in(
    feed: Feed, inside: shapely.Geometry, mode: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The vocabulary's `stops`, `routes`, `route_stops` and `headways` of routes with two stops or more inside.

    Parameters
    ----------
    feed : Feed
    inside : Polygon
        The city, in the feed's reference system.
    mode : str, optional
        Kind of vehicle of the whole feed, where its `route_type` is not to be trusted.
    """
    day = typical_day(feed)
    calls, headways = runs(feed, day)
    places = feed.stops.set_index("stop_id")
    points = shapely.points(places[["x", "y"]].to_numpy())
    within = set(places.index[shapely.contains(inside, points)])
    served = calls[calls["stop_id"].isin(within)].groupby("route_id")["stop_id"].nunique()
    kept = sorted(served.index[served >= 2])
    calls, headways = calls[calls["route_id"].isin(kept)].copy(), headways[headways["route_id"].isin(kept)].copy()
    used = sorted(set(calls["stop_id"]))
    stops = pd.DataFrame(
        {
            "stop_id": [f"{feed.name}:{s}" for s in used],
            "name": places.loc[used, "stop_name"].str.strip().to_numpy(),
            "geometry": shapely.points(places.loc[used, ["x", "y"]].to_numpy()),
        }
    )
    info = feed.routes.set_index("route_id")
    lines = []
    for route in kept:
        run = calls[calls["route_id"] == route]
        run = run[run["direction"] == run["direction"].min()]
        lines.append(shapely.LineString(places.loc[run["stop_id"], ["x", "y"]].to_numpy()))
    routes = pd.DataFrame(
        {
            "route_id": [f"{feed.name}:{r}" for r in kept],
            "name": info.loc[kept, "route_short_name"].to_numpy(),
            "mode": [mode or MODES.get(str(m), "train") for m in info.loc[kept, "route_type"]],
            "operator": feed.name,
            "geometry": lines,
        }
    )
    for table in (calls, headways):
        table["route_id"] = feed.name + ":" + table["route_id"].astype(str)
    calls["stop_id"] = feed.name + ":" + calls["stop_id"].astype(str)
    calls["origin"] = headways["origin"] = "timetable"
    feed.notes.append(
        f"{feed.name}: {len(kept)} of {len(info)} routes have two stops or more in the city; headways of "
        f"{day[:4]}-{day[4:6]}-{day[6:]}; a route is drawn straight from stop to stop of its commonest run"
    )
    return stops, routes, calls, headways
