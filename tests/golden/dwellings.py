"""The village with dwellings, services, weather and prices drawn by hand: three zones, two buildings in three states.

A building is the house of `houses.py` (100 m2 of floor); its state 2 halves the losses of roof, wall and floor, state 3
takes a quarter. The weather is a cosine over the year and one over the day, without sun.
"""

from dataclasses import replace

import numpy as np

from exante.city import Table
from exante.sources.energy import stock
from exante.sources.tabula import read_variants

TOLD = {
    "country": "IT",
    "floor_area_per_person": 40,
    "sizes": {"SFH": 0.25, "AB": 0.75},
    "states": {"1": 0.8, "2": 0.15, "3": 0.05},
    "periods": [{"from": 1900, "to": 1950, "share": 0.4}, {"from": 1951, "to": 2000, "share": 0.6}],
    "systems": {"gas": 0.6, "oil": 0.1, "direct_electric": 0.1, "heat_pump": 0.05, "none": 0.15},
    "set_point": 20,
    "appliances": 1000,
    "cooled_share": 0.4,
    "service_area_per_job": 30,
    "service_electricity": 120,
    "service_heat": 50,
}
WORSE = {"1": 1.0, "2": 0.5, "3": 0.25}


def variants(houses, path):
    """Two sizes, two periods, three states each, as TABULA publishes them."""
    rows = []
    for size in ("SFH", "AB"):
        for period, (first, last, loss) in enumerate(((1900, 1950, 1.2), (1951, 2000, 1.0)), start=1):
            for state, better in WORSE.items():
                u = {f"U_Actual_{name}": loss * better for name in ("Roof_1", "Wall_1", "Floor_1")}
                rows.append(
                    houses.row(
                        f"IT.X.{size}.0{period}.Gen.ReEx.001.00{state}",
                        Code_Building=f"IT.X.{size}.0{period}.Gen.ReEx.001",
                        Code_BuildingSizeClass=size,
                        Number_BuildingVariant=int(state),
                        Year1_Building=first,
                        Year2_Building=last,
                        c_m=45,
                        **u,
                    )
                )
    return read_variants(houses.write(path, rows))


def weather():
    """A year between 0 and 28 degC, no sun, a clear sky."""
    hour = np.arange(8760)
    air = 14.0 - 10.0 * np.cos(2 * np.pi * (hour / 24 - 15) / 365) + 4.0 * np.cos(2 * np.pi * (hour % 24 - 15) / 24)
    flat = np.zeros(8760)
    one = np.ones(8760)
    return Table(
        "weather",
        {
            "place": np.full(8760, "paper", dtype=object),
            "hour": hour,
            "dry_bulb": air,
            "dew_point": air - 5.0,
            "infrared_horizontal": 5.67e-8 * (air + 273.15 - 8.0) ** 4,
            "global_horizontal": flat,
            "direct_normal": flat,
            "diffuse_horizontal": flat,
            "opaque_sky_cover": flat,
            "wind_speed": one,
            "latitude": 44.5 * one,
            "longitude": 11.3 * one,
            "altitude": 50.0 * one,
            "time_zone": one,
        },
    )


def prices():
    """Household prices of electricity and gas, and the carbon of fuels."""
    names = ("electricity household", "gas household", "oil household")
    tariffs = {
        "tariff_id": list(names),
        "carrier": [n.split()[0] for n in names],
        "consumer": ["household"] * 3,
        "price": [0.25, 0.10, 0.14],
        "base_price": [0.25, 0.10, 0.14],
        "year": [2024] * 3,
        "source": ["paper"] * 3,
        "verified": [True] * 3,
    }
    fuels = {
        "carrier": ["gas", "oil", "wood"],
        "intensity_direct": [202.0, 267.0, 0.0],
        "intensity_low": [195.0, 261.0, 0.0],
        "intensity_high": [210.0, 271.0, 0.0],
    }
    return Table("tariffs", tariffs), Table("carriers", fuels)


def build(village, table, **told):
    """The village with its buildings; `told` replaces entries of `TOLD`."""
    document = TOLD | told
    made, rows = stock.archetype_tables(table, "IT")
    zones = village.table("zones")
    found = [
        *made.values(),
        stock.stock_table(document, rows, zones),
        stock.systems_table(document, zones),
        stock.homes_table(document, zones),
        stock.services_table(document, zones),
        weather(),
        *prices(),
    ]
    layer = village.layers["zones"]
    for one in found:
        village = replace(village.with_table(one), layers={**village.layers, one.name: layer})
    return village
