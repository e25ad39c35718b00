"""``exante verify buildings``: the heating need of TABULA's exemplary dwellings, computed again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from exante.apps.console import notice, out, print_json

LISTED = 0.01
"""Errors above this are listed one by one."""
TITLES = {
    "hourly_in_season": "hourly, days of the season",
    "hourly": "hourly, whole year",
    "hourly_radiation": "hourly, whole year, sun and sky on opaque surfaces",
}


def verify_buildings(
    city: Annotated[
        str | None, typer.Argument(help="City to hold beside published figures; without one, TABULA's dwellings.")
    ] = None,
    draws: Annotated[int, typer.Option(help="Draws of the city's uncertain parameters.", min=2)] = 16,
    reference: Annotated[
        Path | None,
        typer.Option(help="Folder with tabula_ES_IT.csv, or that file; default: EXANTE_DATA/energy/tabula."),
    ] = None,
    weather: Annotated[
        Path | None, typer.Option(help="EPW file: compare the seasonal with the hourly method in its climate.")
    ] = None,
    country: Annotated[str | None, typer.Option(help="Only the variants of one country, ES or IT.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Hold TABULA's variants beside the tabulated need, or a city's energy beside published figures."""
    if city is not None:
        _verify_city(city, draws, json)
        return
    from exante.calibration.buildings.verify import (
        compare_methods,
        of_country,
        read_reference,
        summary_of,
        transmittance_summary,
        verify_transmittances,
        verify_variants,
    )

    folder = reference or Path(os.environ.get("EXANTE_DATA", "../shared/data")) / "energy" / "tabula"
    table = of_country(read_reference(folder), country)
    rows = verify_variants(table)
    summary = summary_of(rows)
    walls = transmittance_summary(verify_transmittances(table))
    methods = compare_methods(table, weather) if weather else None
    if json:
        told = rows.round(6).astype(object).where(rows.notna(), None)
        document: dict[str, Any] = {"summary": summary, "transmittances": walls, "variants": told.to_dict("records")}
        print_json(document | ({"methods": methods} if methods else {}))
        return
    _print_summary(summary)
    out.print(
        f"U-values from construction and measure: {walls['within_1_percent']} of {walls['elements']} elements in 1 %, "
        f"largest {walls['largest']:.2%}; {walls['worse_after_measure']} are worse after the measure than before",
        markup=False,
        soft_wrap=True,
    )
    listed = rows[rows["error"].abs() > LISTED].sort_values("error", key=abs, ascending=False)
    if len(listed):
        out.print(f"\n{'beyond 1 %':40}{'tabulated':>10}{'computed':>10}{'error':>9}  why", style="bold", markup=False)
    for row in listed.itertuples():
        why = "last digits" if row.within else f"differs in {row.parts or 'the need only'}"
        line = f"{row.variant:40}{row.tabulated:>10.1f}{row.computed:>10.3f}{row.error:>+9.2%}  {why}"
        out.print(line, markup=False, soft_wrap=True)
    if methods:
        _print_methods(methods)
    notice("needs in kWh/m2 of reference floor area; `last digits`: rounding of the table explains the difference")


def _verify_city(name: str, draws: int, json: bool) -> None:
    from dataclasses import asdict

    from exante.apps.resolve import open_city
    from exante.calibration.buildings.city import compare_city

    rows = compare_city(open_city(name), draws)
    if json:
        print_json({"draws": draws, "figures": [asdict(row) for row in rows]})
        return
    head = f"{'in a typical year':32}{'unit':>8}{'medians':>10}{'5 %':>9}{'95 %':>9}{'published':>11}{'ratio':>7}"
    out.print(head, style="bold", markup=False, soft_wrap=True)
    for row in rows:
        line = f"{row.title:32}{row.unit:>8}{_short(row.model):>10}{_short(row.low):>9}{_short(row.high):>9}"
        beside = f"{row.published:>11,.0f}{row.ratio:>7.2f}" if row.published is not None else f"{'-':>11}"
        out.print(line + beside, markup=False, soft_wrap=True)
    for row in rows:
        if row.source:
            out.print(f"{row.title}: {row.year}, {row.boundary}. {row.source}", markup=False, soft_wrap=True)
    notice("homes and services of the modelled stock; nothing is tuned to the published figures")


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _print_summary(summary: dict[str, Any]) -> None:
    titles = ("variants", "median", "p90", "p95", "largest")
    head = f"{'country':10}" + "".join(f"{t:>9}" for t in titles) + f"{'in 1 %':>8}{'in rounding':>13}"
    out.print(head, style="bold", markup=False)
    for name, s in summary.items():
        sizes = "".join(f"{s[key]:>9.2%}" for key in ("p50", "p90", "p95", "p100"))
        line = f"{name:10}{s['variants']:>9}{sizes}{s['within_1_percent']:>8}{s['within_rounding']:>13}"
        out.print(line, markup=False, soft_wrap=True)


def _print_methods(methods: dict[str, Any]) -> None:
    s = methods["season"]
    out.print(
        f"\n{methods['place']}: {s['days']:.0f} heating days of {s['temperature']:.1f} degC on average, "
        f"{s['kelvin_days']:.0f} Kd; heated at all times",
        style="bold",
        markup=False,
        soft_wrap=True,
    )
    out.print(f"{'need over that of the seasonal method':54}{'p5':>8}{'median':>8}{'p95':>8}", markup=False)
    for key, title in TITLES.items():
        r = methods["ratios"][key]
        out.print(f"{title:54}{r['p5']:>8.3f}{r['p50']:>8.3f}{r['p95']:>8.3f}", markup=False, soft_wrap=True)
