"""CPU of one scenario of air with its paths in memory, beside its yardstick: the near paths' product alone.

Run: ``python benchmarks/air/scenario.py CITY`` with a built city (folder or name). Traffic is made up (every link the
same emission a metre): the cost does not depend on it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

import exante as xa
from exante.models.air import MODEL, PATHS
from exante.models.noise import PATHS as NOISE_PATHS
from exante.quantities.declarations import Inputs
from exante.simulation import Draws

REPEATS = 7


def least_cpu(run: Callable[[], Any]) -> float:
    """Least CPU seconds of a call."""
    spent = []
    for _ in range(REPEATS):
        start = time.process_time()
        run()
        spent.append(time.process_time() - start)
    return min(spent)


def main(name: str) -> None:
    """Print CPU of the paths (once a city), of a scenario, and of the product of the near paths with two emissions."""
    city = xa.open_city(name)
    known = {n: city.column(n) for m in (NOISE_PATHS, PATHS, MODEL) for n in m.reads if "." in n}
    known |= NOISE_PATHS.run(Inputs({n: known[n] for n in NOISE_PATHS.reads}, {}), None).arrays
    start = time.process_time()
    known |= PATHS.run(Inputs({n: known[n] for n in PATHS.reads}, {}), None).arrays
    once = time.process_time() - start
    length = known["links.length"]
    known |= {"link_nox": 0.3 * length, "link_pm25": 0.03 * length}
    medians = {k.split(".", 1)[1]: v for k, v in Draws(MODEL.parameters, 1).medians().items()}
    inputs = Inputs({n: known[n] for n in MODEL.reads}, medians)
    receptors, streets = len(known["air_receptor_row"]), len(known["street_length"])
    begin = np.searchsorted(known["air_path_receptor"], np.arange(receptors + 1))
    near = csr_matrix((known["air_path_gain"], known["air_path_street"], begin), (receptors, streets))
    both = np.ones((streets, 2))
    scenario, product = least_cpu(lambda: MODEL.run(inputs, None)), least_cpu(lambda: near @ both)
    print(f"{receptors} receptors, {streets} streets, {near.nnz} paths; paths {once:.2f} CPU-s once")
    print(f"scenario {scenario:.4f} CPU-s, product alone {product:.4f}, ratio {scenario / product:.1f}")


if __name__ == "__main__":
    main(sys.argv[1])
