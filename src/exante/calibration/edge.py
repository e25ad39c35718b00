"""Regional stations beyond the city's edge as counts of its gates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exante.city.city import City


def join_gates(city: City, sites: pd.DataFrame, counts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, set[str]]:
    """Sites and counts in which stations that count the road of a gate are joined to its links.

    Traffic that enters is read on the one street out of the gate's entry node, what leaves on the one into its exit
    node; a gate with several streets there is left out. Where the sense of a station's directions is not known, each
    gets the mean of both. Only days within those of the other sites are used, so that the season is theirs.

    Parameters
    ----------
    city : City
    sites : DataFrame
        `site_id, link_id, name, match_note`, `gate_id` and `gate_way` where known.
    counts : DataFrame
        `site_id, date, hour, flow`.

    Returns
    -------
    sites, counts : DataFrame
    edge : set of str
        Sites that count at the edge: those that were joined here.
    """
    if "gate_id" not in sites or "gates" not in city.tables:
        return sites, counts, set()
    at_edge = sites["link_id"].isna() & sites["gate_id"].notna()
    stations = sites[at_edge]
    ways = _ways(stations)
    gates = city.table("gates").frame().set_index("gate_id")
    links = city.table("links").frame()[["link_id", "from_node_id", "to_node_id", "name"]]
    links = links[~links["link_id"].str.startswith("turn-")]
    joined = {}
    for site, gate in zip(stations["site_id"], stations["gate_id"], strict=True):
        end, node = ("from_node_id", "entry_node_id") if ways[site] == "in" else ("to_node_id", "exit_node_id")
        found = links.loc[links[end] == gates.loc[gate, node], "link_id"]
        if len(found) == 1:
            joined[site] = found.iloc[0]
    inner = counts.loc[~counts["site_id"].isin(set(stations["site_id"])), "date"]
    mine = counts["site_id"].isin(joined)
    if not joined or inner.empty:
        return sites, counts[~counts["site_id"].isin(set(stations["site_id"]))], set()
    season = counts["date"].between(inner.min(), inner.max())
    kept = counts[~counts["site_id"].isin(set(stations["site_id"])) | (mine & season)]
    unknown = stations[stations["gate_way"].isna()]
    result = sites.copy()
    result["link_id"] = sites["link_id"].where(~sites["site_id"].isin(joined), sites["site_id"].map(joined))
    return result, _both_ways(kept, unknown), set(joined)


def _ways(stations: pd.DataFrame) -> dict[str, str]:
    """Sense of each site; where it is not known the first of a gate is taken to enter (both get the mean)."""
    ways: dict[str, str] = {}
    for _, group in stations.groupby("gate_id", sort=True):
        for k, (site, way) in enumerate(zip(group["site_id"], group["gate_way"], strict=True)):
            ways[site] = way if isinstance(way, str) else ("in" if k == 0 else "out")
    return ways


def _both_ways(counts: pd.DataFrame, unknown: pd.DataFrame) -> pd.DataFrame:
    """Counts in which sites of unknown sense have the mean of both directions of their gate."""
    gate = unknown.set_index("site_id")["gate_id"]
    mine = counts["site_id"].isin(gate.index)
    if not mine.any():
        return counts
    part = counts.loc[mine, ["site_id", "date", "hour", "flow"]]
    key = [part["site_id"].map(gate), part["date"], part["hour"]]
    both = part.assign(flow=part["flow"].groupby(key).transform("mean"))
    result = counts.copy()
    result["flow"] = np.where(mine, both["flow"].reindex(counts.index), counts["flow"])
    return result
