"""``exante verify noise``: emission of vehicles by CNOSSOS-EU, and exposure of a city beside its published map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from exante.apps.console import out, print_json
from exante.apps.resolve import open_city

SPEEDS = (20, 30, 50, 70, 90)
NAMES = {
    "1": "light (cars, vans)",
    "2": "medium heavy",
    "3": "heavy",
    "4a": "mopeds",
    "4b": "motorcycles",
}


def verify_noise(
    city: Annotated[
        str | None, typer.Argument(help="Name of a city, or path of its folder; without one, emission alone.")
    ] = None,
    coefficients: Annotated[
        Path | None,
        typer.Option(help="Coefficients to compare with, JSON as NoiseModelling ships them (RoadCnossos_2020.json)."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Show the emission of one vehicle, check its coefficients, and compare a city's exposure with its noise map."""
    from exante.apps.noise_coefficients import compare_coefficients

    emission = _emission()
    checked = compare_coefficients(coefficients) if coefficients else None
    exposure, districts = _exposure(city) if city else (None, None)
    if json:
        print_json({"emission": emission, "coefficients": checked, "exposure": exposure, "annoyed": districts})
        return
    out.print("Sound power of one vehicle, dB(A), reference surface, 20 degrees, steady speed", style="bold")
    out.print(f"{'category':24}" + "".join(f"{f'{v} km/h':>10}" for v in SPEEDS), markup=False)
    for row in emission:
        out.print(f"{row['name']:24}" + "".join(f"{x:>10.1f}" for x in row["power"]), markup=False)
    if checked:
        said = "all agree" if not checked["different"] else f"differ: {', '.join(checked['different'])}"
        out.print(f"Coefficients compared: {checked['compared']}, {said}", markup=False, soft_wrap=True)
    for period in exposure or []:
        _print_exposure(period)
    for name, share in (districts or {}).items():
        out.print(f"  highly annoyed in {name:28}{share:>7.1%}", markup=False)


def _emission() -> list[dict[str, Any]]:
    from exante.kernels.sound.emission import A_WEIGHTING, CATEGORIES, to_level, vehicle_energy

    weight = 10.0 ** (A_WEIGHTING / 10.0)
    return [
        {
            "category": c,
            "name": f"{c} {NAMES[c]}",
            "speed": list(SPEEDS),
            "power": [round(float(x), 2) for x in to_level(vehicle_energy(c, np.array(SPEEDS, float)) @ weight)],
        }
        for c in CATEGORIES
    ]


def _exposure(city: str) -> tuple[list[dict[str, Any]], dict[str, float]]:
    from exante.study.noise_exposure import annoyed_by_group, compare_exposure, noise_state

    state = noise_state(open_city(city))
    return [e.document() for e in compare_exposure(state)], annoyed_by_group(state, "zones.district")


def _print_exposure(period: dict[str, Any]) -> None:
    level = "Lnight" if period["period"] == "night" else "Lden"
    out.print(f"Residents by {level} of road traffic, %", style="bold", markup=False)
    out.print(f"  {'dB':12}{'model':>8}   {'90 % interval':18}{'published':>10}", markup=False)
    for row in period["classes"]:
        low, high = row["low"], row["high"]
        name = f"< {high:g}" if low is None else f">= {low:g}" if high is None else f"{low:g}-{high:g}"
        span = f"{100 * row['p05']:.1f} to {100 * row['p95']:.1f}"
        told = "–" if row["published"] is None else f"{100 * row['published']:.1f}"
        out.print(f"  {name:12}{100 * row['modelled']:>8.1f}   {span:18}{told:>10}", markup=False)
    areas = period["areas"]
    if len(areas) < 3:
        return
    model, published = (np.array([a[k] for a in areas]) for k in ("modelled", "published"))
    people = np.array([a["residents"] for a in areas])
    line = f"  {len(areas)} areas, share at {50 if level == 'Lnight' else 55} dB and more: "
    off = float(people @ np.abs(model - published) / people.sum())
    naive = float(people @ np.abs(published - people @ published / people.sum()) / people.sum())
    same = float(np.corrcoef(model, published)[0, 1]) if model.std() > 0 and published.std() > 0 else float("nan")
    out.print(
        f"{line}correlation {same:.2f}, mean difference {off:.1%}; the published mean itself misses by {naive:.1%}",
        markup=False,
        soft_wrap=True,
    )
