"""Published figures of a city, typed in with their source, as the tables `statistics` and `fleet`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import numpy as np

from exante.city import Layer, Provenance, Table
from exante.quantities.errors import SourceError, VocabularyError
from exante.quantities.units import factor

FIGURE_KEYS = ("name", "value", "unit", "year", "source", "verified")
PUBLISHED_KEYS = ("quantity", "value", "unit", "year", "scope", "comparable", "source", "verified")
FLEET_KEYS = ("vehicle_class", "year", "source", "verified", "fuel", "euro_class")

#: Fuels that have no emission standard group.
WITHOUT_EURO = ("electric",)

#: Margins of a fleet are met within this share.
FITTING_TOLERANCE = 1e-12

_FOLDER = files("exante").joinpath("cities")
_TYPED = "typed in from its publication, cited"


def read_city_document(name: str) -> dict[str, Any]:
    """The document of a known city, `cities/NAME.toml`.

    Raises
    ------
    SourceError
        If exante has no document of that name; the known ones are listed.
    """
    if name not in list_city_documents():
        raise SourceError(
            f"exante knows no city '{name}'",
            where="cities",
            remedy=f"Known cities: {', '.join(list_city_documents())}; another needs its own document",
        )
    return tomllib.loads(_FOLDER.joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def list_city_documents() -> list[str]:
    """Names of the cities that exante has a document of."""
    return sorted(f.name.removesuffix(".toml") for f in _FOLDER.iterdir() if f.name.endswith(".toml"))


def read_statistics(document: Mapping[str, Any]) -> tuple[Table, Layer]:
    """Published figures of a city's document (`[[statistic]]`) as the table `statistics`.

    Raises
    ------
    SourceError
        With every fault: a figure without value, unit, year or source, a unit nobody knows, a name
        given twice.
    """
    rows = _entries(document, "statistic")
    faults = _faults(rows, FIGURE_KEYS, label="name")
    for row in rows:
        if "unit" in row:
            try:
                factor(row["unit"], row["unit"])
            except VocabularyError:
                faults.append(f"{row.get('name')} has the unit '{row['unit']}', which is not one")
    names = [row.get("name") for row in rows]
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    faults += [f"{name} stands more than once" for name in twice]
    _refuse(faults, "[[statistic]]")
    table = Table("statistics", {key: [row[key] for row in rows] for key in FIGURE_KEYS})
    unchecked = sum(not row["verified"] for row in rows)
    weak = [f"{r['name']}: {r['note']}" for r in rows if r.get("seen") in ("derived", "memory") and r.get("note")]
    note = f"{unchecked} of {len(rows)} figures have not been checked in their publication (verified = false)"
    return table, Layer(0, list_provenance(rows), "; ".join([note, *weak]))


def read_published(document: Mapping[str, Any]) -> tuple[Table, Layer] | None:
    """Published outcomes of a city's document (`[[published]]`) as the table `published`; None where it has none.

    An entry that names a `statistic` takes value, unit, year, source and `verified` from that row.

    Raises
    ------
    SourceError
        With every fault: an entry that lacks one of `PUBLISHED_KEYS`, or names no statistic.
    """
    if "published" not in document:
        return None
    typed = {row.get("name"): row for row in document.get("statistic", ())}
    rows, faults = [], []
    for entry in _entries(document, "published"):
        if "statistic" in entry and entry["statistic"] not in typed:
            faults.append(f"{entry.get('quantity')} names the statistic '{entry['statistic']}', which is not there")
        shared = typed.get(entry.get("statistic"), {})
        rows.append({key: shared[key] for key in PUBLISHED_KEYS if key in shared} | dict(entry))
    faults += _faults(rows, PUBLISHED_KEYS, label="quantity")
    _refuse(faults, "[[published]]")
    table = Table("published", {key: [row[key] for row in rows] for key in PUBLISHED_KEYS})
    notes = [f"{r['quantity']}: {r['note']}" for r in rows if r.get("note")]
    unread = sum(not row["verified"] for row in rows)
    note = f"{unread} of {len(rows)} figures have not been checked in their publication (verified = false)"
    return table, Layer(0, list_provenance(rows), "; ".join([note, *notes]))


def read_fleet(document: Mapping[str, Any]) -> tuple[Table, Layer]:
    """Fleet of a city's document (`[[fleet]]`) as the table `fleet`, from its margins by fuel and Euro group.

    The joint table is the one nearest to independence that keeps both margins (iterative proportional
    fitting), with no vehicle in the cells that `possible` leaves out. Electric vehicles have no Euro group.

    Raises
    ------
    SourceError
        With every fault: a class without margins, or margins that no joint table has.

    References
    ----------
    Deming and Stephan (1940), On a least squares adjustment of a sampled frequency table.
    """
    entries = _entries(document, "fleet")
    _refuse(_faults(entries, FLEET_KEYS, label="vehicle_class"), "[[fleet]]")
    columns: dict[str, list[Any]] = {"vehicle_class": [], "fuel": [], "euro_class": [], "share": []}
    for entry in entries:
        for fuel, euro, share in _joint_shares(entry):
            for key, value in zip(columns, (entry["vehicle_class"], fuel, euro, share), strict=True):
                columns[key].append(value)
    kinds = zip(columns["vehicle_class"], columns["fuel"], columns["euro_class"], strict=True)
    ids = [" ".join(kind) for kind in kinds]
    notes = [f"{e['vehicle_class']}: {e['note']}" for e in entries if e.get("note")]
    note = "Fitted to margins by fuel and Euro group. " + "; ".join(notes)
    return Table("fleet", {"fleet_id": ids, **columns}), Layer(0, list_provenance(entries), note)


def list_provenance(entries: Sequence[Mapping[str, Any]]) -> tuple[Provenance, ...]:
    """Every publication that the entries cite, once, in their order."""
    found: dict[str, Provenance] = {}
    for entry in entries:
        title, address = _address(entry)
        licence = _TYPED if address else ""
        source = Provenance(title=title, url=address, licence=licence, date=str(entry["year"]))
        found.setdefault(title + address, source)
    return tuple(found.values())


def _address(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Title and address of a publication: its own key `url`, or what follows the title."""
    text = str(entry["source"])
    if "url" in entry:
        return text, str(entry["url"])
    title, _, address = text.rpartition(", http")
    return (title, f"http{address}") if title else (text, "")


