"""``exante verify counts``: modelled against counted hourly traffic at any list of sites."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from exante.apps.console import notice, out, print_json, progress_bar
from exante.apps.resolve import open_city


def verify_counts(
    city: Annotated[str, typer.Argument(help="Name of a city, or path of its folder.")],
    sites: Annotated[
        Path | None, typer.Option("--sites", help="CSV of counting sites and counts; the city's own by default.")
    ] = None,
    positions: Annotated[
        Path | None,
        typer.Option(help="List of loops, or official street graph, for sites that are known by a code alone."),
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="Page with a map to write; ./counts-CITY.html by default.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Threads; all processors by default.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Compare modelled and counted hourly traffic, each count under the rules of its own day."""
    from exante.apps.counts_map import write_map
    from exante.calibration.sites import read_sites
    from exante.calibration.verify import verify_counts as verify
    from exante.simulation.cache import OutputCache

    opened = open_city(city)
    table, counts, notes = read_sites(sites, opened, positions) if sites else (None, None, [])
    with progress_bar("counts") as progress:
        result = verify(opened, table, counts, cache=OutputCache.of_user(), workers=workers, progress=progress)
    page = write_map(opened, result, map_file or Path(f"counts-{opened.name}.html"))
    if json:
        print_json({**result.document(), "map": str(page)})
        return
    for note in [*notes, *result.counted.notes]:
        notice(note)
    out.print(
        f"{opened.title}: {len(result.ids)} sites, {'calibrated' if result.calibrated else 'not calibrated'}; mean "
        f"Tuesday to Thursday, rules of {', '.join(d.isoformat() for d in result.counted.regimes)}",
        style="bold",
        markup=False,
    )
    print_scores(
        {
            "model": result.model.document(),
            "not doubtful": result.sound.document(),
            "naive": result.guess.document(),
            "by class": result.by_class.document(),
        }
    )
    if result.doubts:
        out.print(
            f"{len(result.doubts)} doubtful sites, by their counts alone (they are in the model's score):", markup=False
        )
    for site, why in result.doubts.items():
        out.print(f"  {site} ({result.streets[result.ids.index(site)]}): {why}", markup=False)
    if result.counted.unmatched:
        out.print("Sites that were not compared:", markup=False)
    for lost in result.counted.unmatched:
        out.print(f"  {lost['id']} ({lost['street']}): {lost['reason']}", markup=False)
    notice(f"Map: {page}")


def print_scores(scores: dict[str, dict[str, Any]]) -> None:
    """Print scores side by side, and their bias by hour."""
    names = list(scores)
    lines = (
        ("R2 between sites", "r2", "{:.2f}"),
        ("squared correlation", "squared_correlation", "{:.2f}"),
        ("GEH below 5, 07-20 h", "geh_below_5", "{:.0%}"),
        ("GEH below 5, night", "geh_below_5_night", "{:.0%}"),
        ("bias", "bias", "{:+.1%}"),
    )
    out.print(f"{'':24}" + "".join(f"{n:>16}" for n in names), markup=False)
    for title, key, form in lines:
        out.print(f"{title:24}" + "".join(f"{_told(scores[n][key], form):>16}" for n in names), markup=False)
    out.print("bias by hour of the day, %", markup=False)
    for name in names:
        hours = " ".join("  –" if b is None else f"{100 * b:+3.0f}" for b in scores[name]["bias_by_hour"])
        out.print(f"  {name:14} {hours}", markup=False, soft_wrap=True)


def _told(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)
