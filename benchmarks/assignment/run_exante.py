"""One network assigned several times by exante; prints one JSON line. Run by compare.py in its own interpreter."""

import json
import resource
import sys
import time

import numpy as np

from exante.kernels.equilibrium import UserClass, compile_kernels, user_equilibrium
from exante.kernels.graph import Graph
from exante.kernels.link_cost import LinkCost


def main() -> None:
    data = np.load(sys.argv[1])
    gap, repeats = float(sys.argv[2]), int(sys.argv[3])
    begin = time.process_time()
    compile_kernels()
    compiling = time.process_time() - begin
    graph = Graph.build(
        data["tail"],
        data["head"],
        int(data["nodes"]),
        len(data["trips"]),
        first_through_node=len(data["trips"]) if data["blocked"] else 0,
    )
    cost = LinkCost.bpr(data["t0"], data["capacity"], data["alpha"], data["power"])
    users = [UserClass(data["trips"], fixed_cost=data["fixed"])]
    seconds = []
    for _ in range(repeats):
        answer = user_equilibrium(graph, cost, users, relative_gap=gap)
        seconds.append(answer.cpu_seconds)
    warm = []
    busy = np.argsort(answer.flow * (data["alpha"] > 0))[-60::2]
    for a in busy if repeats > 1 else busy[:2]:
        capacity = data["capacity"].copy()
        capacity[a] *= 0.8
        changed = LinkCost.bpr(data["t0"], capacity, data["alpha"], data["power"])
        warm.append(user_equilibrium(graph, changed, users, relative_gap=gap, warm=answer.state).cpu_seconds)
    print(
        json.dumps(
            {
                "cpu_seconds": min(seconds),
                "median_cpu_seconds": float(np.median(seconds)),
                "warm_median_seconds": float(np.median(warm)),
                "warm_largest_seconds": max(warm),
                "relative_gap": answer.relative_gap,
                "iterations": answer.iterations,
                "compile_or_load_seconds": compiling,
                "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
