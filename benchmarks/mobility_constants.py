"""Constants of modes at the parameters' medians, so that a city's published mode shares come out of the base.

    python benchmarks/mobility_constants.py CITY.city [--write]

Prints the twelve constants; `--write` puts them into `models/mobility/parameters.toml`. Run once, on the baseline of
a city whose shares are published; a run of the model never looks at shares, so it cannot tell a baseline from a policy.
"""

import re
import sys
from pathlib import Path

import numpy as np

from exante.city import open_folder
from exante.models.mobility import MODEL
from exante.models.mobility.bans import read_bans
from exante.models.mobility.drivers import list_drivers
from exante.models.mobility.loop import Supply, solve
from exante.models.mobility.network import build_network
from exante.models.mobility.response import Response
from exante.models.mobility.tolls import read_tolls
from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS

# Percent of trips inside the city by purpose: walk, cycle, transit, car, motorcycle.
# Work: firms' survey of Bologna 2023 (BOL-MOBI-038 to 045). Inside the city 35 car and 20 cycle are printed;
# transit 25, motorcycle 6 and walk 5 are printed for all trips. With 52 = 35 x + 63 (1 - x) trips inside are
# x = 39 % of all; nobody walks in from outside, so walk is 5 / 0.39 = 13 inside; motorcycle 7 and transit 25 fill
# the rest.
# Study and other: no document; residents' 42 % by car (PUMS, from memory) less those who leave the city.
TARGET = {"work": (13, 20, 25, 35, 7), "study": (30, 12, 37, 19, 2), "other": (33, 10, 11, 42, 4)}


def shares(city, parameters):
    inputs = Inputs({n: city.column(n) for n in MODEL.reads}, parameters)
    network, bans = read_bans(inputs, build_network(inputs))
    drivers = list_drivers(read_tolls(inputs, network), bans, len(LABELS["period"]), network.graph.n_zones)
    solution = solve(Response(inputs, network, drivers), Supply(network, drivers, parameters), None)
    trips = np.stack([c.trips.sum(axis=(1, 2, 3)) for c in solution.answer.chosen])
    return trips / trips.sum(axis=1, keepdims=True)


def main(folder, write):
    city = open_folder(Path(folder))
    parameters = {p.name.split(".", 1)[1]: float(p.distribution.quantile(0.5)) for p in MODEL.parameters}
    car = LABELS["mode"].index("car")
    for _ in range(12):
        now = shares(city, parameters)
        for k, purpose in enumerate(LABELS["purpose"]):
            goal = np.array(TARGET[purpose], float) / 100.0
            step = np.log(goal / now[k])
            for m, mode in enumerate(LABELS["mode"]):
                if mode != "car":
                    parameters[f"constant_{mode}_{purpose}"] += step[m] - step[car]
    path = Path(__file__).parents[1] / "src/exante/models/mobility/parameters.toml"
    text = path.read_text()
    for purpose, got in zip(LABELS["purpose"], shares(city, parameters), strict=True):
        print(purpose, dict(zip(LABELS["mode"], (100 * got).round(1).tolist(), strict=True)))
    for name, value in parameters.items():
        if re.fullmatch(r"constant_(walk|cycle|transit|motorcycle)_(work|study|other)", name):
            print(name, round(value, 3))
            entry = rf"(\[{name}\]\nunit = \"1\"\ndistribution = \{{ value = )[-\d.]+"
            text = re.sub(entry, rf"\g<1>{value:.3f}", text)
    if write:
        path.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1], "--write" in sys.argv)
