"""``exante verify air``: modelled annual means beside stations and a published map of streets; who breathes what."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from exante.apps.console import notice, out, print_json
from exante.apps.resolve import open_city

MAP = Path("barcelona/air_quality/2019_tramer_no2_mapa_qualitat_aire_bcn.gpkg")


def verify_air(
    city: Annotated[str, typer.Argument(help="Name of a city, or path of its folder.")],
    classes: Annotated[
        Path | None, typer.Option(help="Map of NO2 classes by street; Barcelona's of 2019 in EXANTE_DATA by default.")
    ] = None,
    also: Annotated[
        str | None, typer.Option(help="Another city whose stations are fitted with them: name, or path of its folder.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Fit the few parameters of air to the city's stations, leave each station out, and show exposure."""
    from exante.calibration.air.fit import fit
    from exante.calibration.air.verify import air_state, exposure, measured_stations

    state = air_state(open_city(city))
    document: dict[str, Any] = {"exposure": exposure(state), "stations": None, "classes": None}
    if "air_sites" in state.city.tables:
        others = [air_state(open_city(also))] if also else []
        document["stations"] = fit([measured_stations(s) for s in (state, *others)]).document()
    else:
        notice(f"{state.city.title} has no stations: exposure at the priors' medians alone")
    known = Path(os.environ.get("EXANTE_DATA", "../shared/data")) / MAP
    page = classes or (known if state.city.name == "barcelona" and known.exists() else None)
    if page:
        from exante.calibration.air.classes import compare_classes

        document["classes"] = compare_classes(state, page)
    if json:
        print_json(document)
        return
    _print_stations(document["stations"])
    _print_classes(document["classes"])
    _print_exposure(document["exposure"])


def _print_stations(told: dict[str, Any] | None) -> None:
    if not told:
        return
    head = f"{'NO2, ug/m3':22}{'kind':12}{'measured':>9}{'prior':>8}{'fitted':>8}{'left out':>10}   90 % interval"
    out.print(head, style="bold", markup=False)
    for r in told["stations"]:
        span = f"{r['left_out_p05']:.1f} to {r['left_out_p95']:.1f}"
        numbers = f"{r['measured']:>9.1f}{r['prior']:>8.1f}{r['fitted']:>8.1f}{r['left_out']:>10.1f}"
        out.print(f"{r['site'][:21]:22}{r['kind'][:11]:12}{numbers}   {span}", markup=False)
    for city, e in told["cities"].items():
        out.print(
            f"{city}, root mean square error: prior {e['rmse_prior']:.1f}, fitted {e['rmse_fitted']:.1f}, station left "
            f"out {e['rmse_left_out']:.1f}; the mean of the other stations misses by {e['rmse_mean_of_others']:.1f}. "
            f"{e['covered_by_90']:.0%} of the stations lie in the interval made without them.",
            markup=False,
            soft_wrap=True,
        )
    out.print(f"{told['effective_members']:.0f} draws of the prior carry the posterior", markup=False)
    for name, q in told["posterior"].items():
        prior, after = (f"{q[k][1]:.2f} ({q[k][0]:.2f} to {q[k][2]:.2f})" for k in ("prior", "posterior"))
        out.print(f"  {name:34}{prior:26}-> {after}", markup=False)


def _print_classes(told: dict[str, Any] | None) -> None:
    if not told:
        return
    ends = told["limits"]
    names = [f"<{ends[0]:g}", *(f"{a:g}-{b:g}" for a, b in pairwise(ends)), f">{ends[-1]:g}"]
    out.print(f"NO2 of {told['compared']} of {told['segments']} street segments: published class, modelled class",
              style="bold", markup=False)  # fmt: skip
    out.print(f"{'':8}" + "".join(f"{n:>8}" for n in names), markup=False)
    for name, row in zip(names, told["matrix"], strict=True):
        out.print(f"{name:8}" + "".join(f"{n:>8}" for n in row), markup=False)
    out.print(
        f"{told['agree']:.0%} in the same class (always the commonest: {told['always_the_commonest']:.0%}), "
        f"{told['within_one_class']:.0%} within one ({told['one_off_by_commonest']:.0%}); mean error "
        f"{told['bias_classes']:+.2f} classes, rank correlation {told['rank_correlation']:.2f}; above 40 ug/m3: "
        f"{told['above_40']['modelled']:.0%} modelled, {told['above_40']['published']:.0%} published",
        markup=False,
        soft_wrap=True,
    )


def _print_exposure(told: dict[str, Any]) -> None:
    out.print("Annual means at home, mean over residents, ug/m3", style="bold", markup=False)
    for group, rows in told["groups"].items():
        for name, row in rows.items():
            out.print(f"  {group:10}{name:30}NO2 {row['no2']:>5.1f}   PM2.5 {row['pm25']:>5.1f}", markup=False)
    for name, value in told["above"].items():
        out.print(f"  residents {name:34}{value:>6.1f} %", markup=False)
