"""`exante compare RUN…`: policies side by side, draw by draw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.table import Table
from rich.text import Text

from exante.apps.console import notice, out, print_json
from exante.apps.table import SHORT


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Folders of two or more runs of one city, same draws and seed.")],
    page: Annotated[Path | None, typer.Option("--page", help="Page to write; ./comparison.html by default.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Compare forecasts of one city, draw by draw: better in how many, dominance, regret, interaction."""
    from exante.evidence.report.comparison import write_comparison
    from exante.study.compare import compare as put_together
    from exante.study.runs import read_run

    result = put_together([read_run(folder) for folder in runs])
    written = write_comparison(result, page or Path("comparison.html"))
    if json:
        print_json({**result.document(), "page": str(written)})
        return
    print_comparison(result)
    notice(f"Page: {written}")


def print_comparison(result: Any) -> None:
    """Print a comparison: letters for the runs, a table of changes, then pairs, dominance and interaction in words."""
    from exante.evidence.report import comparison as words

    out.print(f"{result.runs[0].city}, {result.draws} draws", style="bold", markup=False)
    for k, run in enumerate(result.runs):
        out.print(f"  {words.letter(k)}  {run.title}", markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Change", overflow="fold")
    table.add_column("Unit", no_wrap=True)
    for k in range(len(result.runs)):
        table.add_column(words.letter(k), justify="right", overflow="fold")
    for item in result.items:
        if not np.any(item.change):
            continue
        cells = words.cells(item)
        best = words.best(item)
        table.add_row(
            item.title,
            "% points" if item.unit == "percent" else SHORT.get(item.unit, item.unit),
            *[Text(_plain(c), style="blue" if k == best else "") for k, c in enumerate(cells)],
        )
    out.print(table)
    for line in words.sentences(result):
        out.print(line, markup=False)


def _plain(cell: str) -> str:
    from exante.evidence.report.numbers import FIXED, THIN

    return cell.replace(THIN, " ").replace(FIXED, " ")
