"""Coefficients of road noise beside those of another implementation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from exante.kernels.sound.emission import BANDS, CATEGORIES, COEFFICIENTS, JUNCTION
from exante.quantities.errors import SourceError

FIELDS = (("ar", "rolling"), ("br", "rolling_speed"), ("ap", "propulsion"), ("bp", "propulsion_speed"))
JUNCTIONS = ("crossing", "roundabout")


def compare_coefficients(path: Path) -> dict[str, Any]:
    """Compare every coefficient of emission with a file of NoiseModelling.

    Parameters
    ----------
    path : Path
        JSON with `vehicles`, by category `ar`, `br`, `ap`, `bp`, `crossing` and `roundabout`.

    Returns
    -------
    dict
        `compared`, how many numbers; `different`, names of those that differ.

    Raises
    ------
    SourceError
        If the file cannot be read as such.
    """
    compared, different = 0, []
    try:
        vehicles = json.loads(path.read_text(encoding="utf-8"))["vehicles"]
        for category in CATEGORIES:
            theirs, ours = vehicles[category], COEFFICIENTS[category]
            for key, name in FIELDS:
                mine = getattr(ours, name)
                if mine is None:
                    continue
                for band, told, own in zip(BANDS, theirs[key], mine, strict=True):
                    compared += 1
                    if float(told) != own:
                        different.append(f"{category} {key} {band} Hz")
            for kind, (rolling, propulsion) in zip(JUNCTIONS, JUNCTION[category], strict=True):
                for key, own in (("cr", rolling), ("cp", propulsion)):
                    compared += 1
                    if float(theirs[kind][key]) != own:
                        different.append(f"{category} {kind} {key}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"the file is no table of coefficients ({type(error).__name__}: {error})",
            where=str(path),
            remedy="Name RoadCnossos_2020.json of NoiseModelling",
        ) from error
    return {"compared": compared, "different": different}
