"""Connectors: from the middles of a zone's residents and jobs to street nodes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely

from exante.city import Table
from exante.quantities.errors import SourceError
from exante.sources import connectors, raster
from exante.sources.layers.step import Assembly, Makes, Step


def connect(assembly: Assembly) -> Mapping[str, Table]:
    """Table `connectors`."""
    if assembly.streets is None:
        raise SourceError("connectors need the streets first")
    places = _places(assembly)
    table = connectors.connect(assembly.streets, assembly.area, *places, assembly.lines)
    return {"connectors": Table.from_frame("connectors", table)}


def _places(assembly: Assembly) -> tuple[np.ndarray, np.ndarray]:
    """Where people and jobs are: raster cells, each zone's jobs spread by its building volume."""
    crs, zones = assembly.crs, assembly.tables["zones"]
    xy, persons = raster.cell_points(raster.read_raster(assembly.files.paths["population"]), crs)
    at, building = raster.cell_points(raster.read_raster(assembly.files.paths["volume"]), crs)
    zone = connectors.zone_of_points(assembly.area, shapely.points(at))
    whole = pd.Series(building).groupby(zone).transform("sum").to_numpy()
    by_zone = dict(zip(zones["zone_id"], zones["jobs"], strict=True))
    jobs = pd.Series(zone).map(by_zone).to_numpy(dtype=float)
    share = np.where(np.isnan(jobs), 0.0, building / np.where(whole > 0, whole, 1.0) * np.nan_to_num(jobs))
    return np.vstack([xy, at]), np.concatenate([persons, share])


STEP = Step(
    "connectors",
    (
        Makes(
            "connectors",
            ("streets", "zones", "population", "volume"),
            note="Nodes near the middles of residents and jobs; lengths as the crow flies.",
        ),
    ),
    connect,
    after=("network", "zones"),
)
