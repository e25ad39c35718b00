"""Energy of a city's buildings by hour: archetypes through the heat balance, their stock, systems and appliances."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exante.models.buildings import profiles
from exante.models.buildings.archetypes import ELEMENTS, PLANES, Archetypes, FloatArray
from exante.models.buildings.climate import HourlyClimate
from exante.models.buildings.hourly import hourly_need
from exante.models.buildings.systems import CARRIERS, FUEL, efficiencies, heat_pump_performance
from exante.quantities.declarations import Inputs, Outputs
from exante.quantities.errors import MissingLayerError

WEATHER = (
    *("dry_bulb", "direct_normal", "diffuse_horizontal"),
    *("infrared_horizontal", "dew_point", "opaque_sky_cover"),
)
PLACE = ("latitude", "longitude", "time_zone", "altitude")
#: Hours of the day in which homes are heated less.
NIGHT = (22, 6)
#: Below this nobody heats: set-point outside the season, degC.
FROST = 5.0
KILO = 1000.0
#: Degrees that sun and people give a home on average, K (judgement; used between zones of different set-points only).
GAINS = 3.0
#: Carbon of fuels by carrier of the table `carriers`.
BURNED = ("gas", "oil", "wood")


def run(inputs: Inputs, state: dict[str, NDArray] | None) -> Outputs:
    """Energy of buildings by zone and carrier, and their electricity by hour.

    Raises
    ------
    MissingLayerError
        If the weather is not a year of 8,760 hours.
    """
    p = inputs.parameters
    climate = _climate(inputs)
    archetypes = _archetypes(inputs, p["air_change_ratio"])
    base = float(np.average(inputs["homes.set_point"], weights=np.maximum(inputs["zones.population"], 1e-9)))
    heat, cold, key = _needs(inputs, archetypes, climate, base + p["set_point_shift"], state)
    area = _areas(inputs, archetypes)
    new = inputs["archetypes.state"] > 1
    used = np.where(new, 1.0 + p["rebound"], 1.0 + p["prebound"])
    heated, units = _systems(inputs)
    # W/m2 of archetypes to W of zones; a degree less in a zone's homes acts as on the city's mean
    response = _set_point_response(inputs["homes.set_point"], base, p["set_point_shift"], climate)
    rooms = ((area * used) @ heat) * (heated * response)[:, None]
    water_year = (area @ inputs["archetypes.hot_water"]) * p["hot_water_ratio"]
    cooled = (area @ cold) * (inputs["homes.cooled_share"] * p["cooling_use"])[:, None]
    services_area = inputs["service_stock.floor_area"] * p["service_ratio"]
    served = services_area * inputs["service_stock.heat"]
    shape = heat.mean(axis=0)
    shape = shape / max(shape.sum(), 1e-12)

    eff = efficiencies(p)
    pump = heat_pump_performance(climate.air, p["heat_pump_quality"])
    pump_water = heat_pump_performance(climate.air, p["heat_pump_quality"], water=True)
    water_shape = profiles.of_day(profiles.HOT_WATER)
    energy = np.zeros((len(area), len(CARRIERS)))
    rooms_year = rooms.sum(axis=1) / KILO
    power = cooled / p["cooling_performance"]
    at_work = np.zeros_like(power)
    hourly_services = served[:, None] * KILO * shape
    for name, share in units.items():
        # services take the same carriers as homes; where nothing heats homes, services are heated by electricity
        if name in FUEL:
            use = (rooms_year * share / np.maximum(heated, 1e-12) + (water_year + served) * share) / eff[name]
            energy[:, CARRIERS.index(FUEL[name])] += use
            continue
        part = share / np.maximum(heated, 1e-12) if name != "none" else np.zeros(len(area))
        part = part * (p["device_use"] if name == "direct_electric" else 1.0)
        by_water = (water_year * share * KILO)[:, None] * water_shape
        of_rooms, of_services = rooms * part[:, None], hourly_services * share[:, None]
        if name == "heat_pump":
            of_rooms, of_services, by_water = of_rooms / pump, of_services / pump, by_water / pump_water
        power += of_rooms + by_water
        at_work += of_services
    devices = units.get("direct_electric", np.zeros(len(area))) / np.maximum(heated, 1e-12)
    by_devices = 1.0 - devices * (1.0 - p["device_use"])
    homes = inputs["homes.appliances"] * inputs["zones.population"]
    own = power.sum(axis=1) / KILO + homes
    power += (homes * KILO)[:, None] * profiles.appliances()
    power += at_work + (services_area * inputs["service_stock.electricity"] * KILO)[:, None] * profiles.services()
    energy[:, CARRIERS.index("electricity")] = power.sum(axis=1) / KILO
    co2 = _carbon(inputs, energy, p["district_intensity"])
    served_share = served / np.maximum(served + rooms_year + water_year, 1e-9)
    return Outputs(
        {
            "building_energy": energy,
            "building_electricity": power / KILO,
            "building_heat_need": rooms_year * by_devices,
            "building_cooling_need": cooled.sum(axis=1) / KILO,
            "dwelling_area": area.sum(axis=1),
            "building_co2": co2,
            "building_bill": _bill(inputs, energy * (1.0 - served_share)[:, None], own),
        },
        {"key": key, "heat": heat, "cold": cold},
        {
            "heat_pump_performance": float(rooms.sum() / max((rooms.sum(axis=0) / pump).sum(), 1e-12)),
            "domestic_electricity": float(own.sum()) / KILO**2,
        },
    )


def _climate(inputs: Inputs) -> HourlyClimate:
    hours = len(inputs["weather.dry_bulb"])
    if hours != profiles.HOURS:
        raise MissingLayerError(
            f"the weather has {hours} hours, not 8,760", where="weather", remedy="Give a typical year of hours"
        )
    columns = tuple(np.ascontiguousarray(inputs[f"weather.{n}"], dtype=float).tobytes() for n in WEATHER)
    place = tuple(float(inputs[f"weather.{n}"][0]) for n in PLACE)
    return _climate_of(place, columns)


@lru_cache(maxsize=8)
def _climate_of(place: tuple[float, ...], columns: tuple[bytes, ...]) -> HourlyClimate:
    """Planes and sky of a weather, which no policy on buildings changes."""
    frame = pd.DataFrame({n: np.frombuffer(c) for n, c in zip(WEATHER, columns, strict=True)})
    latitude, longitude, zone, altitude = place
    return HourlyClimate.of(latitude, longitude, zone, altitude, frame)


def _archetypes(inputs: Inputs, air_change: float) -> Archetypes:
    names = inputs["archetypes.archetype_id"].astype(str)
    place = {name: k for k, name in enumerate(names)}
    area, u, factor = (np.zeros((len(names), len(ELEMENTS))) for _ in range(3))
    rows = [place[n] for n in inputs["archetype_elements.archetype_id"].astype(str)]
    column = [ELEMENTS.index(e) for e in inputs["archetype_elements.element"].astype(str)]
    for target, name in ((area, "area"), (u, "u"), (factor, "factor")):
        target[rows, column] = inputs[f"archetype_elements.{name}"]
    glazing, aperture = (np.zeros((len(names), len(PLANES))) for _ in range(2))
    rows = [place[n] for n in inputs["archetype_windows.archetype_id"].astype(str)]
    column = [PLANES.index(e) for e in inputs["archetype_windows.plane"].astype(str)]
    glazing[rows, column] = inputs["archetype_windows.area"]
    aperture[rows, column] = inputs["archetype_windows.aperture"]
    ones = np.ones(len(names))

    def column_of(name: str) -> FloatArray:
        return np.asarray(inputs[f"archetypes.{name}"], dtype=float)

    return Archetypes(
        names=tuple(names),
        floor_area=column_of("floor_area"),
        area=area,
        u=u,
        factor=factor,
        bridges=column_of("bridges"),
        glazing=glazing,
        aperture=aperture,
        air_change=column_of("air_change") * air_change,
        room_height=column_of("room_height"),
        internal_gains=column_of("internal_gains"),
        capacity=column_of("capacity"),
        set_point=20.0 * ones,
        reduction_low=ones,
        reduction_high=ones,
    )


def _needs(
    inputs: Inputs, archetypes: Archetypes, climate: HourlyClimate, set_point: float, state: dict[str, NDArray] | None
) -> tuple[FloatArray, FloatArray, NDArray]:
    """Heating and cooling need of every archetype, W/m2, shape (archetypes, hours), and the key of what made them."""
    p = inputs.parameters
    told = (set_point, p["setback"], p["cooling_set_point"], *_season(inputs))
    digest = hashlib.sha256(repr(told).encode())
    for part in (climate.air, climate.irradiance, climate.sky, archetypes.u, archetypes.area, archetypes.air_change):
        digest.update(np.ascontiguousarray(part).tobytes())
    key = np.frombuffer(digest.digest(), dtype=np.uint8)
    if state is not None and "key" in state and np.array_equal(state["key"], key):
        return state["heat"], state["cold"], key
    hour = np.arange(profiles.HOURS)
    night = (hour % 24 >= NIGHT[0]) | (hour % 24 < NIGHT[1])
    first, last = _season(inputs)
    day = hour // 24
    within = (day >= first) | (day < last) if first > last else (day >= first) & (day < last)
    warm = np.where(within, np.where(night, set_point - p["setback"], set_point), FROST)
    cool = np.maximum(p["cooling_set_point"], warm + 1.0)
    found = hourly_need(archetypes, climate, heating=warm, cooling=cool, outer_radiation=True, keep="loads")
    per = 1.0 / archetypes.floor_area
    heat = np.ascontiguousarray((found.hourly_heating * per).T)
    return heat, np.ascontiguousarray((found.hourly_cooling * per).T), key


def _season(inputs: Inputs) -> tuple[int, int]:
    """First day of the heating season and the day after its last, from 0; the whole year where no law sets one."""
    return int(inputs.statistic("heating_season_start", 0.0)), int(inputs.statistic("heating_season_end", 365.0))


def _areas(inputs: Inputs, archetypes: Archetypes) -> FloatArray:
    """Floor area by zone and archetype, m2."""
    zone = {z: k for k, z in enumerate(inputs["zones.zone_id"].astype(str))}
    kind = {a: k for k, a in enumerate(archetypes.names)}
    area = np.zeros((len(zone), archetypes.n))
    rows = np.array([zone[z] for z in inputs["building_stock.zone_id"].astype(str)])
    columns = np.array([kind[a] for a in inputs["building_stock.archetype_id"].astype(str)])
    np.add.at(area, (rows, columns), inputs["building_stock.floor_area"])
    return area


def _systems(inputs: Inputs) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Heated share of every zone's floor area, and the share of every system."""
    zones = inputs["zones.zone_id"].astype(str)
    place = {z: k for k, z in enumerate(zones)}
    units: dict[str, FloatArray] = {}
    for zone, system, share in zip(
        inputs["heating_systems.zone_id"].astype(str),
        inputs["heating_systems.system"].astype(str),
        inputs["heating_systems.share"],
        strict=True,
    ):
        units.setdefault(system, np.zeros(len(zones)))[place[zone]] += float(share)
    return 1.0 - units.get("none", np.zeros(len(zones))), units


