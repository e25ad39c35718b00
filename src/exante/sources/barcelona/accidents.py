"""Crashes with victims recorded by the Guàrdia Urbana, a CSV a year.

Format: one row a crash and cause, with district, barri and street by code and name, hour, and positions as
ED50 UTM (`Coordenada_UTM_X_ED50`) and as longitude and latitude.

Traps. The files differ in encoding mark, quoting, column order and one name; codes are -1 and names
"Desconegut" where the place is unknown; a crash with two causes stands twice (one row each); the street name of
a crash at a junction is "A / B" from 2020 on; names are padded with blanks.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from exante.quantities.errors import SourceError
from exante.sources.barcelona.sections import plain

COLUMNS = {
    "Numero_expedient": "crash_id",
    "Nom_districte": "district",
    "Codi_barri": "barri",
    "Nom_carrer": "street",
    "NK_Any": "year",
    "Mes_any": "month",
    "Hora_dia": "hour",
    "Longitud": "longitude",
    "Latitud": "latitude",
}
RONDE = r"(?:Dalt|Litoral|B-10|B-20) ?\("  # how the register names the rondes
BOX = (1.9, 41.2, 2.4, 41.6)  # degrees around the city; positions outside are mistakes


def read_accidents(paths: list[Path], crs: str, notes: list[str]) -> pd.DataFrame:
    """One row a crash: `crash_id, district, barri, street, year, month, hour, x, y` (x, y missing where unknown).

    Raises
    ------
    SourceError
        If a column is absent.
    """
    parts = []
    for path in paths:
        frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig", skipinitialspace=True)
        frame.columns = [c.strip() for c in frame.columns]
        absent = [c for c in COLUMNS if c not in frame]
        if absent:
            raise SourceError(
                f"the crashes lack {', '.join(absent)}: expected {', '.join(COLUMNS)}; "
                f"found {', '.join(frame.columns)}",
                where=path.name,
                remedy="The portal changed its columns: correct the reader",
            )
        parts.append(frame[list(COLUMNS)].rename(columns=COLUMNS))
    rows = pd.concat(parts, ignore_index=True)
    for name in ("crash_id", "district", "street"):
        rows[name] = rows[name].str.strip()
    for name in ("barri", "year", "month", "hour", "longitude", "latitude"):
        rows[name] = pd.to_numeric(rows[name].str.strip().str.replace(",", "."), errors="coerce")
    crashes = rows.drop_duplicates("crash_id").sort_values("crash_id").reset_index(drop=True)
    good = crashes["longitude"].between(BOX[0], BOX[2]) & crashes["latitude"].between(BOX[1], BOX[3])
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(crashes["longitude"], crashes["latitude"])
    crashes["x"], crashes["y"] = np.where(good, x, np.nan), np.where(good, y, np.nan)
    notes.append(
        f"crashes: {len(rows):,} rows of {len(paths)} files are {len(crashes):,} crashes (a row a cause); "
        f"{int((~good).sum())} without a usable position, {int((~(crashes['barri'] > 0)).sum())} without a barri"
    )
    return crashes


def street_places(crashes: pd.DataFrame) -> dict[str, np.ndarray]:
    """Positions by plain street name, of streets with three crashes or more."""
    known = crashes.dropna(subset=["x", "street"])
    parts = known["street"].str.split(" / ").explode()
    names = parts.map(plain)
    found = {}
    for name, rows in known.loc[names.index, ["x", "y"]].groupby(names.to_numpy()):
        if name and len(rows) >= 3:
            found[str(name)] = rows.to_numpy()
    return found


def name_segments(crashes: pd.DataFrame, segments: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Commonest street name of the crashes nearest to every segment, and how many say so.

    A crash at a junction names two streets; each name counts half, and only the rows of one name decide where
    there are any.

    Returns
    -------
    names : ndarray of object, shape (segments,)
        None where no crash lies within `reach`.
    votes : ndarray, shape (segments,)
    """
    known = crashes.dropna(subset=["x", "street"])
    known = known[~known["street"].str.match(RONDE)].reset_index(drop=True)  # their lines are not in the map
    points = shapely.points(known[["x", "y"]].to_numpy())
    which, segment = shapely.STRtree(segments).query_nearest(points, max_distance=reach, all_matches=False)
    texts = known["street"].to_numpy(dtype=object)[which]
    rows = [
        (s, part.strip(), 1.0 / (1 + text.count(" / ")))
        for s, text in zip(segment, texts, strict=True)
        for part in text.split(" / ")
    ]
    table = pd.DataFrame(rows, columns=["segment", "name", "vote"])
    table = table.groupby(["segment", "name"])["vote"].sum().reset_index()
    best = table.sort_values(["segment", "vote", "name"], ascending=[True, False, True]).drop_duplicates("segment")
    names = np.full(len(segments), None, dtype=object)
    votes = np.zeros(len(segments))
    names[best["segment"]], votes[best["segment"]] = best["name"], best["vote"]
    return names, votes


def working_hours(crashes: pd.DataFrame, zones: np.ndarray) -> np.ndarray:
    """Crashes from 7 to 20 h off the rondes in each zone, shape (zones,): weak evidence of where people are by day.

    Parameters
    ----------
    zones : ndarray of Polygon, shape (zones,)
    """
    day = crashes["hour"].between(7, 19) & ~crashes["street"].fillna("").str.match(RONDE)
    known = crashes[day].dropna(subset=["x"])
    _, zone = shapely.STRtree(shapely.points(known[["x", "y"]].to_numpy())).query(zones, predicate="intersects")[::-1]
    return np.bincount(zone, minlength=len(zones)).astype(float)
