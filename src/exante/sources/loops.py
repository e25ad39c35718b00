"""Induction-loop counts (Comune di Bologna) to counting sites on links and hourly counts.

Format: one row per loop and day, one column per hour (`00:00-01:00` … ) or half hour (`0.00 - 0.30` …),
semicolons. Traps:

- `longitudine` and `latitudine` lost their decimal point to Italian thousands separators
  (`113.086.826.273.458`); `geopoint` ("latitude, longitude") is the good one;
- **`angolo` is counted counter-clockwise from north**: the compass bearing is 360 less it (checked here
  against `direzione` of every loop);
- days are `DD/MM/YYYY` in one file and `YYYY-MM-DD` in the other; blanks are missing, not zero;
- a broken sensor says 0, or the same number for hours: such days are left out and told.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from exante.quantities.errors import SourceError
from exante.sources.quality import Finding, account
from exante.sources.streets import text

REACH = 40.0  # m, half a ring boulevard and the loop's own error of position
TURN = 50.0  # degrees between the loop's direction and the link's
ABREAST = 15.0  # m; farther away a loop must lie beside the link, not before its start or beyond its end
NAMELESS_REACH = 15.0  # m within which direction alone is enough, where the map has another name
NAMELESS_TURN = 30.0  # degrees, likewise
POINTS = {"N": 0, "NE": 45, "E": 90, "SE": 135, "S": 180, "SO": 225, "O": 270, "NO": 315}
DAYTIME = range(7, 20)
STUCK_HOURS = 5  # equal non-zero counts above `STUCK_FLOW` in a row
STUCK_FLOW = 20.0  # vehicle/hour; a quiet street may well repeat small numbers
DISAGREE = 1.25  # ratio of the means of two loops on one link from which they are taken to disagree
FEWEST_HOURS = 72  # hours that both must have counted
#: Words of street names that two maps write differently, and so are not compared.
COMMON = {
    "via", "viale", "piazza", "piazzale", "largo", "strada", "vicolo", "di", "del", "della", "dei", "de", "da",
    "dell", "dello", "delle", "degli", "san", "santa", "santo", "s", "porta", "e", "don",
}  # fmt: skip


@dataclass
class Loops:
    """Counting sites and their counts.

    Parameters
    ----------
    sites : GeoDataFrame
        `site_id, name, direction, bearing, geometry`; bearing in degrees clockwise from north.
    counts : DataFrame
        `site_id, date, hour, flow`, valid hours only.
    notes : list of str
        What was read and what was left out.
    findings : list of Finding
        The same by loop, for the table `quality`.
    """

    sites: gpd.GeoDataFrame
    counts: pd.DataFrame
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_hourly(path: Path, crs: str) -> Loops:
    """Loops of an hourly file, which carries its own positions.

    Raises
    ------
    SourceError
        If a column is absent or a position or day cannot be read.
    """
    frame = _read(path)
    need = ["data", "codice_spira", "Nome via", "direzione", "geopoint"]
    hours = [c for c in frame if re.fullmatch(r"\d\d:00-\d\d:00", c)]
    _require(frame, need, path, hours, 24)
    loops = Loops(_sites(frame, "codice_spira", path, crs), pd.DataFrame())
    flows = frame[hours].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    loops.counts = _counts(frame["codice_spira"], _days(frame["data"], path), flows, loops, path.name)
    return loops


def read_half_hourly(path: Path, positions: Path, crs: str) -> Loops:
    """Loops of a half-hourly file, with positions from the portal's list of loops.

    Both halves of an hour must be there for the hour to count.

    Parameters
    ----------
    path : Path
        Counts, loops known by `Codice`.
    positions : Path
        List of all loops (`codice spira`), as CSV or as the only file of a zip.

    Raises
    ------
    SourceError
        If a column is absent, or a loop has no position.
    """
    places = read_positions(positions, crs)
    loops, lost = read_half_hourly_at(path, places)
    if len(lost):
        raise SourceError(
            f"loops {', '.join(sorted(lost['site_id']))} have no position",
            where=positions.name,
            remedy="Fetch the list of loops again",
        )
    return loops


def read_positions(path: Path, crs: str) -> gpd.GeoDataFrame:
    """Sites of the portal's list of all loops: `site_id, name, direction, bearing, geometry`.

    Raises
    ------
    SourceError
        If a column is absent or a position cannot be read.
    """
    places = _read(path)
    _require(places, ["codice spira", "Nome via", "direzione", "angolo", "geopoint"], path, [], 0)
    return _sites(places, "codice spira", path, crs)


def read_half_hourly_at(path: Path, places: gpd.GeoDataFrame) -> tuple[Loops, pd.DataFrame]:
    """Loops of a half-hourly file at known places, and those that have none (`site_id, name`).

    Parameters
    ----------
    path : Path
        Counts, loops known by `Codice`.
    places : GeoDataFrame
        With `site_id` and `geometry`.

    Raises
    ------
    SourceError
        If a column is absent.
    """
    frame = _read(path)
    halves = [c for c in frame if re.fullmatch(r"\d{1,2}\.\d\d - \d{1,2}\.\d\d", c)]
    _require(frame, ["data", "Codice", "VIA_SPIRA", "DIREZIONE"], path, halves, 48)
    known = frame["Codice"].isin(set(places["site_id"])).to_numpy()
    lost = frame.loc[~known, ["Codice", "VIA_SPIRA"]].drop_duplicates("Codice")
    lost.columns = pd.Index(["site_id", "name"])
    frame = frame[known].reset_index(drop=True)
    sites = places[places["site_id"].isin(set(frame["Codice"]))].drop_duplicates("site_id").reset_index(drop=True)
    loops = Loops(sites, pd.DataFrame(columns=["site_id", "date", "hour", "flow"]))
    if len(frame):
        flows = frame[halves].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
        hourly = flows[:, 0::2] + flows[:, 1::2]
        loops.counts = _counts(frame["Codice"], _days(frame["data"], path), hourly, loops, path.name)
    return loops, lost.reset_index(drop=True)


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (ValueError, UnicodeDecodeError) as error:
        raise SourceError(f"the table cannot be read ({error})", where=path.name, remedy="Fetch it again") from error


def _require(frame: pd.DataFrame, need: list[str], path: Path, times: list[str], count: int) -> None:
    absent = [c for c in need if c not in frame]
    if absent or len(times) != count:
        told = ", ".join(absent) or f"{count - len(times)} of {count} columns of counts"
        raise SourceError(
            f"the table lacks {told}: expected {', '.join(need)}"
            + (f" and {count} columns of counts" if count else "")
            + f"; found {', '.join(frame.columns[:60])}",
            where=path.name,
            remedy="The portal changed its columns: adapt exante.sources.loops",
        )


def _sites(frame: pd.DataFrame, code: str, path: Path, crs: str) -> gpd.GeoDataFrame:
    first = frame.drop_duplicates(code).sort_values(code).reset_index(drop=True)
    place = first["geopoint"].str.extract(r"^\s*(-?\d+\.\d+)\s*,\s*(-?\d+\.\d+)\s*$").astype(float)
    bad = np.flatnonzero(place.isna().any(axis=1))
    if bad.size:
        raise SourceError(
            f"loop {first[code].iloc[bad[0]]} has the position '{first['geopoint'].iloc[bad[0]]}'",
            where=path.name,
            remedy="A position is 'latitude, longitude' in degrees",
        )
    # Days of single files come without angles: the point of the compass is then all there is.
    angle = pd.to_numeric(first["angolo"] if "angolo" in first else pd.Series(np.nan, first.index), errors="coerce")
    sites = gpd.GeoDataFrame(
        {
            "site_id": first[code],
            "name": first["Nome via"],
            "direction": first["direzione"],
            "bearing": (360.0 - angle) % 360.0,
        },
        geometry=gpd.points_from_xy(place[1], place[0]),
        crs="EPSG:4326",
    )
    return sites.to_crs(crs)


def _days(texts: pd.Series, path: Path) -> pd.Series:
    slashed = texts.str.contains("/")
    days = pd.to_datetime(texts.where(~slashed), format="%Y-%m-%d", errors="coerce")
    days = days.fillna(pd.to_datetime(texts.where(slashed), format="%d/%m/%Y", errors="coerce"))
    bad = np.flatnonzero(days.isna())
    if bad.size:
        raise SourceError(
            f"'{texts.iloc[bad[0]]}' is no day", where=f"{path.name}, line {bad[0] + 2}", remedy="Use YYYY-MM-DD"
        )
    return days.dt.strftime("%Y-%m-%d")


def _counts(codes: pd.Series, days: pd.Series, flows: np.ndarray, loops: Loops, file: str) -> pd.DataFrame:
    """Long table of valid hours; whole days of broken sensors are left out and told."""
    usual = pd.DataFrame({"code": codes.to_numpy(), "flow": pd.DataFrame(flows).mean(axis=1)})
    median = usual.groupby("code")["flow"].transform("median").to_numpy()
    day = flows[:, list(DAYTIME)]
    with np.errstate(invalid="ignore"):
        empty = ~np.isfinite(flows).any(axis=1)
        silent = ((day == 0).sum(axis=1) >= 3) & (median >= STUCK_FLOW) | (np.nansum(flows, axis=1) == 0)
        silent &= ~empty
    repeated = np.zeros(len(flows), dtype=bool)
    run = np.zeros(len(flows), dtype=int)
    for h in range(1, flows.shape[1]):
        same = (flows[:, h] == flows[:, h - 1]) & (flows[:, h] > STUCK_FLOW)
        run = np.where(same, run + 1, 0)
        repeated |= run >= STUCK_HOURS - 1
    good = ~silent & ~repeated & ~empty
    double = pd.DataFrame({"c": codes.to_numpy(), "d": days.to_numpy()}).duplicated().to_numpy()
    good &= ~double
    row, hour = np.nonzero(np.isfinite(flows) & good[:, None])
    dead = sorted(set(codes) - set(codes[good]))
    loops.findings += _tally(codes, flows, empty, silent, repeated, double)
    loops.notes.append(
        f"{file}: {len(flows)} loop-days of {codes.nunique()} loops; left out: {int(empty.sum())} days blank, "
        f"{int(silent.sum())} silent by day, {int((repeated & ~silent).sum())} stuck on one number, "
        f"{int(double.sum())} repeated; {int((~np.isfinite(flows[good])).sum())} hours blank"
        + (f"; no valid day: {', '.join(dead)}" if dead else "")
    )
    table = pd.DataFrame(
        {
            "site_id": codes.to_numpy()[row],
            "date": days.to_numpy()[row],
            "hour": hour,
            "flow": flows[row, hour],
        }
    )
    return table.sort_values(["site_id", "date", "hour"]).reset_index(drop=True)


def _tally(
    codes: pd.Series, flows: np.ndarray, empty: np.ndarray, silent: np.ndarray, repeated: np.ndarray, double: np.ndarray
) -> list[Finding]:
    """What became of the days and hours of every loop; the source is named by the step that reads."""
    found: list[Finding] = []
    names = codes.to_numpy()
    fate = np.select([empty, silent, repeated, double], ["gap", "silent", "repeated", "double"], "kept")
    for code in sorted(set(names)):
        mine = names == code
        days = {name: int((fate[mine] == name).sum()) for name in ("gap", "silent", "repeated", "double")}
        because = [
            ("gap", days["gap"], "day blank"),
            ("stuck", days["silent"], "silent by day"),
            ("stuck", days["repeated"], f"{STUCK_HOURS} hours or more of one number"),
            ("duplicate", days["double"], "the day stands twice"),
        ]
        found += account("counts", "", "loop-days", int(mine.sum()), subject=code, because=because)
        hours = flows[mine & (fate == "kept")]
        blank = int((~np.isfinite(hours)).sum())
        found += account(
            "counts", "", "hours of kept days", hours.size, subject=code, because=[("gap", blank, "blank")]
        )
    return found


def words(name: object) -> set[str]:
    """Telling words of a street name, for comparing two maps.

    Examples
    --------
    >>> sorted(words("VIALE M. KARAMCHAND GANDHI") & words("Viale Mohandas Karamchand Gandhi"))
    ['gandhi', 'karamchand']
    """
    letters = unicodedata.normalize("NFKD", text(name))
    plain = "".join(c for c in letters if not unicodedata.combining(c)).lower()
    return {w for w in re.findall(r"[a-z0-9]+", plain) if len(w) > 2 and w not in COMMON}


def join(sites: gpd.GeoDataFrame, links: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """The link of every site, by position, direction and street name.

    Among car links within `REACH` whose direction at the nearest point differs by at most `TURN` from the
    loop's, one that bears the loop's street name goes first, then the nearest and best aligned. Without a
    shared name a link must be very near and aligned.

    Returns
    -------
    DataFrame
        `link_id, match_distance, match_note`, one row a site.
    """
    car = links[links["allowed_uses"].str.contains("auto")].reset_index(drop=True)
    lines = car["geometry"].to_numpy()
    tree = shapely.STRtree(lines)
    told: list[tuple[str | None, float, str]] = []
    for site in sites.itertuples():
        near = np.sort(tree.query(shapely.buffer(site.geometry, REACH), predicate="intersects"))
        told.append(_best(site, near, car, lines))
    found = pd.DataFrame(told, columns=["link_id", "match_distance", "match_note"])
    lost = found["link_id"].isna()
    nameless = ~lost & ~found["match_note"].str.startswith("position, direction and name")
    told_lost = [
        f"not joined: {sites['site_id'].iloc[i]} ({sites['name'].iloc[i]}, {sites['direction'].iloc[i]}): "
        f"{found['match_note'].iloc[i]}"
        for i in np.flatnonzero(lost)
    ]
    text_joined = (
        f"joined {int((~lost).sum())} of {len(sites)}, {int(nameless.sum())} of them under another street name"
    )
    notes.append("loops: " + "; ".join([text_joined, *told_lost]))
    return found


def _best(site: object, near: np.ndarray, car: pd.DataFrame, lines: np.ndarray) -> tuple[str | None, float, str]:
    point, wanted = site.geometry, site.bearing  # type: ignore[attr-defined]
    label, name = site.direction, words(site.name)  # type: ignore[attr-defined]
    odd = ""
    if label in POINTS:
        if not np.isfinite(wanted):
            wanted = float(POINTS[label])
        elif _angle(wanted, POINTS[label]) > 90:
            odd = f"; its angle ({wanted:.0f} degrees) contradicts its direction {label}"
    if not near.size:
        return None, np.nan, f"no street open to cars within {REACH:g} m"
    rows = []
    for i in near:
        away, turn = float(shapely.distance(lines[i], point)), _angle(_bearing(lines[i], point), wanted)
        shared = bool(name & words(car["name"].iloc[i]))
        rows.append((not shared, away + 0.5 * turn, away, turn, int(i)))
    aligned = [r for r in rows if r[3] <= TURN]
    if not aligned:
        least = min(rows, key=lambda r: r[3])
        street = car["name"].iloc[least[4]]
        return None, np.nan, f"no street runs that way: the best differs by {least[3]:.0f} degrees ({street}){odd}"
    beside = [r for r in aligned if r[2] <= ABREAST or _abreast(lines[r[4]], point)]
    if not beside:
        unnamed, _, away, _, i = min(aligned)
        why = f"its own stretch is not open to cars in the network: {car['name'].iloc[i]} ends {away:.0f} m away"
        return None, np.nan, why + odd
    unnamed, _, away, turn, i = min(beside)
    street = car["name"].iloc[i]
    if unnamed and (away > NAMELESS_REACH or turn > NAMELESS_TURN):
        why = f"no street of its name within {REACH:g} m; nearest aligned is {street} at {away:.0f} m{odd}"
        return None, np.nan, why
    basis = f"position and direction; the map calls it {street}" if unnamed else "position, direction and name"
    return car["link_id"].iloc[i], away, f"{basis}; {away:.1f} m, {turn:.0f} degrees{odd}"


def _abreast(line: shapely.LineString, point: shapely.Point) -> bool:
    """Whether a point lies beside the line, rather than before its start or beyond its end."""
    return 1.0 < shapely.line_locate_point(line, point) < line.length - 1.0


def compare_neighbours(found: pd.DataFrame, sites: gpd.GeoDataFrame, counts: pd.DataFrame, notes: list[str]) -> None:
    """Mark loops that share a link and disagree: they may count different lanes; changes `found` in place.

    Means are taken over the hours that both counted.
    """
    wide = counts.pivot(index=["date", "hour"], columns="site_id", values="flow")
    joined = found.assign(site_id=sites["site_id"].to_numpy()).dropna(subset="link_id")
    told = []
    for link, group in joined.groupby("link_id"):
        for i, j in itertools.combinations(group.index, 2):
            a, b = joined.loc[i, "site_id"], joined.loc[j, "site_id"]
            if a not in wide or b not in wide:
                continue
            both = wide[[a, b]].dropna()
            if len(both) < FEWEST_HOURS:
                continue
            low, high = sorted(both.mean())
            if high > DISAGREE * max(low, 1.0):
                told.append(f"{a} and {b} on {link} count {both[a].mean():.0f} and {both[b].mean():.0f} an hour")
                for k, other in ((i, b), (j, a)):
                    found.loc[k, "match_note"] += (
                        f"; disagrees with {other} on the same link: may count part of the lanes"
                    )
    if told:
        notes.append("loops that share a link and disagree (they may count different lanes): " + "; ".join(told))


def _angle(a: float, b: float) -> float:
    return float(abs((a - b + 180.0) % 360.0 - 180.0))


def _bearing(line: shapely.LineString, point: shapely.Point) -> float:
    """Direction of the line at the place nearest to a point, degrees clockwise from north."""
    at = shapely.line_locate_point(line, point)
    ends = [shapely.line_interpolate_point(line, d) for d in (max(at - 10.0, 0.0), min(at + 10.0, line.length))]
    return float(np.degrees(np.arctan2(ends[1].x - ends[0].x, ends[1].y - ends[0].y)) % 360.0)
