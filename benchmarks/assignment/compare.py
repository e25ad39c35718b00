"""exante and AequilibraE in turn on the TNTP networks: CPU seconds, memory, ratio, growth.

Usage: ``python benchmarks/assignment/compare.py [--aequilibrae PYTHON] [--networks NAME …] [--rounds 3]``. PYTHON is an
interpreter that has AequilibraE. Reading and compiling are not timed. A fixed loop is timed beside every round, so that
the noise of a shared machine is seen. Networks come from EXANTE_DATA (default ../shared/data).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from exante.sources.tntp import read_network, read_notes, read_trips

HERE = Path(__file__).parent
NETWORKS = {
    # name: (network, trips, gap, weights that no README states, iterations allowed to AequilibraE)
    "Braess": ("Braess-Example/Braess", "_trips.tntp", 1e-6, None, 200),
    "SiouxFalls": ("SiouxFalls/SiouxFalls", "_trips.tntp", 1e-6, None, 5000),
    "Anaheim": ("Anaheim/Anaheim", "_trips.tntp", 1e-6, None, 1000),
    "Barcelona": ("Barcelona/Barcelona", "_trips.tntp", 1e-6, None, 1000),
    "ChicagoSketch": ("Chicago-Sketch/ChicagoSketch", "_trips.tntp", 1e-6, None, 300),
    "ChicagoRegional": ("chicago-regional/ChicagoRegional", "_trips.npz", 1e-5, (0.1, 0.25), 15),
}


def reference_loop() -> float:
    """CPU seconds of a fixed piece of work."""
    begin = time.process_time()
    total = 0
    for k in range(2_000_000):
        total += k & 7
    return time.process_time() - begin


def pack(name: str, folder: Path) -> str:
    stem, trips, _, weights, _ = NETWORKS[name]
    network = read_network(folder / f"{stem}_net.tntp")
    demand = read_trips(folder / f"{stem}{trips}", network.n_zones)
    np.fill_diagonal(demand, 0.0)
    notes = read_notes((folder / stem).parent)
    toll, distance = weights or (notes.toll_weight, notes.distance_weight)
    file = tempfile.NamedTemporaryFile(suffix=".npz", delete=False)  # noqa: SIM115
    links = network.links
    np.savez(
        file,
        tail=links["init_node"] - 1,
        head=links["term_node"] - 1,
        nodes=network.n_nodes,
        t0=links["free_flow_time"],
        capacity=links["capacity"],
        alpha=links["b"],
        power=links["power"],
        fixed=network.fixed_cost(toll, distance),
        trips=demand,
        blocked=network.first_through_node > network.n_zones,
    )
    file.close()
    return file.name


def run(python: str, script: str, *words: object) -> dict:
    done = subprocess.run(
        [python, HERE / script, *map(str, words)], capture_output=True, text=True, check=False, timeout=3600
    )
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1:]}
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--aequilibrae", default="")
    words.add_argument("--networks", nargs="*", default=list(NETWORKS))
    words.add_argument("--rounds", type=int, default=3)
    options = words.parse_args()
    folder = Path(os.environ.get("EXANTE_DATA", HERE.parents[1] / "../shared/data")) / "tntp"
    for name in options.networks:
        gap, limit = NETWORKS[name][2], NETWORKS[name][4]
        packed = pack(name, folder)
        large = name == "ChicagoRegional"
        for turn in range(1 if large else options.rounds):
            noise = reference_loop()
            ours = run(sys.executable, "run_exante.py", packed, gap, 1 if large else 7)
            line = {"network": name, "round": turn, "reference_loop": round(noise, 4), "exante": ours}
            if options.aequilibrae and turn == 0:
                theirs = run(options.aequilibrae, "run_aequilibrae.py", packed, gap, limit)
                line["aequilibrae"] = theirs
                if "cpu_seconds" in theirs and "cpu_seconds" in ours:
                    line["ratio"] = round(theirs["cpu_seconds"] / ours["cpu_seconds"], 1)
            print(json.dumps(line), flush=True)
        os.unlink(packed)


if __name__ == "__main__":
    main()
