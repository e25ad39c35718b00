"""``exante verify emissions``: emissions of traffic beside the inventory, their parts, and factors beside tables."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from exante.apps.console import out, print_json
from exante.apps.resolve import open_city

DRAWS = 64
#: Boundary of the published figures by their quantity: roads that count.
BOUNDARY = {"co2_year": "all modelled roads", "co2_year_without_motorways": "without motorways and trunk roads"}


def verify_emissions(
    city: Annotated[str, typer.Argument(help="Name of a city, or path of its folder.")],
    reference: Annotated[
        Path | None, typer.Option(help="Folder with PC_parameter.csv of EMEP/EEA 2013: NOx of cars Euro 5 to 6c.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Show a city's emissions of traffic with their interval, by part, beside its published inventory."""
    found = compare(city) | ({"factors": compare_factors(reference)} if reference else {})
    if json:
        print_json(found)
        return
    out.print(f"Year of {found['days']:.0f} working days, 90 % interval of the factors, traffic held", style="bold")
    for row in found["totals"]:
        told = f"{row['title']:44}{row['median']:>9.4g} {row['unit']:14}({row['p05']:.4g} to {row['p95']:.4g})"
        out.print(told, markup=False, soft_wrap=True)
    for row in found["published"]:
        out.print(
            f"Published {row['published']:.4g} {row['unit']}, {row['year']} ({row['scope']}): modelled over published "
            f"{row['ratio']:.2f} ({row['low']:.2f} to {row['high']:.2f}), {row['boundary']}",
            markup=False, soft_wrap=True,
        )  # fmt: skip
    for name, share in found["co2_parts"].items():
        out.print(f"  CO2 of {name:20}{share:>7.1%}", markup=False)
    out.print(f"Classes and cold starts over the sum of links: {found['sum_over_links']:.12f}", markup=False)
    if "factors" in found:
        told = found["factors"]
        out.print(f"NOx curves compared: {told['compared']}, largest difference {told['largest']:.2%}", markup=False)


def compare(name: str) -> dict[str, Any]:
    """Totals, intervals and parts of a city's emissions, and its published figures."""
    from exante.indicators.climate import DAYS
    from exante.models import list_models
    from exante.models.emissions import MODEL
    from exante.quantities.declarations import Inputs
    from exante.simulation import Draws
    from exante.study.figures import base_state

    city = open_city(name)
    state = base_state(city, run=True)
    assert state is not None
    fleet = next(m for m in list_models() if m.name == "fleet")
    held = {n: state.read(n) if "." in n or n in state.results else np.zeros(0) for n in MODEL.reads}
    held |= {n: state.city.column(n) if state.city.has_column(n) else np.zeros(0) for n in MODEL.uses}
    draws = Draws([*MODEL.parameters, *fleet.parameters], DRAWS)
    columns = {n: state.city.column(n) for n in fleet.reads}
    columns |= {n: state.city.column(n) if state.city.has_column(n) else np.zeros(0) for n in fleet.uses}
    motorway = np.isin(state.city.column("links.road_class").astype(str), ("motorway", "trunk"))
    rows, last = [], None
    for values in [*(draws.values(k) for k in range(DRAWS)), draws.medians()]:
        vehicles = fleet.run(Inputs(columns, _own(values, "fleet")), None).arrays
        last = MODEL.run(
            Inputs(held | {n: vehicles[n] for n in MODEL.reads if n in vehicles}, _own(values, "emissions")), None
        )
        a = last.arrays
        co2 = a["link_co2"]
        wheel = co2 + a["link_co2_upstream"]
        rest = (a[n].sum() for n in ("link_nox", "link_no2", "link_pm25", "link_pm10"))
        rows.append([co2.sum(), co2[~motorway].sum(), wheel.sum(), *rest])
    table = np.array(rows) * DAYS / 1e6
    titles = (
        "CO2",
        "CO2 without motorways and trunk roads",
        "Greenhouse gases well to wheel",
        "NOx",
        "NO2 of exhausts",
        "PM2.5 with wear",
        "PM10 with wear",
    )
    totals = [
        {"title": t, "unit": "kilotonne/year" if k < 3 else "tonne/year", "median": table[-1, k],
         "p05": float(np.quantile(table[:-1, k], 0.05)), "p95": float(np.quantile(table[:-1, k], 0.95))}
        for k, t in enumerate(titles)
    ]  # fmt: skip
    assert last is not None
    return {
        "city": city.name,
        "days": DAYS,
        "totals": totals,
        "published": _published(city, table),
        "co2_parts": _parts(last),
        "sum_over_links": float(
            (last.arrays["emission_by_kind"][0].sum() + last.arrays["emission_cold"][0]) / last.arrays["link_co2"].sum()
        ),
    }


def _own(values: Any, model: str) -> dict[str, float]:
    return {n.split(".", 1)[1]: v for n, v in values.items() if n.startswith(f"{model}.")}


def _published(city: Any, table: np.ndarray) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if "published" not in city.tables:
        return found
    told = city.table("published")
    for k, quantity in enumerate(told["quantity"].tolist()):
        if quantity in BOUNDARY:
            ratio = table[:, list(BOUNDARY).index(quantity)] / told["value"][k]
            found.append(
                {"quantity": quantity, "published": float(told["value"][k]), "unit": told["unit"][k],
                 "year": int(told["year"][k]), "scope": told["scope"][k], "boundary": BOUNDARY[quantity],
                 "ratio": float(ratio[-1]), "low": float(np.quantile(ratio[:-1], 0.05)),
                 "high": float(np.quantile(ratio[:-1], 0.95))}
            )  # fmt: skip
    return found


def _parts(run: Any) -> dict[str, float]:
    """Share of each class and of cold starts in CO2."""
    from exante.quantities.vehicle_kinds import KINDS

    of = np.array([v for v, _, _ in KINDS])
    by_kind, cold = run.arrays["emission_by_kind"][0], float(run.arrays["emission_cold"][0])
    whole = by_kind.sum() + cold
    parts = {v: float(by_kind[of == v].sum() / whole) for v in dict.fromkeys(of.tolist())}
    return parts | {"cold starts": cold / float(whole)}


def compare_factors(folder: Path) -> dict[str, Any]:
    """NOx curves of cars beside the coefficients of EMEP/EEA 2013 in full precision.

    Raises
    ------
    SourceError
        If the folder has no such table.
    """
    from exante.models.emissions.factors import read_factors
    from exante.quantities.errors import SourceError

    path = folder / "PC_parameter.csv"
    if not path.is_file():
        raise SourceError("there is no PC_parameter.csv", where=str(folder), remedy="Name the folder that holds it")
    factors = read_factors()
    v, names = factors.speeds, {"5": "euro5", "6": "euro6", "6c": "euro6d"}
    largest, compared = 0.0, 0
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["Pollutant"] != "NOx" or row["Equation"] != "Equation 1":
                continue
            fuel = "petrol" if row["Sub-Sector"].startswith("Gasoline") else "diesel"
            a, b, c, d, e, f = (float(row[k]) for k in ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zita"))
            theirs = (a + c * v + e * v**2 + f / v) / (1 + b * v + d * v**2)
            ours = factors.second_nox["car", fuel, names[row["Euro No."]]]
            largest, compared = max(largest, float(np.abs(ours / theirs - 1).max())), compared + 1
    return {"compared": compared, "largest": largest}
