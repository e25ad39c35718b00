"""Speed limits of the city's own day: filled where the source is blank, restored where it is younger.

A street extract is as young as its download, and the policy to be studied may already be on its signs. Where
a city's file says so (`[build.restore]`), the younger limit is set back to the one in force before; areas
that are known, or assumed, to have had it already are left alone, and the share left alone is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from exante.quantities.errors import SourceError

BUILT_UP_WINDOW = 300.0  # m; a link is as built up as the 3 x 3 cells of 100 m around its middle
BUILT_UP_VOLUME = 0.5  # m3 of building per m2 of ground: open plots of detached houses (judgement)


def middles(links: pd.DataFrame) -> np.ndarray:
    """Point halfway along every link, shape (links,)."""
    return np.asarray(shapely.line_interpolate_point(links["geometry"].to_numpy(), 0.5, normalized=True))


def built_up(links: pd.DataFrame, volume: np.ndarray) -> np.ndarray:
    """Whether each link lies in the built-up area, shape (links,).

    The perimeter of the highway code is not in the data: a link counts as built up when the buildings around
    its middle fill at least `BUILT_UP_VOLUME`, or its limit in the source is 50 or less on a street that is no
    motorway, trunk or ramp.

    Parameters
    ----------
    links : DataFrame
        With `road_class`, `ramp`, `source_speed_limit`.
    volume : ndarray, shape (links,)
        Building volume per ground area around the link's middle, m.
    """
    fast = links["road_class"].isin(("motorway", "trunk")).to_numpy()
    posted = links["source_speed_limit"].to_numpy() <= 50.0
    return ((volume >= BUILT_UP_VOLUME) | posted) & ~fast


def by_rule(links: pd.DataFrame, inside: np.ndarray, defaults: Mapping[str, float]) -> np.ndarray:
    """Limit where the source has none, km/h, shape (links,).

    Parameters
    ----------
    links : DataFrame
        With `road_class`, `ramp`.
    inside : ndarray of bool, shape (links,)
        Whether the link lies in the built-up area.
    defaults : mapping
        `built_up`, `rural`, `ramp`, `motorway`, `trunk`, `living_street`, km/h.

    Raises
    ------
    SourceError
        If a default is absent.
    """
    expected = ("built_up", "rural", "ramp", "motorway", "trunk", "living_street")
    absent = [name for name in expected if name not in defaults]
    if absent:
        raise SourceError(
            f"default limits lack {', '.join(absent)}", where="[build.default_limits]", remedy="Add them, in km/h"
        )
    road = links["road_class"].to_numpy()
    ramp = links["ramp"].to_numpy(dtype=bool) & np.isin(road, ("motorway", "trunk"))
    return np.select(
        [ramp, road == "motorway", road == "trunk", road == "living_street", inside],
        [defaults[k] for k in ("ramp", "motorway", "trunk", "living_street", "built_up")],
        defaults["rural"],
    ).astype(float)


def in_force(
    links: pd.DataFrame,
    inside: np.ndarray,
    settings: Mapping[str, Any],
    older: gpd.GeoDataFrame | None,
    notes: list[str],
) -> pd.DataFrame:
    """Columns `speed_limit`, `speed_limit_origin`, `effective_speed_limit` of the city's own day.

    Parameters
    ----------
    links : DataFrame
        With `road_class`, `ramp`, `source_speed_limit`, `length`, `geometry`.
    inside : ndarray of bool, shape (links,)
        Whether the link lies in the built-up area.
    settings : mapping
        `default_limits` and, where limits are to be restored, `restore` with `new`, `old` (km/h),
        `keep_classes` and `keep_in_areas_classes` (classes that keep the new limit everywhere, and inside
        the older areas only).
    older : GeoDataFrame or None
        Areas where the new limit was in force already.
    notes : list of str
        Grows by what was done.
    """
    limit = links["source_speed_limit"].to_numpy(dtype=float).copy()
    origin = np.full(len(links), "observed", dtype=object)
    blank = np.isnan(limit)
    limit[blank] = by_rule(links, inside, settings["default_limits"])[blank]
    origin[blank] = "rule"
    km = links["length"].to_numpy() / 1000.0
    notes.append(f"limits by rule: {int(blank.sum())} links, {km[blank].sum():.0f} km, had none in the source")
    restore = settings.get("restore")
    if restore:
        younger = limit == float(restore["new"])
        younger &= (origin == "observed") & ~links["road_class"].isin(restore["keep_classes"]).to_numpy()
        kept = np.zeros(len(links), dtype=bool)
        if older is not None and len(older):
            area = shapely.union_all(older.geometry.to_numpy())
            shapely.prepare(area)
            lesser = links["road_class"].isin(restore["keep_in_areas_classes"]).to_numpy()
            kept = younger & lesser & shapely.contains(area, middles(links))
        back = younger & ~kept
        limit[back] = float(restore["old"])
        origin[back] = "restored"
        notes.append(
            f"limits restored: {int(back.sum())} links, {km[back].sum():.0f} km, {restore['new']} -> "
            f"{restore['old']} km/h as before {restore['before']}; {int(kept.sum())} links, {km[kept].sum():.0f} km, "
            f"({_percent(km[kept].sum(), km[younger].sum())} of those at {restore['new']}) keep it as older areas"
        )
    return pd.DataFrame({"speed_limit": limit, "speed_limit_origin": origin, "effective_speed_limit": limit.copy()})


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "0 %"
