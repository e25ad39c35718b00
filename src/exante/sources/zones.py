"""Statistical areas as the city's zones, and named areas (districts, limited-traffic zones, centre).

Format: any vector file GDAL reads; the fields of identifier, name, district and income zone are named in the
city's file, because every portal calls them otherwise. Identifiers are the official codes, as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from exante.quantities.errors import SourceError


def read_zones(path: Path, fields: Mapping[str, str], crs: str) -> gpd.GeoDataFrame:
    """Zones with `zone_id, name, district, group, area, geometry`, sorted by their code.

    Parameters
    ----------
    path : Path
        Vector file.
    fields : mapping
        `zone_id`, `name`, `district` and optionally `group` (the larger zone that statistics come by)
        to the file's field names.
    crs : str
        Projected reference system of the result.

    Raises
    ------
    SourceError
        If a field is absent, or a code stands twice.
    """
    frame = read_vector(path)
    absent = [f for f in fields.values() if f not in frame]
    if absent:
        found = ", ".join(c for c in frame.columns if c != "geometry")
        raise SourceError(
            f"the zones lack {', '.join(absent)}: expected {', '.join(fields.values())}; found {found}",
            where=path.name,
            remedy="Correct the fields in the city's file",
        )
    frame = frame.to_crs(crs)
    code = frame[fields["zone_id"]].astype(str)
    double = code[code.duplicated()]
    if len(double):
        raise SourceError(
            f"zone {double.iloc[0]} stands {int((code == double.iloc[0]).sum())} times",
            where=path.name,
            remedy="Dissolve the parts of a zone into one",
        )
    zones = gpd.GeoDataFrame(
        {
            "zone_id": code,
            "name": frame[fields["name"]].astype(str).str.strip().str.title(),
            "district": frame[fields["district"]].astype(str).str.strip(),
            "group": frame[fields["group"]].astype(str).str.strip() if "group" in fields else None,
        },
        geometry=shapely.make_valid(frame.geometry.to_numpy()),
        crs=crs,
    )
    zones["area"] = zones.area
    number = pd.to_numeric(zones["zone_id"], errors="coerce")
    order = zones.assign(number=number).sort_values(["number", "zone_id"]).index
    return zones.loc[order].reset_index(drop=True)


def read_vector(path: Path) -> gpd.GeoDataFrame:
    """A vector file with a reference system.

    Raises
    ------
    SourceError
        If it cannot be read or has no reference system.
    """
    try:
        frame = gpd.read_file(path)
    except Exception as error:
        raise SourceError(
            f"the file cannot be read ({type(error).__name__})", where=path.name, remedy="Fetch it again"
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.crs is None:
        raise SourceError(
            "the file has no reference system", where=path.name, remedy="Add it (for a shapefile, the .prj beside it)"
        )
    return frame


def districts(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One named area per district, dissolved from its zones."""
    return _areas(zones.dissolve("district", sort=True).reset_index(), "district", "district")


def centre(zones: gpd.GeoDataFrame, groups: list[str], name: str) -> gpd.GeoDataFrame:
    """The centre as one named area: the zones of the groups that make it up."""
    inside = zones[zones["group"].isin(groups)]
    return gpd.GeoDataFrame(
        {"area_id": ["centre"], "name": [name], "kind": ["centre"]},
        geometry=[inside.union_all()],
        crs=zones.crs,
    )


def limited_traffic(path: Path, code: str, crs: str) -> gpd.GeoDataFrame:
    """Limited-traffic zones as named areas; `code` is the field of their identifier.

    Raises
    ------
    SourceError
        If the field is absent.
    """
    frame = read_vector(path).to_crs(crs)
    if code not in frame:
        found = ", ".join(c for c in frame.columns if c != "geometry")
        raise SourceError(
            f"the limited-traffic zones lack {code}: expected {code}; found {found}",
            where=path.name,
            remedy="Correct the field in the city's file",
        )
    frame["label"] = "ZTL " + frame[code].astype(str)
    frame = frame.sort_values("label").reset_index(drop=True)
    frame.geometry = shapely.make_valid(frame.geometry.to_numpy())
    return _areas(frame, "label", "limited_traffic_zone")


def _areas(frame: gpd.GeoDataFrame, label: str, kind: str) -> gpd.GeoDataFrame:
    identifier = [f"{kind}-{text}".lower().replace(" - ", "-").replace(" ", "-") for text in frame[label]]
    return gpd.GeoDataFrame(
        {"area_id": identifier, "name": frame[label], "kind": kind}, geometry=frame.geometry.to_numpy(), crs=frame.crs
    )
