"""The posterior kept with the city, with what it rests on and the error on streets it has not seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exante.calibration.fit import Fit
from exante.city.city import City, Layer
from exante.city.table import Table


def with_posterior(fit: Fit) -> City:
    """The fitted city with its table `posterior`: level 2 where the hold-out improves, else 1."""
    count, names = fit.members.shape[0], [p.name for p in fit.free]
    table = Table(
        "posterior",
        {
            "draw": np.repeat(np.arange(count), len(names)),
            "parameter": np.tile(np.array(names, dtype=object), count),
            "value": fit.members.ravel(),
        },
    )
    counts = fit.city.layers.get("counts")
    layer = Layer(fit.level, counts.sources if counts else (), _note(fit))
    return replace(fit.city.with_table(table), layers={**fit.city.layers, "posterior": layer})


def _note(fit: Fit) -> str:
    was, held, guess = fit.held_before, fit.held_after, fit.held_naive
    since = f" from before {fit.before_day}" if fit.before_day else ""
    verdict = (
        "Held-out streets are closer to the counts than before"
        if fit.improved
        else "Held-out streets are NOT surely closer to the counts than before and than a guess: not level 2"
    )
    return (
        f"Fitted to mean Tuesday-Thursday counts{since} of {held.sites} sites, {len(fit.folds)} folds of streets. "
        f"{verdict}: R2 between sites {held.r2:.2f} held out ({was.r2:.2f} before, {guess.r2:.2f} naive), GEH below 5 "
        f"on {held.geh_day:.0%} of hours 07-20 ({was.geh_day:.0%} before, {guess.geh_day:.0%} naive), bias "
        f"{held.bias:+.0%} ({was.bias:+.0%} before); better in {fit.chance:.0%} of resamplings of streets."
    )
