"""Access on one network by pandana; prints one JSON line. Run by compare.py in an interpreter that has it."""

import json
import os
import sys
import time
import warnings

os.environ["OMP_NUM_THREADS"] = "1"  # waiting threads would be counted as CPU seconds

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")


def main() -> None:
    import pandana

    data = dict(np.load(sys.argv[1]))
    radius, rounds, answers = float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    x, y = pd.Series(data["x"]), pd.Series(data["y"])
    tail, head, length = pd.Series(data["tail"]), pd.Series(data["head"]), pd.DataFrame({"m": data["length"]})
    values, nodes = pd.Series(data["values"]), pd.Series(np.arange(len(x)))
    cold, warm, build, store = [], [], [], []
    for _ in range(rounds):
        begin = time.process_time()
        network = pandana.Network(x, y, tail, head, length, twoway=True)
        built = time.process_time()
        network.set(nodes, variable=values, name="v")
        answer = network.aggregate(radius, type="sum", decay="flat", name="v")
        cold.append(time.process_time() - begin)
        build.append(built - begin)
        begin = time.process_time()
        network.precompute(radius)
        store.append(time.process_time() - begin)
        for _ in range(10):
            begin = time.process_time()
            network.aggregate(radius, type="sum", decay="flat", name="v")
            warm.append(time.process_time() - begin)
    np.save(answers, answer.to_numpy())
    print(
        json.dumps(
            {
                "version": pandana.__version__,
                "cold": [min(cold), float(np.median(cold))],
                "of_it_build": min(build),
                "precompute": min(store),
                "warm": [min(warm), float(np.median(warm))],
            }
        )
    )


if __name__ == "__main__":
    main()
