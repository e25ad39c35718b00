"""``exante verify heat``: the heat balance of buildings against the test cases of ASHRAE 140-2020."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from exante.apps.console import notice, out, print_json
from exante.quantities.errors import UserError

UNITS = {"MWh": "MWh", "kW": "kW"}


def verify_heat(
    cases: Annotated[
        str | None,
        typer.Option(help="Cases, such as 600,900FF, or `all`; by default those the folder has ranges of."),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            help="Folder with loads_by_tool.csv, freefloat_by_tool.csv and the weather; "
            "default: EXANTE_DATA/energy/std140."
        ),
    ] = None,
    steps_per_hour: Annotated[int, typer.Option(min=1, max=60, help="Time steps of the balance in an hour.")] = 4,
    natural: Annotated[
        bool,
        typer.Option("--natural", help="Inside coefficients that follow the temperatures; a stock has constants."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Compare loads and temperatures of ASHRAE 140 cases with the range of six tools."""
    from exante.calibration.heat.cases import list_cases
    from exante.calibration.heat.verify import read_reference, verify_cases

    folder = reference or Path(os.environ.get("EXANTE_DATA", "../shared/data")) / "energy" / "std140"
    found = read_reference(folder)
    if cases is None:
        names = found.cases or list_cases()
    elif cases.strip().lower() == "all":
        names = list_cases()
    else:
        names = [name.strip() for name in cases.split(",") if name.strip()]
        if not names:
            raise UserError("No case is named", where="--cases", remedy="Name cases such as 600,900FF, or `all`")
    results = verify_cases(names, found, steps_per_hour, natural)
    if json:
        print_json({"cases": results})
        return
    out.print(f"{'case':8}{'metric':24}{'value':>10}   {'range of the tools':22}", style="bold", markup=False)
    for result in results:
        for row in result["metrics"]:
            out.print(_line(result["case"], row), markup=False, soft_wrap=True)
    judged = [row["inside"] for result in results for row in result["metrics"] if row["inside"] is not None]
    notice(f"{sum(judged)} of {len(judged)} values inside the range; weather {found.weather.name}")


def _line(case: str, row: dict[str, Any]) -> str:
    name, _, unit = row["name"].rpartition("_")
    if unit not in UNITS:
        name, unit = row["name"], "degC"
    told = f"{name.replace('_', ' ')}, {unit}"
    span = "–" if row["low"] is None else f"{row['low']:.3f} to {row['high']:.3f}"
    verdict = {True: "inside", False: "OUTSIDE", None: ""}[row["inside"]]
    return f"{case:8}{told:24}{row['value']:>10.3f}   {span:22}{verdict}"
