"""``exante calibrate`` of a city without counts: weak evidence, and what it cannot fix."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from exante.apps.console import notice, out, print_json
from exante.city import City, save
from exante.quantities.errors import UserError

MAP = Path("barcelona/air_quality/2019_tramer_no2_mapa_qualitat_aire_bcn.gpkg")
MEMBERS = 16
"""Members of the ensemble by default: a state of a large city costs most of a minute."""

_TITLES = {"share": "percent", "speed": "km/h", "place": "log vehicle/day", "crashes": "log", "no2": "log"}


def calibrate_weak(
    city: City,
    *,
    no2_classes: Path | None,
    members: int | None,
    before: str | None,
    seed: int,
    workers: int | None,
    out_folder: Path | None,
    replace: bool,
    json: bool,
    progress: Any,
) -> None:
    """Fit to weak evidence, print it, and keep the posterior where a folder is named."""
    from exante.calibration.weak.fit import calibrate_weakly, with_weak_posterior

    if before is not None:
        raise UserError(
            f"city '{city.name}' has no counts to choose by day", where="--before", remedy="Leave out --before"
        )
    known = Path(os.environ.get("EXANTE_DATA", "../shared/data")) / MAP
    page = no2_classes or (known if city.name == "barcelona" and "crashes" in city.tables and known.exists() else None)
    notice(f"{city.title} has no traffic counts: fitted to weak evidence, at level 1 whatever comes out")
    began, wall = time.process_time(), time.monotonic()
    fit = calibrate_weakly(
        city,
        no2_map=page,
        members=MEMBERS if members is None else members,
        seed=seed,
        workers=workers,
        progress=progress,
    )
    cost = {
        "runs": fit.runs,
        "cpu_seconds": round(time.process_time() - began, 1),
        "wall_seconds": round(time.monotonic() - wall, 1),
    }
    saved = save(with_weak_posterior(fit), out_folder, replace=replace) if out_folder is not None else None
    if json:
        print_json({**document(fit), "footprint": cost, "folder": str(saved) if saved else None})
        return
    _print(fit, cost)
    out.print(f"Wrote {saved}" if saved else "Nothing was written: name a folder with --out", markup=False)


def document(fit: Any) -> dict[str, Any]:
    """The calibration as a JSON object."""
    from exante.calibration.weak.fit import CANNOT

    return {
        "evidence": "weak",
        "level": fit.level,
        "improved": False,
        "observations": fit.observations,
        "missing": list(fit.evidence.missing),
        "held_out": fit.held_out,
        "neighbourhoods": {"fitted": int((~fit.evidence.held).sum()), "held_out": int(fit.evidence.held.sum())},
        "parameters": fit.parameters(),
        "members": len(fit.members),
        "cannot_fix": list(CANNOT),
    }


def _print(fit: Any, cost: dict[str, Any]) -> None:
    told = document(fit)
    kinds = list(dict.fromkeys(row["kind"] for row in told["observations"]))
    out.print(
        f"{fit.city.title}: weak evidence of {len(told['observations'])} figures ({', '.join(kinds)}); "
        f"{told['neighbourhoods']['held_out']} neighbourhoods held out",
        style="bold",
        markup=False,
    )
    for row in told["observations"]:
        if row["kind"] in ("share", "speed", "place"):
            out.print(
                f"{row['what'][:34]:34} observed {row['observed']:7.2f}, modelled {row['before']:7.2f} before and "
                f"{row['after']:7.2f} after, error {row['error']:.2f} {_TITLES[row['kind']]}",
                markup=False,
                soft_wrap=True,
            )
    for kind in ("crashes", "no2"):
        rows = [r for r in told["observations"] if r["kind"] == kind]
        if rows:
            miss = [(sum((r[k] - r["observed"]) ** 2 for r in rows) / len(rows)) ** 0.5 for k in ("before", "after")]
            out.print(
                f"contrasts of {kind} between {len(rows)} neighbourhoods: the model misses by {miss[0]:.2f} before and "
                f"{miss[1]:.2f} after (logarithms), error {rows[0]['error']:.2f}",
                markup=False,
            )
    for name, row in told["held_out"].items():
        out.print(
            f"held out, {name:8} rank correlation {row['before']:.3f} before, {row['after']:.3f} after, "
            f"{row['road_class']:.3f} of the guess by road class ({row['rows']:.0f} rows)",
            markup=False,
        )
    for name in told["missing"]:
        out.print(f"not at hand: {name}", markup=False)
    out.print(f"\n{'parameter':30} {'prior 5-50-95 %':>26} {'posterior 5-50-95 %':>26} shrinkage", markup=False)
    for row in told["parameters"]:
        prior, after = (" ".join(f"{x:8.3g}" for x in row[key]) for key in ("prior", "posterior"))
        out.print(f"{row['name']:30} {prior} {after} {row['shrinkage']:9.2f}", markup=False, soft_wrap=True)
    out.print("Weak evidence: the posterior stays at level 1 and wide. It cannot fix", style="bold", markup=False)
    for line in told["cannot_fix"]:
        out.print(f"- {line}", markup=False, soft_wrap=True)
    out.print(f"{cost['runs']} runs, {cost['cpu_seconds']} CPU-s, {cost['wall_seconds']} s", markup=False)
