"""The street graph as every reader gives it, and what is done to it before it becomes a city's network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components
from scipy.spatial import cKDTree

from exante.quantities.errors import SourceError
from exante.sources.quality import Finding

#: Columns of `Streets.links`, beyond the vocabulary: ref, roundabout.
LINK_COLUMNS = (
    "link_id", "from_node_id", "to_node_id", "name", "ref", "road_class", "ramp", "length", "lanes",
    "source_speed_limit", "allowed_uses", "roundabout", "oneway", "geometry",
)  # fmt: skip
SIGNAL_REACH = 25.0  # m; one signalised junction of two dual carriageways is drawn as up to four nodes


@dataclass
class Streets:
    """A directed street graph in a projected reference system.

    Parameters
    ----------
    nodes : DataFrame
        `node_id, ctrl_type, street_count, geometry`; `street_count` counts the streets that meet at the
        node, those that leave the extract included (-1 where the source does not tell).
    links : DataFrame
        `LINK_COLUMNS`; `lanes` and `source_speed_limit` are NaN where the source has none.
    notes : list of str
        What was read, mended and left out, in plain words.
    gates : DataFrame, optional
        Table of gates, once `exante.sources.gates` has found them.
    findings : list of Finding
        What the reader did with the rows of its source, for the table `quality`.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    notes: list[str] = field(default_factory=list)
    gates: pd.DataFrame | None = None
    findings: list[Finding] = field(default_factory=list)


def text(value: object) -> str:
    """A name from a table, `""` where it is missing (pandas turns None into NaN)."""
    return value if isinstance(value, str) else ""


def node_rows(nodes: pd.DataFrame, ids: Sequence[str] | np.ndarray | pd.Series) -> np.ndarray:
    """Row in `nodes` of every id; -1 where there is none."""
    return pd.Index(nodes["node_id"]).get_indexer(pd.Index(ids))


def spread_control(streets: Streets) -> None:
    """Carry control from mapped nodes to the whole junction, in place.

    Roundabout links make their nodes roundabout nodes; a signal counts for every junction node within
    `SIGNAL_REACH` of it.
    """
    nodes, links = streets.nodes, streets.links
    control = nodes["ctrl_type"].to_numpy(dtype=object).copy()
    around = set(links.loc[links["roundabout"], "from_node_id"]) | set(links.loc[links["roundabout"], "to_node_id"])
    on_roundabout = nodes["node_id"].isin(around).to_numpy() & (control != "signal")
    control[on_roundabout] = "roundabout"
    xy = shapely.get_coordinates(nodes["geometry"].to_numpy())
    mapped = np.flatnonzero(control == "signal")
    if mapped.size:
        distance, _ = cKDTree(xy[mapped]).query(xy, distance_upper_bound=SIGNAL_REACH)
        joined = np.isfinite(distance) & (nodes["street_count"].to_numpy() >= 3) & (control == "none")
        control[joined] = "signal"
        streets.notes.append(
            f"signals: {mapped.size} nodes, and {int(joined.sum())} more within {SIGNAL_REACH:g} m that belong to the "
            f"same junctions"
        )
    nodes["ctrl_type"] = control
    streets.notes.append(f"roundabouts: {int(on_roundabout.sum())} nodes lie on one")


def _graph(streets: Streets) -> csr_array:
    """Graph of the links open to cars."""
    nodes, links = streets.nodes, streets.links
    car = links[links["allowed_uses"].str.contains("auto")]
    if not len(car):
        raise SourceError("no street of the source is open to cars", remedy="Check the access tags of the extract")
    tail, head = node_rows(nodes, car["from_node_id"]), node_rows(nodes, car["to_node_id"])
    return coo_array((np.ones(len(car)), (tail, head)), shape=(len(nodes), len(nodes))).tocsr()


def _main_part(graph: csr_array) -> np.ndarray:
    """Nodes of the largest part in which every node reaches every other, shape (nodes,)."""
    _, part = connected_components(graph, connection="strong")
    return np.asarray(part == np.bincount(part).argmax())


def reach(streets: Streets) -> tuple[np.ndarray, np.ndarray]:
    """Nodes from which the main part can be reached by car, and nodes that it reaches, each shape (nodes,)."""
    graph = _graph(streets)
    start = int(np.flatnonzero(_main_part(graph))[0])
    found = []
    for way in (graph.T.tocsr(), graph):
        mask = np.zeros(graph.shape[0], dtype=bool)
        mask[breadth_first_order(way, start, return_predecessors=False)] = True
        found.append(mask)
    return found[0], found[1]


def keep_connected(streets: Streets) -> pd.DataFrame:
    """Keep the largest part of the network in which every node reaches every other by car, in place.

    Links closed to cars stay where both of their ends are in that part.

    Returns
    -------
    DataFrame
        The links left out, with the reason in a column `why`.

    Raises
    ------
    SourceError
        If no link is open to cars.
    """
    nodes, links = streets.nodes, streets.links
    tail, head = node_rows(nodes, links["from_node_id"]), node_rows(nodes, links["to_node_id"])
    car = links["allowed_uses"].str.contains("auto").to_numpy()
    main = _main_part(_graph(streets))
    keep = main[tail] & main[head]
    enters, leaves = main[tail] & ~main[head], ~main[tail] & main[head]
    why = np.select(
        [~car, enters, leaves],
        ["closed to cars, away from the network", "one-way out of the network", "one-way into the network"],
        "cut off from the network",
    )
    lost = links.loc[~keep].assign(why=why[~keep])
    streets.links = links.loc[keep].reset_index(drop=True)
    closed = streets.links[~streets.links["allowed_uses"].str.contains("auto")]
    closed = closed[closed["road_class"] != "busway"]
    if len(closed):
        streets.notes.append(
            f"closed to cars by their access tag, kept for buses: {len(closed)} links, "
            f"{closed['length'].sum() / 1000:.1f} km (longest: {_examples(closed)}); works under way when the extract "
            f"was made are among them if there were any"
        )
    used = set(streets.links["from_node_id"]) | set(streets.links["to_node_id"])
    streets.nodes = nodes.loc[nodes["node_id"].isin(used)].reset_index(drop=True)
    for reason, rows in lost.groupby("why"):
        streets.notes.append(
            f"left out: {len(rows)} links, {rows['length'].sum() / 1000:.1f} km, {reason} (longest: {_examples(rows)})"
        )
    return lost


def _examples(rows: pd.DataFrame) -> str:
    longest = rows.sort_values(["length", "link_id"], ascending=[False, True]).head(3)
    return "; ".join(f"{text(name) or road_class} {length:.0f} m" for name, road_class, length in
                     zip(longest["name"], longest["road_class"], longest["length"], strict=True))  # fmt: skip
