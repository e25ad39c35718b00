"""Heating need of archetypes by the hour: the same description through the multi-node balance of ISO 52016-1."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from exante.kernels.heat import Buildings, HeatBalance, Series, chain_of_class, run
from exante.models.buildings.archetypes import LIGHT, OPAQUE, PLANES, Archetypes, FloatArray
from exante.models.buildings.climate import HourlyClimate
from exante.quantities.errors import ParameterError

RADIATIVE = 5.13
"""Inside, W/(m2 K) (ISO 52016-1:2017, table 25)."""
CONVECTIVE = {"roof": 5.0, "wall": 2.5, "floor": 0.7, "window": 2.5, "door": 2.5, "inside": 2.5}
"""Inside, by direction of heat, W/(m2 K) (same table)."""
OUTER_CONVECTIVE, OUTER_RADIATIVE = 20.0, 4.14
"""Outside, W/(m2 K) (same table)."""
AIR_CAPACITY = 10_000.0
"""Air and furniture, J/(m2 K) of floor (ISO 52016-1:2017, table B.17)."""
MASS_AREA = 2.5
"""Area of the mass that takes part, per floor area (EN ISO 13790:2008, table 12, medium)."""
MASS_RESISTANCE = 0.1
"""Of partitions, m2 K/W; their mass lies at their surface, so that it does not matter."""
GAINS_CONVECTIVE = 0.4
PLANT_CONVECTIVE = 0.4
"""Convective shares of gains and plant (ISO 52016-1:2017, table B.11)."""
OPERATIVE = 0.5
"""Weight of the air in the temperature that is kept (ISO 52016-1:2017, 6.5.4)."""
ABSORPTANCE = 0.6
"""Of opaque surfaces (ISO 52016-1:2017, table B.11, intermediate colour)."""
SKY_VIEW = {"roof": 1.0, "wall": 0.5, "window": 0.5, "door": 0.5}
LEAST_RESISTANCE = 0.005
"""Of an element without its films, m2 K/W: below it the tabulated U is no opaque element."""
WH_TO_J = 3600.0

Keep = Literal["totals", "loads", "all"]


def hourly_need(
    archetypes: Archetypes,
    climate: HourlyClimate,
    *,
    heating: FloatArray | None = None,
    cooling: FloatArray | None = None,
    outer_radiation: bool = False,
    keep: Keep = "totals",
    single: bool = False,
) -> HeatBalance:
    """Heating (and cooling) need of every archetype in a year of hours.

    Parameters
    ----------
    archetypes : Archetypes
    climate : HourlyClimate
    heating, cooling : ndarray, shape (8760,), optional
        Set-points of all buildings, degC; by default each keeps its own at all hours, and none is cooled.
    outer_radiation : bool
        Sun on opaque surfaces and radiation to the sky count. Without, every surface sees air only, as in TABULA.
    keep : {"totals", "loads", "all"}
    single : bool
        Single precision.

    Returns
    -------
    HeatBalance
        Wh and W of whole buildings; divide by `floor_area`.

    Notes
    -----
    An element has its tabulated U times its factor, so that one to a cellar or attic loses to outdoor air what TABULA
    says; films after ISO 52016-1. The internal heat capacity, less air and furniture, lies at the inner surfaces of
    2.5 m2 per m2 of floor: the envelope's, and of partitions for the rest.
    """
    exterior, column = _exterior(climate, outer_radiation)
    buildings = _buildings(archetypes, column)
    hours = climate.air.size
    solar = (climate.irradiance @ (archetypes.aperture * archetypes.glazing).T).astype(float)
    gains = archetypes.internal_gains * archetypes.floor_area
    if heating is None:
        set_points, thermostat = np.unique(archetypes.set_point, return_inverse=True)
        warm = np.broadcast_to(set_points, (hours, set_points.size))
    else:
        warm, thermostat = np.asarray(heating, float)[:, None], np.zeros(archetypes.n, np.int64)
    cold = np.full(warm.shape, np.inf)
    if cooling is not None:
        cold = np.broadcast_to(np.asarray(cooling, float)[:, None], warm.shape)
    series = Series(
        exterior=exterior,
        air=climate.air[:, None],
        ventilation=np.ones((hours, 1)),
        solar=solar,
        convective=np.full((hours, 1), GAINS_CONVECTIVE),
        radiative=np.full((hours, 1), 1.0 - GAINS_CONVECTIVE),
        heating=np.ascontiguousarray(warm, float),
        cooling=np.ascontiguousarray(cold, float),
    )
    buildings = replace(buildings, thermostat=thermostat.astype(np.int64), gains_scale=gains)
    return run(buildings, series, keep=keep, single=single)


def _exterior(climate: HourlyClimate, radiation: bool) -> tuple[FloatArray, dict[str, int]]:
    """Exterior temperatures, shape (8760, X), and the column of each kind of element."""
    columns, series = {"floor": 0, "inside": 0, "shielded": 0}, [climate.air]
    walls = climate.irradiance[:, 1:].mean(axis=1)
    for kind, view in SKY_VIEW.items():
        if not radiation:
            columns[kind] = 0
            continue
        sun = {"roof": climate.irradiance[:, PLANES.index("horizontal")], "wall": walls, "door": walls}.get(kind)
        absorbed = 0.0 if sun is None else ABSORPTANCE * sun
        seen = view * climate.sky + (1.0 - view) * climate.air
        outer = OUTER_CONVECTIVE + OUTER_RADIATIVE
        columns[kind] = len(series)
        series.append((OUTER_CONVECTIVE * climate.air + OUTER_RADIATIVE * seen + absorbed) / outer)
    return np.stack(series, axis=1), columns


def _buildings(a: Archetypes, column: dict[str, int]) -> Buildings:
    n, heavy = a.n, len(OPAQUE)
    kinds = [name.split("_")[0] for name in OPAQUE]
    effective = a.u[:, :heavy] * a.factor[:, :heavy]
    area = np.where(effective > 0, a.area[:, :heavy], 0.0)
    film = np.array([1.0 / (CONVECTIVE[k] + RADIATIVE) for k in kinds]) + 1.0 / (OUTER_CONVECTIVE + OUTER_RADIATIVE)
    resistance = np.where(area > 0, 1.0 / np.where(area > 0, effective, 1.0) - film, 1.0)
    _refuse_thin(a, resistance, OPAQUE)
    inside = np.maximum(MASS_AREA * a.floor_area - area.sum(axis=1), 0.0)
    mass_area = area.sum(axis=1) + inside
    capacity = (a.capacity * WH_TO_J - AIR_CAPACITY).clip(0.0) * a.floor_area / mass_area
    resistance = np.concatenate([resistance, np.full((n, 1), MASS_RESISTANCE)], axis=1)
    area = np.concatenate([area, inside[:, None]], axis=1)
    conductance, chain = chain_of_class(resistance, np.broadcast_to(capacity[:, None], area.shape), "I")
    light, light_area = _light(a)
    share = np.concatenate([area, light_area], axis=1)
    share /= share.sum(axis=1, keepdims=True)
    # An element behind an unheated space sees neither sun nor sky.
    shielded = a.factor[:, :heavy] < 1.0
    outside = np.where(shielded, column["shielded"], [column[k] for k in kinds])
    zeros, ones = np.zeros(n, np.int64), np.ones(n)
    return Buildings(
        area=area,
        conductance=conductance,
        capacity=chain,
        outer=np.tile([OUTER_CONVECTIVE + OUTER_RADIATIVE] * heavy + [0.0], (n, 1)),
        convective=np.tile([CONVECTIVE[k] for k in [*kinds, "inside"]], (n, 1)),
        radiative=np.full(area.shape, RADIATIVE),
        solar_share=share[:, : heavy + 1],
        exterior=np.concatenate([outside, np.zeros((n, 1))], axis=1).astype(np.int64),
        light_area=light_area,
        light_conductance=light,
        light_convective=np.full(light_area.shape, CONVECTIVE["window"]),
        light_radiative=np.full(light_area.shape, RADIATIVE),
        light_solar_share=share[:, heavy + 1 :],
        light_exterior=np.tile([column[name.split("_")[0]] for name in LIGHT], (n, 1)).astype(np.int64),
        air_capacity=AIR_CAPACITY * a.floor_area,
        bridges=a.bridge_loss,
        heating_power=np.full(n, np.inf),
        cooling_power=np.full(n, np.inf),
        convective_share=np.full(n, PLANT_CONVECTIVE),
        air_weight=np.full(n, OPERATIVE),
        weather=zeros,
        ventilation=zeros,
        solar=np.arange(n, dtype=np.int64),
        gains=zeros,
        thermostat=zeros,
        ventilation_scale=a.ventilation,
        solar_scale=ones,
        gains_scale=ones,
    )


def _light(a: Archetypes) -> tuple[FloatArray, FloatArray]:
    """Conductance from outdoors to the inner surface, W/(m2 K), and area of elements without mass."""
    u, area = a.u[:, len(OPAQUE) :], a.area[:, len(OPAQUE) :]
    film = 1.0 / (CONVECTIVE["window"] + RADIATIVE)
    resistance = np.where(area > 0, 1.0 / np.where((area > 0) & (u > 0), u, 1.0) - film, 1.0)
    area = np.where(u > 0, area, 0.0)
    _refuse_thin(a, np.where(area > 0, resistance, 1.0), LIGHT)
    return 1.0 / resistance, area


def _refuse_thin(a: Archetypes, resistance: FloatArray, names: tuple[str, ...]) -> None:
    thin = resistance < LEAST_RESISTANCE
    if thin.any():
        row, element = (int(k[0]) for k in np.nonzero(thin))
        raise ParameterError(
            f"{names[element]} has a U-value that its surface films alone would not reach",
            where=f"archetype {a.names[row]}",
            remedy="Mend the U-value",
        )
