"""`exante forecast CITY POLICY…`: what a policy will do."""

from __future__ import annotations

import shlex
import tempfile
from dataclasses import replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Annotated

import typer

from exante.apps.console import notice, out, print_json, progress_bar
from exante.apps.resolve import open_city
from exante.policy import read_policy
from exante.quantities.errors import UserError

FOLDER = Path("runs")


def forecast(
    city: Annotated[str, typer.Argument(help="Name of a city, or path of its folder.")],
    policies: Annotated[
        list[str], typer.Argument(help="Policy documents, by path or shipped name; several are applied together.")
    ],
    draws: Annotated[int, typer.Option(help="Draws of the uncertain parameters.")] = 64,
    seed: Annotated[int, typer.Option(help="Seed of the draws; the same seed gives the same result.")] = 2024,
    workers: Annotated[int | None, typer.Option(help="Threads; all processors by default.")] = None,
    out_folder: Annotated[Path | None, typer.Option("--out", help="Folder for the run; ./runs by default.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Forecast what a policy will do to a city: paired differences over draws, with a report."""
    from exante.apps.table import print_table
    from exante.evidence.report import write_report
    from exante.study import forecast as run_forecast
    from exante.study.run_folder import save_run

    folder = out_folder or FOLDER
    require_writable(folder)
    if draws < 1:
        raise UserError(f"{draws} draws asked for", where="--draws", remedy="Ask for 1 or more; 64 is usual")
    if workers is not None and workers < 1:
        raise UserError(f"{workers} workers asked for", where="--workers", remedy="Ask for 1 or more, or leave it out")
    policy = reduce(add, [read_policy(name) for name in policies])
    opened = open_city(city)
    with progress_bar(policy.title) as progress:
        result = run_forecast(opened, policy, draws=draws, seed=seed, workers=workers, progress=progress)
    result = replace(result, command=shlex.join(["exante", "forecast", city, *policies, *_options(draws, seed)]))
    run = save_run(result, folder, {"report.html": write_report})
    if json:
        print_json({**result.document(), "run": str(run)})
    else:
        print_table(result, out)
    notice(f"Report: {run / 'report.html'}")


def _options(draws: int, seed: int) -> list[str]:
    return ["--draws", str(draws), "--seed", str(seed)]


def require_writable(folder: Path) -> None:
    """Check, before any work, that runs can be written into `folder`.

    Raises
    ------
    UserError
        If it is a file, or neither it nor the nearest folder above can be written.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file", where="--out", remedy="Name a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        if not any(folder.iterdir()):
            folder.rmdir()  # made again when there is something to write
    except OSError as error:
        raise UserError(
            f"nothing can be written to {folder} ({error.strerror})", where="--out", remedy="Name another folder"
        ) from error
