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
    horizon: Annotated[
        int | None, typer.Option(help="Year to forecast for, with milestones on the way; the city's date by default.")
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(help="What changes anyway until the horizon: a document, by path or shipped name."),
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="A level to reach, e.g. 'car_share <= 30', in the indicator's unit.")
    ] = None,
    sites: Annotated[
        Path | None,
        typer.Option("--sites", help="CSV of counting sites: what a sensor there would see change is forecast too."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Forecast what a policy will do to a city: paired differences over draws, with a report."""
    from exante.apps.table import print_table
    from exante.evidence.report import write_report
    from exante.policy.scenario import read_scenario
    from exante.study import forecast as run_forecast
    from exante.study.observed import observed_change, site_links
    from exante.study.run_folder import save_run
    from exante.study.target import read_target

    folder = out_folder or FOLDER
    require_writable(folder)
    if draws < 1:
        raise UserError(f"{draws} draws asked for", where="--draws", remedy="Ask for 1 or more; 64 is usual")
    if workers is not None and workers < 1:
        raise UserError(f"{workers} workers asked for", where="--workers", remedy="Ask for 1 or more, or leave it out")
    policy = reduce(add, [read_policy(name) for name in policies])
    if scenario is not None and horizon is None:
        raise UserError(
            "a scenario needs a year", where="--scenario", remedy="Add the year it is read for, e.g. --horizon 2030"
        )
    goal = read_target(target) if target else None
    path = read_scenario(scenario) if scenario else None
    opened = open_city(city)
    places = site_links(sites, opened) if sites else None
    with progress_bar(policy.title) as progress:
        result = run_forecast(
            opened, policy, draws=draws, seed=seed, workers=workers, progress=progress, horizon=horizon, scenario=path
        )
    if goal and goal["indicator"] not in result.indicators:
        raise UserError(
            f"{opened.title} has no '{goal['indicator']}': a layer that it needs is missing",
            where="--target",
            remedy=f"Choose one of {', '.join(map(str, result.indicators.data_vars))}",
        )
    words = ["exante", "forecast", city, *policies, *_options(draws, seed, horizon, scenario, target, sites)]
    result = replace(
        result,
        command=shlex.join(words),
        target=goal,
        sites=observed_change(result, places) if places else None,
    )
    run = save_run(result, folder, {"report.html": write_report})
    if json:
        print_json({**result.document(), "run": str(run)})
    else:
        print_table(result, out)
    notice(f"Report: {run / 'report.html'}")


def _options(draws: int, seed: int, *further: object) -> list[str]:
    names = ("--horizon", "--scenario", "--target", "--sites")
    told = [w for name, value in zip(names, further, strict=True) if value is not None for w in (name, str(value))]
    return ["--draws", str(draws), "--seed", str(seed), *told]


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
