"""TABULA single-family archetypes in the weather of Bologna: our heat balance against EnergyPlus, building by building.

A box of the archetype's floor area and volume, its U-values, three windows of 6 m2 (east, south, west), 3 W/m2 of
gains, 20
and 26 degC; the heat flow to the cellar (b = 0.5) becomes resistance below the floor. Both get the same description.

    PYTHONPATH=benchmarks/heat python benchmarks/heat/archetypes.py --data DIR
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import energyplus
import numpy as np
import pandas as pd

from exante.calibration.heat.cases import Case, get_case, specification
from exante.calibration.heat.room import Box, Site, arrays
from exante.kernels.heat import run
from exante.sources.epw import read_epw

BRICK = (800.0, 1000.0, 0.25)
SLAB = (1200.0, 1000.0, 0.20)
FILMS = 0.17
"""Thermal resistance of both surfaces in tabulated U-values (ISO 6946), m2 K/W."""
WEATHER = "bologna/weather/ITA_ER_Bologna-Marconi.AP.161400_TMYx.2004-2018.epw"


def layers(u: float, body: tuple[float, float, float], bare: float) -> list[list[float]]:
    """Inside first: the body, and insulation outside if U is below that of the bare body."""
    density, heat, thickness = body
    resistance = 1 / u - FILMS
    plain = min(resistance, 1 / bare - FILMS)
    rows = [[thickness / plain, thickness, density, heat]]
    if resistance - plain > 1e-3:
        rows.append([0.035, 0.035 * (resistance - plain), 20.0, 1450.0])
    rows.append([0.9, 0.015, 1800.0, 1000.0])
    return rows


def archetype(row: Any) -> tuple[Case, Box]:
    """Case and box of a row of the table."""
    side = float(np.sqrt(row.A_Calc_Floor_1))
    roof = max(row.U_Actual_Roof_1, row.U_Actual_Roof_2)
    parts = {
        "wall": layers(row.U_Actual_Wall_1, BRICK, 1.6),
        "roof": layers(roof, SLAB, 2.2),
        "floor": layers(row.U_Actual_Floor_1 * row.b_Transmission_Floor_1, SLAB, 2.0),
    }
    name = row.Code_BuildingVariant
    for part, rows in parts.items():
        specification()["layers"][f"{name} {part}"] = rows
    glazing = "single" if row.U_Actual_Window_1 > 3.5 else "double" if row.U_Actual_Window_1 > 1.5 else "low_e"
    case = replace(
        get_case("600"),
        name=name,
        **{part: f"{name} {part}" for part in parts},
        glazing=glazing,
        glazed={"east": 1, "south": 1, "west": 1},
        infiltration=float(row.n_air_infiltration + row.n_air_use),
        gains=3.0 * float(row.A_C_Ref),
        cooling=26.0,
    )
    return case, Box(side, side, float(row.V_C) / side**2, case.glazed)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1)
    options = parser.parse_args()
    table = pd.read_csv(options.data / "energy/tabula/tabula_ES_IT.csv", low_memory=False)
    chosen = table[table.Code_BuildingVariant.str.match(r"IT\.MidClim\.SFH\.\d\d\.Gen\.ReEx\.001\.00[13]")]
    weather = options.data / WEATHER
    file = read_epw(weather)
    spec = specification()["site"]
    spec["air_density"] = float(file.hourly["pressure"].mean()) / (287.05 * 293.15)
    site = Site.of(file, spec["albedo"], options.steps)
    errors = []
    print(f"{'archetype':36}{'heating kWh/m2: ours':>22}{'EnergyPlus':>12}{'cooling: ours':>16}{'EnergyPlus':>12}")
    for row in chosen.itertuples():
        case, box = archetype(row)
        theirs = energyplus.simulate(energyplus.model(case, box, terrain="Suburbs"), weather)
        buildings, series = arrays(case, box, site, plant=True, gains=case.gains)
        # EnergyPlus changes a volume of air at its outdoor density.
        density = 293.15 / (series.air + 273.15)
        ours = run(buildings, replace(series, ventilation=series.ventilation * density), step=3600.0 / options.steps)
        per = 1000.0 * row.A_C_Ref
        figures = (ours.heating[0] / per, theirs.heating.sum() / per, ours.cooling[0] / per, theirs.cooling.sum() / per)
        errors.append((figures[0] / figures[1] - 1, figures[2] / figures[3] - 1))
        print(f"{case.name:36}{figures[0]:22.1f}{figures[1]:12.1f}{figures[2]:16.1f}{figures[3]:12.1f}"
              f"   {errors[-1][0]:+.1%} {errors[-1][1]:+.1%}", flush=True)  # fmt: skip
    heat, cool = np.abs(np.array(errors)).T
    print(f"heating: median {np.median(heat):.1%}, largest {heat.max():.1%}; "
          f"cooling: median {np.median(cool):.1%}, largest {cool.max():.1%}")  # fmt: skip


if __name__ == "__main__":
    main()
