"""Roofs and street lamps by zone, from totals of the document and what is known of each zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exante.city import Table
from exante.quantities.errors import SourceError

FloatArray = NDArray[np.float64]

#: Facing: azimuth of the panels (degrees), tilt (degrees), kW of peak power on a m2 of usable roof. Flat roofs carry
#: racks that must not shade each other; a module of 2024 gives 0.20 kW/m2 (general knowledge, not verified).
FACINGS: dict[str, tuple[float, float, float]] = {
    "flat": (180.0, 15.0, 0.12),
    "south": (180.0, 22.0, 0.19),
    "east": (90.0, 22.0, 0.19),
    "west": (270.0, 22.0, 0.19),
    "north": (0.0, 22.0, 0.19),
}
#: Facings on which nobody installs while others are free.
UNUSED = ("north",)
KEYS = ("flat_share", "usable_share", "installed", "source", "year", "verified")


def rooftops(document: Mapping[str, Any], zones: Table, area: FloatArray) -> Table:
    """Table `rooftops`: roofs of every zone by facing, what they can carry and carry now.

    Pitched roofs look to the four sides alike (streets run every way; ASSUMED). Panels installed today are spread in
    proportion to what the roofs can carry, for registers by zone are not open.

    Parameters
    ----------
    document : mapping
        With `[rooftops]`: `flat_share` of roof area, `usable_share` of roof area that can carry panels, `installed` kW.
    zones : Table
    area : ndarray, shape (zones,)
        Ground under roofs, m2.

    Raises
    ------
    SourceError
        If a figure is absent or impossible, or more is installed than the roofs can carry.
    """
    told = document["rooftops"]
    lost = [key for key in KEYS if key not in told]
    if lost:
        raise SourceError(f"{', '.join(lost)} is absent", where="[rooftops]", remedy="Type it in with its source")
    if not (0 <= told["flat_share"] <= 1 and 0 < told["usable_share"] <= 1 and told["installed"] >= 0):
        raise SourceError("a share or the installed power is impossible", where="[rooftops]", remedy="Mend the figure")
    shares = dict.fromkeys(FACINGS, (1.0 - told["flat_share"]) / 4) | {"flat": float(told["flat_share"])}
    ids = zones["zone_id"]
    count = len(ids)
    rows: dict[str, list[Any]] = {
        c: [] for c in ("roof_id", "zone_id", "facing", "azimuth", "tilt", "area", "potential")
    }
    for name, (azimuth, tilt, power) in FACINGS.items():
        ground = area * shares[name]
        usable = 0.0 if name in UNUSED else float(told["usable_share"])
        rows["roof_id"] += [f"{zone} {name}" for zone in ids]
        rows["zone_id"] += list(ids)
        rows["facing"] += [name] * count
        rows["azimuth"] += [azimuth] * count
        rows["tilt"] += [tilt] * count
        rows["area"] += list(ground)
        rows["potential"] += list(ground * usable * power)
    potential = np.array(rows["potential"])
    if told["installed"] > potential.sum():
        raise SourceError(
            f"{told['installed']:,.0f} kW are installed, the roofs can carry {potential.sum():,.0f} kW",
            where="[rooftops]",
            remedy="Check the roof area, the usable share and the unit of `installed` (kW)",
        )
    installed = potential * (told["installed"] / potential.sum())
    return Table("rooftops", {**rows, "installed": installed})


def lighting(document: Mapping[str, Any], zones: Table, links: Table) -> Table:
    """Table `public_lighting`: the city's street lamps by length of street in the zone.

    Raises
    ------
    SourceError
        If the electricity is no figure.
    """
    told = document["public_lighting"]
    if not isinstance(told.get("electricity"), int | float) or told["electricity"] < 0 or "source" not in told:
        raise SourceError(
            "electricity (kWh/year) and its source are needed", where="[public_lighting]", remedy="Type them in"
        )
    ids = zones["zone_id"]
    row = {zone: i for i, zone in enumerate(ids.tolist())}
    lit = links["built_up"] & (links["road_class"] != "motorway")
    place = np.array([row.get(zone, -1) for zone in links["zone_id"].tolist()])
    use = lit & (place >= 0)
    length = np.bincount(place[use], weights=links["length"][use], minlength=len(ids))
    share = length / length.sum() if length.sum() > 0 else zones["area"] / zones["area"].sum()
    return Table("public_lighting", {"zone_id": ids, "electricity": float(told["electricity"]) * share})
