"""Archetypes: envelopes, use and inertia of exemplary buildings, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exante.quantities.errors import ParameterError

FloatArray = NDArray[np.float64]

OPAQUE = ("roof_1", "roof_2", "wall_1", "wall_2", "wall_3", "floor_1", "floor_2")
LIGHT = ("window_1", "window_2", "door_1")
"""Elements without mass: they face the outdoor air."""
ELEMENTS = (*OPAQUE, *LIGHT)
PLANES = ("horizontal", "east", "south", "west", "north")
AIR_HEAT = 0.34
"""Volumetric heat capacity of air, Wh/(m3 K) (EN ISO 13790:2008, 1,200 J/(m3 K); TABULA rounds to 0.34)."""


@dataclass(frozen=True)
class Archetypes:
    """N exemplary buildings of one thermal zone.

    Parameters
    ----------
    names : tuple of str, length N
    floor_area : ndarray, shape (N,)
        Reference floor area, m2; needs are per m2 of it.
    area, u : ndarray, shape (N, 10)
        m2 and W/(m2 K) of the elements named in `ELEMENTS`; area 0 marks an absent one.
    factor : ndarray, shape (N, 10)
        Temperature difference across an element as a share of that to outdoors (EN ISO 13789, b): 1 outdoors.
    bridges : ndarray, shape (N,)
        Surcharge for thermal bridges on every element, W/(m2 K).
    glazing : ndarray, shape (N, 5)
        Window area by orientation (`PLANES`), frames included, m2.
    aperture : ndarray, shape (N, 5)
        Solar heat let in per irradiation of the plane and m2 of window: g, frame, shade and oblique incidence.
    air_change : ndarray, shape (N,)
        By use and infiltration, 1/h.
    room_height : ndarray, shape (N,)
        m.
    internal_gains : ndarray, shape (N,)
        W/m2.
    capacity : ndarray, shape (N,)
        Internal heat capacity, Wh/(m2 K).
    set_point : ndarray, shape (N,)
        degC.
    reduction_low, reduction_high : ndarray, shape (N,)
        Factors of partial and intermittent heating at a transmission loss of 1 and of 4 W/(m2 K).
    """

    names: tuple[str, ...]
    floor_area: FloatArray
    area: FloatArray
    u: FloatArray
    factor: FloatArray
    bridges: FloatArray
    glazing: FloatArray
    aperture: FloatArray
    air_change: FloatArray
    room_height: FloatArray
    internal_gains: FloatArray
    capacity: FloatArray
    set_point: FloatArray
    reduction_low: FloatArray
    reduction_high: FloatArray

    def __post_init__(self) -> None:
        n = len(self.names)
        wide = {"area": len(ELEMENTS), "u": len(ELEMENTS), "factor": len(ELEMENTS), "glazing": 5, "aperture": 5}
        faults = []
        for f in fields(self)[1:]:
            values = getattr(self, f.name)
            shape = (n, wide[f.name]) if f.name in wide else (n,)
            if values.shape != shape:
                faults.append(f"{f.name} has shape {values.shape}, not {shape}")
            elif f.name != "set_point" and not (np.isfinite(values) & (values >= 0)).all():
                faults.append(f"{f.name} holds values that are negative or not finite")
        for name in ("floor_area", "capacity"):
            values = getattr(self, name)
            if values.shape == (n,) and not (values > 0).all():
                faults.append(f"{name} is 0")
        if faults:
            raise ParameterError("; ".join(faults), where="Archetypes", remedy="Mend these arrays")

    @property
    def n(self) -> int:
        """Number of archetypes."""
        return len(self.names)

    @property
    def bridge_loss(self) -> FloatArray:
        """Loss by thermal bridges, W/K, shape (N,). TABULA takes the surcharge on all area, whatever lies behind."""
        return self.bridges * self.area.sum(axis=1)

    @property
    def transmission(self) -> FloatArray:
        """Transmission loss, W/K, shape (N,)."""
        return np.asarray((self.area * self.u * self.factor).sum(axis=1) + self.bridge_loss)

    @property
    def ventilation(self) -> FloatArray:
        """Ventilation loss, W/K, shape (N,)."""
        return AIR_HEAT * self.air_change * self.room_height * self.floor_area

    def take(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> Archetypes:
        """The archetypes named by an index or mask, in that order."""
        chosen = np.arange(self.n)[which]
        arrays = {f.name: getattr(self, f.name)[chosen] for f in fields(self)[1:]}
        return replace(self, names=tuple(self.names[int(k)] for k in chosen), **arrays)

    @staticmethod
    def from_table(table: pd.DataFrame) -> Archetypes:
        """Archetypes of a table with the columns of `exante.sources.tabula.read_variants`.

        Raises
        ------
        ParameterError
            For a table that lacks a column.
        """
        lost = [c for c in _needed() if c not in table]
        if lost:
            raise ParameterError(
                f"The table of archetypes lacks {', '.join(lost)}", where="archetypes", remedy="Add these columns"
            )

        def wide(prefix: str, names: tuple[str, ...]) -> FloatArray:
            return np.stack([table[f"{prefix}_{name}"].to_numpy(float) for name in names], axis=1)

        def flat(name: str) -> FloatArray:
            return table[name].to_numpy(float)

        factor = np.concatenate([wide("factor", OPAQUE), np.ones((len(table), len(LIGHT)))], axis=1)
        shade = np.stack([flat("shading_horizontal"), *[flat("shading_vertical")] * 4], axis=1)
        clear = flat("g_value") * (1 - flat("frame")) * flat("incidence")
        return Archetypes(
            names=tuple(table["variant"].astype(str)),
            area=wide("area", ELEMENTS),
            u=wide("u", ELEMENTS),
            factor=factor,
            glazing=wide("window", PLANES),
            aperture=shade * clear[:, None],
            air_change=flat("air_use") + flat("infiltration"),
            **{name: flat(name) for name in SAME},
        )


SAME = (
    *("floor_area", "bridges", "room_height", "internal_gains", "capacity"),
    *("set_point", "reduction_low", "reduction_high"),
)
"""Columns of the table that are taken over as they are."""


def _needed() -> list[str]:
    names = ["variant", *SAME, "air_use", "infiltration", "g_value", "frame", "incidence"]
    names += ["shading_horizontal", "shading_vertical", *(f"window_{p}" for p in PLANES)]
    return [*names, *(f"{p}_{e}" for p in ("area", "u") for e in ELEMENTS), *(f"factor_{e}" for e in OPAQUE)]
