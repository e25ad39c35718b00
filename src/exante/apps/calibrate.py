"""``exante calibrate``: fit a city to its counts, with the error on streets it was not fitted to."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from exante.apps.calibrate_weak import calibrate_weak
from exante.apps.console import err, notice, out, print_json, progress_bar
from exante.apps.resolve import open_city
from exante.apps.verify_counts import print_scores
from exante.city import save
from exante.quantities.errors import CityError, UserError


def calibrate(
    city: Annotated[str, typer.Argument(help="Name of a city, or path of its folder.")],
    folds: Annotated[int, typer.Option(help="Groups of streets held out in turn.")] = 5,
    members: Annotated[
        int | None, typer.Option(help="Members of the ensemble; by default 40, without counts 16.")
    ] = None,
    iterations: Annotated[int, typer.Option(help="Steps of the smoother.")] = 2,
    before: Annotated[
        str | None, typer.Option("--before", help="Only counts from before this day, YYYY-MM-DD.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed; the same seed gives the same posterior.")] = 2024,
    workers: Annotated[int | None, typer.Option(help="Threads; all processors by default.")] = None,
    no2_classes: Annotated[
        Path | None,
        typer.Option(
            help="Map of NO2 classes by street, weak evidence of a city without counts; Barcelona's in EXANTE_DATA."
        ),
    ] = None,
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="Folder for the city with its posterior, ending in .city.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a city that is already there.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")] = False,
) -> None:
    """Fit a city's free parameters to its traffic counts; fitted and held-out error before and after."""
    from exante.calibration.fit import calibrate as fit_city
    from exante.calibration.keep import with_posterior
    from exante.simulation.cache import OutputCache

    day = _day(before)
    if out_folder is not None and out_folder.suffix != ".city":
        raise CityError(f"'{out_folder}' does not end in .city", where="--out", remedy=f"Write {out_folder}.city")
    if out_folder is not None and out_folder.exists() and not replace:
        raise CityError(f"{out_folder} exists already", where="--out", remedy="Use --replace, or name another folder")
    if replace and out_folder is None:
        raise UserError("--replace without --out", where="--replace", remedy="Name the folder to replace with --out")
    opened = open_city(city)
    if not {"counts", "count_sites"} & set(opened.tables):
        with progress_bar("calibrate") as bar:
            calibrate_weak(
                opened,
                no2_classes=no2_classes,
                members=members,
                before=before,
                seed=seed,
                workers=workers,
                out_folder=out_folder,
                replace=replace,
                json=json,
                progress=bar if err.is_terminal else _Lines(bar),
            )
        return
    began, wall = time.process_time(), time.monotonic()
    with progress_bar("calibrate") as bar:
        progress = bar if err.is_terminal else _Lines(bar)
        fit = fit_city(
            opened,
            folds=folds,
            members=40 if members is None else members,
            iterations=iterations,
            before=day,
            seed=seed,
            workers=workers,
            cache=OutputCache(None),  # no member is run twice, and a hundred states are gigabytes
            progress=progress,
        )
    cost = {
        "runs": fit.runs,
        "cpu_seconds": round(time.process_time() - began, 1),
        "wall_seconds": round(time.monotonic() - wall, 1),
    }
    saved = save(with_posterior(fit), out_folder, replace=replace) if out_folder is not None else None
    if json:
        print_json({**document(fit), "footprint": cost, "folder": str(saved) if saved else None})
        return
    for note in fit.counted.notes:
        notice(note)
    _print(fit, cost)
    out.print(f"Wrote {saved}" if saved else "Nothing was written: name a folder with --out", markup=False)


class _Lines:
    """Progress as lines, a tenth of the work at a time, where nobody sees a bar."""

    def __init__(self, bar: Any) -> None:
        self.bar, self.began, self.told = bar, time.monotonic(), -1

    def __call__(self, done: int, total: int, label: str) -> None:
        self.bar(done, total, label)
        tenth = 10 * done // max(total, 1)
        if tenth > self.told:
            self.told = tenth
            left = (time.monotonic() - self.began) * (total - done) / done / 60.0 if done else 0.0
            notice(f"calibrate: {label}, {done} of {total} runs" + (f", about {left:.0f} min left" if done else ""))


