"""TNTP: the text format of the *Transportation Networks for Research* collection.

A network is a list of links with BPR parameters, a trip table a list of origins; zones are the nodes ``1 .. Z``, and
paths never cross nodes below ``FIRST THRU NODE``. Every fault of a file is collected and reported once, with its line.
"""

from __future__ import annotations

import os
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exante.kernels.graph import Graph, list_faults
from exante.kernels.link_cost import LinkCost
from exante.quantities.errors import SourceError

FloatArray = NDArray[np.float64]

COLUMNS = (
    "init_node",
    "term_node",
    "capacity",
    "length",
    "free_flow_time",
    "b",
    "power",
    "speed",
    "toll",
    "link_type",
)
NEEDED_COLUMNS = 7
"""Columns up to ``power``; the rest is zero where a file leaves it out."""

TOTAL_TOLERANCE = 1e-6
"""Relative difference without a word between the trips of a file and the total it states; every file of the collection
that we read (Anaheim, Barcelona, Braess, Chicago-Sketch, Sioux Falls) agrees to 1e-14."""

TOTAL_DOUBT = 1e-3
"""Above the tolerance and up to this the trips are taken as they are, with a warning: totals are also typed by hand."""

_METADATA = re.compile(r"<\s*([^>]+?)\s*>\s*([^~]*)")
_ORIGIN = re.compile(r"\s*origin\b[\s:]*(.*?)[\s:;]*$", re.IGNORECASE)
_OBJECTIVE = re.compile(
    r"objective(?: function)? value\s*(?::|=|is|of)\s*([0-9][0-9.,]*(?:[eE][+-]?\d+)?)", re.IGNORECASE
)
_WEIGHT = re.compile(r"^\W*(toll|distance)\W*:\s*([0-9.eE+-]+)?", re.IGNORECASE)


@dataclass(frozen=True)
class TntpNetwork:
    """A TNTP network.

    Attributes
    ----------
    links : DataFrame
        The ten columns of the format; nodes are numbered from one.
    n_zones, n_nodes, first_through_node : int
        The file's metadata.
    path : Path
    toll_weight, distance_weight : float, optional
        Time per unit of toll and of length, where the file states ``<TOLL FACTOR>`` and ``<DISTANCE FACTOR>``.
    """

    links: pd.DataFrame
    n_zones: int
    n_nodes: int
    first_through_node: int
    path: Path
    toll_weight: float | None = field(default=None, kw_only=True)
    distance_weight: float | None = field(default=None, kw_only=True)

    def graph(self) -> Graph:
        """The graph, nodes numbered from zero."""
        return Graph.build(
            self.links["init_node"].to_numpy() - 1,
            self.links["term_node"].to_numpy() - 1,
            self.n_nodes,
            self.n_zones,
            first_through_node=self.first_through_node - 1,
        )

    def link_cost(self) -> LinkCost:
        """BPR times in the file's unit of time."""
        table = self.links
        return LinkCost.bpr(table["free_flow_time"], table["capacity"], table["b"], table["power"])

    def fixed_cost(self, toll_weight: float, distance_weight: float) -> FloatArray:
        """Cost besides time: weights (time per unit of toll and of length) times the file's columns."""
        return toll_weight * self.links["toll"].to_numpy() + distance_weight * self.links["length"].to_numpy()


