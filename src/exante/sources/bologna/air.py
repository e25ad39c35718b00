"""Air-quality stations of Bologna (ARPAE): hourly NO2, CO, O3 and daily PM to `air_sites` and `air_hours`.

Format: one file a pollutant, `data` and, for each station, a column of values and one of flags (`v_STATION`); stations
as GeoJSON by the same names. Traps:

- CO is in mg/m3, the others in ug/m3;
- particles are daily means: `time` is a day then, and `averaging_time` 24 h;
- the clock is that of standard time the whole year (the hour that summer time skips is there);
- flags are S (valid), M and G (a value all the same; their meaning is not published with the file) and, at one station,
  blank beside a value: such values are kept and counted;
- **positions were looked up by name, not surveyed**: San Lazzaro has the middle of its municipality, Giardini
  Margherita that of its park. `position_origin` says so: a model that reads street distances has to widen there;
- nothing says what kind of station it is: the city's document does, from the network's own lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from exante.quantities.errors import SourceError
from exante.sources.columns import read_text, require, to_numbers
from exante.sources.report import Report
from exante.sources.zones import read_vector

READER = "exante.sources.bologna.air"
#: Name of the source in the city's document: pollutant, factor to ug/m3, hours a value stands for.
FILES = {
    "arpae_no2": ("NO2", 1.0, 1.0),
    "arpae_o3": ("O3", 1.0, 1.0),
    "arpae_co": ("CO", 1000.0, 1.0),
    "arpae_pm10": ("PM10", 1.0, 24.0),
    "arpae_pm25": ("PM2.5", 1.0, 24.0),
}
STUCK = 12  # equal hourly values in a row from which a sensor is taken for stuck, as in Barcelona
STUCK_ABOVE = {"NO2": 10.0, "O3": 10.0, "CO": 1500.0}  # ug/m3; whole units repeat near the detection limit


def read_sites(path: Path, kinds: Mapping[str, list[str]], crs: str) -> pd.DataFrame:
    """The table `air_sites`.

    Parameters
    ----------
    path : Path
        Stations with `station` and `address`.
    kinds : mapping
        Station to area and kind (`["urban", "traffic"]`), as the city's document says.
    crs : str
        Projected reference system of the city.

    Raises
    ------
    SourceError
        If a field is absent.
    """
    frame = read_vector(path).to_crs(crs)
    require(frame.columns, ("station", "address"), path.name, READER)
    frame = frame.sort_values("station").reset_index(drop=True)
    told = [list(kinds.get(s, ("not stated", "not stated"))) for s in frame["station"]]
    return pd.DataFrame(
        {
            "site_id": frame["station"].to_numpy(),
            "name": frame["station"].str.title().to_numpy(),
            "area_type": [k[0] for k in told],
            "site_type": [k[1] for k in told],
            "position_origin": "geocoded",
            "geometry": frame.geometry.to_numpy(),
        }
    )


def read_values(path: Path, source: str, stations: set[str], report: Report) -> pd.DataFrame:
    """Valid values of one file as `site_id, pollutant, time, averaging_time, concentration` (ug/m3).

    Parameters
    ----------
    path : Path
        The file.
    source : str
        A key of `FILES`, which says what it holds.
    stations : set of str
        Known stations.
    report : Report
        Grows by what was read and left out.

    Raises
    ------
    SourceError
        If a column is absent, a station unknown, a time or value cannot be read.
    """
    pollutant, factor, hours = FILES[source]
    frame = read_text(path, ("data",), READER)
    columns = [c for c in frame.columns if c != "data" and not c.startswith("v_")]
    require(frame.columns, ["data", *(f"v_{c}" for c in columns)], path.name, READER)
    lost = sorted(set(columns) - stations)
    if lost or not columns:
        raise SourceError(
            f"station {lost[0]} has no position" if lost else "the table has no station",
            where=path.name,
            remedy="Take measurements and stations of one date",
        )
    time = pd.to_datetime(frame["data"], format="%Y-%m-%d %H:%M", errors="coerce")
    if time.isna().any():
        row = int(np.flatnonzero(time.isna())[0])
        raise SourceError(
            f"'{frame['data'].iloc[row]}' is no time",
            where=f"{path.name}, line {row + 2}",
            remedy="Use YYYY-MM-DD HH:MM",
        )
    text = time.dt.strftime("%Y-%m-%d" if hours == 24.0 else "%Y-%m-%dT%H:%M")
    rows, blank, stuck, flags = [], 0, 0, dict[str, int]()
    for station in columns:
        value = pd.Series(to_numbers(frame[station], path.name) * factor)
        run = value.groupby((value != value.shift()).cumsum()).transform("size")
        dead = (run >= STUCK) & (value > STUCK_ABOVE.get(pollutant, np.inf)) | (value < 0)
        double = (time.duplicated() & value.notna() & ~dead).to_numpy()
        good = (value.notna() & ~dead).to_numpy() & ~double
        why = [("gap", int(value.isna().sum()), "blank"), ("duplicate", int(double.sum()), "the time stands twice")]
        why.append(("stuck", int(dead.sum()), f"{STUCK} equal values or more, or negative"))
        report.account("air_hours", f"{pollutant} values", len(frame), why, subject=station)
        blank, stuck = blank + int(value.isna().sum()), stuck + int(dead.sum())
        for flag, count in frame[f"v_{station}"][good].value_counts().items():
            flags[str(flag) or "none"] = flags.get(str(flag) or "none", 0) + int(count)
        rows.append(pd.DataFrame({"time": text[good], "concentration": value[good]}).assign(site_id=station))
    table = pd.concat(rows, ignore_index=True).assign(pollutant=pollutant, averaging_time=hours)
    report.tell(
        f"air quality {pollutant}: {len(columns)} stations, {text.iloc[0]} to {text.iloc[-1]}, "
        f"{len(frame) * len(columns):,} values; left out: {blank:,} blank, {stuck:,} stuck ({STUCK} equal values or "
        f"more) or negative, {int(time.duplicated().sum())} times repeated; flags of those kept: "
        + ", ".join(f"{k} {n:,}" for k, n in sorted(flags.items()))
    )
    return table[["site_id", "pollutant", "time", "averaging_time", "concentration"]]
