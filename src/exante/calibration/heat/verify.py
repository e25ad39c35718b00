"""Cases of ASHRAE 140 computed, and compared with the range of the tools that the standard lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from exante.calibration.heat.cases import Case, get_case, list_cases, specification
from exante.calibration.heat.room import BLACK, STEPS, Box, Face, Site, arrays, convection_of, faces_of, sun_shares
from exante.kernels.heat import HeatBalance, chain_of_layers, run
from exante.kernels.heat.buildings import HOURS
from exante.kernels.heat.elements import FloatArray
from exante.kernels.heat.enclosure import radiant_coefficients
from exante.kernels.heat.natural import run_natural
from exante.kernels.heat.solar import hourly
from exante.quantities.errors import ConvergenceError, SourceError
from exante.sources.epw import read_epw

LOADS = ("annual_heating_MWh", "annual_cooling_MWh", "peak_heating_kW", "peak_cooling_kW")
TEMPERATURES = ("minimum_temperature", "average_temperature", "maximum_temperature")
TABLES = {"loads_by_tool.csv": LOADS, "freefloat_by_tool.csv": TEMPERATURES}

ROUNDS = 40
AGREED = 1e-4
"""Change of the temperatures on either side of a common wall that ends the rounds, K."""


@dataclass(frozen=True)
class Reference:
    """What a folder says about the cases: ranges by case and metric (lowest, highest of the tools), and the weather
    file.
    """

    weather: Path
    ranges: dict[tuple[str, str], tuple[float, float]]

    @property
    def cases(self) -> list[str]:
        """Cases with a range, in the standard's order."""
        held = {case for case, _ in self.ranges}
        return [name for name in list_cases() if name.upper() in held]


def read_reference(folder: Path) -> Reference:
    """Ranges and weather file of a folder; a table that is absent gives no range.

    Raises
    ------
    SourceError
        For a folder without exactly one weather file, or a table that cannot be read.
    """
    if not folder.is_dir():
        raise SourceError(
            "The folder of reference results does not exist",
            where=str(folder),
            remedy="Name it with --reference, or set EXANTE_DATA",
        )
    weather = sorted(folder.glob("*.epw"))
    if len(weather) != 1:
        weather = [path for path in weather if "725650" in path.name]
    if len(weather) != 1:
        raise SourceError(
            "The folder must hold one weather file (*.epw), that of Denver (725650)",
            where=str(folder),
            remedy="Name another with --reference",
        )
    ranges: dict[tuple[str, str], tuple[float, float]] = {}
    for name, metrics in TABLES.items():
        path = folder / name
        if path.is_file():
            ranges |= _read_ranges(path, metrics)
    return Reference(weather[0], ranges)


def _read_ranges(path: Path, metrics: Sequence[str]) -> dict[tuple[str, str], tuple[float, float]]:
    try:
        table = pd.read_csv(path, dtype={"case": str, "tool": str})
    except (OSError, ValueError) as error:
        raise SourceError(f"The table cannot be read ({error})", where=str(path), remedy="Mend it") from error
    lost = [c for c in ("case", *metrics) if c not in table]
    if lost:
        raise SourceError(f"The table lacks the columns {', '.join(lost)}", where=str(path), remedy="Mend its header")
    found = {}
    for metric in metrics:
        values = pd.to_numeric(table[metric], errors="coerce")
        if (values.isna() & table[metric].notna()).any():
            row = int((values.isna() & table[metric].notna()).to_numpy().argmax()) + 2
            raise SourceError(f"{metric} is no number", where=f"{path}:{row}", remedy="Mend the table")
        for case, group in values.groupby(table["case"].str.strip().str.upper()):
            if group.notna().any():
                found[(str(case), metric)] = (float(group.min()), float(group.max()))
    return found


def verify_cases(
    names: Sequence[str], reference: Reference, steps: int = STEPS, natural: bool = False
) -> list[dict[str, Any]]:
    """Every case computed, each metric beside its range.

    Parameters
    ----------
    names : sequence of str
    reference : Reference
    steps : int
        Steps in an hour; they must divide it.
    natural : bool
        Inside coefficients that follow the temperatures, instead of the constants of the standard.

    Returns
    -------
    list of dict
        `case`, and `metrics`: each `name`, `value`, `low`, `high`, `inside`; the last three None where the folder has
        no range.

    Raises
    ------
    UserError
        For a case that does not exist, or weather that cannot be read.
    """
    cases = [get_case(name) for name in names]
    site = Site.of(read_epw(reference.weather), specification()["site"]["albedo"], steps, natural)
    return [{"case": c.name, "metrics": _judge(c.name, compute(c, site), reference)} for c in cases]


