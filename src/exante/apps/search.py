"""`exante search CITY GOAL`: the best packages of policies within a budget."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from exante.apps.console import notice, out, print_json, progress_bar
from exante.apps.resolve import open_city
from exante.apps.table import SHORT
from exante.quantities import vocabulary
from exante.quantities.errors import UserError


def search(
    city: Annotated[str, typer.Argument(help="Name of a city, or path of its folder.")],
    goal: Annotated[Path, typer.Argument(help="Goal document: choices, budget, objectives, constraints.")],
    seed: Annotated[int, typer.Option(help="Seed of the draws and of the search.")] = 2024,
    workers: Annotated[int | None, typer.Option(help="Threads; all processors by default.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="File for the result as JSON.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Search the packages of policies that no other beats, on common draws, and check them with more."""
    from exante.study.search import read_goal
    from exante.study.search import search as run_search

    if out_file is not None and not out_file.parent.is_dir():
        raise UserError(f"{out_file.parent} is no folder", where="--out", remedy="Name a file in a folder that exists")
    document, choices = read_goal(goal)
    opened = open_city(city)
    with progress_bar(document.title) as progress:
        found = run_search(opened, document, choices, seed=seed, workers=workers, progress=progress)
    if out_file is not None:
        import json as form

        from exante.evidence.report.writing import write_page

        write_page(out_file, form.dumps(found.document(), indent=1, ensure_ascii=False) + "\n")
    if json:
        print_json(found.document())
        return
    print_front(found)
    if out_file is not None:
        notice(f"Result: {out_file}")


def print_front(found: Any) -> None:
    """Print the packages that no other beats."""
    from exante.evidence.report.numbers import FIXED, THIN, decimals_of, interval, number

    document = found.document()
    names = document["objectives"]
    out.print(f"{document['goal']}, {document['city']}", style="bold", markup=False)
    out.print(
        f"{document['computed']} of {document['packages']} packages computed with {document['draws']} draws, "
        f"{len(document['front'])} that no other beats computed again with {document['check_draws']}",
        markup=False,
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Package", overflow="fold")
    table.add_column("EUR once", justify="right")
    table.add_column("EUR a year", justify="right")
    for name in names:
        unit = vocabulary.get(name).unit
        table.add_column(f"{name.replace('_', ' ')}, {SHORT.get(unit, unit)}", justify="right", overflow="fold")
    for row in document["front"]:
        cells = []
        for name in names:
            spread = row["objectives"].get(name)
            if spread is None:
                cells.append("–")
                continue
            places = decimals_of(spread["p05"], spread["p95"])
            low_high = interval(spread["p05"], spread["p95"], places, True)
            cells.append(f"{number(spread['mean'], places, True)} ({low_high})".replace(THIN, " ").replace(FIXED, " "))
        title = " + ".join(row["policies"]) or "nothing"
        failed = f" — fails the check: {'; '.join(row['faults'])}" if row["faults"] else ""
        table.add_row(title + failed, f"{row['capital']:,.0f}", f"{row['yearly']:,.0f}", *cells)
    out.print(table)