def read_network(path: str | os.PathLike[str]) -> TntpNetwork:
    """Network of a ``_net.tntp`` file.

    Raises
    ------
    SourceError
        Naming every fault with its line: missing metadata, lines that are not ten numbers, missing or negative values,
        nodes outside the stated range, links given twice, zero capacity where the time depends on it.
    """
    source = Path(path)
    metadata, lines = _split(source)
    faults: list[str] = []
    sizes = {
        name: _metadata_number(metadata, name, faults)
        for name in ("NUMBER OF ZONES", "NUMBER OF NODES", "FIRST THRU NODE", "NUMBER OF LINKS")
    }
    weights = [_metadata_weight(metadata, name, faults) for name in ("TOLL FACTOR", "DISTANCE FACTOR")]
    rows, numbers = [], []
    for number, text in lines:
        fields = text.replace(";", " ").split()
        values = [_number(field) for field in fields[: len(COLUMNS)]]
        if len(values) < NEEDED_COLUMNS or any(value is None for value in values):
            faults.append(f"line {number} is not a link: {text.strip()[:60]!r}")
            continue
        rows.append(values + [0.0] * (len(COLUMNS) - len(values)))
        numbers.append(number)
    table = pd.DataFrame(np.array(rows, float).reshape(-1, len(COLUMNS)), columns=list(COLUMNS))
    zones, nodes = sizes["NUMBER OF ZONES"], sizes["NUMBER OF NODES"]
    if sizes["NUMBER OF LINKS"] not in (-1, len(table)) and not faults:
        faults.append(f"the file states {sizes['NUMBER OF LINKS']} links and holds {len(table)}")
    if not faults and not 0 < zones <= nodes:
        faults.append(f"the file states {zones} zones among {nodes} nodes")
    faults += _link_faults(table, np.array(numbers, int), nodes)
    remedy = "Correct the file; zones are numbered from 1 without gaps, links are given once"
    _raise(faults, source, "network", remedy)
    for column in ("init_node", "term_node", "link_type"):
        table[column] = table[column].astype(np.int64)
    first = max(1, sizes["FIRST THRU NODE"])
    return TntpNetwork(table, zones, nodes, first, source, toll_weight=weights[0], distance_weight=weights[1])


def _link_faults(table: pd.DataFrame, line: NDArray[np.int64], n_nodes: int) -> list[str]:
    faults = []

    def add(label: str, bad: pd.Series | NDArray[np.bool_]) -> None:
        at = line[np.asarray(bad)]
        if at.size:
            faults.append(list_faults(label, [f"line {number}" for number in at]))

    ends = table[["init_node", "term_node"]]
    for column in COLUMNS:
        # Toll and speed are sometimes left out as nan in files that never use them; links need all the rest.
        add(f"missing or infinite {column}", ~np.isfinite(table[column]))
    for column in ("capacity", "length", "free_flow_time", "b", "power", "toll"):
        add(f"negative {column}", table[column] < 0)
    add("node numbers that are not whole", (ends % 1 != 0).any(axis=1))
    if n_nodes > 0:
        add(f"nodes outside 1 to {n_nodes}", ((ends < 1) | (ends > n_nodes)).any(axis=1))
    add("links that begin where they end", table["init_node"] == table["term_node"])
    add("links given before", ends.duplicated())
    congested = (table["free_flow_time"] > 0) & (table["b"] > 0) & (table["power"] > 0)
    add("zero capacity although the time depends on it", congested & (table["capacity"] == 0))
    return faults


def read_trips(path: str | os.PathLike[str], n_zones: int) -> FloatArray:
    """Trip table of a ``_trips.tntp`` file, or of a ``.npz`` or ``.npy`` file with one square matrix.

    Returns
    -------
    ndarray, shape (n_zones, n_zones)

    Raises
    ------
    SourceError
        Naming every fault with its line: trips for zones that the network does not have, values that are negative or
        missing, entries that are not ``zone : trips``, a sum other than the ``TOTAL OD FLOW`` that the file states.
    """
    source = Path(path)
    if source.suffix in (".npz", ".npy"):
        return _read_matrix(source, n_zones)
    metadata, lines = _split(source)
    faults: list[str] = []
    stated = metadata.get("NUMBER OF ZONES", "")
    if stated.strip().isdigit() and int(stated) != n_zones:
        faults.append(f"the trips are for {int(stated)} zones, the network has {n_zones}")
    trips = np.zeros((n_zones, n_zones))
    origin = 0
    for number, text in lines:
        if heading := _ORIGIN.match(text):
            found = _number(heading.group(1))
            origin = int(found) if found is not None and found % 1 == 0 else 0
            if not 0 < origin <= n_zones:
                faults.append(f"line {number}: trips from unknown zone {heading.group(1)!r}")
                origin = -1
            continue
        if not origin:
            faults.append(f"line {number}: trips before the first 'Origin'")
            origin = -1
        for item in text.split(";"):
            if not item.strip():
                continue
            zone, _, amount = item.partition(":")
            target, value = _number(zone), _number(amount)
            if target is None or value is None or target % 1 != 0:
                faults.append(f"line {number}: {item.strip()[:40]!r} is not 'zone : trips'")
            elif not 0 < target <= n_zones:
                faults.append(f"line {number}: trips to unknown zone {int(target)}")
            elif not (value >= 0 and np.isfinite(value)):
                faults.append(f"line {number}: {amount.strip()} trips")
            elif origin > 0:
                trips[origin - 1, int(target) - 1] += value
    if not origin and not faults:
        faults.append("it has no line 'Origin' and no trips")
    _raise(faults, source, "trip table", _trips_remedy(n_zones))
    _check_total(metadata.get("TOTAL OD FLOW", ""), float(trips.sum()), source)
    return trips


