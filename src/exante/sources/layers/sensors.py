"""Posts of Bologna that count bicycles or read number plates."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from exante.city import Table
from exante.sources.bologna import sensors
from exante.sources.layers.step import Assembly, Makes, Step
from exante.sources.report import Report


def read_sensors(assembly: Assembly) -> Mapping[str, Table]:
    """Table `sensors`."""
    files, report = assembly.files, Report("", assembly.lines, assembly.findings)
    parts = []
    if assembly.has("bike_counters"):
        parts.append(sensors.read_counters(files.paths["bike_counters"], assembly.crs, report.of("bike_counters")))
    if assembly.has("camera_gates"):
        limited = assembly.named[assembly.named["kind"] == "limited_traffic_zone"].reset_index(drop=True)
        limited = gpd.GeoDataFrame(limited, geometry="geometry", crs=assembly.crs)
        path = files.paths["camera_gates"]
        parts.append(sensors.read_gates(path, limited, assembly.crs, report.of("camera_gates")))
    table = pd.concat(parts, ignore_index=True).sort_values("sensor_id").reset_index(drop=True)
    return {"sensors": Table.from_frame("sensors", table)}


STEP = Step(
    "sensors",
    (
        Makes(
            "sensors",
            ("bike_counters", "camera_gates", "limited_traffic"),
            note="Positions are geocoded; the zone that a camera gate watches is the nearest, which the "
            "list does not say.",
        ),
    ),
    read_sensors,
    after=("areas",),
    when=lambda assembly: assembly.has("bike_counters") or assembly.has("camera_gates"),
)
