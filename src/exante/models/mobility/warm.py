"""The warm start as a flat dict of arrays: routes of all periods, traffic, and balancing factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exante.kernels.equilibrium import WarmState
from exante.kernels.equilibrium.bushes import Bushes
from exante.quantities.labels import LABELS

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Warm:
    """Where a run can start.

    Attributes
    ----------
    load : ndarray, shape (periods, classes, centroids, centroids)
        pce/hour.
    routes : tuple of WarmState or None
        By period; their classes are numbered as in `codes`.
    factors : tuple of ndarray, shape (zones,)
        Column factors by purpose.
    ends : ndarray of int, shape (links, 2)
        End nodes of the graph's links: routes are good on the same graph only.
    codes : ndarray of int, shape (classes,)
        Which classes they are (`Drivers.codes`).
    """

    load: FloatArray
    routes: tuple[WarmState | None, ...]
    factors: tuple[FloatArray, ...]
    ends: NDArray[np.int32]
    codes: NDArray[np.int64]


def to_arrays(warm: Warm) -> dict[str, np.ndarray]:
    """The warm start as a flat dict of arrays, which the cache can keep."""
    arrays: dict[str, np.ndarray] = {"load": warm.load, "ends": warm.ends, "codes": warm.codes}
    for k, factor in enumerate(warm.factors):
        arrays[f"factor{k}"] = factor
    for h, route in enumerate(warm.routes):
        if route is None:
            continue
        arrays[f"{h}.classes"], arrays[f"{h}.origins"] = route.classes, route.origins
        for name in Bushes._fields:
            arrays[f"{h}.{name}"] = getattr(route.bushes, name)
    return arrays


def from_arrays(arrays: dict[str, np.ndarray] | None, ends: NDArray[np.int32], zones: int) -> Warm | None:
    """The warm start of a related run, or None where there is none for this graph."""
    if arrays is None or not np.array_equal(arrays.get("ends", np.zeros(0)), ends):
        return None
    if len(arrays["load"]) != len(LABELS["period"]):
        return None
    routes: list[WarmState | None] = []
    for h in range(len(arrays["load"])):
        if f"{h}.classes" not in arrays:
            routes.append(None)
            continue
        bushes = Bushes(*(arrays[f"{h}.{name}"] for name in Bushes._fields))
        routes.append(WarmState(bushes, arrays[f"{h}.classes"], arrays[f"{h}.origins"]))
    factors = tuple(arrays[f"factor{k}"] for k in range(sum(name.startswith("factor") for name in arrays)))
    if any(len(f) != zones for f in factors):
        return None
    return Warm(arrays["load"], tuple(routes), factors, ends, arrays["codes"])
