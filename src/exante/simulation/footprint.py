"""Footprint of a computation: CPU time, peak memory, energy and greenhouse gases, each with its method."""

from __future__ import annotations

import os
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from exante.quantities.errors import ParameterError

#: Power of one busy processor thread, W. RAPL readings of codecarbon on an AMD EPYC 8024P (16 threads):
#: 46 to 50 W at full load, that is 3.1 W a thread; the range covers older and desktop processors.
WATT_PER_BUSY_THREAD = 3.1
WATT_PER_BUSY_THREAD_RANGE = (2.0, 12.0)
#: Power of memory, W for each GB in use: 0.375 W/GB (Green Algorithms, Lannelongue et al. 2021).
WATT_PER_GIGABYTE = 0.375
_RAPL = Path("/sys/class/powercap/intel-rapl:0/energy_uj")


@dataclass(frozen=True)
class Footprint:
    """What a computation cost."""

    cpu_seconds: float
    wall_seconds: float
    peak_memory_mb: float
    energy_joule: float
    energy_method: str
    gco2e: float | None
    gco2e_method: str

    def document(self) -> dict[str, Any]:
        """As a JSON object, numbers rounded to what they can carry."""
        return {
            "cpu_seconds": round(self.cpu_seconds, 2),
            "wall_seconds": round(self.wall_seconds, 2),
            "peak_memory_mb": round(self.peak_memory_mb, 0),
            "energy_joule": float(f"{self.energy_joule:.3g}"),
            "energy_method": self.energy_method,
            "gco2e": None if self.gco2e is None else float(f"{self.gco2e:.3g}"),
            "gco2e_method": self.gco2e_method,
        }


class Meter:
    """Measures the footprint of a `with` block.

    Parameters
    ----------
    grid_intensity : float or None
        Carbon intensity of the electricity, gCO2e/kWh. `EXANTE_GRID_INTENSITY` has precedence.
    grid_source : str
        Where that intensity comes from.

    Examples
    --------
    >>> with Meter(grid_intensity=300.0, grid_source="example") as meter:
    ...     _ = sum(range(1000))
    >>> meter.footprint.energy_joule >= 0
    True
    """

    def __init__(self, grid_intensity: float | None = None, grid_source: str = "") -> None:
        told = os.environ.get("EXANTE_GRID_INTENSITY")
        self.grid, self.grid_source = grid_intensity, grid_source
        if told:
            self.grid, self.grid_source = _intensity(told), "EXANTE_GRID_INTENSITY"

    def __enter__(self) -> Meter:
        self._wall, self._cpu, self._rapl = time.perf_counter(), _cpu_seconds(), _read_rapl()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        wall, cpu = time.perf_counter() - self._wall, _cpu_seconds() - self._cpu
        memory = _peak_megabytes()
        now = _read_rapl()
        if now is not None and self._rapl is not None and now >= self._rapl:
            joule, method = (now - self._rapl) * 1e-6, "measured: RAPL counter of the whole processor package"
        else:
            joule = cpu * WATT_PER_BUSY_THREAD + wall * memory / 1000 * WATT_PER_GIGABYTE
            low, high = WATT_PER_BUSY_THREAD_RANGE
            method = (
                f"estimated: CPU-seconds x {WATT_PER_BUSY_THREAD} W a busy thread (range {low:g} to {high:g} W)"
                f" + memory x {WATT_PER_GIGABYTE} W/GB; no counter readable here, cooling not included"
            )
        gco2e = None if self.grid is None else joule / 3.6e6 * self.grid
        told = (
            "unknown: set EXANTE_GRID_INTENSITY (gCO2e/kWh)"
            if self.grid is None
            else f"energy x {self.grid:g} gCO2e/kWh ({self.grid_source})"
        )
        self.footprint = Footprint(cpu, wall, memory, joule, method, gco2e, told)


def _intensity(told: str) -> float:
    try:
        value = float(told)
    except ValueError:
        value = -1.0
    if not 0 <= value < 10_000:
        raise ParameterError(
            f"'{told}' is not a carbon intensity",
            where="EXANTE_GRID_INTENSITY",
            remedy="Write gCO2e/kWh as a number such as 250",
        )
    return value


def _cpu_seconds() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak_megabytes() -> float:
    scale = 1e-6 if sys.platform == "darwin" else 1024e-6
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * scale


def _read_rapl() -> float | None:
    try:
        return float(_RAPL.read_text())
    except (OSError, ValueError):
        return None