def _trips_remedy(n_zones: int) -> str:
    return (
        f"Correct the file; zones are numbered from 1 to {n_zones}, entries are 'zone : trips;' with trips not below 0"
    )


def _check_total(stated: str, found: float, source: Path) -> None:
    """A file that lost lines holds less than it states; half of the stated figure's last digit is rounding."""
    text = stated.replace(",", "")
    total = _number(text)
    if total is None:
        return
    decimals = len(text.lower().partition("e")[0].partition(".")[2])
    rounding = 0.0 if "e" in text.lower() else 0.5 * 10.0**-decimals
    difference = abs(found - total)
    if difference <= max(TOTAL_TOLERANCE * abs(total), rounding):
        return
    told = f"The trips add up to {found:.12g}, the file states {total:.12g}"
    if difference <= TOTAL_DOUBT * abs(total):
        warnings.warn(f"{told} (in {source}); the trips are taken as they are", stacklevel=3)
        return
    raise SourceError(
        told,
        where=f"{source}, <TOTAL OD FLOW>",
        remedy="Put back the origins that are missing, or correct the total if the trips are as meant",
    )


def _read_matrix(source: Path, n_zones: int) -> FloatArray:
    try:
        loaded = np.load(source)
        matrix = np.asarray(loaded if source.suffix == ".npy" else loaded[loaded.files[0]], float)
    except (OSError, ValueError, EOFError, IndexError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise SourceError(
            f"The trip table cannot be read: {error}", where=str(source), remedy="Give one square matrix of numbers"
        ) from error
    if matrix.shape != (n_zones, n_zones):
        raise SourceError(
            f"The trips are {matrix.shape}, the network has {n_zones} zones",
            where=str(source),
            remedy=f"Give a matrix of {n_zones} rows and {n_zones} columns, origins down, in the order of the zones",
        )
    bad = [f"{i + 1} to {j + 1}" for i, j in np.argwhere(~(np.isfinite(matrix) & (matrix >= 0))).tolist()]
    if bad:
        raise SourceError(
            list_faults("The trip table has negative or missing values between zones", bad),
            where=str(source),
            remedy="Write 0 where no trips are made, and correct the values below 0",
        )
    return matrix


def read_flows(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Published solution of a ``_flow.tntp`` file: ``init_node, term_node, volume, cost``."""
    source = Path(path)
    rows = []
    for text in _text(source).splitlines():
        values = [_number(field) for field in text.replace(";", " ").replace(":", " ").split()]
        if len(values) >= 3 and all(value is not None for value in values):
            rows.append([*values, float("nan")][:4])
    if not rows:
        raise SourceError("The file holds no link flows", where=str(source))
    table = pd.DataFrame(np.array(rows, float), columns=["init_node", "term_node", "volume", "cost"])
    return table.astype({"init_node": np.int64, "term_node": np.int64})


@dataclass(frozen=True)
class TntpNotes:
    """What the README of a network states: cost weights (time per unit of toll and length) and the optimum."""

    toll_weight: float = 0.0
    distance_weight: float = 0.0
    objective: float | None = None


def read_notes(folder: str | os.PathLike[str]) -> TntpNotes:
    """Cost weights and published optimum from the README of a network's folder; zeros where it states none."""
    for name in ("README.md", "readme.md", "README.txt", "README"):
        path = Path(folder) / name
        if path.is_file():
            break
    else:
        return TntpNotes()
    text = _text(path)
    weights = {"toll": 0.0, "distance": 0.0}
    section = text.lower().find("generalized cost weights")
    if section >= 0:
        for line in text[section:].splitlines()[1:]:
            if line.startswith("#"):
                break
            match = _WEIGHT.match(line)
            if match and match.group(2):
                weights[match.group(1).lower()] = _number(match.group(2)) or 0.0
    found = _OBJECTIVE.search(text)
    value = _number(found.group(1).rstrip(".").replace(",", "")) if found else None
    return TntpNotes(weights["toll"], weights["distance"], value)


def write_flows(path: str | os.PathLike[str], network: TntpNetwork, flow: FloatArray, cost: FloatArray) -> None:
    """Write link flows and costs in the collection's flow format; the file appears whole or not at all."""
    rows = zip(
        network.links["init_node"].tolist(),
        network.links["term_node"].tolist(),
        flow.tolist(),
        cost.tolist(),
        strict=True,
    )
    lines = ["From \tTo \tVolume \tCost "] + [f"{i} \t{j} \t{x!r} \t{c!r} " for i, j, x, c in rows]
    write_whole(path, "\n".join(lines) + "\n")


def write_network(path: str | os.PathLike[str], network: TntpNetwork) -> None:
    """Write a network in the TNTP format."""
    lines = [
        f"<NUMBER OF ZONES> {network.n_zones}",
        f"<NUMBER OF NODES> {network.n_nodes}",
        f"<FIRST THRU NODE> {network.first_through_node}",
        f"<NUMBER OF LINKS> {len(network.links)}",
        "<END OF METADATA>",
        "",
        "~\t" + "\t".join(COLUMNS) + "\t;",
    ]
    for row in network.links[list(COLUMNS)].itertuples(index=False):
        lines.append("\t" + "\t".join(f"{value!r}" for value in row) + "\t;")
    write_whole(path, "\n".join(lines) + "\n")


def write_trips(path: str | os.PathLike[str], trips: FloatArray) -> None:
    """Write a trip table in the TNTP format; zero entries are left out."""
    lines = [f"<NUMBER OF ZONES> {len(trips)}", f"<TOTAL OD FLOW> {float(trips.sum())!r}", "<END OF METADATA>", ""]
    for origin, row in enumerate(trips, start=1):
        lines.append(f"Origin {origin}")
        lines += [f"    {zone + 1} : {float(row[zone])!r};" for zone in np.flatnonzero(row)]
    write_whole(path, "\n".join(lines) + "\n")


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file under a temporary name in the same folder and rename it."""
    target = Path(path)
    if not target.parent.is_dir():
        raise SourceError("The folder to write to does not exist", where=str(target.parent), remedy="Create it first")
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise SourceError(
            f"The file cannot be read: {error.strerror or error}", where=str(path), remedy="Check the path"
        ) from error


def _split(path: Path) -> tuple[dict[str, str], Iterator[tuple[int, str]]]:
    """Metadata of a file, and its further lines that are neither empty nor comments, numbered from one.

    Where ``<END OF METADATA>`` is missing, the metadata end with the last line of their form.
    """
    metadata: dict[str, str] = {}
    lines = _text(path).splitlines()
    body = 0
    for number, text in enumerate(lines):
        match = _METADATA.match(text.strip())
        if match:
            body = number + 1
            name = " ".join(match.group(1).upper().split())
            if name == "END OF METADATA":
                break
            metadata[name] = match.group(2).strip().rstrip(";").rstrip()
    if not body:
        raise SourceError("The file has no metadata", where=str(path), remedy="Give a file in the TNTP format")
    numbered = ((k + 1, lines[k].split("~")[0]) for k in range(body, len(lines)))
    return metadata, ((number, text) for number, text in numbered if text.strip())


def _metadata_number(metadata: dict[str, str], name: str, faults: list[str]) -> int:
    stated = metadata.get(name, "")
    value = _number(stated)
    if value is not None and np.isfinite(value) and value == np.floor(value):
        return int(value)
    if stated:
        faults.append(f"<{name}> is {stated!r}, not a whole number")
    elif name == "NUMBER OF LINKS":
        return -1
    else:
        faults.append(f"the metadata do not state <{name}>")
    return 0


def _metadata_weight(metadata: dict[str, str], name: str, faults: list[str]) -> float | None:
    stated = metadata.get(name, "")
    value = _number(stated)
    if stated and not (value is not None and value >= 0 and np.isfinite(value)):
        faults.append(f"<{name}> is {stated!r}, not a number from 0 up")
    return value


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _raise(faults: list[str], path: Path, what: str, remedy: str) -> None:
    if faults:
        raise SourceError(
            f"The {what} has {len(faults)} kinds of fault: " + list_faults("", faults).removeprefix(": ")
            if len(faults) > 1
            else f"The {what} is faulty: {faults[0]}",
            where=str(path),
            remedy=remedy,
        )
