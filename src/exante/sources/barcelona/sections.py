"""The 527 named main sections of Barcelona's traffic information (`transit_relacio_trams`), with a direction each.

Format: CSV, one row a vertex: `Tram` (number), `Tram_Components` (order), `Descripció` ("Street (from a to)"),
`Longitud`, `Latitud`.

Traps. The order of the vertices is not the direction of travel: many pairs of opposite sections are drawn the
same way round, and two labels of the Ronda del Litoral are exchanged; four sections have their vertices sorted by
latitude, a zigzag (put in order along the street, or left out). So the direction is found from, in this
order: the section of the opposite direction beside it (traffic keeps right, so the opposite one is on the left);
the label, where the places it names can be told apart by their position (street names of crashes and of the
other sections); the direction of the same street's neighbouring sections; the order of the vertices.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from exante.quantities.errors import SourceError
from exante.sources.following import bearings

COLUMNS = ("Tram", "Tram_Components", "Descripció", "Longitud", "Latitud")
BESIDE = 80.0  # m; furthest lateral distance of the opposite direction (Diagonal with its side roads is 50 m wide)
APART = 3.0  # m; less between the two says nothing about sides
CLEAR = 40.0  # m by which one end must be nearer to a place than the other end is
TURN_BACK = 2.0  # rad; a sharper turn at a vertex is a step back
STEPS_BACK = 2  # a street has at most as many; more, and its vertices are out of order
#: Words that say what kind of street it is, or join words.
KINDS = frozenset(
    ("pl", "placa", "plaza", "av", "avinguda", "a", "pg", "p", "passeig", "pas", "rda", "carrer", "c", "ctra",
     "carretera", "de", "del", "dels", "d", "l", "la", "les", "el", "els", "i", "estacio", "dr", "doctor", "s")
)  # fmt: skip
#: Names that the crash register writes otherwise.
ALIASES = {"gran via": "corts catalanes", "universitat pl": "universitat", "glories": "glories catalanes"}


def plain(name: str) -> str:
    """A street name for comparing: no accents, no words for the kind of street.

    Examples
    --------
    >>> plain("Pl. d'Alfons Comín"), plain("Gran Via")
    ('alfons comin', 'corts catalanes')
    """
    text = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()
    words = "".join(c if c.isalnum() else " " for c in text).split()
    kept = " ".join(w for w in words if w not in KINDS)
    return ALIASES.get(kept, kept)


def read_sections(path: Path, crs: str, notes: list[str] | None = None) -> pd.DataFrame:
    """Sections with `section, name, street, start, end, geometry`, vertices in the file's order.

    Parameters
    ----------
    path : Path
    crs : str
        Reference system of the result.
    notes : list of str, optional
        Grows by the sections whose vertices are out of order.

    Raises
    ------
    SourceError
        If a column is absent, or a section has one vertex.
    """
    frame = pd.read_csv(path, encoding="utf-8-sig")
    absent = [c for c in COLUMNS if c not in frame]
    if absent:
        raise SourceError(
            f"the main sections lack {', '.join(absent)}: expected {', '.join(COLUMNS)}; "
            f"found {', '.join(frame.columns)}",
            where=path.name,
            remedy="The portal changed its columns: correct the reader",
        )
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(frame["Longitud"], frame["Latitud"])
    frame = frame.assign(x=x, y=y).sort_values(["Tram", "Tram_Components"])
    rows = []
    ordered, lost = [], []
    for number, part in frame.groupby("Tram", sort=True):
        if len(part) < 2:
            raise SourceError(f"section {number} has one vertex", where=path.name, remedy="Leave it out")
        name = str(part["Descripció"].iloc[0]).strip()
        found = re.fullmatch(r"(.*?)\s*\(\s*(.*?)\s+(?:a|-)\s+(.*?)\s*\)", name)
        street, start, end = found.groups() if found else (name, "", "")
        xy = part[["x", "y"]].to_numpy()
        if _steps_back(xy) > STEPS_BACK:
            xy = _along(xy)
            if _steps_back(xy) > STEPS_BACK:
                lost.append(f"{number} ({name})")
                continue
            ordered.append(f"{number} ({name})")
        rows.append((int(number), name, street, start, end, shapely.LineString(xy)))
    if notes is not None and (ordered or lost):
        notes.append(
            "main sections whose vertices are out of order: put in order along the street "
            f"{', '.join(ordered) or 'none'}; left out, because no order makes a street of them, "
            f"{', '.join(lost) or 'none'}"
        )
    return pd.DataFrame(rows, columns=["section", "name", "street", "start", "end", "geometry"])


def _steps_back(xy: np.ndarray) -> int:
    """Vertices at which a line turns back."""
    step = np.diff(xy, axis=0)
    step = step[np.hypot(*step.T) > 0]
    bearing = np.arctan2(step[:, 1], step[:, 0])
    turn = np.abs(np.angle(np.exp(1j * np.diff(bearing))))
    return int((turn > TURN_BACK).sum())


def _along(xy: np.ndarray) -> np.ndarray:
    """Vertices in the order of their place along the principal axis."""
    centred = xy - xy.mean(axis=0)
    axis = np.linalg.svd(centred, full_matrices=False)[2][0]
    return xy[np.argsort(centred @ axis * np.sign(axis[np.abs(axis).argmax()]), kind="stable")]


def orient(sections: pd.DataFrame, places: Mapping[str, np.ndarray], notes: list[str]) -> pd.DataFrame:
    """Sections in their direction of travel, with `evidence` and `both` (direction unknown, opposite one exists).

    Parameters
    ----------
    sections : DataFrame
        As `read_sections` gives them.
    places : mapping of str to ndarray, shape (points, 2)
        Positions by plain street name, from other sources; the sections' own streets are added.
    notes : list of str
        Grows by how many directions rest on what.
    """
    lines = sections["geometry"].to_numpy(dtype=object)
    gazetteer = _gazetteer(sections, places)
    offset, partner = _opposite(sections, lines)
    beside = (partner >= 0) & (np.abs(offset) >= APART)
    unclear = (partner >= 0) & ~beside
    label = np.array(
        [_label_says(row, line, gazetteer) for row, line in zip(sections.to_dict("records"), lines, strict=True)]
    )
    turn = np.where(beside, np.sign(offset), np.where(unclear, 0.0, label))
    evidence = np.select([beside, unclear, label != 0], ["opposite beside", "both", "label"], "drawn").astype(object)
    _follow_street(sections, lines, turn, evidence)
    turned = turn < 0
    result = sections.assign(
        geometry=[line.reverse() if back else line for line, back in zip(lines, turned, strict=True)],
        evidence=evidence,
        both=unclear,
        paired=partner >= 0,
    )
    count = pd.Series(evidence).value_counts()
    swapped = int((beside & (label != 0) & (label != np.sign(offset))).sum())
    notes.append(
        f"main sections: {len(sections)}, {int((partner >= 0).sum())} with one of the opposite direction; direction by "
        + ", ".join(f"{k} {n}" for k, n in count.items())
        + f"; {int(turned.sum())} are drawn against their traffic; {swapped} labels contradict the side they are on"
    )
    return result


def _gazetteer(sections: pd.DataFrame, places: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    found: dict[str, list[np.ndarray]] = {k: [v] for k, v in places.items()}
    for street, line in zip(sections["street"], sections["geometry"], strict=True):
        points = shapely.get_coordinates(shapely.segmentize(line, 20.0))
        for name in {plain(part) for part in street.split(" - ")}:
            found.setdefault(name, []).append(points)
    return {k: np.vstack(v) for k, v in found.items()}


def _opposite(sections: pd.DataFrame, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lateral offset to the section of the opposite direction (left positive) and its row; -1 without one."""
    offset, partner = np.zeros(len(lines)), np.full(len(lines), -1)
    keys = []
    for street, start, end in zip(sections["street"], sections["start"], sections["end"], strict=True):
        keys.append([("street", plain(street)), ("ends", *sorted((plain(start), plain(end))))])
    alike: dict[tuple[str, ...], list[int]] = {}
    for i, pair in enumerate(keys):
        for key in pair:
            alike.setdefault(key, []).append(i)
    for i, pair in enumerate(keys):
        best = BESIDE
        for j in sorted({j for key in pair for j in alike[key]} - {i}):
            away, side = _beside(lines[i], lines[j])
            if away < best:
                best, offset[i], partner[i] = away, side, j
    return offset, partner


