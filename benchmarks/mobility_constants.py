"""Constants of modes at the parameters' medians, so that a city's published mode shares come out of its base.

    python benchmarks/mobility_constants.py CITY.city NAME [--rounds 6] [--write]

NAME is a city of TARGET. Prints the twelve log-odds and the shift of the alternative to the car across the edge;
`--write` puts Bologna's into `models/mobility/parameters.toml` and another city's into its document,
`cities/NAME.toml`. Run once, on the baseline of a city whose shares are published; a run of the model never looks at
shares, so it cannot tell a baseline from a policy.
"""

import argparse
import re
import time
from pathlib import Path

import numpy as np

from exante.city import open_folder
from exante.models.mobility import MODEL, loop
from exante.models.mobility.bans import read_bans
from exante.models.mobility.costs import of_city
from exante.models.mobility.demand import GROUPS
from exante.models.mobility.drivers import list_drivers
from exante.models.mobility.incomes import read_incomes
from exante.models.mobility.loop import Supply, solve
from exante.models.mobility.network import build_network
from exante.models.mobility.response import Response
from exante.models.mobility.tolls import read_tolls
from exante.models.mobility.warm import Warm
from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS

# Percent of trips inside the city by purpose: walk, cycle, transit, car (driver), motorcycle, car passenger, taxi.
#
# Surveys print the car with its passengers. Split by ASSUMED people per car of 1.09 to work and 1.23 on other trips
# (1.2 on all, statistic car_occupancy); children are driven to school. Taxis are ASSUMED: of Bologna's 700 or so (from
# memory) residents' rides inside are less than one trip in a hundred; Barcelona has more of them. They are taken from
# passengers.
#
# Bologna. Work: firms' survey 2023 (BOL-MOBI-038 to 045). Inside the city 35 car and 20 cycle are printed;
# transit 25, motorcycle 6 and walk 5 are printed for all trips. With 52 = 35 x + 63 (1 - x) trips inside are
# x = 39 % of all; nobody walks in from outside, so walk is 5 / 0.39 = 13 inside; motorcycle 7 and transit 25 fill
# the rest. Study and other: no document; residents' 42 % by car (PUMS, from memory) less those who leave the city.
#
# Barcelona. All trips inside and across the edge, 2018 (BCN-MOBI-018 to 021): 21.4 private, 40.1 walk, 36 transit,
# 2.5 cycle; 27.2 % of them cross the edge (BCN-MOBI-009, -010). Across the edge 40 private (statistic
# commuters_in_car_share, from memory), 57 transit, 2 walk, 1 cycle are ASSUMED, which leaves 14.4, 54.3, 28.2 and 3.1
# inside. Work: residents' car 24, walk and transit 57, others 19 (ECEPOV 2021, BCN-MOBI-001 to 003); 45 by car of the
# 19.5 % who leave (assumed) leave 19 inside; motorcycle 12, cycle 6, transit 41, walk 22 are assumed. Study is
# assumed. Other trips (three quarters of all) are what then remains, car and motorcycle 7 to 4.
TARGET = {
    "bologna": {
        "work": (13, 20, 25, 32, 7, 2.7, 0.3),
        "study": (30, 12, 37, 8, 2, 10.9, 0.1),
        "other": (33, 10, 11, 34, 4, 7.3, 0.7),
    },
    "barcelona": {
        "work": (22, 6, 41, 17.4, 12, 1.2, 0.4),
        "study": (50, 4, 37, 2.5, 3, 3.3, 0.2),
        "other": (63, 2, 24, 5.4, 4, 0.8, 0.8),
    },
}
# Share of people who cross the edge that go by car (statistic commuters_in_car_share); None where the parameter of
# the model already answers for it.
ACROSS = {"bologna": None, "barcelona": 0.40}


# Shares need no more accuracy than this.
loop.DEMAND_GAP, loop.EQUILIBRIUM_GAP = 1e-3, 1e-4


