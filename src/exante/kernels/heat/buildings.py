"""What the heat balance needs: buildings as arrays, and the hourly series that drive them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from exante.kernels.heat.elements import NODES, FloatArray
from exante.quantities.errors import ParameterError

IntArray = NDArray[np.int64]

HOURS = 8760
STEP = 3600.0
"""Length of a time step, s."""


@dataclass(frozen=True)
class Buildings:
    """N buildings of one thermal zone, E elements with mass and M without; area 0 marks an absent element.

    Every index names a column of the series in `Series`, so that buildings of one class share their weather,
    solar and schedule columns. Signs: heat into the zone is positive.

    Parameters
    ----------
    area : ndarray, shape (N, E)
        m2.
    conductance : ndarray, shape (N, E, 4)
        Between the nodes, outside first, W/(m2 K).
    capacity : ndarray, shape (N, E, 5)
        At the nodes, J/(m2 K).
    outer : ndarray, shape (N, E)
        From the outer surface to its exterior temperature, W/(m2 K); 0 = adiabatic (internal mass).
    convective, radiative : ndarray, shape (N, E)
        Inner surface to zone air and to the mean radiant temperature, W/(m2 K).
    solar_share : ndarray, shape (N, E)
        Share of the solar heat let into the zone that the inner surface absorbs.
    exterior : ndarray of int, shape (N, E)
        Column of `Series.exterior`.
    light_area, light_conductance, light_convective, light_radiative, light_solar_share : ndarray, shape (N, M)
        The same of elements without mass (windows, doors); `light_conductance` leads from the exterior temperature to
        the
        inner surface, the outer film included.
    light_exterior : ndarray of int, shape (N, M)
    air_capacity : ndarray, shape (N,)
        Of air and furniture, J/K.
    bridges : ndarray, shape (N,)
        Heat loss straight to the outdoor air (thermal bridges), W/K.
    heating_power, cooling_power : ndarray, shape (N,)
        W, infinite for an ideal plant.
    convective_share : ndarray, shape (N,)
        Of heat given by the plant; the rest is radiant.
    air_weight : ndarray, shape (N,)
        Of air in the temperature the thermostat senses; the rest is mean radiant (0.5 = operative).
    weather, ventilation, solar, gains, thermostat : ndarray of int, shape (N,)
        Columns of the series of that name.
    ventilation_scale, solar_scale, gains_scale : ndarray, shape (N,)
        Factors on those columns.
    """

    area: FloatArray
    conductance: FloatArray
    capacity: FloatArray
    outer: FloatArray
    convective: FloatArray
    radiative: FloatArray
    solar_share: FloatArray
    exterior: IntArray
    light_area: FloatArray
    light_conductance: FloatArray
    light_convective: FloatArray
    light_radiative: FloatArray
    light_solar_share: FloatArray
    light_exterior: IntArray
    air_capacity: FloatArray
    bridges: FloatArray
    heating_power: FloatArray
    cooling_power: FloatArray
    convective_share: FloatArray
    air_weight: FloatArray
    weather: IntArray
    ventilation: IntArray
    solar: IntArray
    gains: IntArray
    thermostat: IntArray
    ventilation_scale: FloatArray
    solar_scale: FloatArray
    gains_scale: FloatArray

    @property
    def n(self) -> int:
        """Number of buildings."""
        return int(self.area.shape[0])

    def take(self, which: NDArray[np.int64] | slice) -> Buildings:
        """The buildings named by an index array, in that order; an index may repeat."""
        return replace(self, **{f.name: getattr(self, f.name)[which] for f in fields(self)})


@dataclass(frozen=True)
class Series:
    """Hourly drivers, H hours (a value holds for its hour); columns are shared by buildings.

    Parameters
    ----------
    exterior : ndarray, shape (H, X)
        Equivalent exterior temperature of elements (sol-air temperature), degC.
    air : ndarray, shape (H, W)
        Outdoor air, degC.
    ventilation : ndarray, shape (H, V)
        Heat loss by air exchange with outdoors, W/K, >= 0.
    solar : ndarray, shape (H, S)
        Solar heat let into the zone, W.
    convective, radiative : ndarray, shape (H, G)
        Internal gains, W.
    heating, cooling : ndarray, shape (H, P)
        Set-points, degC; -inf and +inf where the plant is off.
    """

    exterior: FloatArray
    air: FloatArray
    ventilation: FloatArray
    solar: FloatArray
    convective: FloatArray
    radiative: FloatArray
    heating: FloatArray
    cooling: FloatArray

    @property
    def hours(self) -> int:
        """Number of hours."""
        return int(self.exterior.shape[0])


HEAVY = ("area", "outer", "convective", "radiative", "solar_share", "exterior")
NOT_NEGATIVE = (
    *("area", "conductance", "capacity", "outer", "convective", "radiative", "solar_share"),
    *("light_area", "light_conductance", "light_convective", "light_radiative", "light_solar_share"),
    *("air_capacity", "bridges", "ventilation_scale", "solar_scale", "gains_scale"),
)


def check(buildings: Buildings, series: Series) -> None:
    """Refuse arrays that do not fit each other or describe no building.

    Raises
    ------
    ParameterError
        With every fault.
    """
    faults = _shape_faults(buildings)
    if faults:
        raise ParameterError("; ".join(faults), where="Buildings", remedy="Give arrays of these shapes")
    faults = _value_faults(buildings) + _column_faults(buildings, series) + _series_faults(series)
    if faults:
        raise ParameterError("; ".join(faults), where="heat balance", remedy="Mend these inputs")


def _shape_faults(b: Buildings) -> list[str]:
    flat = [name for name in ("area", "light_area") if getattr(b, name).ndim != 2]
    if flat:
        return [f"{name} has shape {getattr(b, name).shape}, not (buildings, elements)" for name in flat]
    n, e = b.area.shape
    want: dict[str, tuple[int, ...]] = {f.name: (n,) for f in fields(b)}
    want |= {name: (n, b.light_area.shape[1]) for name in want if name.startswith("light_")}
    want |= dict.fromkeys(HEAVY, (n, e))
    want |= {"conductance": (n, e, NODES - 1), "capacity": (n, e, NODES)}
    return [
        f"{name} has shape {getattr(b, name).shape}, not {shape}"
        for name, shape in want.items()
        if getattr(b, name).shape != shape
    ]


def _value_faults(b: Buildings) -> list[str]:
    faults = []
    for name in NOT_NEGATIVE:
        values = getattr(b, name)
        if not ((values >= 0) & np.isfinite(values)).all():
            faults.append(f"{name} holds values that are negative or not finite")
    if not (b.conductance[b.area > 0] > 0).all():
        faults.append("conductance is 0 in an element that has an area")
    for name in ("heating_power", "cooling_power"):
        if not (getattr(b, name) >= 0).all():
            faults.append(f"{name} holds negative or missing values")
    for name in ("convective_share", "air_weight"):
        values = getattr(b, name)
        if not ((values >= 0) & (values <= 1)).all():
            faults.append(f"{name} is not between 0 and 1")
    linked = (b.area * b.convective).sum(1) + (b.light_area * b.light_convective).sum(1) + b.bridges + b.air_capacity
    if not faults and not (linked > 0).all():
        faults.append("a building has neither surfaces nor air")
    radiant = (b.area * b.radiative).sum(1) + (b.light_area * b.light_radiative).sum(1)
    if not faults and not (radiant > 0).all():
        faults.append("a building has no surface that exchanges radiation")
    return faults


def _column_faults(b: Buildings, s: Series) -> list[str]:
    faults = []
    tables = {
        "exterior": s.exterior,
        "light_exterior": s.exterior,
        "weather": s.air,
        "ventilation": s.ventilation,
        "solar": s.solar,
        "gains": s.convective,
        "thermostat": s.heating,
    }
    for name, table in tables.items():
        index = getattr(b, name)
        if table.ndim != 2 or table.shape[0] != s.hours:
            faults.append(f"the series of {name} have shape {table.shape}, not ({s.hours}, columns)")
        elif index.size and not ((index >= 0) & (index < table.shape[1])).all():
            faults.append(f"{name} names columns outside 0 to {table.shape[1] - 1}")
    return faults


def _series_faults(s: Series) -> list[str]:
    if s.radiative.shape != s.convective.shape or s.cooling.shape != s.heating.shape:
        return ["radiative and convective gains, or heating and cooling set-points, differ in shape"]
    faults = [
        f"series {name} holds missing values"
        for name in ("exterior", "air", "ventilation", "solar", "convective", "radiative")
        if not np.isfinite(getattr(s, name)).all()
    ]
    if (s.ventilation < 0).any():
        faults.append("series ventilation is negative")
    if not (s.heating <= s.cooling).all():
        faults.append("a heating set-point lies above its cooling set-point, or is missing")
    return faults
