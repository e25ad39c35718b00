"""Access on one network by exante; prints one JSON line. Run by compare.py in its own interpreter."""

import json
import sys
import time

import numpy as np

from exante.kernels.access import (
    AccessNetwork,
    Decay,
    Neighbourhoods,
    cumulative,
    nearest,
    neighbourhoods,
    sum_reached,
    sum_within,
)


def main() -> None:
    data = dict(np.load(sys.argv[1]))
    radius, rounds, answers = float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    values = data["values"]
    near = store(data, radius)  # and compile, or load what was compiled
    weights = Decay.exponential(400.0)(near.distances())
    held = values > 97
    told = {
        "cold": spent(lambda: sum_within(build(data), radius, values), rounds),
        "of_it_build": spent(lambda: build(data), rounds),
        "build_and_store": spent(lambda: store(data, radius), rounds),
        "warm": spent(lambda: cumulative(near, values), 10 * rounds),
        "warm_half_radius": spent(lambda: cumulative(near, values, radius / 2), 10 * rounds),
        "warm_weighted": spent(lambda: sum_reached(near, values, weights), 10 * rounds),
        "warm_nearest_3": spent(lambda: nearest(near, held, 3), 10 * rounds),
    }
    np.save(answers, cumulative(near, values))
    print(json.dumps(told | {"pairs": near.pairs}))


def build(data: dict) -> AccessNetwork:
    return AccessNetwork.build(data["tail"], data["head"], data["length"], len(data["values"]), directed=False)


def store(data: dict, radius: float) -> Neighbourhoods:
    return neighbourhoods(build(data), radius)


def spent(work, times: int) -> list[float]:
    """CPU seconds of one call, best and median, after one that is not counted."""
    found = []
    for _ in range(times + 1):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return [min(found[1:]), float(np.median(found[1:]))]


if __name__ == "__main__":
    main()
