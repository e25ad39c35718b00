"""Time of the mobility model, a full day, and its numerical noise.

    python benchmarks/mobility/run.py CITY.city [--policy NAME]

Prints CPU-seconds on one thread of a cold run at the medians, of another draw from it, of a policy from that draw and
of the draw solved again from the policy; each beside the yardstick: least-cost trees from all centroids at free flow,
which any model on this network has to grow at least once. Then the policy's effects, and what the second solution of
the draw misses of the first: the noise of a paired difference.
"""

import argparse
import time
from pathlib import Path

import numpy as np

import exante as xa
from exante.city import open_folder
from exante.kernels.equilibrium import compile_kernels
from exante.kernels.skims import skim
from exante.models.mobility import MODEL
from exante.models.mobility.network import build_network
from exante.quantities.declarations import Inputs
from exante.quantities.labels import LABELS, place


def inputs(city, parameters):
    arrays = {n: city.column(n) for n in MODEL.reads}
    arrays |= {n: city.column(n) if city.has_column(n) else np.zeros(0) for n in MODEL.uses}
    return Inputs(arrays, parameters)


def drawn(seed):
    random = np.random.default_rng(seed)
    return {p.name.split(".", 1)[1]: float(p.distribution.quantile(random.uniform(0.1, 0.9))) for p in MODEL.parameters}


def outcomes(city, run):
    length = city.column("links.length") / 1000.0
    urban = ~np.isin(city.column("links.road_class").astype(str), ("motorway", "trunk"))
    a = run.arrays
    km = a["period_weight"] @ a["link_flow"] * length
    hours = a["period_weight"] @ (a["link_flow"] * a["link_time"]) / 3600.0
    trips = 100.0 * a["trips_by_mode"] / a["trips_by_mode"].sum()
    return {
        "vehicle-km a day": km.sum(),
        "vehicle-hours a day": hours.sum(),
        "km/h without motorways": km[urban].sum() / hours[urban].sum(),
        "car share, %": trips[place("mode", "car")] + trips[place("mode", "car_passenger")],
        "surplus, EUR a day": a["zone_surplus"].sum(),
    }


def timed(what, unit, work):
    begin = time.thread_time()
    result = work()
    seconds = time.thread_time() - begin
    told = "" if isinstance(result, tuple) else ", ".join(f"{k} {v:.1e}" for k, v in result.diagnostics.items())
    print(f"{what:36} {seconds:7.2f} CPU-s  {seconds / (unit or seconds):6.1f} x  {told}", flush=True)
    return result, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("city", type=Path)
    parser.add_argument("--policy", default="citta-30")
    asked = parser.parse_args()
    city = open_folder(asked.city)
    after = xa.read_policy(asked.policy).at(None).apply(city)
    compile_kernels()
    medians = {p.name.split(".", 1)[1]: float(p.distribution.quantile(0.5)) for p in MODEL.parameters}
    network = build_network(inputs(city, medians))
    skim(network.graph, network.free_time)
    _, unit = timed("yardstick: all trees once", None, lambda: skim(network.graph, network.free_time))
    one = drawn(1)
    MODEL.run(inputs(city, medians), None)  # compiled and cached
    base, _ = timed("cold, medians", unit, lambda: MODEL.run(inputs(city, medians), None))
    draw, _ = timed("another draw from it", unit, lambda: MODEL.run(inputs(city, one), base.state))
    policy, _ = timed(f"{asked.policy} from that draw", unit, lambda: MODEL.run(inputs(after, one), draw.state))
    again, _ = timed("the draw again from the policy", unit, lambda: MODEL.run(inputs(city, one), policy.state))
    length = city.column("links.length") / 1000.0
    by_vehicle = np.einsum("h,hvl,l->v", base.arrays["period_weight"], base.arrays["link_flow_by_vehicle"], length)
    print("\nbase, medians:", {k: round(float(v), 2) for k, v in outcomes(city, base).items()})
    print(
        "vehicle-km by vehicle, %:",
        dict(zip(LABELS["vehicle"], (100 * by_vehicle / by_vehicle.sum()).round(1), strict=True)),
    )
    flow = base.arrays["link_flow"] @ length
    print("vehicle-km an hour by period:", dict(zip(LABELS["period"], flow.round(0), strict=True)))
    print(
        "trips by mode, %:", (100 * base.arrays["trips_by_mode"] / base.arrays["trips_by_mode"].sum()).round(1).tolist()
    )
    print(f"\n{'':26}{'effect':>14}{'noise':>14}{'noise/effect':>14}")
    for name, first in outcomes(city, draw).items():
        effect, noise = outcomes(city, policy)[name] - first, outcomes(city, again)[name] - first
        print(f"{name:26}{effect:14.5g}{noise:14.2g}{abs(noise / effect) if effect else np.nan:14.4f}")


if __name__ == "__main__":
    main()
