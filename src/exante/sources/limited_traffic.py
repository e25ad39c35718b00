"""Bans of a city's limited-traffic zones: streets inside the published polygons, under the hours of its document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from exante.quantities.errors import SourceError
from exante.sources.limits import middles

EXPECTED = ("name", "start_hour", "end_hour", "vehicles", "road_classes", "exempt_share", "source")


def list_bans(
    links: pd.DataFrame, areas: gpd.GeoDataFrame, settings: Mapping[str, Any], notes: list[str]
) -> pd.DataFrame:
    """The vocabulary's table of bans: a row for each vehicle class and each street inside a limited-traffic zone.

    A street is inside where its middle is. Main roads are left out by class: the ring touches the polygons, and its
    traffic is not limited.

    Parameters
    ----------
    links : DataFrame
        With `link_id`, `road_class`, `allowed_uses`, `length`, `geometry`.
    areas : GeoDataFrame
        Named areas of the city; those of kind `limited_traffic_zone` count.
    settings : mapping
        `[build.limited_traffic]`: `name`, `start_hour`, `end_hour`, `vehicles`, `road_classes`, `exempt_share`,
        `source`.
    notes : list of str
        Grows by what was done.

    Raises
    ------
    SourceError
        If the settings lack something, or no street lies inside.
    """
    absent = [name for name in EXPECTED if name not in settings]
    if absent:
        raise SourceError(
            f"the limited-traffic zones lack {', '.join(absent)}", where="[build.limited_traffic]", remedy="Add them"
        )
    zone = shapely.union_all(areas.geometry[areas["kind"] == "limited_traffic_zone"].to_numpy())
    shapely.prepare(zone)
    barred = shapely.contains(zone, middles(links))
    barred &= links["road_class"].isin(settings["road_classes"]).to_numpy()
    barred &= links["allowed_uses"].str.contains("auto").to_numpy(dtype=bool)
    if not barred.any():
        raise SourceError(
            "no street of the city lies inside its limited-traffic zones",
            where="source limited_traffic",
            remedy="Check the polygons and the road classes of [build.limited_traffic]",
        )
    km = float(links["length"][barred].sum()) / 1000.0
    notes.append(
        f"bans: {int(barred.sum())} links, {km:.0f} km, inside the limited-traffic zones, "
        f"{settings['start_hour']:g}-{settings['end_hour']:g} h, {', '.join(settings['vehicles'])}; "
        f"{100 * settings['exempt_share']:g} % of drivers from outside assumed exempt"
    )
    names = links["link_id"].to_numpy()[barred]
    rows = [(v, name) for v in settings["vehicles"] for name in names]
    return pd.DataFrame(
        {
            "ban_id": np.full(len(rows), settings["name"], dtype=object),
            "link_id": [name for _, name in rows],
            "vehicle_class": [v for v, _ in rows],
            "start_hour": float(settings["start_hour"]),
            "end_hour": float(settings["end_hour"]),
            "exempt_share": float(settings["exempt_share"]),
        }
    )
