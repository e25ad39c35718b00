"""Counting sites of a file: the loop files of Bologna, hourly or half-hourly, or a plain table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from exante.calibration import arcs
from exante.city.city import City
from exante.quantities.errors import INSTALL_SOURCES, SourceError, UserError

#: Names under which a plain table may give its columns.
NAMES = {
    "site_id": ("site_id", "id", "site"),
    "longitude": ("longitude", "lon", "lng"),
    "latitude": ("latitude", "lat"),
    "direction": ("direction",),
    "bearing": ("bearing",),
    "link_id": ("link_id", "link"),
    "arc": ("arc", "arc_code", "codarco", "codice arco"),
    "name": ("name", "street"),
    "date": ("date", "day"),
    "hour": ("hour",),
    "flow": ("flow", "count"),
}
#: Compass points in English and Italian, degrees clockwise from north.
COMPASS = {
    "N": 0, "NE": 45, "E": 90, "SE": 135, "S": 180, "SW": 225, "SO": 225, "W": 270, "O": 270, "NW": 315, "NO": 315,
}  # fmt: skip
_HOUR = re.compile(r"^h?(\d{1,2})(?::00-\d\d:00)?$")
FORM = (
    "Columns: site_id, longitude, latitude, direction (N … NW) or bearing (degrees), or link_id, or arc "
    "(code of the official street graph, named with --positions) and direction; name; date "
    "(YYYY-MM-DD); h00 … h23, or hour and flow"
)


def read_sites(
    path: Path, city: City, positions: Path | None = None, *, counted: bool = True
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Sites joined to the city's links, their counts, and what was left out.

    Parameters
    ----------
    path : Path
        CSV: the hourly or half-hourly loop file of Bologna, or the plain form (`FORM`), with commas or semicolons.
    city : City
    positions : Path, optional
        Where sites lie that the file knows by a code alone: the list of loops for a half-hourly file (the city's own
        sites without it), the official street graph for codes of arcs.
    counted : bool
        False for a list of places, which need no date and no flow (the plain form only).

    Returns
    -------
    sites : DataFrame
        `site_id, link_id, name, match_note`; `link_id` missing where none was found.
    counts : DataFrame
        `site_id, date, hour, flow`.
    notes : list of str

    Raises
    ------
    SourceError
        If the file cannot be read, or a column is absent.
    UserError
        If the libraries of the extra `[sources]` are not installed.
    """
    try:
        from exante.sources import loops
    except ImportError:
        raise UserError(
            "sites of a file need geopandas, which is not installed",
            where="--sites",
            remedy=INSTALL_SOURCES,
        ) from None
    if not path.is_file():
        raise SourceError("the file does not exist", where=str(path), remedy="Name a CSV file of counting sites")
    links = city.table("links").frame()
    head = path.open(encoding="utf-8-sig", errors="replace").readline()
    if "codice_spira" in head:
        found = loops.read_hourly(path, city.crs)
        return _placed(found, links, loops)
    if "VIA_SPIRA" in head:
        return _half_hourly(path, city, positions, links, loops)
    frame = _named(_table(path), path, counted)
    if "arc" in frame:
        frame = arcs.locate(frame, positions, path)
    counts = _counts(frame, path) if "date" in frame else pd.DataFrame(columns=["site_id", "date", "hour", "flow"])
    notes: list[str] = []
    return _joined(frame.drop_duplicates("site_id").reset_index(drop=True), city, links, loops, notes), counts, notes


def _placed(found: Any, links: pd.DataFrame, loops: Any) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Sites, counts and notes of a loop file, joined."""
    joined = loops.join(found.sites, links, found.notes)
    sites = pd.DataFrame(found.sites.drop(columns="geometry")).assign(
        link_id=joined["link_id"].to_numpy(), match_note=joined["match_note"].to_numpy()
    )
    return sites, found.counts, found.notes


def _half_hourly(
    path: Path, city: City, positions: Path | None, links: pd.DataFrame, loops: Any
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """A half-hourly file at the places of a list of loops, else at those of the city's own sites."""
    if positions is not None:
        places = loops.read_positions(positions, city.crs)
    elif "count_sites" in city.tables:
        places = city.table("count_sites").frame()
    else:
        places = pd.DataFrame({"site_id": []})
    found, lost = loops.read_half_hourly_at(path, places)
    if positions is not None:
        sites, counts, notes = _placed(found, links, loops)
    else:
        sites = found.sites.reindex(columns=["site_id", "name", "direction", "link_id", "match_note"])
        counts, notes = found.counts, found.notes
    why = "its position is not known: name the list of loops with --positions"
    return pd.concat([sites, lost.assign(link_id=None, match_note=why)], ignore_index=True), counts, notes