def _judge(case: str, values: dict[str, float], reference: Reference) -> list[dict[str, Any]]:
    rows = []
    for name, value in values.items():
        low, high = reference.ranges.get((case.upper(), name), (None, None))
        inside = None if low is None or high is None else bool(low <= value <= high)
        rows.append({"name": name, "value": round(value, 6), "low": low, "high": high, "inside": inside})
    return rows


def compute(case: Case, site: Site) -> dict[str, float]:
    """Metrics of one case: loads where a plant runs, temperatures where the room floats, both for a sunspace."""
    size = specification()["box"]
    box = Box(size["width"], size["depth"], size["height"], case.glazed)
    if case.sunspace:
        back, sun = _two_rooms(case, box, site)
        return _loads(back) | _temperatures(sun)
    result = _run(case, box, site, gains=case.gains)
    return _temperatures(result) if case.free_float else _loads(result)


def _run(
    case: Case, box: Box, site: Site, *, gains: float, plant: bool = True, sides: dict[str, Face] | None = None
) -> HeatBalance:
    buildings, series = arrays(case, box, site, plant=plant, gains=gains, sides=sides)
    step = 3600.0 / site.steps
    if site.natural and case.films_inside != "inside_combined":
        return run_natural(buildings, series, *convection_of(case, box, buildings), step=step)
    return run(buildings, series, keep="all", step=step)


def _by_hour(values: FloatArray) -> FloatArray:
    return hourly(values[:, 0], values.shape[0] // HOURS)


def _loads(r: HeatBalance) -> dict[str, float]:
    heating, cooling = (_by_hour(x) / 1e3 for x in (r.hourly_heating, r.hourly_cooling))
    values = (heating.sum() / 1e3, cooling.sum() / 1e3, heating.max(), cooling.max())
    return {name: float(v) for name, v in zip(LOADS, values, strict=True)}


def _temperatures(r: HeatBalance) -> dict[str, float]:
    air = _by_hour(r.air)
    return {n: float(v) for n, v in zip(TEMPERATURES, (air.min(), air.mean(), air.max()), strict=True)}


def _two_rooms(case: Case, box: Box, site: Site) -> tuple[HeatBalance, HeatBalance]:
    """A conditioned room behind a sunspace: each sees the other through their wall, year after year until both
    agree.
    """
    spec = specification()
    space = replace(get_case("900"), glazed={"south": 2}, gains=0.0)
    front = Box(box.width, spec["sunspace"]["depth"], box.height, space.glazed, spec["sunspace"]["raised"])
    behind = replace(box, glazed={})
    chain = chain_of_layers(*np.array(spec["layers"]["common_wall"], float)[::-1].T)
    film = float(spec["films"][case.films_inside]["wall"])
    area = box.width * box.height

    def wall(outer: float, exterior: FloatArray) -> Face:
        return Face(area, chain, outer, film, exterior, case.inner_emittance)

    start = wall(film + 5.0, np.full(site.air.size, 20.0))
    front_faces, entered = faces_of(space, front, site, {"north": start})
    share = sun_shares(space, front, front_faces)["north"]
    radiant_front = _wall_coefficient(front_faces, "north", space)
    radiant_back = _wall_coefficient(faces_of(case, behind, site, {"south": start})[0], "south", case)
    seen = np.full(site.air.size, 20.0)
    for _ in range(ROUNDS):
        sides = {"north": wall(film + radiant_back, seen)}
        sun = _run(space, front, site, gains=0.0, plant=False, sides=sides)
        air, radiant = _by_hour(sun.air), _by_hour(sun.radiant)
        hot = (film * air + radiant_front * radiant + share * entered / area) / (film + radiant_front)
        sides = {"south": wall(film + radiant_front, hot)}
        back = _run(case, behind, site, gains=case.gains, sides=sides)
        air, radiant = _by_hour(back.air), _by_hour(back.radiant)
        cold = (film * air + radiant_back * radiant) / (film + radiant_back)
        change, seen = float(np.abs(cold - seen).max()), cold
        if change < AGREED:
            return back, sun
    raise ConvergenceError(
        f"Two rooms did not agree in {ROUNDS} rounds ({change:.2g} K apart)", where=f"case {case.name}"
    )


def _wall_coefficient(faces: dict[str, Face], name: str, case: Case) -> float:
    emittance = [BLACK if case.films_inside == "inside_combined" else f.emittance for f in faces.values()]
    coefficients = radiant_coefficients([f.area for f in faces.values()], emittance)
    return float(coefficients[list(faces).index(name)])
