"""Emissions of traffic: CO2, NOx and PM2.5."""

from __future__ import annotations

from exante.quantities.declarations import Indicator, Inputs

COUNTED = "Cars, motorcycles, vans and lorries on the modelled network, motorways included, warm engines; buses not"


def _co2(x: Inputs) -> float:
    return float(x["link_co2"].sum() / 1000.0)


def _nox(x: Inputs) -> float:
    return float(x["link_nox"].sum() / 1000.0)


def _pm25(x: Inputs) -> float:
    return float(x["link_pm25"].sum() / 1000.0)


INDICATORS = (
    Indicator(
        name="co2_traffic",
        title="CO2 of traffic",
        better="lower",
        counted=COUNTED,
        reads=("link_co2",),
        compute=_co2,
    ),
    Indicator(
        name="nox_traffic",
        title="NOx of traffic",
        better="lower",
        counted=COUNTED,
        reads=("link_nox",),
        compute=_nox,
    ),
    Indicator(
        name="pm25_traffic",
        title="PM2.5 of traffic",
        better="lower",
        counted=f"{COUNTED}; exhaust, tyres, brakes and road",
        reads=("link_pm25",),
        compute=_pm25,
    ),
)
