"""Traffic lights that the street map does not have, from a city's list of induction loops.

Loops serve signal plants. The list says which plant each loop belongs to, and loops lie a few metres before or behind
the plant's junction: the junction is the one that lies nearest to all loops of the plant. Street maps put lights on
stop lines, which graphs that are simplified to junctions lose: of 245 plants of Bologna 154 have no mapped light.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from exante.quantities.errors import SourceError
from exante.sources.streets import SIGNAL_REACH, Streets

#: Columns of the list of loops.
EXPECTED = ("codice spira", "codimpsem", "geopoint")
#: A loop lies at most so far from the junction of its plant, m.
LOOP_REACH = 90.0


def read_plants(path: Path, crs: str) -> pd.DataFrame:
    """Loops with the signal plant they belong to: `plant, x, y`.

    Parameters
    ----------
    path : Path
        List of loops (`codice spira`, `codimpsem`, `geopoint`), as CSV or as the only file of a zip.
    crs : str
        Reference system of the result.

    Raises
    ------
    SourceError
        If the table cannot be read, a column is absent or a position is none.
    """
    from pyproj import Transformer

    try:
        frame = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (ValueError, OSError, UnicodeDecodeError) as error:
        raise SourceError(f"the table cannot be read ({error})", where=path.name, remedy="Fetch it again") from error
    absent = [c for c in EXPECTED if c not in frame]
    if absent:
        raise SourceError(
            f"the table lacks {', '.join(absent)}: expected {', '.join(EXPECTED)}; found {', '.join(frame.columns)}",
            where=path.name,
            remedy="The portal changed its columns: adapt exante.sources.junctions",
        )
    frame = frame[frame["codimpsem"].str.strip() != ""]
    place = frame["geopoint"].str.extract(r"^\s*(-?\d+\.\d+)\s*,\s*(-?\d+\.\d+)\s*$").astype(float)
    bad = np.flatnonzero(place.isna().any(axis=1))
    if bad.size:
        raise SourceError(
            f"loop {frame['codice spira'].iloc[bad[0]]} has the position '{frame['geopoint'].iloc[bad[0]]}'",
            where=path.name,
            remedy="A position is 'latitude, longitude' in degrees",
        )
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(place[1].to_numpy(), place[0].to_numpy())
    return pd.DataFrame({"plant": frame["codimpsem"].str.strip().to_numpy(), "x": x, "y": y})


def add_plants(streets: Streets, plants: pd.DataFrame) -> None:
    """Mark the junctions of signal plants as signalled, in place.

    The junction of a plant is the node of three or more streets with the least mean distance to its loops, distances
    beyond `LOOP_REACH` counting as that. Further junction nodes within `SIGNAL_REACH` of it belong to it, as they
    do of lights that are mapped. Nodes on a roundabout keep that control.
    """
    nodes, links = streets.nodes, streets.links
    car = links[links["allowed_uses"].str.contains("auto")]
    ends = pd.concat([car["from_node_id"], car["to_node_id"]])
    serves = nodes["node_id"].isin(set(ends)).to_numpy()
    junction = np.flatnonzero(serves & (_streets_met(streets) >= 3))
    if not junction.size or plants.empty:
        return
    xy = shapely.get_coordinates(nodes["geometry"].to_numpy())[junction]
    tree = cKDTree(xy)
    control = nodes["ctrl_type"].to_numpy(dtype=object).copy()
    before = control == "signal"
    lost, chosen = 0, []
    for _, loops in plants.groupby("plant"):
        at = loops[["x", "y"]].to_numpy()
        near = sorted({int(k) for found in tree.query_ball_point(at, LOOP_REACH) for k in found})
        if not near:
            lost += 1
            continue
        away = np.hypot(*(xy[near][:, None] - at[None]).transpose(2, 0, 1))
        chosen.append(near[int(np.argmin(np.minimum(away, LOOP_REACH).mean(axis=1)))])
    for members in tree.query_ball_point(xy[chosen], SIGNAL_REACH):
        here = junction[members]
        control[here[np.isin(control[here].astype(str), ("none", "yield", "stop"))]] = "signal"
    nodes["ctrl_type"] = control
    added = int(((control == "signal") & ~before).sum())
    streets.notes.append(
        f"signals of the city's plants: {len(chosen)} of {len(chosen) + lost} plants placed by their loops, {added} "
        f"junction nodes marked that the map had no light on"
    )


def _streets_met(streets: Streets) -> np.ndarray:
    """Distinct neighbours of every node along car links, shape (nodes,)."""
    links = streets.links
    car = links[links["allowed_uses"].str.contains("auto")]
    both = pd.concat(
        [
            pd.DataFrame({"node": car["from_node_id"].to_numpy(), "other": car["to_node_id"].to_numpy()}),
            pd.DataFrame({"node": car["to_node_id"].to_numpy(), "other": car["from_node_id"].to_numpy()}),
        ]
    ).drop_duplicates()
    met = both["node"].value_counts()
    return streets.nodes["node_id"].map(met).fillna(0).to_numpy(dtype=int)
