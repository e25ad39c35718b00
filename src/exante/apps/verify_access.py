"""``exante verify access``: who reaches what on foot and by bicycle, by district, income, age and sex."""

from __future__ import annotations

from typing import Annotated

import typer

from exante.apps.console import out, print_json
from exante.apps.resolve import open_city


def verify_access(
    city: Annotated[str, typer.Argument(help="Name of a city, or path of its folder.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Show what residents reach within 15 minutes, for whom, how unequally, and which kinds of places have no data."""
    from exante.study.who_reaches import list_reached

    place = open_city(city)
    found, absent = list_reached(place)
    if json:
        print_json({"city": place.name, "reached": [each.document() for each in found], "without_data": absent})
        return
    out.print(f"{place.title}: what residents reach", style="bold", markup=False)
    for each in found:
        spread = f"; Gini {each.gini:.2f}" if each.gini is not None else ""
        spread += f", Palma {each.palma:.2f}" if each.palma is not None else ""
        out.print(f"{each.name}: {each.mean:.1f} {each.unit}{spread}", markup=False, soft_wrap=True)
        for title, groups in (
            ("district", each.district),
            ("fifth by income, poorest first", each.fifth),
            ("age", each.age),
            ("sex", each.sex),
        ):
            if groups:
                told = ", ".join(f"{name.replace('_', ' ')} {value:.1f}" for name, value in groups.items())
                out.print(f"  by {title}: {told}", markup=False, soft_wrap=True)
    if absent:
        kinds = ", ".join(kind.replace("_", " ") for kind in absent)
        out.print(f"No data on: {kinds}. Nothing is told of them.", markup=False, soft_wrap=True)
