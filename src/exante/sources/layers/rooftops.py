"""Roofs by zone and facing: built volume over the city's mean height."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from exante.city import Table
from exante.quantities.errors import SourceError
from exante.sources import raster
from exante.sources.energy.roofs import rooftops
from exante.sources.layers.step import Assembly, Makes, Step


def make(assembly: Assembly) -> Mapping[str, Table]:
    """Table `rooftops`.

    Raises
    ------
    SourceError
        If the mean height is absent.
    """
    told, zones = assembly.document["rooftops"], assembly.tables["zones"]
    if not isinstance(told.get("mean_height"), int | float) or not 2 < told["mean_height"] < 60:
        raise SourceError("mean_height (m) is absent or impossible", where="[rooftops]", remedy="Type it in")
    volume, _ = raster.zone_sums(raster.read_raster(assembly.files.paths["volume"]), assembly.area)
    order = {zone: i for i, zone in enumerate(assembly.area["zone_id"].tolist())}
    volume = volume[[order[zone] for zone in zones["zone_id"].tolist()]]
    area = np.minimum(volume / told["mean_height"], zones["area"])
    table = rooftops(assembly.document, zones, area)
    assembly.lines.append(
        f"rooftops: {area.sum() / 1e6:.1f} km2 under roofs ({volume.sum() / 1e6:.0f} million m3 over "
        f"{told['mean_height']:g} m), room for {table['potential'].sum() / 1000:,.0f} MW of panels, "
        f"{table['installed'].sum() / 1000:,.1f} MW installed"
    )
    return {"rooftops": table}


STEP = Step(
    "rooftops",
    (
        Makes(
            "rooftops",
            ("volume",),
            assumed=True,
            note="Roof area is built volume over one mean height; shares by facing and the usable share are judged; "
            "what is installed is spread by what roofs can carry.",
        ),
    ),
    make,
    after=("zones", "people"),
    when=lambda assembly: "rooftops" in assembly.document,
)