def _joint_shares(entry: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    fuels = {f: float(v) for f, v in entry["fuel"].items() if v > 0}
    total = sum(fuels.values())
    burning = [f for f in fuels if f not in WITHOUT_EURO]
    euros = list(entry["euro_class"])
    possible = entry.get("possible", {})
    joint = np.array([[float(e in possible.get(f, euros)) for e in euros] for f in burning])
    rows = np.array([fuels[f] / total for f in burning])
    columns = np.array([float(v) for v in entry["euro_class"].values()])
    columns *= rows.sum() / columns.sum()
    if burning:
        for _ in range(1000):
            with np.errstate(invalid="ignore", divide="ignore"):
                joint *= np.nan_to_num(columns / joint.sum(axis=0))
                joint *= np.nan_to_num(rows / joint.sum(axis=1))[:, None]
            if np.abs(joint.sum(axis=0) - columns).max() < FITTING_TOLERANCE:
                break
        else:
            raise SourceError(
                f"no fleet of class {entry['vehicle_class']} has both the given fuels and Euro groups",
                where="[[fleet]]",
                remedy="Check the margins, and the combinations that `possible` leaves out",
            )
    cells = [
        (fuel, euro, float(joint[i, j]))
        for i, fuel in enumerate(burning)
        for j, euro in enumerate(euros)
        if joint[i, j] > 0
    ]
    return cells + [(fuel, "none", fuels[fuel] / total) for fuel in fuels if fuel in WITHOUT_EURO]


def _entries(document: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    entries = document.get(key)
    if not isinstance(entries, list) or not entries:
        raise SourceError(
            f"the city's document has no [[{key}]]",
            where=f"[[{key}]]",
            remedy="Type in the published figures",
        )
    return entries


def _faults(entries: Sequence[Mapping[str, Any]], keys: Sequence[str], *, label: str) -> list[str]:
    faults = []
    for number, entry in enumerate(entries, start=1):
        absent = [key for key in keys if key not in entry or entry[key] == ""]
        if absent:
            faults.append(f"{entry.get(label, f'entry {number}')} lacks {', '.join(absent)}")
    return faults


def _refuse(faults: list[str], where: str) -> None:
    if faults:
        raise SourceError("; ".join(faults), where=where, remedy="Mend these entries of the city's document")
