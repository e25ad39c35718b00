"""Yearly energy of a city's buildings by the model, beside what is published."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from exante.city import City
from exante.models.buildings import MODEL
from exante.models.buildings.systems import CARRIERS
from exante.quantities.declarations import Inputs
from exante.quantities.errors import MissingLayerError
from exante.simulation.draws import Draws

GIGA = 1e6
TITLES = {
    "heat_per_area": ("Heat for rooms", "kWh/m2"),
    "gas": ("Gas", "GWh"),
    "electricity": ("Electricity", "GWh"),
    "domestic_electricity": ("Electricity of homes", "GWh"),
    "final_energy": ("Final energy", "GWh"),
    "co2": ("CO2 of fuels", "kt"),
    "peak": ("Highest hourly load", "MW"),
    "heat_pump_performance": ("Seasonal factor of heat pumps", "1"),
}


@dataclass(frozen=True)
class Compared:
    """A figure of the model at medians and its 5 and 95 % quantiles over draws, beside a published one.

    Parameters
    ----------
    name, title, unit : str
    model, low, high : float
    published, ratio : float or None
        `ratio` is the model's median over the published figure.
    year : int or None
    boundary, source : str
        What the published figure covers; empty where none is known.
    """

    name: str
    title: str
    unit: str
    model: float
    low: float
    high: float
    published: float | None = None
    ratio: float | None = None
    year: int | None = None
    boundary: str = ""
    source: str = ""


def compare_city(city: City, draws: int = 16) -> list[Compared]:
    """The model's yearly figures of a city beside the published ones of that name.

    Raises
    ------
    MissingLayerError
        If the city has no buildings.
    """
    lost = sorted({n.split(".")[0] for n in MODEL.reads if "." in n and not city.has_column(n)})
    if lost:
        raise MissingLayerError(
            f"{city.title} has no {', '.join(lost)}",
            where="city",
            remedy="Build it again from a mirror that holds the building typology",
        )
    arrays = {n: city.column(n) for n in MODEL.reads}
    drawn = Draws(MODEL.parameters, draws)
    middle = _figures(arrays, drawn.medians())
    each = [_figures(arrays, drawn.values(k)) for k in range(draws)]
    text = files("exante.calibration.buildings").joinpath("published.toml").read_text(encoding="utf-8")
    known = {row["name"]: row for row in tomllib.loads(text).get(city.name, [])}
    found = []
    for name, (title, unit) in TITLES.items():
        low, high = np.quantile([values[name] for values in each], [0.05, 0.95])
        row = known.get(name)
        told: dict[str, Any] = {}
        if row:
            told = {k: row[k] for k in ("year", "boundary", "source")}
            told |= {"published": float(row["value"]), "ratio": middle[name] / float(row["value"])}
        found.append(Compared(name, title, unit, middle[name], float(low), float(high), **told))
    return found


def _figures(arrays: dict[str, np.ndarray], parameters: dict[str, float]) -> dict[str, float]:
    own = {k.split(".", 1)[1]: v for k, v in parameters.items()}
    outputs = MODEL.run(Inputs(arrays, own), None)
    got = outputs.arrays
    energy = got["building_energy"].sum(axis=0) / GIGA
    return {
        "heat_per_area": float(got["building_heat_need"].sum() / got["dwelling_area"].sum()),
        "gas": float(energy[CARRIERS.index("gas")]),
        "electricity": float(energy[CARRIERS.index("electricity")]),
        "domestic_electricity": outputs.diagnostics["domestic_electricity"],
        "final_energy": float(energy.sum()),
        "co2": float(got["building_co2"].sum() / GIGA),
        "peak": float(got["building_electricity"].sum(axis=0).max() / 1e3),
        "heat_pump_performance": outputs.diagnostics["heat_pump_performance"],
    }