def document(fit: Any) -> dict[str, Any]:
    """The calibration as a JSON object."""
    return {
        "fit": {"before": fit.before.document(), "after": fit.after.document()},
        "held_out": {
            "before": fit.held_before.document(),
            "after": fit.held_after.document(),
            "naive": fit.held_naive.document(),
            "road_class": fit.held_class.document(),
            "by_class": fit.classes,
        },
        "improved": fit.improved,
        "level": fit.level,
        "chance": round(fit.chance, 3),
        "folds": fit.folds,
        "parameters": fit.parameters(),
        "representativeness": round(fit.representativeness, 2),
        "members": len(fit.members),
        "iterations": fit.iterations,
        "before": fit.before_day.isoformat() if fit.before_day else None,
        "sites": fit.sites,
        "gates": fit.edge,
        "unmatched": fit.counted.unmatched,
        "notes": fit.counted.notes,
    }


def _print(fit: Any, cost: dict[str, Any]) -> None:
    told = document(fit)
    out.print(
        f"{fit.city.title}: {fit.after.sites} sites, {len(set(fit.counted.street))} streets, rules of "
        f"{', '.join(d.isoformat() for d in fit.counted.regimes)}",
        style="bold",
        markup=False,
    )
    held = told["held_out"]
    print_scores(
        {
            "fit before": told["fit"]["before"],
            "fit after": told["fit"]["after"],
            "held before": held["before"],
            "held after": held["after"],
            "held naive": held["naive"],
            "held class": held["road_class"],
        }
    )
    for row in held["by_class"]:
        was, now, guess = (row[key] for key in ("before", "after", "road_class"))
        out.print(
            f"{row['class']:14} {now['sites']:3} sites held out: bias {_percent(was['bias'])} before, "
            f"{_percent(now['bias'])} after; GEH < 5 by day {_percent(was['geh_below_5'])}, "
            f"{_percent(now['geh_below_5'])}, {_percent(guess['geh_below_5'])} of the guess by class",
            markup=False,
        )
    for row in told["gates"]:
        out.print(
            f"gate of {row['id']}: counted {row['observed']:.0f}, modelled {row['modelled']:.0f} before and "
            f"{row['fitted']:.0f} after, vehicles an hour",
            markup=False,
        )
    out.print(f"\n{'parameter':30} {'prior 5-50-95 %':>26} {'posterior 5-50-95 %':>26} shrinkage", markup=False)
    for row in told["parameters"]:
        prior, after = (" ".join(f"{x:8.3g}" for x in row[key]) for key in ("prior", "posterior"))
        out.print(f"{row['name']:30} {prior} {after} {row['shrinkage']:9.2f}", markup=False, soft_wrap=True)
    verdict = (
        "Held-out streets are closer to the counts than before and than the naive guess: level 2."
        if fit.improved
        else "Held-out streets are NOT surely closer to the counts than before and than the naive guess: level 2 is "
        "refused, the posterior stays at level 1."
    )
    out.print(f"Held-out errors fall in {fit.chance:.0%} of the resamplings of streets.", markup=False)
    out.print(verdict, style="bold", markup=False)
    out.print(f"{cost['runs']} runs, {cost['cpu_seconds']} CPU-s, {cost['wall_seconds']} s", markup=False)


def _percent(share: float | None) -> str:
    return "not counted" if share is None else f"{share:.0%}"


def _day(told: str | None) -> dt.date | None:
    if told is None:
        return None
    try:
        return dt.date.fromisoformat(told)
    except ValueError:
        raise UserError(f"'{told}' is no day", where="--before", remedy="Write YYYY-MM-DD") from None