def _set_point_response(own: FloatArray, mean: float, shifted: float, climate: HourlyClimate) -> FloatArray:
    """Need at a zone's own set-point over that at the city's mean: ratio of degree hours with gains worth 3 K."""
    shift = own - mean
    if np.abs(shift).max() < 1e-9:
        return np.ones(len(own))
    balance = mean + shifted - GAINS

    def hours(level: float) -> float:
        return float(np.maximum(level - climate.air, 0.0).sum())

    base = max(hours(balance), 1e-9)
    each, place = np.unique(shift, return_inverse=True)
    return np.array([hours(balance + s) / base for s in each])[place]


def _carbon(inputs: Inputs, energy: FloatArray, district: float) -> FloatArray:
    """Fossil CO2 of fuels and district heat, kg/year, shape (zones,)."""
    known = dict(zip(inputs["carriers.carrier"].astype(str), inputs["carriers.intensity_direct"], strict=True))
    grams = {name: float(known[name]) for name in BURNED} | {"district_heat": district}
    return np.asarray(sum(energy[:, CARRIERS.index(c)] * g for c, g in grams.items()) / KILO)


def _bill(inputs: Inputs, fuels: FloatArray, electricity: FloatArray) -> FloatArray:
    """EUR/year of residents at household prices, shape (zones,)."""
    price = {
        str(c): float(v)
        for c, u, v in zip(inputs["tariffs.carrier"], inputs["tariffs.consumer"], inputs["tariffs.price"], strict=True)
        if u == "household"
    }
    gas = price.get("gas", 0.0)
    paid = electricity * price["electricity"]
    for k, carrier in enumerate(CARRIERS):
        if carrier != "electricity":
            paid = paid + fuels[:, k] * price.get(carrier, gas)
    return np.asarray(paid)