def _beside(line: shapely.LineString, other: shapely.LineString) -> tuple[float, float]:
    """Median distance and median lateral offset (left positive) from a line to another."""
    at = np.linspace(0.15, 0.85, 9) * line.length
    same = np.repeat(np.array([line], dtype=object), len(at))
    points = shapely.line_interpolate_point(same, at)
    there = shapely.line_interpolate_point(other, shapely.line_locate_point(other, points))
    step = shapely.get_coordinates(there) - shapely.get_coordinates(points)
    way = bearings(same, at)
    across = way[:, 0] * step[:, 1] - way[:, 1] * step[:, 0]
    return float(np.median(np.hypot(step[:, 0], step[:, 1]))), float(np.median(across))


def _label_says(row: Mapping[str, str], line: shapely.LineString, gazetteer: Mapping[str, np.ndarray]) -> float:
    """1 if the label agrees with the order of the vertices, -1 if it says the opposite, 0 if it says nothing."""
    first, last = np.array(line.coords[0]), np.array(line.coords[-1])
    score = 0.0
    for place, sign in ((row["start"], 1.0), (row["end"], -1.0)):
        for part in place.split(" - "):
            points = gazetteer.get(plain(part))
            if points is not None:
                near = [float(np.hypot(*(points - end).T).min()) for end in (first, last)]
                if min(near) < 4 * CLEAR:
                    score += sign * float(np.clip(near[1] - near[0], -5 * CLEAR, 5 * CLEAR))
    return float(np.sign(score)) if abs(score) >= CLEAR else 0.0


def _follow_street(sections: pd.DataFrame, lines: np.ndarray, turn: np.ndarray, evidence: np.ndarray) -> None:
    """Give sections without evidence the direction of their street's single sections, in place."""
    street = np.array([plain(s) for s in sections["street"]])
    way = np.array([np.array(line.coords[-1]) - np.array(line.coords[0]) for line in lines])
    for i in np.flatnonzero(evidence == "drawn"):
        known = np.flatnonzero((street == street[i]) & (evidence == "label"))
        near = [j for j in known if lines[i].distance(lines[j]) < 2 * BESIDE]
        score = sum(turn[j] * float(way[i] @ way[j]) for j in near)
        if score:
            turn[i], evidence[i] = np.sign(score), "same street"
