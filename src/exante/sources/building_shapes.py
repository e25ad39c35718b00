"""Building footprints with heights (GeoPackage or any vector file) to the table `building_shapes`.

The city's document names the fields: `building_id`, `height` or `storeys`, and if there are `year_built` and `use`.
Traps: heights of zero or blank are missing, not flat roofs; a building without a height but with storeys gets storeys ×
`STOREY`, marked as such; one without either is left out and told; cadastres cut one building into several parts, so
that an identifier may stand twice: parts become one building with the volume of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from exante.quantities.errors import SourceError
from exante.sources.report import Report
from exante.sources.zones import read_vector

STOREY = 3.2  # m from floor to floor where only storeys are known (judgement for southern European housing)
HIGHEST = 400.0  # m; above it a height is in another unit
NUMBERS = ("height", "storeys", "year_built")


def read_footprints(path: Path, fields: Mapping[str, str], crs: str, report: Report) -> pd.DataFrame:
    """The table `building_shapes` without `zone_id`.

    Raises
    ------
    SourceError
        If a field is absent, neither height nor storeys are named, or a height is impossible.
    """
    if "building_id" not in fields or not {"height", "storeys"} & set(fields):
        raise SourceError(
            f"the fields name {', '.join(fields) or 'nothing'}: expected building_id and height or storeys",
            where="[source.buildings] fields",
            remedy="Name them",
        )
    frame = read_vector(path).to_crs(crs)
    absent = [f for f in fields.values() if f not in frame]
    if absent:
        raise SourceError(
            f"the buildings lack {', '.join(absent)}: expected {', '.join(fields.values())}; "
            f"found {', '.join(c for c in frame.columns if c != 'geometry')}",
            where=path.name,
            remedy="Correct the fields in the city's document",
        )
    shapes = shapely.force_2d(shapely.make_valid(frame.geometry.to_numpy()))
    number = {
        key: pd.to_numeric(frame[fields[key]], errors="coerce").to_numpy(dtype=float)
        if key in fields
        else np.full(len(frame), np.nan)
        for key in NUMBERS
    }
    measured = np.where(number["height"] > 0, number["height"], np.nan)
    storeys = np.where(number["storeys"] > 0, number["storeys"], np.nan)
    height = np.where(np.isnan(measured), storeys * STOREY, measured)
    if np.nanmax(height, initial=0.0) > HIGHEST:
        row = int(np.nanargmax(height))
        raise SourceError(
            f"building {frame[fields['building_id']].iloc[row]} is {height[row]:g} m high",
            where=path.name,
            remedy=f"Heights are in metres, at most {HIGHEST:g}",
        )
    area = shapely.area(shapes)
    table = pd.DataFrame(
        {
            "building_id": frame[fields["building_id"]].astype(str),
            "height": height,
            "height_origin": np.where(np.isnan(measured), "storeys", "observed"),
            "footprint_area": area,
            "volume": area * height,
            "storeys": storeys,
            "year_built": number["year_built"],
            "use": frame[fields["use"]].where(frame[fields["use"]].notna(), None) if "use" in fields else None,
            "geometry": shapes,
        }
    )
    good = np.isfinite(height) & (area > 0)
    kept = _whole(table[good])
    why = [("gap", int((~good).sum()), "no height and no storeys, or no area")]
    why.append(("duplicate", int(good.sum()) - len(kept), "a part of a building that has another row"))
    report.account("building_shapes", "rows", len(table), why)
    report.tell(
        f"{path.name}: {len(table)} rows, {len(kept)} buildings; {int((~good).sum())} without height and storeys or "
        f"without area left out; {int((kept['height_origin'] == 'storeys').sum())} heights from storeys"
    )
    return kept


def _whole(parts: pd.DataFrame) -> pd.DataFrame:
    """Parts of one identifier as one building: highest part, common volume."""
    single = ~parts["building_id"].duplicated(keep=False)
    rows = []
    for name, group in parts[~single].groupby("building_id", sort=True):
        top = group.iloc[int(group["height"].argmax())]
        rows.append(
            {
                **top.to_dict(),
                "building_id": name,
                "footprint_area": group["footprint_area"].sum(),
                "volume": group["volume"].sum(),
                "geometry": shapely.union_all(group["geometry"].to_numpy()),
            }
        )
    joined = pd.concat([parts[single], pd.DataFrame(rows, columns=parts.columns)]) if rows else parts
    return joined.sort_values("building_id").reset_index(drop=True)
