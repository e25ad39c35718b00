"""``exante verify safety``: crashes by class and zone beside the register, a year held out."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from exante.apps.console import notice, out, print_json
from exante.apps.resolve import open_city


def verify_safety(
    city: Annotated[str, typer.Argument(help="Name of a city, or path of its folder.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Compare modelled crashes with the register, by class of road and zone, with 2022 held out."""
    from exante.calibration.air.verify import median_state
    from exante.calibration.safety.verify import COVID, HELD_OUT, fit_rates

    state = median_state(open_city(city), "safety")
    casualties = state.read("casualties").sum(axis=1)
    document: dict[str, Any] = {
        "crashes": float(state.read("link_crashes").sum()),
        "injured": float(casualties[0]),
        "killed": float(casualties[1]),
        "published": {
            str(n): float(v)
            for n, v in zip(state.read("statistics.name"), state.read("statistics.value"), strict=True)
            if n in ("crashes_year", "crash_level", "killed_per_crash", "injured_per_crash")
        },
        "register": fit_rates(state) if "crashes" in state.city.tables else None,
    }
    if json:
        print_json(document)
        return
    out.print(
        f"{state.city.title}: {document['crashes']:,.0f} crashes, {document['injured']:,.0f} injured, "
        f"{document['killed']:.1f} killed a year at the medians",
        style="bold",
        markup=False,
    )
    for name, value in document["published"].items():
        out.print(f"  published {name}: {value:g}", markup=False)
    told = document["register"]
    if not told:
        notice("no crashes by place: rates are those of Barcelona, scaled by crash_level")
        return
    out.print(
        f"Fitted to {', '.join(map(str, told['years_fitted']))}; {HELD_OUT} held out; {COVID[0]} and {COVID[1]} were "
        "years of COVID and are left out",
        markup=False,
        soft_wrap=True,
    )
    out.print("  crashes by year: " + ", ".join(f"{y} {n:,.0f}" for y, n in told["years"].items()), markup=False)
    out.print(f"{'class':16}{'rate':>8}{'fitted years':>14}{'held out':>10}", style="bold", markup=False)
    for name, row in told["classes"].items():
        rate = told["rates"].get(name, 0.0)
        out.print(f"{name:16}{rate:>8.2f}{row['fitted_years']:>14,.0f}{row['held_out']:>10,.0f}", markup=False)
    for title, key in (("zone and class", "held_out"), ("zone", "zones")):
        s = told[key]
        out.print(
            f"{HELD_OUT} by {title}, {s['places']:.0f} places: R2 {s['r2_model']:.2f}, with the right total "
            f"{s['r2_model_right_total']:.2f} (each place's own past {s['r2_own_past']:.2f}, both together "
            f"{s['r2_both']:.2f}, mean of its class {s['r2_class_mean']:.2f}), correlation {s['correlation']:.2f}, "
            f"{s['covered_by_90']:.0%} in the 90 % interval; total {s['total_modelled']:,.0f} "
            f"({s['total_p05']:,.0f} to {s['total_p95']:,.0f}) for {s['total_held_out']:,.0f}",
            markup=False,
            soft_wrap=True,
        )
