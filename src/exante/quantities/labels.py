"""Labels of the dimensions whose members are the same in every city, in the order of every array."""

from __future__ import annotations

from exante.quantities.vehicle_kinds import KINDS, name_kind

#: Members by dimension. Models write and indicators read arrays in this order.
LABELS: dict[str, tuple[str, ...]] = {
    "mode": ("walk", "cycle", "transit", "car", "motorcycle", "car_passenger", "taxi"),
    "period": ("morning_peak", "inter_peak", "afternoon_peak", "evening", "night"),
    "purpose": ("work", "study", "other"),
    "vehicle": ("car", "motorcycle", "van", "truck"),
    "building_carrier": ("electricity", "gas", "oil", "wood", "district_heat"),
    "severity": ("injured", "killed"),
    "breathed": ("no2", "pm25"),
    "air_pollutant": ("no2", "pm25"),
    "casualty_mode": ("walk", "cycle", "transit", "car", "motorcycle"),
    "active_mode": ("walk", "cycle"),
    "age": ("under_15", "15_24", "25_39", "40_64", "over_64"),
    "sex": ("women", "men"),
    "income_band": ("lowest", "second", "third", "fourth", "highest"),
    "car": ("without", "with"),
    "income_class": ("low", "middle", "high"),
    "household_size": ("1", "2", "3", "4", "5_plus"),
    "kind": tuple(name_kind(kind) for kind in KINDS),
    "place_kind": ("school", "primary_care", "food", "park", "pharmacy", "sport", "culture"),
    "road_area": ("elsewhere", "low_emission_zone"),
    "pollutant": ("co2", "nox", "no2", "pm_exhaust", "pm25_wear", "pm10_wear", "co2_upstream", "electricity"),
}


def place(dimension: str, label: str) -> int:
    """Position of `label` in arrays that have `dimension`.

    Examples
    --------
    >>> place("mode", "car")
    3
    """
    return LABELS[dimension].index(label)