class Base:
    """A city's base at the medians, solved again and again from where it was."""

    def __init__(self, folder: Path) -> None:
        city = open_folder(folder)
        self.arrays = {n: city.column(n) for n in MODEL.reads}
        self.arrays |= {n: city.column(n) if "." in n and city.has_column(n) else np.zeros(0) for n in MODEL.uses}
        # Trips answer to access from a base that is not known yet.
        known = ~np.char.startswith(self.arrays["statistics.name"].astype(str), "usual_access_")
        self.arrays |= {n: self.arrays[n][known] for n in ("statistics.name", "statistics.value")}
        medians = {p.name.split(".", 1)[1]: float(p.distribution.quantile(0.5)) for p in MODEL.parameters}
        self.parameters = of_city(Inputs(self.arrays, medians)).parameters
        self.warm = None

    def shares(self) -> tuple[np.ndarray, float, dict[str, float]]:
        """Shares of modes by purpose, shape (purposes, modes); the share of the car across the edge; usual access."""
        inputs = Inputs(self.arrays, self.parameters)
        network, bans = read_bans(inputs, build_network(inputs))
        centroids, tolls = network.graph.n_zones, read_tolls(inputs, network)
        drivers = list_drivers(tolls, bans, len(LABELS["period"]), centroids, read_incomes(inputs))
        response = Response(inputs, network, drivers)
        solution = solve(response, Supply(network, drivers, self.parameters), self.warm)
        ends = np.stack([network.graph.from_node, network.graph.to_node], axis=1)
        factors = tuple(c.column_factor for c in solution.answer.chosen)
        self.warm = Warm(solution.load, solution.routes, factors, ends, drivers.codes)
        trips = np.zeros((len(LABELS["purpose"]), len(LABELS["mode"])))
        for c, purpose in zip(solution.answer.chosen, GROUPS.values(), strict=True):
            trips[LABELS["purpose"].index(purpose)] += c.trips.sum(axis=(1, 2, 3))
        access = {g: c.access for g, c in zip(GROUPS, solution.answer.chosen, strict=True)}
        crossing = response.external.commuting.sum() + response.external.other.sum()
        goods = sum(response._across(getattr(response.goods, name)) for name in ("van", "truck"))
        through = response.external.through.sum() * response._car_part
        cars = solution.answer.external - goods - through
        by_car = cars * self.parameters["car_occupancy"] / max(crossing, 1e-9)
        return trips / trips.sum(axis=1, keepdims=True), by_car, access


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("city", type=Path)
    parser.add_argument("name", choices=sorted(TARGET))
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    base = Base(asked.city)
    p = base.parameters
    begun = p["external_alternative"]
    car, across = LABELS["mode"].index("car"), ACROSS[asked.name]
    for turn in range(asked.rounds + 1):
        now, by_car, access = base.shares()
        print(f"{time.thread_time():.0f} CPU-s: across the edge {100 * by_car:.1f} % by car")
        for purpose, got in zip(LABELS["purpose"], now, strict=True):
            print("   ", purpose, dict(zip(LABELS["mode"], (100 * got).round(1).tolist(), strict=True)), flush=True)
        if turn == asked.rounds:
            break
        for k, purpose in enumerate(LABELS["purpose"]):
            step = np.log(np.array(TARGET[asked.name][purpose], float) / 100.0 / now[k])
            for m, mode in enumerate(LABELS["mode"]):
                if mode != "car":
                    p[f"constant_{mode}_{purpose}"] += step[m] - step[car]
        if across:
            odds = np.log(across / (1.0 - across)) - np.log(by_car / (1.0 - by_car))
            p["external_alternative"] += odds / p["sensitivity_other"]
    modes = "|".join(mode for mode in LABELS["mode"] if mode != "car")
    own = {n: v for n, v in p.items() if re.fullmatch(rf"constant_({modes})_({'|'.join(LABELS['purpose'])})", n)}
    own |= {f"usual_access_{g}": access[g] for g in ("other", "away_from_home")}
    for name, value in own.items():
        print(name, round(value, 3))
    shift = p["external_alternative"] - begun
    print("external_alternative moved by", round(shift, 2))
    if asked.write:
        write(asked.name, own, shift)


def write(name: str, own: dict[str, float], shift: float) -> None:
    """Put the constants where the model reads them; an entry that is not there is an error."""
    package = Path(__file__).parents[1] / "src/exante"
    model, city = package / "models/mobility/parameters.toml", package / f"cities/{name}.toml"
    in_model = {n: v for n, v in own.items() if name == "bologna" and n.startswith("constant_")}
    in_city = {n.replace("constant_", "odds_", 1): v for n, v in own.items() if n not in in_model}
    _replace(model, r'(\[{}\]\nunit = "1"\ndistribution = \{{ value = )[-\d.]+', in_model)
    _replace(city, r'(name = "{}"\nvalue = )[-\d.]+', in_city)
    if name != "bologna":
        before = float(re.search(r'name = "external_alternative_shift"\nvalue = ([-\d.]+)', city.read_text())[1])
        _replace(city, r'(name = "{}"\nvalue = )[-\d.]+', {"external_alternative_shift": before + shift})


def _replace(path: Path, entry: str, values: dict[str, float]) -> None:
    text = path.read_text()
    for key, value in values.items():
        text, found = re.subn(entry.format(key), rf"\g<1>{value:.3f}", text)
        if found != 1:
            raise SystemExit(f"{path.name} has {found} entries {key}, not 1")
    path.write_text(text)


if __name__ == "__main__":
    main()
