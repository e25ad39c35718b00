"""exante and pandana in turn: opportunities within 1,200 m of every node of real networks, CPU seconds.

Usage: ``python benchmarks/access/compare.py --pandana PYTHON [--networks NAME …] [--rounds 5] [--barcelona CITY]``.
PYTHON is an interpreter that has pandana >= 0.8, held to one thread.
Cold: from arrays of streets to the answer, nothing kept. Warm: the same question again, neighbourhoods kept (pandana:
after `precompute`). Best and median; the ratios are of the two bests and the two medians.
pandana cuts every street to whole millimetres, exante rounds; lengths are rounded before, so that both see the same.
Real data come from EXANTE_DATA (default ../shared/data).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from networks import NAMES, read

HERE = Path(__file__).parent


def run(python: str, script: str, *words: object) -> dict:
    done = subprocess.run(
        [python, HERE / script, *map(str, words)], capture_output=True, text=True, check=False, timeout=3600
    )
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1:]}
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--pandana", default="")
    words.add_argument("--networks", nargs="*", default=list(NAMES))
    words.add_argument("--radius", type=float, default=1200.0)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--barcelona", default=None)
    options = words.parse_args()
    data = Path(os.environ.get("EXANTE_DATA", HERE.parents[1] / "../shared/data"))
    for name in options.networks:
        with tempfile.TemporaryDirectory() as folder:
            network = read(name, data, options.barcelona)
            # A hair above the whole millimetre: binary fractions below it would be cut to the one before.
            network["length"] = np.round(network["length"], 3) + 1e-7
            network["values"] = np.random.default_rng(1).integers(0, 100, len(network["x"])).astype(float)
            packed, ours, theirs = (f"{folder}/{part}" for part in ("network.npz", "ours.npy", "theirs.npy"))
            np.savez(packed, **network)
            line = {"network": name, "nodes": len(network["x"]), "streets": len(network["tail"])}
            line["exante"] = run(sys.executable, "run_exante.py", packed, options.radius, options.rounds, ours)
            if options.pandana:
                found = run(options.pandana, "run_pandana.py", packed, options.radius, options.rounds, theirs)
                line["pandana"] = found
                again = run(sys.executable, "run_exante.py", packed, options.radius, options.rounds, ours)
                line["exante_again"] = again
                if "cold" in found and "cold" in again:
                    for kind in ("cold", "warm"):
                        best = min(line["exante"][kind][0], again[kind][0])
                        middle = min(line["exante"][kind][1], again[kind][1])
                        line[f"{kind}_ratio"] = [round(found[kind][0] / best, 1), round(found[kind][1] / middle, 1)]
                    line["nodes_that_differ"] = int((np.load(ours) != np.load(theirs)).sum())
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
