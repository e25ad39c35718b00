"""Raking the people's cube of a city against humanleague, CPU seconds side by side in one run.

    python benchmarks/raking/compare.py [--repeats 5] [--json]

The problem is that of a city of 233 zones: zone x age x sex x income x car x household size, margins of each dimension
by zone, random margins and seed. Both start from the same seed and must agree.
"""

import argparse
import json
import time

import humanleague
import numpy as np

from exante.kernels.raking import Margin, rake

SHAPES = {"Bologna (90 zones)": (90, 5, 2, 5, 2, 5), "Barcelona (233 zones)": (233, 5, 2, 5, 2, 5)}
KEPT = [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5)]


def problem(shape):
    random = np.random.default_rng(30)
    truth = random.lognormal(0.0, 0.7, shape) * random.lognormal(3.0, 1.0, (shape[0], *[1] * (len(shape) - 1)))
    seed = random.lognormal(0.0, 1.0, shape)
    sums = [truth.sum(axis=tuple(k for k in range(len(shape)) if k not in axes)) for axes in KEPT]
    return seed, sums


def cpu(function):
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


def measure(shape, repeats):
    seed, sums = problem(shape)
    margins = [Margin(axes, values) for axes, values in zip(KEPT, sums, strict=True)]
    nearby = [Margin(axes, values * 1.0) for axes, values in zip(KEPT, sums, strict=True)]
    nearby[2] = nearby[2]._replace(
        values=np.roll(sums[2], 1, axis=0)
        / np.roll(sums[2], 1, axis=0).sum(axis=1)[:, None]
        * sums[2].sum(axis=1)[:, None]
    )
    first = rake(seed, margins)  # compiles
    rows = {"exante": [], "humanleague": [], "exante, income changed, cold": [], "exante, income changed, warm": []}
    for _ in range(repeats):
        ours, found = cpu(lambda: rake(seed, margins))
        theirs, (other, told) = cpu(lambda: humanleague.ipf(seed, [np.array(a) for a in KEPT], sums))
        cold, one = cpu(lambda: rake(seed, nearby))
        warm, two = cpu(lambda: rake(seed, nearby, start=first.factors))
        for name, seconds in zip(rows, (ours, theirs, cold, warm), strict=True):
            rows[name].append(seconds)
    assert told["conv"]
    gap = float(np.abs(other / found.table - 1.0).max())
    assert gap < 1e-6
    return {
        "cells": int(np.prod(shape)),
        "cpu_seconds": {name: min(seconds) for name, seconds in rows.items()},
        "ratio": min(rows["humanleague"]) / min(rows["exante"]),
        "rounds": {"exante": found.rounds, "humanleague": told["iterations"], "cold": one.rounds, "warm": two.rounds},
        "largest_miss": {"exante": found.error, "humanleague": told["maxError"]},
        "largest_relative_gap": gap,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    found = {name: measure(shape, told.repeats) for name, shape in SHAPES.items()}
    if told.json:
        print(json.dumps(found, indent=1))
        return
    for name, row in found.items():
        print(
            f"{name}, {row['cells']:,} cells: humanleague / exante = {row['ratio']:.1f}, tables within "
            f"{row['largest_relative_gap']:.0e}, rounds {row['rounds']}"
        )
        for which, seconds in row["cpu_seconds"].items():
            print(f"  {which:<32} {1000 * seconds:8.1f} CPU-ms")


if __name__ == "__main__":
    main()
