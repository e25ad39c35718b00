"""The warm start as a flat dict of arrays: routes of all periods, traffic, and balancing factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exante.kernels.equilibrium import WarmState
from exante.kernels.equilibrium.bushes import Bushes, widen
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
        for name, array in _thin(route.bushes).items():
            arrays[f"{h}.{name}"] = array
    return arrays


def _thin(bushes: Bushes) -> dict[str, np.ndarray]:
    """Arrays of bushes without the room that no merge uses, integers in the smallest type that holds them."""
    merges = max(int(bushes.merges.max(initial=0)), 1)
    slots = max(int(bushes.merge_start.max(initial=0)), 1)
    room = {"merge_node": merges, "merge_start": merges + 1, "slot_link": slots, "slot_share": slots}
    return {
        name: array if array.dtype.kind == "f" else array.astype(_smallest(array))
        for name in Bushes._fields
        for array in [getattr(bushes, name)[:, : room[name]].copy() if name in room else getattr(bushes, name)]
    }


def _smallest(array: np.ndarray) -> np.dtype:
    """Smallest signed type that holds the values of an array of integers."""
    least, most = int(array.min(initial=0)), int(array.max(initial=0))
    return np.promote_types(np.min_scalar_type(min(least, -1)), np.min_scalar_type(-most - 1))


def _full(arrays: dict[str, np.ndarray], period: int) -> Bushes:
    """Bushes of what `_thin` has kept, with room to grow."""
    kept = {name: arrays[f"{period}.{name}"] for name in Bushes._fields}
    nodes, merges = kept["approach"].shape[1], kept["merge_node"].shape[1]
    wide: dict[str, Any] = {n: a if a.dtype.kind == "f" else a.astype(np.int32) for n, a in kept.items()}
    whole = Bushes(**wide)
    return widen(whole, max(merges, -(-whole.slot_link.shape[1] // 3), 64 + nodes // 8))


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
        routes.append(WarmState(_full(arrays, h), arrays[f"{h}.classes"], arrays[f"{h}.origins"]))
    factors = tuple(arrays[f"factor{k}"] for k in range(sum(name.startswith("factor") for name in arrays)))
    if any(len(f) != zones for f in factors):
        return None
    return Warm(arrays["load"], tuple(routes), factors, ends, arrays["codes"])
