"""The zones' polygons and the named areas of the city: districts, centre, limited-traffic zones, barris."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from exante.city import Table
from exante.sources import zones
from exante.sources.barcelona import census
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.quality import account


def read_areas(assembly: Assembly) -> Mapping[str, Table]:
    """Set `area` and `named`; table `areas`."""
    files, settings, crs = assembly.files, assembly.settings, assembly.crs
    if "barris" in files.sources:  # the zones have codes only: names come from the larger areas
        area = census.read_areas(files.paths["zones"], files.paths["barris"], files.paths["districts"], crs)
    else:
        area = zones.read_zones(files.paths["zones"], files.settings("zones")["fields"], crs)
    assembly.findings += account("zones", "zones", "polygons", len(area))
    parts = [zones.districts(area)]
    if "centre" in settings:
        parts.append(zones.centre(area, settings["centre"]["groups"], settings["centre"]["name"]))
    if "limited_traffic" in files.sources:
        code = files.settings("limited_traffic")["code"]
        parts.append(zones.limited_traffic(files.paths["limited_traffic"], code, crs))
    if "barris" in files.sources:
        parts.append(census.read_barris(files.paths["barris"], crs))
    for source, kind in (("limited_traffic", "limited_traffic_zone"), ("barris", "named")):
        if assembly.has(source):
            count = sum(int((part["kind"] == kind).sum()) for part in parts)
            assembly.findings += account("areas", source, "polygons", count)
    assembly.area = area
    assembly.named = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=crs)
    return {"areas": Table.from_frame("areas", pd.DataFrame(assembly.named))}


STEP = Step(
    "areas",
    (
        Makes(
            "areas",
            ("zones", "districts", "barris", "limited_traffic"),
            note="The centre is the zones inside the ring boulevards.",
        ),
    ),
    read_areas,
)
