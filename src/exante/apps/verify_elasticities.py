"""``exante verify elasticities``: how travel in a city answers to prices and times, beside published ranges."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from exante.apps.console import out, print_json, progress_bar
from exante.apps.resolve import open_city


def verify_elasticities(
    city: Annotated[str, typer.Argument(help="Name of a city, or path of its folder.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Change prices and times of a city a little and show the elasticities that come out beside published ranges."""
    from exante.calibration.elasticities import measure_elasticities
    from exante.simulation.cache import OutputCache

    opened = open_city(city)
    with progress_bar("elasticities") as progress:
        found = measure_elasticities(opened, cache=OutputCache.of_user(), progress=progress)
    if json:
        rows = []
        for e in found:
            value = None if math.isnan(e.value) else e.value
            rows.append(
                {"name": e.name, "price": e.price, "demand": e.demand, "value": value, "published_low": e.low}
                | {"published_high": e.high, "inside": e.inside, "source": e.source, "remark": e.remark}
            )
        print_json({"city": opened.name, "elasticities": rows})
        return
    out.print(f"Elasticities of travel in {opened.title}, constants held, medians", style="bold", markup=False)
    out.print(f"{'to':24}{'of':26}{'here':>8}  published", markup=False)
    for e in found:
        here = "–" if math.isnan(e.value) else f"{e.value:+.2f}"
        said = "" if e.inside else f"  {e.remark or 'outside, see docs/models/mobility.md'}"
        out.print(
            f"{e.price:24}{e.demand:26}{here:>8}  {e.low:+.2f} to {e.high:+.2f} ({e.source}){said}",
            markup=False,
            soft_wrap=True,
        )
