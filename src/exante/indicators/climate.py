"""Emissions of traffic: greenhouse gases, nitrogen oxides and particles, on a working day and in a year."""

from __future__ import annotations

from exante.quantities.declarations import Indicator, Inputs

COUNTED = "Cars, motorcycles, vans and lorries on the modelled network, motorways and cold starts included; buses not"

#: Working days that a year's traffic is worth: 0.93 of 365, the mean of all days over Mondays to Fridays at 57 counting
#: sites of Bologna and its region with every day of the week (0.87 to 0.98; bologna_loops_2024, rer_counts_2024).
DAYS = 0.93 * 365.0


def _co2(x: Inputs) -> float:
    return float(x["link_co2"].sum() / 1000.0)


def _co2_year(x: Inputs) -> float:
    return _co2(x) * DAYS / 1000.0


def _wheel_year(x: Inputs) -> float:
    return float((x["link_co2"].sum() + x["link_co2_upstream"].sum()) * DAYS / 1e6)


def _nox(x: Inputs) -> float:
    return float(x["link_nox"].sum() / 1000.0)


def _nox_year(x: Inputs) -> float:
    return _nox(x) * DAYS / 1000.0


def _no2(x: Inputs) -> float:
    return float(x["link_no2"].sum() / 1000.0)


def _pm25(x: Inputs) -> float:
    return float(x["link_pm25"].sum() / 1000.0)


def _pm10(x: Inputs) -> float:
    return float(x["link_pm10"].sum() / 1000.0)


def _electricity(x: Inputs) -> float:
    return float(x["vehicle_electricity"].sum() / 1000.0)


def _replaced(x: Inputs) -> float:
    return float(x["zone_replaced_cars"].sum())


YEAR = f"{COUNTED}; a year is {DAYS:.0f} working days"

INDICATORS = (
    Indicator("co2_traffic", "CO2 of traffic", "lower", COUNTED, ("link_co2",), _co2),
    Indicator("nox_traffic", "NOx of traffic", "lower", COUNTED, ("link_nox",), _nox),
    Indicator(
        "pm25_traffic",
        "PM2.5 of traffic",
        "lower",
        f"{COUNTED}; exhaust, tyres, brakes and road",
        ("link_pm25",),
        _pm25,
    ),
    Indicator("co2_traffic_year", "CO2 of traffic in a year", "lower", YEAR, ("link_co2",), _co2_year, shown=False),
    Indicator(
        "co2_wheel_year",
        "Greenhouse gases of traffic in a year, fuel and electricity made included",
        "lower",
        YEAR,
        ("link_co2", "link_co2_upstream"),
        _wheel_year,
    ),
    Indicator("nox_traffic_year", "NOx of traffic in a year", "lower", YEAR, ("link_nox",), _nox_year, shown=False),
    Indicator("no2_traffic", "NO2 of exhausts", "lower", COUNTED, ("link_no2",), _no2, shown=False),
    Indicator(
        "pm10_traffic", "PM10 of traffic", "lower", f"{COUNTED}; wear included", ("link_pm10",), _pm10, shown=False
    ),
    Indicator(
        "vehicle_energy",
        "Electricity of vehicles",
        "neither",
        "Electric vehicles on the modelled network, charging losses included",
        ("vehicle_electricity",),
        _electricity,
        shown=False,
    ),
    Indicator(
        "cars_replaced",
        "Cars replaced for an emission standard",
        "neither",
        "Cars of residents below the standard of a low-emission zone that their owners replace",
        ("zone_replaced_cars",),
        _replaced,
        shown=False,
    ),
)