def _table(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, sep=None, engine="python", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise SourceError(f"the table cannot be read ({error})", where=path.name, remedy=FORM) from error


def _named(frame: pd.DataFrame, path: Path, counted: bool) -> pd.DataFrame:
    """The table under our own names."""
    have = {str(c).strip().lower(): c for c in frame.columns}
    names = {have[n]: ours for ours, theirs in NAMES.items() for n in theirs[::-1] if n in have}
    frame = frame.rename(columns=names)
    placed = "arc" in frame or ({"longitude", "latitude"} <= set(frame) and {"direction", "bearing"} & set(frame))
    absent = [c for c in (("site_id", "date") if counted else ("site_id",)) if c not in frame]
    if not placed and "link_id" not in frame:
        absent.append("longitude, latitude and direction or bearing (or link_id, or arc)")
    if absent:
        found = ", ".join(str(c) for c in frame.columns[:20])
        raise SourceError(f"the table lacks {'; '.join(absent)}; found {found}", where=path.name, remedy=FORM)
    return frame


def _counts(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    day = pd.to_datetime(frame["date"], format="%Y-%m-%d", errors="coerce")
    if day.isna().any():
        row = int(np.flatnonzero(day.isna())[0])
        raise SourceError(
            f"'{frame['date'].iloc[row]}' is no day", where=f"{path.name}, line {row + 2}", remedy="Use YYYY-MM-DD"
        )
    hours = {c: int(m.group(1)) for c in frame if (m := _HOUR.match(str(c).strip().lower())) and int(m.group(1)) < 24}
    if {"hour", "flow"} <= set(frame):
        long = frame[["site_id", "date", "hour", "flow"]].copy()
    elif len(hours) == 24:
        long = frame.melt(["site_id", "date"], list(hours), "hour", "flow")
        long["hour"] = long["hour"].map(hours)
    else:
        raise SourceError(f"the table has {len(hours)} of 24 columns of hours", where=path.name, remedy=FORM)
    long["hour"] = pd.to_numeric(long["hour"], errors="coerce")
    long["flow"] = pd.to_numeric(long["flow"], errors="coerce")
    bad = long["flow"] < 0
    if bad.any() or not long["hour"].dropna().between(0, 23).all():
        raise SourceError("flows are not negative and hours are 0 to 23", where=path.name, remedy=FORM)
    long = long.dropna().astype({"hour": int})
    return long.groupby(["site_id", "date", "hour"], as_index=False)["flow"].mean()


def _joined(sites: pd.DataFrame, city: City, links: pd.DataFrame, loops: Any, notes: list[str]) -> pd.DataFrame:
    """Links of sites of the plain form: the one named, or the best by position and direction."""
    import geopandas as gpd

    count = len(sites)
    column = {c: sites[c] if c in sites else pd.Series([""] * count) for c in NAMES}
    label = column["direction"].str.strip().str.upper()
    bearing = pd.to_numeric(column["bearing"], errors="coerce").fillna(label.map(COMPASS)).astype(float)
    x, y = (pd.to_numeric(column[c], errors="coerce") for c in ("longitude", "latitude"))
    known = set(links["link_id"])
    result = pd.DataFrame({"site_id": sites["site_id"], "name": column["name"], "link_id": None, "match_note": ""})
    named = column["link_id"].isin(known).to_numpy()
    placed = (x.notna() & y.notna() & bearing.notna()).to_numpy() & ~named
    result["link_id"] = column["link_id"].where(named, None).astype(object)
    result.loc[named, "match_note"] = "link named"
    lost = ~named & ~placed
    result.loc[lost, "match_note"] = "no link of that name, and no position with a direction"
    if placed.any():
        at = np.flatnonzero(placed)
        frame = gpd.GeoDataFrame(
            {
                "site_id": sites["site_id"].iloc[at].to_numpy(),
                "name": column["name"].iloc[at].to_numpy(),
                "direction": [""] * len(at),
                "bearing": bearing.iloc[at].to_numpy() % 360.0,
            },
            geometry=gpd.points_from_xy(x.iloc[at], y.iloc[at]),
            crs="EPSG:4326",
        ).to_crs(city.crs)
        found = loops.join(frame, links, notes)
        result.loc[placed, "link_id"] = found["link_id"].to_numpy()
        result.loc[placed, "match_note"] = found["match_note"].to_numpy()
    return result
