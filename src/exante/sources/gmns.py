"""GMNS: the General Modeling Network Specification, a folder with ``node.csv`` and ``link.csv``.

Zones are the nodes with a ``zone_id``; they become zones 1, 2, … in the order of their ids. Times are minutes: length
(in the unit that ``config.csv`` or the caller states) over ``free_speed``. Columns ``vdf_fftt``, ``vdf_alpha``,
``vdf_beta`` and ``toll`` are read where they exist.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from exante.kernels.graph import list_faults
from exante.quantities.errors import SourceError
from exante.sources.tntp import COLUMNS, TntpNetwork, write_whole

BPR_ALPHA, BPR_POWER = 0.15, 4.0
"""Parameters of the Bureau of Public Roads (1964), where a network states none."""

MINUTES_PER_HOUR = 60.0


@dataclass(frozen=True)
class GmnsNetwork(TntpNetwork):
    """A GMNS network: its links as in TNTP, and the ids of the outside world.

    Attributes
    ----------
    node_id : ndarray
        GMNS ``node_id`` of nodes 1, 2, …
    link_id : ndarray
        GMNS ``link_id`` of each link.
    zone_id : ndarray
        GMNS ``zone_id`` of zones 1, 2, …
    """

    node_id: np.ndarray
    link_id: np.ndarray
    zone_id: np.ndarray


def read_gmns(folder: str | os.PathLike[str]) -> GmnsNetwork:
    """Network of a folder with ``node.csv`` and ``link.csv``.

    Links whose ``directed`` is false run both ways. Zones carry no through traffic where ``node_type`` says
    ``centroid`` for all of them. Parallel links are legal: they have ids of their own.

    Raises
    ------
    SourceError
        Naming every fault: missing tables or columns, unknown nodes, ids given twice, missing or negative values.
    """
    place = Path(folder)
    nodes = _table(place / "node.csv", ["node_id"])
    links = _table(place / "link.csv", ["link_id", "from_node_id", "to_node_id", "length", "capacity"])
    faults: list[str] = []
    for name, table, key in (("node.csv", nodes, "node_id"), ("link.csv", links, "link_id")):
        twice = table[key][table[key].duplicated()].unique().tolist()
        if twice:
            faults.append(list_faults(f"{name}: {key} given twice", twice))
    zone = nodes["zone_id"] if "zone_id" in nodes else pd.Series(np.nan, index=nodes.index)
    if zone.notna().sum() == 0:
        faults.append("node.csv: no node has a zone_id")
    if zone.dropna().duplicated().any():
        faults.append("node.csv: a zone_id is given to several nodes")
    ordered = nodes.assign(zone=zone).sort_values(["zone", "node_id"], na_position="last", kind="stable")
    number = dict(zip(ordered["node_id"].tolist(), range(1, len(ordered) + 1), strict=True))
    if "directed" in links:
        both = links[~links["directed"].astype(str).str.lower().isin(["true", "1", "1.0", "yes", "nan"])]
        links = pd.concat([links, both.rename(columns={"from_node_id": "to_node_id", "to_node_id": "from_node_id"})])
    table = pd.DataFrame(index=range(len(links)), columns=list(COLUMNS), dtype=float)
    for column, end in (("init_node", "from_node_id"), ("term_node", "to_node_id")):
        known = links[end].map(number)
        if known.isna().any():
            faults.append(list_faults(f"link.csv: unknown {end}", links[end][known.isna()].unique().tolist()))
        table[column] = known.to_numpy()
    lanes = _column(links, "lanes", 1.0)
    table["capacity"] = _column(links, "capacity", np.nan) * lanes
    table["length"] = _column(links, "length", np.nan)
    table["speed"] = _column(links, "free_speed", np.nan)
    time = _column(links, "vdf_fftt", np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        cruise = table["length"].to_numpy() / table["speed"].to_numpy() * MINUTES_PER_HOUR
    table["free_flow_time"] = np.where(np.isnan(time), cruise, time)
    table["speed"] = table["speed"].fillna(0.0)
    table["b"] = _column(links, "vdf_alpha", BPR_ALPHA)
    table["power"] = _column(links, "vdf_beta", BPR_POWER)
    table["toll"] = _column(links, "toll", 0.0)
    table["link_type"] = 1
    for column in ("capacity", "length", "free_flow_time", "b", "power", "toll"):
        bad = links["link_id"].to_numpy()[~(table[column].to_numpy(float) >= 0) | np.isinf(table[column])]
        if len(bad):
            faults.append(list_faults(f"link.csv: missing, negative or infinite {column} on link_id", bad.tolist()))
    congested = (table["free_flow_time"] > 0) & (table["b"] > 0) & (table["power"] > 0)
    closed_links = links["link_id"].to_numpy()[(congested & (table["capacity"] == 0)).to_numpy()]
    if len(closed_links):
        faults.append(
            list_faults("link.csv: zero capacity although the time depends on it, link_id", closed_links.tolist())
        )
    if faults:
        raise SourceError("The network is faulty: " + "; ".join(faults), where=str(place), remedy="Correct the tables")
    zones = int(zone.notna().sum())
    kind = nodes.set_index("node_id").get("node_type")
    zone_nodes = ordered["node_id"].iloc[:zones]
    closed = kind is not None and bool((kind.loc[zone_nodes].astype(str).str.lower() == "centroid").all())
    for column in ("init_node", "term_node", "link_type"):
        table[column] = table[column].astype(np.int64)
    return GmnsNetwork(
        links=table,
        n_zones=zones,
        n_nodes=len(nodes),
        first_through_node=zones + 1 if closed else 1,
        path=place,
        node_id=ordered["node_id"].to_numpy(),
        link_id=links["link_id"].to_numpy(),
        zone_id=_whole(ordered["zone"].iloc[:zones].to_numpy()),
    )


def write_gmns(folder: str | os.PathLike[str], network: TntpNetwork) -> None:
    """Write a network as ``node.csv`` and ``link.csv``, with BPR parameters in the ``vdf_`` columns."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    ids = network.node_id if isinstance(network, GmnsNetwork) else np.arange(1, network.n_nodes + 1)
    names = network.zone_id if isinstance(network, GmnsNetwork) else np.arange(1, network.n_zones + 1)
    zone = [*map(str, names), *[""] * (network.n_nodes - network.n_zones)]
    closed = network.first_through_node > network.n_zones
    nodes = pd.DataFrame({"node_id": ids, "zone_id": zone, "x_coord": "", "y_coord": ""})
    nodes["node_type"] = ["centroid" if z and closed else "" for z in zone]
    table = network.links
    links = pd.DataFrame(
        {
            "link_id": network.link_id if isinstance(network, GmnsNetwork) else np.arange(1, len(table) + 1),
            "from_node_id": ids[table["init_node"] - 1],
            "to_node_id": ids[table["term_node"] - 1],
            "directed": 1,
            "length": table["length"],
            "lanes": 1,
            "capacity": table["capacity"],
            "free_speed": table["speed"],
            "toll": table["toll"],
            "vdf_fftt": table["free_flow_time"],
            "vdf_alpha": table["b"],
            "vdf_beta": table["power"],
        }
    )
    write_whole(place / "node.csv", nodes.to_csv(index=False))
    write_whole(place / "link.csv", links.to_csv(index=False))


def _whole(names: np.ndarray) -> np.ndarray:
    """Zone names as whole numbers where they are: a column with gaps is read as floats."""
    number = pd.to_numeric(pd.Series(names), errors="coerce")
    return number.to_numpy(np.int64) if bool((number % 1 == 0).all()) else names


def _column(table: pd.DataFrame, name: str, default: float) -> np.ndarray:
    if name not in table:
        return np.full(len(table), default)
    # What is there and no number stays missing, and is reported; only empty fields take the default.
    return pd.to_numeric(table[name], errors="coerce").where(table[name].notna(), default).to_numpy(float)


def _table(path: Path, needed: list[str]) -> pd.DataFrame:
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise SourceError(f"The table cannot be read: {error}", where=str(path), remedy="Check the folder") from error
    missing = [column for column in needed if column not in table]
    if missing:
        raise SourceError(f"The table lacks the columns {', '.join(missing)}", where=str(path))
    return table
