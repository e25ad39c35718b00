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


#: Classes of minor streets.
MINOR = ("unclassified", "residential", "living_street", "busway")


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
        `built_up`, `rural`, `rural_minor`, `ramp`, `motorway`, `trunk`, `living_street`, km/h.

    Raises
    ------
    SourceError
        If a default is absent.
    """
    expected = ("built_up", "rural", "rural_minor", "ramp", "motorway", "trunk", "living_street")
    absent = [name for name in expected if name not in defaults]
    if absent:
        raise SourceError(
            f"default limits lack {', '.join(absent)}", where="[build.default_limits]", remedy="Add them, in km/h"
        )
    road = links["road_class"].to_numpy()
    ramp = links["ramp"].to_numpy(dtype=bool) & np.isin(road, ("motorway", "trunk"))
    minor = np.isin(road, MINOR)
    return np.select(
        [ramp, road == "motorway", road == "trunk", road == "living_street", inside, minor],
        [defaults[k] for k in ("ramp", "motorway", "trunk", "living_street", "built_up", "rural_minor")],
        defaults["rural"],
    ).astype(float)


def in_force(
    links: pd.DataFrame,
    inside: np.ndarray,
    density: np.ndarray,
    settings: Mapping[str, Any],
    older: gpd.GeoDataFrame | None,
    notes: list[str],
) -> pd.DataFrame:
    """Columns `speed_limit`, `speed_limit_origin`, `effective_speed_limit` of the city's own day.

    Parameters
    ----------
    links : DataFrame
        With `road_class`, `ramp`, `source_speed_limit`, `length`, `geometry`, `zone_id`.
    inside : ndarray of bool, shape (links,)
        Whether the link lies in the built-up area.
    density : ndarray, shape (links,)
        Residents per area of the link's zone; only its order counts.
    settings : mapping
        `default_limits` and, where limits are to be restored, `restore` with `new`, `old` (km/h),
        `keep_classes` (they keep the new limit everywhere), `keep_in_areas_classes` (they keep it inside
        the older areas), and `older_share` (share of built-up streets that had it before) with
        `keep_in_zones_classes`; see `_older`.
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
        new = float(restore["new"])
        younger = (limit == new) & ~blank & ~links["road_class"].isin(restore["keep_classes"]).to_numpy()
        kept, share = _older(links, limit, younger, inside, density, restore, older)
        back = younger & ~kept
        limit[back] = float(restore["old"])
        origin[back] = "restored"
        notes.append(
            f"limits restored: {int(back.sum())} links, {km[back].sum():.0f} km, {restore['new']} -> "
            f"{restore['old']} km/h as before {restore['before']}; {int(kept.sum())} links, {km[kept].sum():.0f} km, "
            f"keep it as streets assumed to have had it, so that {100 * share:.0f} % of the built-up street length "
            f"was at {restore['new']} or less before"
        )
    return pd.DataFrame({"speed_limit": limit, "speed_limit_origin": origin, "effective_speed_limit": limit.copy()})


def _older(
    links: pd.DataFrame,
    limit: np.ndarray,
    younger: np.ndarray,
    inside: np.ndarray,
    density: np.ndarray,
    restore: Mapping[str, Any],
    older: gpd.GeoDataFrame | None,
) -> tuple[np.ndarray, float]:
    """Links that had the new limit before, and the share of built-up street length at it or less then.

    First the minor streets inside the older areas; then, zone by zone from the densest, until the published
    share of built-up street length is reached.
    """
    km = links["length"].to_numpy() / 1000.0
    kept = np.zeros(len(links), dtype=bool)
    if older is not None and len(older):
        area = shapely.union_all(older.geometry.to_numpy())
        shapely.prepare(area)
        lesser = links["road_class"].isin(restore["keep_in_areas_classes"]).to_numpy()
        kept = younger & lesser & shapely.contains(area, middles(links))
    whole = float(km[inside].sum())
    slow = float(km[inside & ~younger & (limit <= float(restore["new"]))].sum())
    more = younger & ~kept & links["road_class"].isin(restore.get("keep_in_zones_classes", ())).to_numpy()
    order = links.assign(density=density, more=more).sort_values(["density", "zone_id"], ascending=[False, True])
    for _, rows in order[order["more"]].groupby("zone_id", sort=False):
        if slow + km[kept].sum() >= restore.get("older_share", 0.0) * whole:
            break
        kept[rows.index.to_numpy()] = True
    return kept, (slow + float(km[kept].sum())) / whole if whole else 0.0
